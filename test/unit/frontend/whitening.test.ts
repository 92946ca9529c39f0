import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { useEngine } from '../../../src/engine/registry.js';
import { CovarianceStream } from '../../../src/frontend/covariance.js';
import {
  fitWhitening,
  unwhiten,
  type Whitening,
  whiten,
  whiteningOf,
} from '../../../src/frontend/whitening.js';
import {
  concatRows,
  type Matrix,
  type MatrixSource,
  matrix,
  sliceRows,
  sourceOf,
} from '../../../src/matrix.js';
import { describeEachEngine } from '../engine/each-engine.js';

interface Problem {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly dimensions: number;
  readonly scale: number;
  readonly scaled_frames: readonly number[];
  readonly mean: readonly number[];
  readonly components: readonly number[];
  readonly eigenvalues: readonly number[];
  readonly explained: number;
  readonly whitened: readonly number[];
}

const { problems } = JSON.parse(
  readFileSync(new URL('../../golden/frontend/whitening.json', import.meta.url), 'utf8'),
) as { readonly problems: readonly Problem[] };

function noise(purpose: string, n: number): Float32Array {
  return gaussians({ seed: 11, purpose: `test/${purpose}`, step: 0 }, n);
}

/** Independent factors of standard deviations `spread`, each along a known unit vector, over a mean and faint noise. */
function factors(rows: number, columns: number, spread: readonly number[], background: number): Matrix {
  const result = matrix(rows, columns, noise('background', rows * columns));
  const weights = noise('factors', rows * spread.length);
  const directions = spread.map((_, f) =>
    Float64Array.from({ length: columns }, (_, j) => direction(f, j, columns)),
  );
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, i++) {
      let value = background * (result.data[i] as number) + Math.sin(j);
      spread.forEach((deviation, f) => {
        value += deviation * (weights[row * spread.length + f] as number) * (directions[f]?.[j] as number);
      });
      result.data[i] = value;
    }
  }
  return result;
}

/** Entry j of unit vector f of an orthonormal cosine basis. */
function direction(f: number, j: number, columns: number): number {
  return Math.sqrt(2 / columns) * Math.cos((Math.PI * (f + 1) * (j + 0.5)) / columns);
}

/** Largest deviation of the covariance of the rows (divisor n − 1) from the unit matrix, and of the mean from 0. */
function unwhiteness({ rows, columns, data }: Matrix): number {
  let worst = 0;
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const value = data[row * columns + a] as number;
        product += value * (data[row * columns + b] as number);
        sum += value;
      }
      worst = Math.max(worst, Math.abs(product / (rows - 1) - (a === b ? 1 : 0)), Math.abs(sum / rows));
    }
  }
  return worst;
}

/** Cosine of the largest angle between a unit vector of `a` and the subspace of `b`. */
function agreement(a: Whitening, b: Whitening): number {
  const d = a.components.columns;
  let worst = 1;
  for (let i = 0; i < a.components.rows; i++) {
    let squares = 0;
    for (let k = 0; k < b.components.rows; k++) {
      let dot = 0;
      for (let j = 0; j < d; j++) {
        dot += (a.components.data[i * d + j] as number) * (b.components.data[k * d + j] as number);
      }
      squares += dot * dot;
    }
    worst = Math.min(worst, Math.sqrt(squares));
  }
  return worst;
}

describeEachEngine('whitening', () => {
  describe.each(problems)('as scikit-learn fits it: $name', (problem) => {
    const { rows, columns, dimensions } = problem;
    const frames = matrix(
      rows,
      columns,
      Float32Array.from(problem.scaled_frames, (value) => value / problem.scale),
    );
    it.each(['direct', 'randomised'] as const)('%s', (method) => {
      const fitted = fitWhitening(sourceOf(frames), { dimensions, epsilon: 0 }, method);
      problem.mean.forEach((value, j) => {
        expect(fitted.mean[j]).toBeCloseTo(value, 4);
      });
      problem.eigenvalues.forEach((value, i) => {
        // Single-precision products: to that precision of the largest.
        const error = Math.abs((fitted.eigenvalues[i] as number) - value);
        expect(error).toBeLessThan(1e-6 * (problem.eigenvalues[0] as number));
      });
      problem.components.forEach((value, i) => {
        expect(fitted.components.data[i]).toBeCloseTo(value, 3);
      });
      expect(fitted.explained).toBeCloseTo(problem.explained, 5);
      const found = whiten(fitted, sliceRows(frames, 0, 5));
      problem.whitened.forEach((value, i) => {
        expect(found.data[i]).toBeCloseTo(value, 2);
      });
    });
  });

  it.each(['direct', 'randomised'] as const)('%s: makes uncorrelated, of variance 1', (method) => {
    const frames = factors(3000, 60, [9, 7, 5, 4, 3, 2], 0.3);
    const fitted = fitWhitening(sourceOf(frames), { dimensions: 10 }, method);
    expect(unwhiteness(whiten(fitted, frames))).toBeLessThan(1e-3);
  });

  it('gives a row the same bits whatever rows it comes with', () => {
    const frames = factors(300, 40, [3, 2], 0.5);
    const fitted = fitWhitening(sourceOf(frames), { dimensions: 7 });
    const whole = whiten(fitted, frames).data;
    const cuts = [0, 1, 2, 130, 131, 270, 300];
    const parts = cuts.slice(1).map((to, i) => whiten(fitted, sliceRows(frames, cuts[i] as number, to)));
    expect(concatRows(parts).data).toEqual(whole);
  });
});

