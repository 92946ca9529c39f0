import { visibleLines } from '../../visible.js';

/** Escape codes that switch a style on and off (ECMA-48, SGR). */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof codes;

/** Wraps a text in styles; the identity where colour is not allowed. */
export type Paint = (text: string, ...styles: Style[]) => string;

export function painter(allowed: boolean): Paint {
  if (!allowed) return (text) => text;
  return (text, ...styles) =>
    styles.reduce((inner, style) => `\u001b[${codes[style][0]}m${inner}\u001b[${codes[style][1]}m`, text);
}

/** Lines as a terminal may have them: of what it obeys only line ends and the styles of {@link painter} are left. */
export function printable(text: string): string {
  return text
    .split(styled)
    .map((part, index) => (index % 2 === 0 ? visibleLines(part) : part))
    .join('');
}

const styled = new RegExp(`(\\u001b\\[(?:${Object.values(codes).flat().join('|')})m)`);

/**
 * Whether to write colour to a stream. `FORCE_COLOR` decides first (empty or anything but `0` and `false`
 * means yes), as in Node; then a non-empty `NO_COLOR` forbids it (no-color.org); then only a terminal that
 * is not `dumb` gets it.
 */
export function colourAllowed(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const force = environment.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((environment.NO_COLOR ?? '') !== '') return false;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}
