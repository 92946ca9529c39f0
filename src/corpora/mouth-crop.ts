import type { GreyFrames, Rectangle } from '../formats/movie.js';
import type { FrameTrack } from './clip.js';
import type { MouthBox, MovieBoxes } from './mouth-boxes.js';

/** Size of the mouth pictures (Ngiam et al., 2011, section 5). */
export const MOUTH_HEIGHT = 60;
export const MOUTH_WIDTH = 80;

/** The smallest rectangle of whole pixels around the boxes of frames `from` to `to`, cut to the pictures. */
export function rectangleAround(
  boxes: MovieBoxes,
  from: number,
  to: number,
  picture: { readonly width: number; readonly height: number },
): Rectangle {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (let frame = from; frame <= to; frame++) {
    const { x, y, width, height } = boxes.at(frame);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  // Two pixels more on each side: the filter that scales reaches beyond the box.
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const x = clamp(Math.floor(left) - 2, picture.width - 1);
  const y = clamp(Math.floor(top) - 2, picture.height - 1);
  return {
    x,
    y,
    width: clamp(Math.ceil(right) + 2, picture.width) - x || 1,
    height: clamp(Math.ceil(bottom) + 2, picture.height) - y || 1,
  };
}

/**
 * Cuts the mouth out of every frame and scales it to 60x80.
 *
 * @param boxes in pixels of the movie's whole pictures
 * @param corner of `frames` in those pictures
 */
export function cropMouth(
  frames: GreyFrames,
  boxes: MovieBoxes,
  corner: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): FrameTrack {
  const { rate, start, count, first } = frames;
  const data = new Uint8Array(count * MOUTH_HEIGHT * MOUTH_WIDTH);
  for (let index = 0; index < count; index++) {
    const box = boxes.at(first + index);
    const inner = { ...box, x: box.x - corner.x, y: box.y - corner.y };
    data.set(resize(frames, index * frames.width * frames.height, inner), index * MOUTH_HEIGHT * MOUTH_WIDTH);
  }
  return { rate, start, count, height: MOUTH_HEIGHT, width: MOUTH_WIDTH, data };
}

/** One grey picture, or the part of it in `box`, scaled to 60x80. */
export function toMouthSize(
  picture: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  box: MouthBox = { x: 0, y: 0, width: picture.width, height: picture.height },
): Uint8Array {
  return resize(picture, 0, box);
}

/** Triangle filter as wide as an output pixel, two input pixels at least: averages when shrinking, bilinear when enlarging. */
function resize(
  picture: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  offset: number,
  box: MouthBox,
): Uint8Array {
  const { width, height, data } = picture;
  const across = weightsOf(box.x, box.width, MOUTH_WIDTH, width);
  const down = weightsOf(box.y, box.height, MOUTH_HEIGHT, height);
  const rows = new Map<number, Float64Array>();
  const rowAt = (row: number): Float64Array => {
    const known = rows.get(row);
    if (known !== undefined) return known;
    const base = offset + row * width;
    const scaled = Float64Array.from(across, (taps) =>
      taps.reduce((sum, [column, weight]) => sum + weight * (data[base + column] ?? 0), 0),
    );
    rows.set(row, scaled);
    return scaled;
  };
  const out = new Uint8Array(MOUTH_HEIGHT * MOUTH_WIDTH);
  down.forEach((taps, row) => {
    for (let column = 0; column < MOUTH_WIDTH; column++) {
      let sum = 0;
      for (const [source, weight] of taps) sum += weight * (rowAt(source)[column] ?? 0);
      out[row * MOUTH_WIDTH + column] = Math.min(255, Math.max(0, Math.round(sum)));
    }
  });
  return out;
}

type Taps = readonly (readonly [index: number, weight: number])[];

/** For each of `count` outputs spread over `length` inputs from `from`, which inputs it is made of. */
function weightsOf(from: number, length: number, count: number, available: number): readonly Taps[] {
  const scale = length / count;
  const reach = Math.max(1, scale);
  return Array.from({ length: count }, (_, index) => {
    const centre = from + (index + 0.5) * scale;
    const taps: [number, number][] = [];
    let sum = 0;
    for (let i = Math.ceil(centre - reach - 0.5); i <= Math.floor(centre + reach - 0.5); i++) {
      const weight = 1 - Math.abs(i + 0.5 - centre) / reach;
      if (weight <= 0) continue;
      // Beyond the picture its edge goes on.
      taps.push([Math.min(available - 1, Math.max(0, i)), weight]);
      sum += weight;
    }
    return taps.map(([i, weight]) => [i, weight / sum] as const);
  });
}