describe('fitting', () => {
  beforeAll(async () => {
    await useEngine('auto');
  });

  it('finds the spectrum and the directions that the data were made of', () => {
    const spread = [8, 6, 4, 2];
    const fitted = fitWhitening(sourceOf(factors(12000, 700, spread, 0.01)), { dimensions: 4 });
    spread.forEach((deviation, f) => {
      // Sampling error of a variance: √(2 / n) = 1.3 % of it.
      expect(Math.abs((fitted.eigenvalues[f] as number) / deviation ** 2 - 1)).toBeLessThan(0.04);
      let dot = 0;
      for (let j = 0; j < 700; j++)
        dot += (fitted.components.data[f * 700 + j] as number) * direction(f, j, 700);
      expect(Math.abs(dot)).toBeGreaterThan(0.999);
    });
    expect(fitted.explained).toBeGreaterThan(0.998);
  });

  it('randomised agrees with direct where the spectrum falls slowly', () => {
    const spread = Array.from({ length: 90 }, (_, f) => 10 / (f + 1));
    const source = sourceOf(factors(2500, 300, spread, 0.02));
    const direct = fitWhitening(source, { dimensions: 20 }, 'direct');
    const randomised = fitWhitening(source, { dimensions: 20 }, 'randomised');
    direct.eigenvalues.forEach((value, i) => {
      expect((randomised.eigenvalues[i] as number) / value).toBeCloseTo(1, 4);
    });
    expect(agreement(direct, randomised)).toBeGreaterThan(1 - 1e-4);
    expect(randomised.explained).toBeCloseTo(direct.explained, 4);
    expect(fitWhitening(source, { dimensions: 20 }, 'randomised')).toEqual(randomised);
  });

  it('gives the same bits however the rows are cut', () => {
    const frames = factors(2600, 30, [3, 2], 0.4);
    const cutInto = (sizes: readonly number[]): Whitening => {
      const stream = new CovarianceStream(30);
      for (let from = 0, i = 0; from < frames.rows; i++) {
        const to = Math.min(frames.rows, from + (sizes[i % sizes.length] as number));
        stream.push(sliceRows(frames, from, to));
        from = to;
      }
      expect(stream.count).toBe(2600);
      return whiteningOf(stream, { dimensions: 8 });
    };
    const whole = cutInto([2600]);
    expect(cutInto([1, 17, 900])).toEqual(whole);
    expect(cutInto([1024])).toEqual(whole);
    expect(fitWhitening(sourceOf(frames), { dimensions: 8 })).toEqual(whole);
  });

  it('is not thrown off by means far larger than the spread', () => {
    const frames = factors(2000, 20, [2, 1], 0.1);
    const shifted = matrix(
      2000,
      20,
      frames.data.map((value) => value + 1000),
    );
    for (const method of ['direct', 'randomised'] as const) {
      const [near, far] = [frames, shifted].map((given) =>
        fitWhitening(sourceOf(given), { dimensions: 3 }, method),
      ) as [Whitening, Whitening];
      near.eigenvalues.forEach((value, i) => {
        expect((far.eigenvalues[i] as number) / value).toBeCloseTo(1, 2);
      });
    }
  });

  it('holds directions without variance back', () => {
    const frames = factors(500, 16, [2, 1], 0);
    for (const method of ['direct', 'randomised'] as const) {
      const whitened = whiten(fitWhitening(sourceOf(frames), { dimensions: 16 }, method), frames);
      let largest = 0;
      for (let row = 0; row < 500; row++) {
        for (let j = 3; j < 16; j++)
          largest = Math.max(largest, Math.abs(whitened.data[row * 16 + j] as number));
      }
      expect(largest).toBeLessThan(0.2);
    }
  });

  it('is undone by unwhiten, up to what was dropped', () => {
    const frames = factors(400, 12, [3, 2, 1], 0.5);
    const all = fitWhitening(sourceOf(frames), { dimensions: 'all' });
    const restored = unwhiten(all, whiten(all, frames));
    restored.data.forEach((value, i) => {
      expect(value).toBeCloseTo(frames.data[i] as number, 3);
    });
    const unit = matrix(1, 12);
    unit.data[2] = 1;
    const filter = unwhiten(all, unit, { mean: false });
    const scale = Math.sqrt((all.eigenvalues[2] as number) + all.floor);
    filter.data.forEach((value, j) => {
      expect(value).toBeCloseTo(scale * (all.components.data[2 * 12 + j] as number), 4);
    });
  });

  it('says what it cannot do', () => {
    const frames = factors(20, 6, [1], 0.5);
    const attempt = (source: MatrixSource, dimensions: number | 'all'): (() => Whitening) => {
      return () => fitWhitening(source, { dimensions });
    };
    expect(attempt(sourceOf(frames), 7)).toThrow(/6 dimensions cannot be whitened to 7/);
    expect(attempt(sourceOf(frames), 0)).toThrow(/cannot be whitened to 0/);
    expect(attempt(sourceOf(sliceRows(frames, 0, 6)), 'all')).toThrow(/6 frames are too few/);
    expect(attempt(sourceOf(matrix(20, 6)), 2)).toThrow(/all 20 frames are the same/);
    const broken = matrix(20, 6, frames.data.slice());
    broken.data[5] = Number.NaN;
    expect(attempt(sourceOf(broken), 2)).toThrow(/not all finite/);
    expect(() => fitWhitening(sourceOf(broken), { dimensions: 2 }, 'randomised')).toThrow(/not all finite/);
    const fitted = fitWhitening(sourceOf(frames), { dimensions: 2 });
    expect(() => whiten(fitted, matrix(1, 5))).toThrow(/rows of 5 numbers where the whitening has 6/);
    expect(() => new CovarianceStream(4).push(matrix(1, 5))).toThrow(/frames of 5 dimensions/);
  });
});
