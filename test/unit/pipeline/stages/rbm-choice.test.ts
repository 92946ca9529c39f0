import { beforeAll, describe, expect, it } from 'vitest';
import { rbmArtifact } from '../../../../src/architectures/pieces/artifacts.js';
import type { RbmChoiceParameters } from '../../../../src/architectures/pieces/rbm-choice.js';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { chooseC } from '../../../../src/evaluation/cross-validation.js';
import { type Matrix, matrix } from '../../../../src/matrix.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { madeFrames, runStage } from '../../../support/stages.js';

beforeAll(() => useEngine('auto', { threads: 1 }));

/** 36 clips of two windows by six speakers; the class is in the sign of the first input, the second is noise. */
const clips = 36;
const labels = Array.from({ length: clips }, (_, i) => (i % 7 === 0 ? -1 : i % 2));
const noise = gaussians({ seed: 3, purpose: 'test/noise', step: 0 }, 2 * 2 * clips);
const audio: Matrix = matrix(
  2 * clips,
  2,
  Float32Array.from(noise, (value, i) =>
    i % 2 === 1 ? value : (Math.floor(i / 4) % 2 === 0 ? -2 : 2) + 0.1 * value,
  ),
);
const frames = madeFrames({
  inputs: { audio },
  windows: new Array(clips).fill(2),
  labels,
  classes: ['a', 'b'],
  speakers: labels.map((_, i) => Math.floor(i / 6)),
});

/** Three hidden units that look at one input each, or at nothing. */
function candidate(looksAt: 0 | 1 | null, mark: number): Artifact {
  const weights = new Float32Array(6);
  if (looksAt !== null) weights.set([1, -1, 0.5], 3 * looksAt);
  return rbmArtifact(
    { visible: 2, hidden: 3, units: 'gaussian', sigma: 1 },
    { weights, visibleBias: Float32Array.of(mark, 0), hiddenBias: Float32Array.of(mark, mark, 0) },
    [],
  );
}

const parameters: RbmChoiceParameters = {
  corpus: { train: 'train', tests: [], classes: ['a', 'b'] },
  modality: 'audio',
  targets: [0.01, 0.05, 0.07],
  unimodal: 'posterior',
  pooling: [1],
  classifier: { c: [0.1, 1], cv_folds: 3, cv_examples: 'all', tolerance: 1e-3, bias: true },
  seed: 1,
};
type Tried = { target: number; accuracy: number; c: number };
const choose = async (
  ...candidates: Artifact[]
): Promise<{ tensors: Artifact['tensors']; target: number; tried: Tried[]; shape: unknown }> => {
  const inputs = Object.fromEntries(candidates.map((one, index) => [`candidate_${index}`, one]));
  const { tensors, json } = await runStage(
    'rbm-choice',
    { ...parameters, targets: parameters.targets.slice(0, candidates.length) },
    { ...inputs, train: frames },
  );
  return { tensors, ...(json as unknown as { target: number; tried: Tried[]; shape: unknown }) };
};

describe('the choice of a sparsity target', () => {
  it('takes the candidate whose features tell the classes apart, wherever it stands', async () => {
    const [good, deaf, misled] = [candidate(0, 0.25), candidate(null, 0.5), candidate(1, 0.75)];
    for (const [order, target] of [
      [[good, deaf, misled], 0.01],
      [[deaf, good, misled], 0.05],
      [[misled, deaf, good], 0.07],
    ] as const) {
      const { tensors, target: chosen, tried, shape } = await choose(...order);
      expect(chosen).toBe(target);
      // Bit for bit what was trained, and as readable as any RBM.
      expect(tensors).toEqual(good.tensors);
      expect(shape).toEqual({ visible: 2, hidden: 3, units: 'gaussian', sigma: 1 });
      expect(tried.map((one) => one.target)).toEqual([0.01, 0.05, 0.07]);
      const best = tried.find((one) => one.target === target);
      expect(best?.accuracy).toBe(100);
      for (const one of tried) if (one !== best) expect(one.accuracy).toBeLessThan(90);
    }
  });

  it('says the accuracy that cross-validation gives, speakers kept apart', async () => {
    const { tried } = await choose(candidate(1, 0.75), candidate(null, 0));
    const known = labels.flatMap((label, i) => (label < 0 ? [] : [i]));
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const features = matrix(known.length, 3);
    known.forEach((clip, row) => {
      [1, -1, 0.5].forEach((weight, unit) => {
        const posterior = (window: number): number =>
          sigmoid(weight * (audio.data[(2 * clip + window) * 2 + 1] ?? 0) + (unit < 2 ? 0.75 : 0));
        features.data[3 * row + unit] = (posterior(0) + posterior(1)) / 2;
      });
    });
    const { c, scores } = chooseC(
      features,
      Int32Array.from(known, (i) => labels[i] ?? 0),
      [0.1, 1],
      {
        classes: 2,
        folds: 3,
        seed: 1,
        tolerance: 1e-3,
        bias: true,
        groups: Int32Array.from(known, (i) => Math.floor(i / 6)),
      },
    );
    expect(tried[0]?.c).toBe(c);
    expect(tried[0]?.accuracy).toBeCloseTo(Math.max(...scores.map(({ accuracy }) => accuracy)), 9);
  });

  it('keeps the first of equals', async () => {
    const { target, tensors } = await choose(candidate(0, 0.25), candidate(0, 0.25));
    expect(target).toBe(0.01);
    expect(tensors).toEqual(candidate(0, 0.25).tensors);
  });
});
