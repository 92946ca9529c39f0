import type { SweepSection } from './sweep-schema.js';
import { nested } from './sweep-space.js';
import { type MapNode, mergeMaps, nodeAt, type Place, type Scalar } from './tree.js';

/**
 * What keeps the test part out of the comparison of points, and what brings it back for the chosen one: the only place
 * where `corpus.held_out` and `evaluation.protocol` of a sweep are decided.
 */

/**
 * Laid over everything else when points are compared. As `select` says; without it, on `corpus.held_out` where the
 * experiment holds examples out, and else in folds of the training part. Noise, which is for test clips, is left out.
 */
export function selectionOverlay(tree: MapNode, select: SweepSection['select'], at: Place): MapNode {
  const heldOut = select?.held_out;
  const asWritten = select === undefined && nodeAt(tree, ['corpus', 'held_out']) !== undefined;
  if (heldOut !== undefined || asWritten) {
    const asked = heldOut === undefined ? {} : { 'corpus.held_out': heldOut };
    return overlayOf(at, { ...asked, ...trainTest(tree), ...withoutNoise(tree) });
  }
  return overlayOf(at, {
    'corpus.held_out': null,
    'evaluation.protocol': 'train-folds',
    ...(select?.folds === undefined ? {} : { 'evaluation.folds': select.folds }),
    ...withoutNoise(tree),
  });
}

/** Laid over everything else when the chosen point is tested. */
export function testOverlay(tree: MapNode, at: Place): MapNode {
  return overlayOf(at, { 'corpus.held_out': null, ...trainTest(tree) });
}

/** Folds of the training part see no other examples: whoever wants to see those trains on all of them. */
function trainTest(tree: MapNode): Readonly<Record<string, Scalar>> {
  const protocol = nodeAt(tree, ['evaluation', 'protocol']);
  const isFolds = protocol?.kind === 'scalar' && protocol.value === 'train-folds';
  return isFolds ? { 'evaluation.protocol': 'train-test' } : {};
}

function withoutNoise(tree: MapNode): Readonly<Record<string, Scalar>> {
  return nodeAt(tree, ['evaluation', 'noise']) ? { 'evaluation.noise': null } : {};
}

function overlayOf(at: Place, values: Readonly<Record<string, Scalar>>): MapNode {
  const maps = Object.entries(values).map(([path, value]) =>
    nested(path.split('.'), { kind: 'scalar', value, at }, at),
  );
  const empty: MapNode = { kind: 'map', entries: new Map(), at };
  return maps.reduce(mergeMaps, empty);
}
