import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import {
  type CdStep,
  ContrastiveDivergence,
  initialRbmParameters,
  Rbm,
  type RbmShape,
} from '../../../src/models/rbm.js';

import { describeEachEngine } from '../engine/each-engine.js';

const binary: RbmShape = { visible: 5, hidden: 4, units: 'binary', sigma: 1 };
const gaussian: RbmShape = { visible: 5, hidden: 4, units: 'gaussian', sigma: 0.7 };
const shapes = [binary, gaussian];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const draw = (purpose: string, n: number, sd = 1): Float32Array =>
  gaussians({ seed: 7, purpose, step: 0 }, n, sd);

function randomRbm(shape: RbmShape): Rbm {
  return new Rbm(shape, {
    weights: draw('w', shape.visible * shape.hidden, 0.8),
    visibleBias: draw('c', shape.visible, 0.5),
    hiddenBias: draw('b', shape.hidden, 0.5),
  });
}

/** −E(v, h) of the paper's energy, in double precision. */
function negativeEnergy(
  { shape, ...rbm }: ReturnType<typeof plain>,
  v: readonly number[],
  h: readonly number[],
): number {
  const precision = 1 / shape.sigma ** 2;
  let energy = 0;
  v.forEach((value, i) => {
    energy += precision * (rbm.visibleBias[i] ?? 0) * value;
    if (shape.units === 'gaussian') energy -= (precision * value * value) / 2;
    h.forEach((on, j) => {
      energy += precision * value * on * (rbm.weights[i * shape.hidden + j] ?? 0);
    });
  });
  h.forEach((on, j) => {
    energy += precision * on * (rbm.hiddenBias[j] ?? 0);
  });
  return energy;
}

function plain(rbm: Rbm): {
  shape: RbmShape;
  weights: number[];
  visibleBias: number[];
  hiddenBias: number[];
} {
  const { weights, visibleBias, hiddenBias } = rbm.parameters();
  return {
    shape: rbm.shape,
    weights: [...weights],
    visibleBias: [...visibleBias],
    hiddenBias: [...hiddenBias],
  };
}

const states = (units: number): number[][] =>
  Array.from({ length: 2 ** units }, (_, code) =>
    Array.from({ length: units }, (_, bit) => (code >> bit) & 1),
  );

