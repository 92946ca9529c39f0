import { beforeAll, describe, expect, it } from 'vitest';
import { autoencoderArtifact, rbmArtifact } from '../../../../src/architectures/pieces/artifacts.js';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { type Matrix, matrix, matrixFromRows } from '../../../../src/matrix.js';
import { randomAutoencoder } from '../../../../src/models/unroll.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import type {
  UnimodalUnits,
  Units,
  UnitsStageParameters,
} from '../../../../src/pipeline/stages/parameters.js';
import { madeFrames, runStage } from '../../../support/stages.js';

beforeAll(() => useEngine('auto', { threads: 1 }));

/** Uncorrelated inputs: two of sound of variance 1 and 4, one of pictures of variance 1 (divisor n − 1). */
const signs = [-1, 1].flatMap((a) => [-1, 1].flatMap((b) => [-1, 1].map((c) => [a, b, c] as const)));
const one = Math.sqrt(7 / 8);
const frames = madeFrames({
  inputs: {
    audio: matrixFromRows(signs.map(([a, b]) => [5 + a * one, 2 * b * one])),
    video: matrixFromRows(signs.map(([, , c]) => [c * one - 1])),
  },
  windows: [8],
  labels: [-1],
  classes: [],
});
const modalities = [
  { modality: 'audio', visible: 2 },
  { modality: 'video', visible: 1 },
];
const units = async (
  family: UnitsStageParameters['family'],
  pieces: Readonly<Record<string, Artifact>>,
  frame = frames,
): Promise<Units> => {
  const parameters: UnitsStageParameters = { corpus: { frames: ['frames_0'] }, family, modalities };
  const { json } = await runStage('units', parameters, { frames_0: frame, ...pieces });
  return json as unknown as Units;
};
const rbm = (weights: Matrix, hiddenBias = new Float32Array(weights.columns)): Artifact =>
  rbmArtifact(
    { visible: weights.rows, hidden: weights.columns, units: 'gaussian', sigma: 1 },
    { weights: weights.data, visibleBias: new Float32Array(weights.rows), hiddenBias },
    [],
  );

