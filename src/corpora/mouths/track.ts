import type { MouthBox } from '../mouth-boxes.js';
import type { Mouth } from './mouth.js';

/** Mouths of a movie, as a detector sees them. */
export interface MouthTrack {
  /** Frames a second. */
  readonly rate: number;
  /** By frame; null where no face was seen, undefined where nobody looked. */
  readonly mouths: readonly (Mouth | null | undefined)[];
}

/** The part of a box's width that the closed lips take: what is around them, teeth and chin included, moves too. */
const LIPS_OF_BOX = 0.6;
/** Height by width of the mouth pictures, 60x80. */
const ASPECT = 60 / 80;
/** Seconds of the median filters: the centre follows the head; the size stays while the lips are spread and rounded. */
const CENTRE_SECONDS = 0.2;
const WIDTH_SECONDS = 2;

/**
 * The box of each frame: median-filtered over time (Ngiam et al., 2011, section 5, do so too), where no mouth was seen
 * in proportion between the nearest frames where one was, and before the first and after the last of these the nearest.
 *
 * @returns one box a frame, in the unit of the mouths; null when there is no mouth at all
 */
export function boxesOfTrack({ rate, mouths }: MouthTrack): readonly MouthBox[] | null {
  const seen = mouths.flatMap((mouth, frame) => (mouth ? [{ frame, mouth }] : []));
  if (seen.length === 0) return null;
  const filled = (of: (mouth: Mouth) => number): Float64Array =>
    interpolated(
      seen.map(({ frame }) => frame),
      seen.map(({ mouth }) => of(mouth)),
      mouths.length,
    );
  const centre = oddFrames(CENTRE_SECONDS, rate);
  const size = oddFrames(WIDTH_SECONDS, rate);
  const x = medianFilter(
    filled((mouth) => mouth.x),
    centre,
  );
  const y = medianFilter(
    filled((mouth) => mouth.y),
    centre,
  );
  // The corners of the lips come in whole pixels: the mean of the medians has no steps.
  const lips = meanFilter(
    medianFilter(
      filled((mouth) => mouth.width),
      size,
    ),
    size,
  );
  return Array.from(x, (middle, frame) => {
    const width = Math.max(4, (lips[frame] ?? 0) / LIPS_OF_BOX);
    const height = width * ASPECT;
    return { x: middle - width / 2, y: (y[frame] ?? 0) - height / 2, width, height };
  });
}

/** Values at all of `count` places from those at some, in rising order: in proportion between them, beyond them the nearest. */
export function interpolated(
  places: readonly number[],
  values: readonly number[],
  count: number,
): Float64Array {
  const result = new Float64Array(count);
  let next = 0;
  for (let place = 0; place < count; place++) {
    while (next < places.length && (places[next] ?? 0) < place) next++;
    const [before, after] = [places[next - 1], places[next]];
    const [low = Number.NaN, high = low] = [values[next - 1] ?? values[next], values[next]];
    const share = before === undefined || after === undefined ? 0 : (place - before) / (after - before);
    result[place] = low + share * (high - low);
  }
  return result;
}

/** The median of the `window` (odd) values around each, of fewer at the ends, the same number on either side. */
export function medianFilter(values: Float64Array, window: number): Float64Array {
  return filtered(values, window, (part) => part.sort()[part.length >> 1] ?? Number.NaN);
}

/** The mean of the `window` (odd) values around each, of fewer at the ends, the same number on either side. */
export function meanFilter(values: Float64Array, window: number): Float64Array {
  return filtered(values, window, (part) => part.reduce((sum, value) => sum + value, 0) / part.length);
}

function filtered(values: Float64Array, window: number, of: (part: Float64Array) => number): Float64Array {
  return values.map((_, index) => {
    const reach = Math.min((window - 1) / 2, index, values.length - 1 - index);
    return of(values.slice(index - reach, index + reach + 1));
  });
}

/** The odd number of frames nearest to so many seconds. */
function oddFrames(seconds: number, rate: number): number {
  return 2 * Math.round((seconds * rate - 1) / 2) + 1;
}

/**
 * The frames whose boxes have to be written so that those between them, taken in proportion, are nowhere further off
 * than `tolerance` pixels (Douglas and Peucker, 1973).
 */
export function framesToKeep(boxes: readonly MouthBox[], tolerance: number): readonly number[] {
  const kept = new Set(boxes.length === 0 ? [] : [0, boxes.length - 1]);
  const open: (readonly [from: number, to: number])[] = [[0, boxes.length - 1]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    const [first, last] = [boxes[from], boxes[to]];
    if (first === undefined || last === undefined) break;
    let [worst, at] = [tolerance, -1];
    for (let frame = from + 1; frame < to; frame++) {
      const box = boxes[frame] ?? first;
      const share = (frame - from) / (to - from);
      for (const side of ['x', 'y', 'width', 'height'] as const) {
        const off = Math.abs(box[side] - first[side] - share * (last[side] - first[side]));
        if (off > worst) [worst, at] = [off, frame];
      }
    }
    if (at < 0) continue;
    kept.add(at);
    open.push([from, at], [at, to]);
  }
  return [...kept].sort((a, b) => a - b);
}
