import type { Entry, FuzzInput } from './target.js';

/**
 * A smaller input that still shows the same: files, words and pieces of files are taken away as long as it does
 * (delta debugging, Zeller and Hildebrandt 2002, with halving pieces).
 *
 * @param shows whether an input shows it
 * @param seconds after which the smallest so far is taken
 */
export async function minimised(
  start: FuzzInput,
  shows: (input: FuzzInput) => Promise<boolean>,
  seconds: number,
): Promise<FuzzInput> {
  const until = performance.now() + 1000 * seconds;
  let smallest = start;
  const attempt = async (input: FuzzInput): Promise<boolean> => {
    if (performance.now() > until || !(await shows(input))) return false;
    smallest = input;
    return true;
  };
  for (const name of start.files.keys()) {
    const files = new Map(smallest.files);
    files.delete(name);
    await attempt({ ...smallest, files });
  }
  for (let at = smallest.words.length - 1; at >= 0; at--) {
    await attempt({ ...smallest, words: smallest.words.filter((_, index) => index !== at) });
  }
  for (const name of [...smallest.files.keys()]) {
    const holding = (entry: Entry): FuzzInput => ({
      ...smallest,
      files: new Map(smallest.files).set(name, entry),
    });
    const first = smallest.files.get(name);
    if (first === undefined || typeof first === 'string') continue;
    for (let size = Math.ceil(first.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; ; ) {
        const bytes = smallest.files.get(name);
        if (bytes === undefined || typeof bytes === 'string' || from >= bytes.length) break;
        if (performance.now() > until) return smallest;
        const shorter = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + size)]);
        if (!(await attempt(holding(shorter)))) from += size;
      }
    }
  }
  return smallest;
}
