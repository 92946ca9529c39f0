import { damagedBytes } from './bytes.js';
import type { Random } from './random.js';
import type { Entry, FuzzInput } from './target.js';
import { damagedText } from './text.js';

export function inputOfFiles(
  files: Readonly<Record<string, Entry>>,
  words: readonly string[] = [],
): FuzzInput {
  return { files: new Map(Object.entries(files)), words };
}

/** Name of the one file of readers that are given bytes. */
export const fuzzed = 'fuzzed';

/** The bytes of a file of an input; none where something else lies there. */
export function bytesIn({ files }: FuzzInput, name = fuzzed): Uint8Array {
  const entry = files.get(name);
  return entry === undefined || typeof entry === 'string' ? new Uint8Array(0) : entry;
}

export const textIn = (input: FuzzInput, name = fuzzed): string =>
  Buffer.from(bytesIn(input, name)).toString('utf8');

export const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** A text damaged by its tokens, its bytes or both; as it is, now and then. */
export function damagedFile(text: string, others: readonly string[], random: Random): Uint8Array {
  if (random.chance(0.05)) return utf8(text);
  const bytes = utf8(random.chance(0.9) ? damagedText(text, others, random) : text);
  return random.chance(0.15) ? new Uint8Array(damagedBytes(bytes, [bytes], random)) : bytes;
}

/** Once in some hundred inputs no plain file, or none at all, where one belongs. */
export function oddlyThere(files: Map<string, Entry>, random: Random): void {
  if (!random.chance(0.004) || files.size === 0) return;
  const name = random.pick([...files.keys()]);
  const entry = random.pick<Entry | 'nothing'>(['directory', 'pipe', 'circle', 'nothing', 'nothing']);
  if (entry === 'nothing') files.delete(name);
  else files.set(name, entry);
}
