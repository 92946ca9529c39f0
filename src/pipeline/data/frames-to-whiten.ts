import type { ClipEntry } from '../../corpora/clip.js';
import { MmxError } from '../../errors.js';
import { type FrontEndOptions, framesToWhiten } from '../../frontend/index.js';
import { frontEndOptions, partsOf } from './clips.js';
import type { StageFrontEnd } from './parameters.js';

/** Clips that cannot be read, after which nothing more is counted: mouths are not known yet, or a copy is damaged. */
const MOST_UNREAD = 100;

/** Training frames, where they are too few for the dimensions that are asked for. */
export interface TooFewFrames {
  readonly track: 'audio' | 'video';
  readonly frames: number;
  readonly dimensions: number;
}

/**
 * What a front end could not whiten, for want of training frames. Clips are read only until there are enough. Nothing is
 * said where a clip cannot be read.
 *
 * @param train clips used of the training part, evenly spread; null for all
 */
export function tooFewToWhiten(
  entries: readonly ClipEntry[],
  train: number | null,
  frontEnd: StageFrontEnd,
): readonly TooFewFrames[] {
  const options = frontEndOptions(frontEnd);
  const clips = partsOf(entries, train, null).train;
  return (['audio', 'video'] as const).flatMap((track): TooFewFrames[] => {
    const dimensions = options[track].whitening?.dimensions;
    if (typeof dimensions !== 'number') return [];
    const frames = framesUpTo(dimensions, track, clips, options);
    return frames === null || frames === 0 || frames > dimensions ? [] : [{ track, frames, dimensions }];
  });
}

/** More than `enough`, or all that there are; null where that cannot be told. */
function framesUpTo(
  enough: number,
  track: TooFewFrames['track'],
  clips: readonly ClipEntry[],
  options: FrontEndOptions,
): number | null {
  let [frames, unread] = [0, 0];
  for (const clip of clips) {
    try {
      frames += framesToWhiten(clip.load(), options)[track];
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      if (++unread > MOST_UNREAD) return null;
    }
    if (frames > enough) return frames;
  }
  return unread > 0 ? null : frames;
}
