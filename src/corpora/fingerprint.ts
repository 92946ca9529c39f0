import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFileBytes } from '../formats/bytes.js';

/** Above this size a file counts by name, size and time: hashing movies would take longer than decoding some. */
const HASHED_BYTES = 16 * 2 ** 20;

/** Fingerprints by names, sizes and times of the files: corpora that share a copy mostly have the same ones. */
const fingerprints = new Map<string, string>();

/** Names relative to the copy, sizes and contents: two equal copies at different places are one. */
export function fingerprintOf(directory: string, files: readonly string[]): string {
  const states = files.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return { file, size, mtimeMs };
  });
  const listed = createHash('sha256')
    .update(JSON.stringify([directory, states]))
    .digest('hex');
  const known = fingerprints.get(listed) ?? readFingerprint(directory, states);
  fingerprints.set(listed, known);
  return known;
}

function readFingerprint(
  directory: string,
  states: readonly { readonly file: string; readonly size: number; readonly mtimeMs: number }[],
): string {
  const hash = createHash('sha256');
  for (const { file, size, mtimeMs } of states) {
    hash.update(`${file.startsWith(directory) ? file.slice(directory.length) : file}\n${size}\n`);
    hash.update(size <= HASHED_BYTES ? readFileBytes(file, 'corpora/damaged', 'file') : String(mtimeMs));
  }
  return hash.digest('hex');
}
