import { colours, fonts } from './bar-style.js';
import type { Canvas } from './canvas.js';
import { element, escaped } from './svg.js';

/**
 * A whole document on white.
 *
 * @param title what a screen reader calls it
 * @param width in pixels
 * @param height in pixels
 * @param parts elements, drawn one over the other
 */
export const documentOf = (
  title: string,
  width: number,
  height: number,
  ...parts: readonly string[]
): string =>
  `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      role: 'img',
      'font-family': fonts,
      fill: colours.ink,
    },
    element('title', {}, escaped(title)),
    // A background of its own: a page may be dark.
    element('rect', { width: '100%', height: '100%', fill: '#ffffff' }),
    ...parts,
  )}\n`;

/** Painted pixels as an element of a document. @param detail pixels painted to one of the document, each way */
export const painted = (canvas: Canvas, x: number, y: number, detail = 1): string =>
  element('image', {
    x,
    y,
    width: canvas.width / detail,
    height: canvas.height / detail,
    href: `data:image/png;base64,${Buffer.from(canvas.encode()).toString('base64')}`,
  });

/** A colour as attributes of elements have it. */
export const hexOf = (colour: readonly number[]): string =>
  `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
