import { PNG } from 'pngjs';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A value at a place of a picture: column x and row y, from the upper left corner. */
export type Sampler = (x: number, y: number) => number;

/** Pixels to paint on, white at first. What reaches over its edge is an error of the caller. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8Array(3 * width * height).fill(255);
  }

  /** @throws RangeError outside the canvas: a layout that does not fit its sheet */
  set(x: number, y: number, colour: Colour): void {
    if (!(x >= 0 && x < this.width && y >= 0 && y < this.height)) {
      throw new RangeError(`pixel ${x}, ${y} lies outside a canvas of ${this.width} x ${this.height}`);
    }
    this.#pixels.set(colour, 3 * (y * this.width + x));
  }

  fill(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.set(x, y, colour);
  }

  /** A line of one pixel around the given area, outside of it. */
  frame(left: number, top: number, width: number, height: number, colour: Colour): void {
    this.fill(left - 1, top - 1, width + 2, 1, colour);
    this.fill(left - 1, top + height, width + 2, 1, colour);
    this.fill(left - 1, top, 1, height, colour);
    this.fill(left + width, top, 1, height, colour);
  }

  /** Bytes of an 8-bit RGB PNG. */
  encode(): Uint8Array {
    const format = { colorType: 2, inputColorType: 2, inputHasAlpha: false, bitDepth: 8 } as const;
    const png = new PNG({ width: this.width, height: this.height, ...format });
    png.data = Buffer.from(this.#pixels);
    return PNG.sync.write(png, format);
  }
}

/**
 * A picture of `rows` × `columns` values drawn `height` × `width` large: linear between the centres of the values, which
 * keeps what is smooth smooth.
 */
export function interpolated(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  height: number,
  width: number,
): Sampler {
  return (x, y) => {
    const [left, right, across] = neighbours(x, width, columns);
    const [upper, lower, down] = neighbours(y, height, rows);
    const at = (row: number, column: number): number => values[row * columns + column] as number;
    const above = at(upper, left) * (1 - across) + at(upper, right) * across;
    const below = at(lower, left) * (1 - across) + at(lower, right) * across;
    return above * (1 - down) + below * down;
  };
}

/** The two of `count` values beside pixel `pixel` of `size`, and how far it is from the first to the second. */
function neighbours(
  pixel: number,
  size: number,
  count: number,
): [first: number, second: number, part: number] {
  const place = Math.min(count - 1, Math.max(0, ((pixel + 0.5) * count) / size - 0.5));
  const first = Math.floor(place);
  return [first, Math.min(count - 1, first + 1), place - first];
}

/** ColorBrewer's RdBu, blue first: told apart by every kind of colour vision, white in the middle. */
const blueWhiteRed: readonly Colour[] = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [255, 255, 255],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
];

/** Colour of a value in [−1, 1]: blue below zero, white at it, red above. */
export function diverging(value: number): Colour {
  const place = ((clipped(value) + 1) / 2) * (blueWhiteRed.length - 1);
  const low = blueWhiteRed[Math.floor(place)] as Colour;
  const high = blueWhiteRed[Math.ceil(place)] as Colour;
  const between = (a: number, b: number): number => Math.round(a + (b - a) * (place % 1));
  return [between(low[0], high[0]), between(low[1], high[1]), between(low[2], high[2])];
}

/** Grey of a value in [−1, 1]: mid grey at zero. */
export function grey(value: number): Colour {
  const level = Math.round(127.5 + 127.5 * clipped(value));
  return [level, level, level];
}

function clipped(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
