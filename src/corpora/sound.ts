import { closeSync, openSync, readSync } from 'node:fs';
import { MmxError } from '../errors.js';
import { whyUnread } from '../formats/bytes.js';
import { readSphere } from '../formats/sphere.js';
import { readWav } from '../formats/wav.js';
import type { Waveform } from './clip.js';

/**
 * Reads a recording whatever its name ends in: copies of TIMIT hold RIFF files under the names of SPHERE files.
 *
 * @throws MmxError naming the file, when it begins like neither or is damaged
 */
export function readSound(file: string): Waveform {
  const magic = firstBytes(file, 7);
  if (magic === 'NIST_1A') return { kind: 'waveform', ...readSphere(file) };
  if (/^(RIFF|RIFX|RF64)/.test(magic)) return { kind: 'waveform', ...readWav(file) };
  throw new MmxError(
    'corpora/damaged',
    magic === ''
      ? `${file} is empty`
      : `${file} is not a recording that can be read: it begins neither with NIST_1A (SPHERE) nor with RIFF`,
  );
}

function firstBytes(file: string, count: number): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(count);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0)).toString('latin1');
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new MmxError('corpora/damaged', `cannot read the recording ${file}: ${whyUnread(cause)}`, {
      cause,
    });
  }
}
