import { resolve } from 'node:path';
import { MmxError } from '../../errors.js';
import { recordingName } from '../../formats/file-names.js';
import type { ManifestClip } from '../manifest.js';
import { readSound } from '../sound.js';

/**
 * Seconds of the training clips, counted until there are `enough`; null where one cannot be told without a decoder of
 * movies.
 *
 * @param folder which the paths of the clips count from
 */
export function secondsToLearn(
  clips: readonly ManifestClip[],
  folder: string,
  enough: number,
): number | null {
  let seconds = 0;
  for (const { audio, split, from = 0, to } of clips) {
    if (split !== 'train') continue;
    const length = to === undefined ? lengthOf(resolve(folder, audio)) : to - from;
    if (length === null) return null;
    seconds += length;
    if (seconds >= enough) break;
  }
  return seconds;
}

function lengthOf(file: string): number | null {
  if (!recordingName.test(file)) return null;
  try {
    const { samples, rate } = readSound(file);
    return samples.length / rate;
  } catch (error) {
    // What is wrong with it is said by `mmx data check`.
    if (error instanceof MmxError) return null;
    throw error;
  }
}
