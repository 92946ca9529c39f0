import type { GreyFrames, Rectangle } from '../formats/movie.js';
import { resized } from '../frontend/resize.js';
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
    data.set(toMouthSize(pictureAt(frames, index), inner), index * MOUTH_HEIGHT * MOUTH_WIDTH);
  }
  return { rate, start, count, height: MOUTH_HEIGHT, width: MOUTH_WIDTH, data };
}

/** One grey picture, or the part of it in `box`, scaled to 60x80. */
export function toMouthSize(
  picture: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  box: MouthBox = { x: 0, y: 0, width: picture.width, height: picture.height },
): Uint8Array {
  return resized(picture, { width: MOUTH_WIDTH, height: MOUTH_HEIGHT }, box);
}

const pictureAt = ({ width, height, data }: GreyFrames, index: number) => ({
  width,
  height,
  data: data.subarray(index * width * height, (index + 1) * width * height),
});
