import { permutation } from '../engine/noise.js';
import { MmxError } from '../errors.js';

/** Indices of the examples a round trains on and of those it tests on; both ascending. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * `k` folds of consecutive examples, the first n mod k of them one longer: the split of the CorrNet protocol
 * (Chandar et al. 2016), and of scikit-learn's unshuffled `KFold`.
 *
 * @throws MmxError `folds/too-few`
 */
export function contiguousFolds(n: number, k: number): Fold[] {
  checkFolds(k, n, 'examples');
  const assignment = new Int32Array(n);
  let from = 0;
  for (let fold = 0; fold < k; fold++) {
    const size = Math.floor(n / k) + (fold < n % k ? 1 : 0);
    assignment.fill(fold, from, from + size);
    from += size;
  }
  return foldsOf(assignment, k);
}

/**
 * `k` folds with the classes in equal shares: each class is shuffled and dealt out in turn, continuing where
 * the class before it stopped, so that fold sizes and class counts differ by at most one.
 *
 * @throws MmxError `folds/too-few`
 */
export function stratifiedFolds(labels: Int32Array, k: number, seed: number): Fold[] {
  checkFolds(k, labels.length, 'examples');
  const assignment = new Int32Array(labels.length);
  stratifiedOrder(labels, seed, 'folds/stratified').forEach((row, turn) => {
    assignment[row] = turn % k;
  });
  return foldsOf(assignment, k);
}

/**
 * `k` folds none of which splits a group (a speaker, a repetition): in random order, larger groups first, each group goes to
 * the fold that holds the fewest examples.
 *
 * @throws MmxError `folds/too-few` when there are fewer groups than folds
 */
export function groupedFolds(groups: Int32Array, k: number, seed: number): Fold[] {
  const members = new Map<number, number>();
  for (const group of groups) members.set(group, (members.get(group) ?? 0) + 1);
  checkFolds(k, members.size, 'groups');
  const ids = [...members.keys()].sort((a, b) => a - b);
  const shuffled = Array.from(
    permutation({ seed, purpose: 'folds/grouped', step: 0 }, ids.length),
    (i) => ids[i] as number,
  );
  const size = (group: number): number => members.get(group) as number;
  const sizes = new Array<number>(k).fill(0);
  const foldOfGroup = new Map<number, number>();
  for (const group of shuffled.sort((a, b) => size(b) - size(a))) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold] = (sizes[fold] as number) + size(group);
    foldOfGroup.set(group, fold);
  }
  return foldsOf(
    groups.map((group) => foldOfGroup.get(group) as number),
    k,
  );
}

/**
 * Folds as the split of the corpus is: none splits a group where there are groups, in equal shares of the classes where
 * there are none. Fewer than `k` groups give as many folds as there are groups; a single one is no group.
 *
 * @param groups speaker or repetition of each example
 * @throws MmxError `folds/too-few`
 */
export function foldsOfExamples(
  labels: Int32Array,
  groups: Int32Array | undefined,
  k: number,
  seed: number,
): Fold[] {
  const known = new Set(groups).size;
  return groups && known > 1
    ? groupedFolds(groups, Math.min(k, known), seed)
    : stratifiedFolds(labels, k, seed);
}

/** Ascending indices of `count` examples drawn without replacement, the classes in the shares they have. */
export function stratifiedSample(labels: Int32Array, count: number, seed: number): Int32Array {
  if (count >= labels.length) return Int32Array.from(labels.keys());
  const order = stratifiedOrder(labels, seed, 'folds/sample');
  // Classes are contiguous in `order`: equally spaced positions take from each in proportion.
  return Int32Array.from(
    { length: count },
    (_, i) => order[Math.floor(((i + 0.5) * labels.length) / count)] as number,
  ).sort();
}

/** All examples, class after class, shuffled within each. */
function stratifiedOrder(labels: Int32Array, seed: number, purpose: string): Int32Array {
  const classes = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const rows = classes.get(label);
    if (rows) rows.push(row);
    else classes.set(label, [row]);
  });
  const order: number[] = [];
  for (const label of [...classes.keys()].sort((a, b) => a - b)) {
    const rows = classes.get(label) as number[];
    for (const i of permutation({ seed, purpose, step: label }, rows.length)) order.push(rows[i] as number);
  }
  return Int32Array.from(order);
}

function foldsOf(assignment: Int32Array, k: number): Fold[] {
  const rows = Int32Array.from(assignment.keys());
  return Array.from({ length: k }, (_, fold) => ({
    train: rows.filter((row) => assignment[row] !== fold),
    test: rows.filter((row) => assignment[row] === fold),
  }));
}

function checkFolds(k: number, available: number, what: string): void {
  if (!(Number.isInteger(k) && k >= 2)) {
    throw new MmxError('folds/number', `cross-validation needs at least 2 folds, got ${k}`, { exitCode: 2 });
  }
  if (available < k) {
    throw new MmxError('folds/too-few', `${available} ${what} cannot be split into ${k} folds`, {
      hint: 'use fewer folds or more examples',
    });
  }
}
