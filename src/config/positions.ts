import type { Place, Source } from './tree.js';

/** What lines and columns are counted from: found once a source. */
interface Marks {
  /** Offset of each line's first character. */
  readonly lines: readonly number[];
  /** Offset of the second half of each surrogate pair: a pair is one column. */
  readonly pairs: readonly number[];
}

const known = new WeakMap<Source, Marks>();

/** Line and column, counted from 1, of a place's start. */
export function position({ source, start }: Place): { line: number; column: number } {
  let marks = known.get(source);
  if (!marks) {
    marks = marksOf(source.text);
    known.set(source, marks);
  }
  const { lines, pairs } = marks;
  const line = countUpTo(lines, start);
  const lineStart = lines[line - 1] ?? 0;
  const wide = pairs.length === 0 ? 0 : countUpTo(pairs, start - 1) - countUpTo(pairs, lineStart - 1);
  return { line, column: start - lineStart - wide + 1 };
}

function marksOf(text: string): Marks {
  const lines = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
  const pairs = [...text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map(({ index }) => index + 1);
  return { lines, pairs };
}

/** How many of ascending numbers are not above a limit. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
