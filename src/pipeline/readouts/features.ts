import { poolClips } from '../../evaluation/pooling.js';
import { concatRows, gatherRows, type Matrix } from '../../matrix.js';
import type { FeatureExtractor } from '../../models/feature-extractors.js';
import { type PartRows, presentOf, rowsOf } from '../data/rows.js';

/** Examples as the classifier sees them. */
export interface Labelled {
  /** examples × features. */
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly groups: Int32Array | undefined;
}

/** Windows sent through a model before they are pooled: the features of a whole part would not fit. */
const WINDOWS_AT_ONCE = 2000;

/** Features of every example of a part: of its rows, or pooled over the rows of each clip. */
export function featuresOf(
  part: PartRows,
  modalities: readonly string[],
  extract: FeatureExtractor,
  pooling: readonly number[],
): Matrix {
  const present = Object.entries(presentOf(part, modalities));
  const between = (from: number, to: number): Matrix =>
    extract(Object.fromEntries(present.map(([modality, rows]) => [modality, rowsOf(rows, from, to)])));
  const { clips, count } = part;
  if (!clips) return between(0, count);
  const pooled: Matrix[] = [];
  for (let first = 0; first < clips.length - 1; ) {
    const start = clips[first] ?? 0;
    let last = first + 1;
    while (last < clips.length - 1 && (clips[last + 1] ?? 0) - start <= WINDOWS_AT_ONCE) last++;
    const offsets = clips.subarray(first, last + 1).map((row) => row - start);
    pooled.push(poolClips(between(start, clips[last] ?? start), offsets, pooling));
    first = last;
  }
  return concatRows(pooled);
}

/** The examples that have a label. */
export function labelledOf(features: Matrix, part: PartRows): Labelled {
  const { labels, groups } = part;
  const all = { features, labels, groups };
  const known = labelledIndices(part);
  return known.length === labels.length ? all : selected(all, known);
}

/** Examples of a part that have a label, in order. */
export const labelledIndices = ({ labels }: Pick<PartRows, 'labels'>): Int32Array =>
  Int32Array.from(labels.keys()).filter((index) => (labels[index] ?? -1) >= 0);

/** Labels and groups of the examples that have a label: what folds and shares are made of. */
export function labelsOf(part: Pick<PartRows, 'labels' | 'groups'>): Pick<Labelled, 'labels' | 'groups'> {
  const known = labelledIndices(part);
  const pick = (values: Int32Array): Int32Array => Int32Array.from(known, (index) => values[index] ?? 0);
  return { labels: pick(part.labels), groups: part.groups && pick(part.groups) };
}

/** The examples named by `rows`, in that order. */
export function selected({ features, labels, groups }: Labelled, rows: Int32Array): Labelled {
  const pick = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row] ?? 0);
  return { features: gatherRows(features, rows), labels: pick(labels), groups: groups && pick(groups) };
}
