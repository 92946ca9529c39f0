import { MmxError } from '../errors.js';
import { latin1, readFileBytes } from '../formats/bytes.js';
import { parseSphere } from '../formats/sphere.js';
import { parseWav } from '../formats/wav.js';
import type { ClipSources, Waveform } from './clip.js';
import type { ListOptions } from './recordings.js';

/**
 * Reads a recording whatever its name ends in: copies of TIMIT hold RIFF files under the names of SPHERE files.
 *
 * @throws MmxError naming the file, when it begins like neither or is damaged
 */
export function readSound(file: string): Waveform {
  const bytes = readFileBytes(file, 'corpora/damaged', 'recording');
  const magic = latin1(bytes.subarray(0, 7));
  if (magic === 'NIST_1A') return { kind: 'waveform', ...parseSphere(bytes, file) };
  if (/^(RIFF|RIFX|RF64)/.test(magic)) return { kind: 'waveform', ...parseWav(bytes, file) };
  throw new MmxError(
    'corpora/damaged',
    magic === ''
      ? `${file} is empty`
      : `${file} is not a recording that can be read: it begins neither with NIST_1A (SPHERE) nor with RIFF`,
  );
}

/** Where a clip that is a recording, without pictures, is read from. */
export function soundSource(file: string, { audio }: ListOptions): ClipSources {
  return { sound: audio === false ? null : { files: [file] }, pictures: null };
}
