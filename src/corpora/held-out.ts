import { MmxError } from '../errors.js';
import { gatherRows, sliceRows } from '../matrix.js';
import type { CorpusData, Part } from './corpus.js';

/** Rows of a training part that stay in it, and those that replace the test part; both ascending. */
export interface HeldOutRows {
  readonly train: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * The last `count` rows are held out. Where rows belong to groups, none is on both sides: the groups that were met last
 * are held out whole, the last `count` of their rows are used, and what is left of them is used on neither side.
 *
 * @param rows of the training part
 * @throws MmxError `corpora/too-few` when nothing is left to learn from
 */
export function heldOutRows(rows: number, groups: Int32Array | undefined, count: number): HeldOutRows {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (groups === undefined)
    return { train: all.subarray(0, rows - count), heldOut: all.subarray(rows - count) };
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const chosen = new Set<number>();
  let found = 0;
  for (let row = rows - 1; row >= 0 && found < count; row--) {
    const group = groups[row] as number;
    if (chosen.has(group)) continue;
    chosen.add(group);
    found += sizes.get(group) as number;
  }
  const isChosen = (row: number): boolean => chosen.has(groups[row] as number);
  const train = all.filter((row) => !isChosen(row));
  if (train.length === 0) {
    throw new MmxError(
      'corpora/too-few',
      `corpus.held_out: holding out ${count} of ${rows} training examples, and all that share a group with them, leaves none for training`,
      { exitCode: 2, hint: 'hold out fewer, or set evaluation.protocol: train-folds' },
    );
  }
  return { train, heldOut: all.filter(isChosen).slice(-count) };
}

/** A training part whose held-out rows replace the test part. */
export function withHeldOut(train: Part, count: number): CorpusData {
  const rows = heldOutRows(train.count, train.groups, count);
  return { train: partOf(train, rows.train), test: partOf(train, rows.heldOut) };
}

function partOf({ inputs, labels, groups }: Part, rows: Int32Array): Part {
  const [first = 0, last = -1] = [rows[0], rows.at(-1)];
  // What is contiguous is not copied: a part can be hundreds of megabytes.
  const isContiguous = last - first + 1 === rows.length;
  const pick = (values: Int32Array): Int32Array => rows.map((row) => values[row] as number);
  return {
    count: rows.length,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([modality, matrix]) => [
        modality,
        isContiguous ? sliceRows(matrix, first, last + 1) : gatherRows(matrix, rows),
      ]),
    ),
    labels: pick(labels),
    ...(groups ? { groups: pick(groups) } : {}),
  };
}
