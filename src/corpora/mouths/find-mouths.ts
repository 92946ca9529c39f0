import { probeMovie, streamVideo } from '../../formats/movie.js';
import type { MouthBox } from '../mouth-boxes.js';
import type { MouthDetector } from './detector.js';
import type { Mouth } from './mouth.js';
import { boxesOfTrack } from './track.js';

/** What a look through a movie gave. */
export interface FoundMouths {
  readonly frames: number;
  /** Frames that were looked at, and those of them with a face. */
  readonly looked: number;
  readonly faces: number;
  /** One a frame, in pixels of the movie's own pictures; null when there is no face in the whole movie. */
  readonly boxes: readonly MouthBox[] | null;
}

/** Pictures are shown to the detector no larger than this: it scales the face to 192x192 by itself. */
const LARGEST_SIDE = 640;

/**
 * Finds the mouth in the frames of a movie, one frame at a time in memory.
 *
 * @param options.every looks at each so many-th frame; boxes of those between follow in proportion
 * @param options.progress is told after each frame
 * @throws MmxError when the movie cannot be read, or the detector died
 */
export async function findMouths(
  file: string,
  detector: MouthDetector,
  options: { readonly every: number; readonly progress?: (frames: number, expected: number) => void },
): Promise<FoundMouths> {
  const probed = probeMovie(file);
  const { video } = probed;
  const { rate = 0, width = 1, height = 1 } = video ?? {};
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  const shown = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const expected = video?.frames ?? Math.round(probed.duration * rate);
  const mouths: (Mouth | null | undefined)[] = [];
  for await (const picture of streamVideo(file, { ...shown, probed })) {
    const found = picture.index % options.every === 0 ? await detector.detect(picture) : undefined;
    mouths.push(found ? enlarged(found, width / shown.width, height / shown.height) : found);
    // What headers say of short movies can be less than there is.
    options.progress?.(mouths.length, Math.max(mouths.length, expected));
  }
  return {
    frames: mouths.length,
    looked: mouths.filter((one) => one !== undefined).length,
    faces: mouths.filter((one) => one).length,
    boxes: boxesOfTrack({ rate, mouths }),
  };
}

const enlarged = (mouth: Mouth, across: number, down: number): Mouth => ({
  x: mouth.x * across,
  y: mouth.y * down,
  width: mouth.width * across,
});
