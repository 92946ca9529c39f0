import { visibleLines } from '../../visible.js';

/** Attributes of an element; numbers are rounded to hundredths of a pixel. Undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG element. `children` are elements made here, or text made by {@link escaped}. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escaped(`${value}`)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/**
 * Text as it may stand in an element or an attribute. What could not be seen is written out, and other characters that XML
 * has no place for are dropped.
 */
export function escaped(text: string): string {
  return visibleLines(text)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function coordinate(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

/** A line of text whose baseline begins (or ends, or has its middle) at a place. */
export function label(x: number, y: number, text: string, style: Record<string, string | number>): string {
  return element('text', { x, y, ...style }, escaped(text));
}

/** A line from one height to another. */
export function vertical(x: number, y1: number, y2: number, style: Record<string, string | number>): string {
  return element('line', { x1: x, x2: x, y1, y2, ...style });
}