describeEachEngine('models', () => {
  describe.each(shapes)('RBM with $units visible units', (shape) => {
    const rows = [
      [0.1, 0.9, 0.4, 0, 1],
      [0.7, 0.2, 0.5, 1, 0.3],
    ];

    it('has the posterior that the energy implies', () => {
      const rbm = randomRbm(shape);
      const model = plain(rbm);
      const posterior = tf.tidy(() => rbm.posterior(tf.tensor2d(rows)).arraySync());
      rows.forEach((v, row) => {
        const weightOf = (h: readonly number[]): number => Math.exp(negativeEnergy(model, v, h));
        const all = states(shape.hidden);
        const total = all.reduce((sum, h) => sum + weightOf(h), 0);
        for (let j = 0; j < shape.hidden; j++) {
          const on = all.filter((h) => h[j] === 1).reduce((sum, h) => sum + weightOf(h), 0);
          expect(posterior[row]?.[j]).toBeCloseTo(on / total, 5);
        }
      });
      rbm.dispose();
    });

    it('has the free energy that summing over all hidden states gives', () => {
      const rbm = randomRbm(shape);
      const model = plain(rbm);
      const free = tf.tidy(() => rbm.freeEnergy(tf.tensor2d(rows)).arraySync());
      rows.forEach((v, row) => {
        const partition = states(shape.hidden).reduce(
          (sum, h) => sum + Math.exp(negativeEnergy(model, v, h)),
          0,
        );
        expect(free[row]).toBeCloseTo(-Math.log(partition), 4);
      });
      rbm.dispose();
    });

    it('moves as contrastive divergence written out in double precision does', () => {
      const rbm = randomRbm(shape);
      const before = plain(rbm);
      const trainer = new ContrastiveDivergence(rbm);
      const noise = { seed: 3, purpose: 'rbm/test', step: 11 };
      const hyper: CdStep = {
        learningRate: 0.1,
        momentum: 0.5,
        weightDecay: 0.01,
        cdSteps: 2,
        sparsity: { target: 0.1, cost: 0, form: 'bias' },
      };
      tf.tidy(() => trainer.step(tf.tensor2d(rows), hyper, noise, false));
      const expected = contrastiveDivergence(before, rows, hyper, noise);
      closeTo(rbm.parameters().weights, expected.weights);
      closeTo(rbm.parameters().visibleBias, expected.visibleBias);
      closeTo(rbm.parameters().hiddenBias, expected.hiddenBias);
      trainer.dispose();
      rbm.dispose();
    });

    it('follows the exact gradient of the sparsity penalty', () => {
      const step = (cost: number): ReturnType<typeof plain> => {
        const rbm = randomRbm(shape);
        const trainer = new ContrastiveDivergence(rbm);
        const hyper: CdStep = {
          learningRate: 1,
          momentum: 0,
          weightDecay: 0,
          cdSteps: 1,
          sparsity: { target: 0.1, cost, form: 'gradient' },
        };
        tf.tidy(() => trainer.step(tf.tensor2d(rows), hyper, { seed: 1, purpose: 'x', step: 0 }, false));
        const after = plain(rbm);
        trainer.dispose();
        rbm.dispose();
        return after;
      };
      const cost = 2;
      const [without, withPenalty] = [step(0), step(cost)];
      const start = plain(randomRbm(shape));
      const penalty = (model: ReturnType<typeof plain>): number => cost * sparsityPenalty(model, rows, 0.1);
      for (const name of ['weights', 'hiddenBias'] as const) {
        start[name].forEach((value, i) => {
          const shifted = (by: number): number =>
            penalty({ ...start, [name]: start[name].map((x, k) => (k === i ? value + by : x)) });
          const slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
          const moved = (withPenalty[name][i] ?? 0) - (without[name][i] ?? 0);
          expect(moved).toBeCloseTo(-slope, 4);
        });
      }
    });

    it('starts without weights at the mean activation asked for', () => {
      const rbm = new Rbm(shape, initialRbmParameters(shape, 0, 1, 'rbm/x', 0.05));
      const posterior = tf.tidy(() => rbm.posterior(tf.tensor2d(rows)).dataSync());
      for (const p of posterior) expect(p).toBeCloseTo(0.05, 6);
      rbm.dispose();
      expect([...initialRbmParameters(shape, 0.01, 1, 'rbm/x').hiddenBias]).toEqual([0, 0, 0, 0]);
    });

    it('leaks no tensor and observes finite numbers', () => {
      const before = tf.memory().numTensors;
      const rbm = new Rbm(shape, initialRbmParameters(shape, 0.01, 1, 'rbm/x'));
      const trainer = new ContrastiveDivergence(rbm);
      const v = tf.tensor2d(rows);
      const hyper: CdStep = {
        learningRate: 0.1,
        momentum: 0.5,
        weightDecay: 0,
        cdSteps: 1,
        sparsity: { target: 0.1, cost: 1, form: 'bias' },
      };
      for (let step = 0; step < 3; step++) {
        const observation = trainer.step(v, hyper, { seed: 1, purpose: 'x', step }, true);
        expect(Object.values(observation ?? {}).every(Number.isFinite)).toBe(true);
        expect(observation?.activation).toBeGreaterThan(0);
      }
      v.dispose();
      trainer.dispose();
      rbm.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('raises the exact likelihood of a small data set', () => {
    const shape: RbmShape = { visible: 6, hidden: 3, units: 'binary', sigma: 1 };
    const rbm = new Rbm(shape, initialRbmParameters(shape, 0.1, 5, 'rbm/x'));
    const trainer = new ContrastiveDivergence(rbm);
    const data = [
      [1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1],
    ];
    const logLikelihood = (): number => {
      const free = (v: number[][]): number[] => tf.tidy(() => rbm.freeEnergy(tf.tensor2d(v)).arraySync());
      const partition = free(states(6)).reduce((sum, f) => sum + Math.exp(-f), 0);
      return free(data).reduce((sum, f) => sum - f - Math.log(partition), 0) / data.length;
    };
    const start = logLikelihood();
    const hyper: CdStep = {
      learningRate: 0.2,
      momentum: 0.5,
      weightDecay: 0,
      cdSteps: 1,
      sparsity: { target: 0.1, cost: 0, form: 'bias' },
    };
    for (let step = 0; step < 400; step++) {
      tf.tidy(() => trainer.step(tf.tensor2d(data), hyper, { seed: 2, purpose: 'rbm/x', step }, false));
    }
    expect(start).toBeLessThan(-3.9); // six fair coins: −6 log 2 = −4.16
    expect(logLikelihood()).toBeGreaterThan(-1.6); // the best possible is −log 2 = −0.69
    trainer.dispose();
    rbm.dispose();
  });
});

function sparsityPenalty(model: ReturnType<typeof plain>, rows: readonly number[][], target: number): number {
  const { hidden, sigma } = model.shape;
  let sum = 0;
  for (let j = 0; j < hidden; j++) {
    const mean = rows.reduce((total, v) => total + posteriorOf(model, v, j, sigma), 0) / rows.length;
    sum += (target - mean) ** 2;
  }
  return sum;
}

function posteriorOf(
  model: ReturnType<typeof plain>,
  v: readonly number[],
  j: number,
  sigma: number,
): number {
  const field = v.reduce(
    (sum, x, i) => sum + x * (model.weights[i * model.shape.hidden + j] ?? 0),
    model.hiddenBias[j] ?? 0,
  );
  return sigmoid(field / sigma ** 2);
}

/** CD-k from zero velocities, by loops over numbers. */
function contrastiveDivergence(
  model: ReturnType<typeof plain>,
  rows: readonly number[][],
  hyper: CdStep,
  noise: { seed: number; purpose: string; step: number },
): ReturnType<typeof plain> {
  const { visible, hidden, units, sigma } = model.shape;
  const up = (v: readonly number[][]): number[][] =>
    v.map((row) => Array.from({ length: hidden }, (_, j) => posteriorOf(model, row, j, sigma)));
  const down = (h: readonly number[][]): number[][] =>
    h.map((row) =>
      Array.from({ length: visible }, (_, i) => {
        const mean = row.reduce(
          (sum, on, j) => sum + on * (model.weights[i * hidden + j] ?? 0),
          model.visibleBias[i] ?? 0,
        );
        return units === 'binary' ? sigmoid(mean) : mean;
      }),
    );
  const h0 = up(rows);
  let h = h0;
  let v: number[][] = [];
  for (let k = 0; k < hyper.cdSteps; k++) {
    const u = uniforms({ ...noise, purpose: `${noise.purpose}/gibbs-${k}` }, rows.length * hidden);
    v = down(h.map((row, r) => row.map((p, j) => ((u[r * hidden + j] ?? 0) < p ? 1 : 0))));
    h = up(v);
  }
  const rate = hyper.learningRate as number;
  const scale = 1 / (rows.length * sigma ** 2);
  const sum = (f: (row: number) => number): number => rows.reduce((total, _, row) => total + f(row), 0);
  return {
    shape: model.shape,
    weights: model.weights.map((w, index) => {
      const [i, j] = [Math.floor(index / hidden), index % hidden];
      const gradient = sum(
        (r) => (rows[r]?.[i] ?? 0) * (h0[r]?.[j] ?? 0) - (v[r]?.[i] ?? 0) * (h[r]?.[j] ?? 0),
      );
      return w + rate * (scale * gradient - hyper.weightDecay * w);
    }),
    visibleBias: model.visibleBias.map(
      (c, i) => c + rate * scale * sum((r) => (rows[r]?.[i] ?? 0) - (v[r]?.[i] ?? 0)),
    ),
    hiddenBias: model.hiddenBias.map(
      (b, j) => b + rate * scale * sum((r) => (h0[r]?.[j] ?? 0) - (h[r]?.[j] ?? 0)),
    ),
  };
}

function closeTo(actual: Float32Array, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 5);
  });
}
