import type { Canvas, Colour, Sampler } from './canvas.js';

/** Of the frame around an area. */
export const line: Colour = [170, 170, 170];

/** Paints values into a framed area. @param limit the magnitude that has the colour of ±1 */
export function paintArea(
  canvas: Canvas,
  left: number,
  top: number,
  width: number,
  height: number,
  limit: number,
  colourOf: (value: number) => Colour,
  sample: Sampler,
): void {
  canvas.frame(left, top, width, height, line);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) canvas.set(left + x, top + y, colourOf(sample(x, y) / limit));
  }
}

/** Largest magnitude; 1 where all is zero, to divide by. */
export function largest(values: Float32Array): number {
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return peak === 0 ? 1 : peak;
}
