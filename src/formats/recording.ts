import { MmxError } from '../errors.js';
import { latin1, readFileBytes } from './bytes.js';
import { parseSphere } from './sphere.js';
import { parseWav } from './wav.js';

/**
 * Reads a recording whatever its name ends in: copies of TIMIT hold RIFF files under the names of SPHERE files.
 *
 * @returns samples in [−1, 1], all channels averaged, and how many there are per second
 * @throws MmxError naming the file, when it begins like neither or is damaged
 */
export function readRecording(file: string): { readonly rate: number; readonly samples: Float32Array } {
  const bytes = readFileBytes(file, 'corpora/damaged', 'recording');
  const magic = latin1(bytes.subarray(0, 7));
  if (magic === 'NIST_1A') return parseSphere(bytes, file);
  if (/^(RIFF|RIFX|RF64)/.test(magic)) return parseWav(bytes, file);
  throw new MmxError(
    'corpora/damaged',
    magic === ''
      ? `${file} is empty`
      : `${file} is not a recording that can be read: it begins neither with NIST_1A (SPHERE) nor with RIFF`,
  );
}