describe('units that see one modality', () => {
  it('of a shallow RBM, by the variance that each modality drives', async () => {
    // Columns are units. Variances from sound and from pictures: 1:0, 0:4, 4:4, 4:1, 1+4:0.5, 18:2.1, nothing.
    const weights = matrixFromRows([
      [1, 0, 2, 0, 1, 3, 0],
      [0, 0, 0, 1, 1, 1.5, 0],
      [0, 2, 2, 1, Math.sqrt(0.5), Math.sqrt(2.1), 0],
    ]);
    const result = await units('shallow-bimodal-rbm', { shallow: rbm(weights) });
    const { unimodal, histogram } = result.variance;
    const { hidden } = result;
    // Shares 1, 1, 0.5, 0.8, 5/5.5 = 0.909, 18/20.1 = 0.896, and one unit that nothing drives.
    expect(hidden).toBe(7);
    expect(unimodal).toBeCloseTo((100 * 3) / 6, 9);
    expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(histogram.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(histogram[9]).toBe(3);
    expect(histogram[5]).toBe(1);
    expect((histogram[7] ?? 0) + (histogram[8] ?? 0)).toBe(2);
    // Squared norms 1:0, 0:4, 4:4, 1:1, 2:0.5, 11.25:2.1.
    expect(result.weights.unimodal).toBeCloseTo((100 * 2) / 6, 9);
    expect(result.weights.histogram).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 2, 2]);
    expect(result.activation).toEqual(changedByHand(weights));
  });

  /** The shares of the changes of activation of a shallow RBM without biases, one modality withheld at a time. */
  function changedByHand(weights: Matrix): UnimodalUnits {
    const at = (input: number, unit: number): number => weights.data[input * weights.columns + unit] ?? 0;
    const posterior = (v: readonly number[], unit: number): number =>
      1 / (1 + Math.exp(-v.reduce((sum, value, input) => sum + value * at(input, unit), 0)));
    const histogram = new Array<number>(10).fill(0);
    let unimodal = 0;
    for (let unit = 0; unit < weights.columns; unit++) {
      const changes = [0, 0];
      for (const [a, b, c] of signs) {
        const v = [5 + a * one, 2 * b * one, c * one - 1] as const;
        const whole = posterior(v, unit);
        changes[0] = (changes[0] ?? 0) + Math.abs(whole - posterior([0, 0, v[2]], unit));
        changes[1] = (changes[1] ?? 0) + Math.abs(whole - posterior([v[0], v[1], 0], unit));
      }
      const [heard = 0, seen = 0] = changes;
      if (heard + seen === 0) continue;
      const share = Math.max(heard, seen) / (heard + seen);
      const bin = Math.min(9, Math.floor(10 * share));
      histogram[bin] = (histogram[bin] ?? 0) + 1;
      if (share >= 0.9) unimodal++;
    }
    return { unimodal: (100 * unimodal) / 6, histogram };
  }

  const first = {
    audio: matrix(2, 3, gaussians({ seed: 1, purpose: 'test/a', step: 0 }, 6)),
    video: matrix(1, 2, Float32Array.of(1.5, -0.5)),
  };
  const bias = { audio: Float32Array.of(0.1, -0.2, 0.3), video: Float32Array.of(-1, 0.5) };
  const joint = matrix(5, 12, gaussians({ seed: 1, purpose: 'test/j', step: 0 }, 60));
  // Some units that hear next to nothing, and some that see next to nothing.
  for (let row = 0; row < 5; row++) {
    for (let unit = 0; unit < 12; unit++) {
      const isQuiet = (unit < 3 && row < 3) || (unit >= 10 && row >= 3);
      if (isQuiet) joint.data[row * 12 + unit] = (joint.data[row * 12 + unit] ?? 0) / 50;
    }
  }

  /** The same by hand: the posteriors of the first layers, their drives to each unit, and the drives' variances. */
  function byHand(): number {
    const drives = (
      rows: readonly (readonly number[])[],
      modality: 'audio' | 'video',
      from: number,
    ): number[] => {
      const { columns, data } = first[modality];
      const posteriors = rows.map((row) =>
        Array.from({ length: columns }, (_, unit) => {
          const sum = row.reduce((total, v, i) => total + v * (data[i * columns + unit] ?? 0), 0);
          return 1 / (1 + Math.exp(-sum - (bias[modality][unit] ?? 0)));
        }),
      );
      return Array.from({ length: 12 }, (_, unit) => {
        const sums = posteriors.map((p) =>
          p.reduce((total, value, i) => total + value * (joint.data[(from + i) * 12 + unit] ?? 0), 0),
        );
        const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
        return sums.reduce((total, sum) => total + (sum - mean) ** 2, 0);
      });
    };
    const heard = drives(
      signs.map(([a, b]) => [5 + a * one, 2 * b * one]),
      'audio',
      0,
    );
    const seen = drives(
      signs.map(([, , c]) => [c * one - 1]),
      'video',
      3,
    );
    const shares = heard.map((a, unit) => Math.max(a, seen[unit] ?? 0) / (a + (seen[unit] ?? 0)));
    return (100 * shares.filter((share) => share >= 0.9).length) / 12;
  }

  it('of a DBN, through the posteriors of the layers below', async () => {
    const expected = byHand();
    expect(expected).toBeGreaterThan(30);
    expect(expected).toBeLessThan(90);
    const pieces = {
      audio: rbm(first.audio, bias.audio),
      video: rbm(first.video, bias.video),
      joint: rbm(joint),
    };
    const { variance, hidden } = await units('bimodal-dbn', pieces);
    expect(hidden).toBe(12);
    expect(variance.unimodal).toBeCloseTo(expected, 9);
  });

  it('of an autoencoder, through its encoders', async () => {
    const branches = [
      { modality: 'audio', visible: 2, hidden: 3 },
      { modality: 'video', visible: 1, hidden: 2 },
    ];
    const shape = { inputs: branches, outputs: branches, joint: 12, loss: 'squared-error' as const };
    const parameters = {
      ...randomAutoencoder(shape, 1),
      'encoder.audio.weights': first.audio.data,
      'encoder.audio.bias': bias.audio,
      'encoder.video.weights': first.video.data,
      'encoder.video.bias': bias.video,
      'joint.weights': joint.data,
      'joint.bias': new Float32Array(12),
    };
    const { variance } = await units('bimodal-deep-autoencoder', {
      autoencoder: autoencoderArtifact(shape, parameters, []),
    });
    expect(variance.unimodal).toBeCloseTo(byHand(), 9);
  });
});
