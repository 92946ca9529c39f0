import { beforeAll, describe, expect, it } from 'vitest';
import { architecturesOf } from '../../../../src/architectures/index.js';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { settingsOf } from '../../../../src/evaluation/settings.js';
import { matrix } from '../../../../src/matrix.js';
import { principalPlane, waysInOneSpace } from '../../../../src/pipeline/inspect/embedding.js';
import { explainedShare } from '../../../../src/pipeline/inspect/reconstructions.js';
import { firstOfEachClass, waysOfShowing } from '../../../../src/pipeline/inspect/tested-rows.js';
import type { ResolvedExperiment } from '../../../../src/pipeline/plan/experiment.js';

beforeAll(() => useEngine('wasm', { threads: 1 }));

describe('the principal plane', () => {
  it('has the two directions of largest variance, and the shares that they explain', () => {
    const n = 200;
    const [a, b, c] = ['a', 'b', 'c'].map((purpose) => gaussians({ seed: 1, purpose, step: 0 }, n, 1));
    const rows = matrix(n, 3);
    for (let i = 0; i < n; i++) rows.data.set([c?.[i] ?? 0, 4 + 9 * (a?.[i] ?? 0), 3 * (b?.[i] ?? 0)], 3 * i);
    const { places, explained } = principalPlane(rows);
    // About 81, 9 and 1 of 91.
    expect(explained[0]).toBeGreaterThan(0.84);
    expect(explained[1]).toBeGreaterThan(0.06);
    expect(explained[0] + explained[1]).toBeLessThan(1);
    const mean = Array.from(a ?? []).reduce((sum, value) => sum + value, 0) / n;
    for (const i of [0, 1, 50]) expect(places[2 * i]).toBeCloseTo(9 * ((a?.[i] ?? 0) - mean), -0.5);
  });

  it('of a single column has nothing along its second axis', () => {
    const { places, explained } = principalPlane(matrix(3, 1, Float32Array.of(1, 2, 6)));
    expect([...places].map((value) => Number(value.toFixed(5)))).toEqual([-2, 0, -1, 0, 3, 0]);
    expect(explained).toEqual([1, 0]);
  });
});

describe('ways of showing examples', () => {
  it('are each modality, all but one of more than two, and all', () => {
    expect(waysOfShowing(['a'])).toEqual([['a']]);
    expect(waysOfShowing(['a', 'b'])).toEqual([['a'], ['b'], ['a', 'b']]);
    const three = [['a'], ['b'], ['c'], ['b', 'c'], ['a', 'c'], ['a', 'b'], ['a', 'b', 'c']];
    expect(waysOfShowing(['a', 'b', 'c'])).toEqual(three);
  });

  it.each([
    ['bimodal-dbn', 'shared-left-to-right', [['left'], ['right']]],
    ['rbm-cca', 'shared-left-to-right', [['left'], ['right']]],
    ['left-only-deep-autoencoder', 'cross-modality-left', [['left']]],
    ['rbm', 'fusion', [['left', 'right']]],
    ['preprocessed', 'classic-right', [['right']]],
  ])('of %s in %s share a space where a classifier could go from one to the other', (name, asked, ways) => {
    const modalities = ['left', 'right'];
    const architecture = architecturesOf(modalities).find((one) => one.name === name);
    const setting = settingsOf(modalities).find((one) => one.name === asked);
    expect(waysInOneSpace({ architecture, setting } as ResolvedExperiment)).toEqual(ways);
  });
});

it('takes the first examples of each class, whatever a model makes of them', () => {
  const labels = Int32Array.of(1, 1, -1, 0, 2, 0, 0, 1);
  expect(firstOfEachClass(labels, 4, 2)).toEqual([[3, 5], [0, 1], [4], []]);
});

it('explains all of the variance, none of it with the mean, and less than none with worse', () => {
  const truth = [Float32Array.of(0, 1), Float32Array.of(2, 1), Float32Array.of(4, 1)];
  expect(explainedShare(truth, truth)).toBe(1);
  expect(
    explainedShare(
      truth,
      truth.map(() => Float32Array.of(2, 1)),
    ),
  ).toBe(0);
  expect(
    explainedShare(
      truth,
      truth.map(() => Float32Array.of(8, 1)),
    ),
  ).toBeLessThan(0);
  const still = [Float32Array.of(3), Float32Array.of(3)];
  expect(explainedShare(still, [Float32Array.of(1), Float32Array.of(2)])).toBe(0);
});
