import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import {
  concatColumns,
  type Matrix,
  matrix,
  sliceColumns,
  sliceRows,
  sourceOf,
} from '../../../src/matrix.js';
import { type CcaModel, fitCca, projectCca } from '../../../src/models/cca.js';
import { jointCovariance } from '../../../src/models/joint-covariance.js';
import { leadingSingularVectors } from '../../../src/models/leading-singular-vectors.js';

interface Reference {
  readonly name: string;
  readonly rows: number;
  readonly columns_x: number;
  readonly columns_y: number;
  readonly dimensions: number;
  readonly ridge: number;
  readonly scaled_x: readonly number[];
  readonly scaled_y: readonly number[];
  readonly correlations: readonly number[];
  readonly project_x: readonly number[];
  readonly project_y: readonly number[];
}

const references = (
  JSON.parse(readFileSync(new URL('../../golden/cca/ridge-cca.json', import.meta.url), 'utf8')) as {
    problems: Reference[];
  }
).problems;

function normal(rows: number, columns: number, purpose: string): Matrix {
  return matrix(rows, columns, gaussians({ seed: 3, purpose, step: 0 }, rows * columns));
}

/** X A, in double precision. */
function times(x: Matrix, a: ArrayLike<number>, columns: number): Matrix {
  const result = matrix(x.rows, columns);
  for (let row = 0; row < x.rows; row++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < x.columns; k++)
        sum += (x.data[row * x.columns + k] ?? 0) * (a[k * columns + j] ?? 0);
      result.data[row * columns + j] = sum;
    }
  }
  return result;
}

/** Sample covariance of columns i and j, from the definition. */
function covarianceOf(x: Matrix, i: number, y: Matrix, j: number): number {
  const column = (m: Matrix, k: number): number[] =>
    Array.from({ length: m.rows }, (_, row) => m.data[row * m.columns + k] ?? 0);
  const [a, b] = [column(x, i), column(y, j)];
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  return a.reduce((sum, value, row) => sum + (value - ma) * ((b[row] ?? 0) - mb), 0) / (a.length - 1);
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  const worst = Array.from(a).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
}

/** Views that share `factors` sources with noise of their own. */
function related(rows: number, dx: number, dy: number, factors: number): { x: Matrix; y: Matrix } {
  const common = normal(rows, factors, 'common');
  const view = (d: number, name: string): Matrix => {
    const seen = times(common, normal(factors, d, `mix/${name}`).data, d);
    const noise = normal(rows, d, `noise/${name}`).data;
    return matrix(
      rows,
      d,
      seen.data.map((value, i) => value + (1 + (i % 3)) * (noise[i] ?? 0) + (i % d)),
    );
  };
  return { x: view(dx, 'x'), y: view(dy, 'y') };
}

function modelOf(x: Matrix, y: Matrix, dimensions: number, ridge: number): CcaModel {
  return fitCca(sourceOf(x), sourceOf(y), { dimensions, ridge });
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(references)('generalised eigenproblem by SciPy: $name', (reference) => {
  const { rows, columns_x, columns_y, dimensions, ridge } = reference;
  const x = matrix(
    rows,
    columns_x,
    Float32Array.from(reference.scaled_x, (value) => value / 64),
  );
  const y = matrix(
    rows,
    columns_y,
    Float32Array.from(reference.scaled_y, (value) => value / 64),
  );

  it('same correlations, directions and signs', () => {
    const model = modelOf(x, y, dimensions, ridge);
    expectClose(model.correlations, reference.correlations, 1e-6);
    expectClose(model.projectX, reference.project_x, 5e-6);
    expectClose(model.projectY, reference.project_y, 5e-6);
  });
});

describe('properties', () => {
  it('population correlations of Gaussian views are found', () => {
    // Pair i: x_i = z_i, y_i = ρ_i z_i + sqrt(1 − ρ_i²) e_i, both then mixed by invertible maps, which leave ρ alone.
    const correlations = [0.9, 0.6, 0.3, 0];
    const rows = 20_000;
    const z = normal(rows, 4, 'z');
    const e = normal(rows, 4, 'e');
    const y = z.data.map((value, i) => {
      const rho = correlations[i % 4] ?? 0;
      return rho * value + Math.sqrt(1 - rho * rho) * (e.data[i] ?? 0);
    });
    const mixX = [2, 1, 0, 0, 0, 1, 3, 0, 1, 0, 1, 0, 0, 0, 1, 1];
    const mixY = [1, 0, 0, 1, 1, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 3];
    const model = modelOf(times(z, mixX, 4), times(matrix(rows, 4, y), mixY, 4), 4, 0);
    // Asymptotic standard error (1 − ρ²)/√n, four of them; the last is a maximum over noise, of order 1/√n.
    [0, 1, 2].forEach((i) => {
      const rho = correlations[i] ?? 0;
      expect(Math.abs((model.correlations[i] ?? 0) - rho)).toBeLessThan(
        (4 * (1 - rho * rho)) / Math.sqrt(rows),
      );
    });
    expect(model.correlations[3]).toBeLessThan(4 / Math.sqrt(rows));
  });

  it('at ridge 0 variates have unit variance, are uncorrelated, and correlate across views as stated', () => {
    const { x, y } = related(500, 8, 6, 4);
    const model = modelOf(x, y, 5, 0);
    const [u, v] = [projectCca(model, 'x', x), projectCca(model, 'y', y)];
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        expect(covarianceOf(u, i, u, j)).toBeCloseTo(i === j ? 1 : 0, 4);
        expect(covarianceOf(v, i, v, j)).toBeCloseTo(i === j ? 1 : 0, 4);
        expect(covarianceOf(u, i, v, j)).toBeCloseTo(i === j ? (model.correlations[i] ?? 0) : 0, 4);
      }
    }
  });

  it('at a tiny ridge correlations and variates do not change under invertible linear maps', () => {
    const { x, y } = related(400, 5, 7, 3);
    const map = normal(5, 5, 'map').data.map((value, i) => value + (i % 6 === 0 ? 3 : 0));
    const model = modelOf(x, y, 3, 1e-9);
    const moved = times(x, map, 5);
    const other = modelOf(moved, y, 3, 1e-9);
    expectClose(other.correlations, model.correlations, 1e-5);
    const [before, after] = [projectCca(model, 'x', x), projectCca(other, 'x', moved)];
    for (let i = 0; i < 3; i++) expect(Math.abs(covarianceOf(before, i, after, i))).toBeCloseTo(1, 3);
  });

  it('the ridge is free of units: scaling a view rescales its projection and nothing else', () => {
    const { x, y } = related(200, 5, 4, 3);
    const model = modelOf(x, y, 3, 0.2);
    const scaled = modelOf(
      matrix(
        200,
        5,
        x.data.map((value) => 256 * value),
      ),
      y,
      3,
      0.2,
    );
    expectClose(scaled.correlations, model.correlations, 1e-12);
    expectClose(
      scaled.projectX.map((value) => 256 * value),
      model.projectX,
      1e-12,
    );
  });

  it('a ridge lowers every correlation', () => {
    const { x, y } = related(60, 10, 10, 4);
    const [none, some] = [modelOf(x, y, 6, 0), modelOf(x, y, 6, 0.3)];
    none.correlations.forEach((value, i) => {
      expect(some.correlations[i]).toBeLessThan(value);
    });
  });

  it('swapping the views swaps the projections', () => {
    const { x, y } = related(300, 6, 5, 3);
    const [model, swapped] = [modelOf(x, y, 3, 0.01), modelOf(y, x, 3, 0.01)];
    expectClose(swapped.correlations, model.correlations, 1e-10);
    expectClose(swapped.projectX.map(Math.abs), model.projectY.map(Math.abs), 1e-8);
  });

  it('a feature that is constant, or twice the same, is no obstacle with a ridge, and is named without', () => {
    const { x, y } = related(100, 4, 4, 2);
    const flat = matrix(100, 1, new Float32Array(100).fill(5));
    const odd = concatColumns([x, sliceColumns(x, 0, 1), flat]);
    const model = modelOf(odd, y, 3, 1e-3);
    expect(model.projectX.every(Number.isFinite)).toBe(true);
    expect(() => modelOf(odd, y, 3, 0)).toThrow(/covariance of the first view .* is not positive definite/);
  });
});

describe('projection', () => {
  it('variates are weighted by powers of their correlations', () => {
    const { x, y } = related(100, 5, 4, 3);
    const model = modelOf(x, y, 3, 0.1);
    const [plain, weighted] = [projectCca(model, 'y', y), projectCca(model, 'y', y, 2)];
    expectClose(
      weighted.data,
      plain.data.map((value, i) => value * (model.correlations[i % 3] ?? 0) ** 2),
      1e-5,
    );
    expect(() => projectCca(model, 'x', y)).toThrow(/view x of the CCA has 5 features, got 4/);
  });
});

describe('covariance', () => {
  it('is that of the definition over several chunks and tiles, also far from the origin', () => {
    const rows = 2060;
    const x = matrix(
      rows,
      3,
      normal(rows, 3, 'far').data.map((value, i) => value + 1000 * (1 + (i % 3))),
    );
    const y = normal(rows, 514, 'wide');
    const { meanX, xx, yy, xy } = jointCovariance(sourceOf(x), sourceOf(y));
    for (const [i, j] of [
      [0, 0],
      [1, 2],
      [2, 1],
    ] as const) {
      expect(xx[i * 3 + j]).toBeCloseTo(covarianceOf(x, i, x, j), 5);
    }
    for (const [i, j] of [
      [0, 0],
      [3, 513],
      [513, 3],
      [513, 513],
    ] as const) {
      expect(yy[i * 514 + j]).toBeCloseTo(covarianceOf(y, i, y, j), 5);
    }
    expect(xy[2 * 514 + 513]).toBeCloseTo(covarianceOf(x, 2, y, 513), 5);
    expect(meanX[1]).toBeCloseTo(
      x.data.reduce((sum, value, i) => sum + (i % 3 === 1 ? value : 0), 0) / rows,
      4,
    );
  });
});

describe('leading singular vectors', () => {
  it.each([
    [90, 70],
    [70, 90],
  ])('the iteration agrees with the direct method on %i x %i', (m, n) => {
    const k = 6;
    const t = Float64Array.from(normal(m, n, 'operator').data, (value) => value / 20);
    const tensors = tf.memory().numTensors;
    const direct = leadingSingularVectors(t, m, n, k, true);
    const iterated = leadingSingularVectors(t, m, n, k, false);
    expect(tf.memory().numTensors).toBe(tensors);
    expectClose(iterated.values, direct.values, 1e-8);
    for (const [a, b, d] of [
      [iterated.left, direct.left, m],
      [iterated.right, direct.right, n],
    ] as const) {
      for (let i = 0; i < k; i++) {
        const cosine = a
          .subarray(i * d, (i + 1) * d)
          .reduce((sum, value, j) => sum + value * (b[i * d + j] ?? 0), 0);
        expect(Math.abs(cosine)).toBeCloseTo(1, 6);
      }
    }
  });

  it('an operator of lower rank than asked for still gives orthonormal vectors', () => {
    const t = new Float64Array(40 * 30);
    t[0] = 0.5;
    for (const direct of [true, false]) {
      const { left, values } = leadingSingularVectors(t, 40, 30, 3, direct);
      expectClose(values, [0.5, 0, 0], 1e-12);
      for (let i = 0; i < 3; i++) {
        const norm = Math.hypot(...left.subarray(i * 40, (i + 1) * 40));
        expect(norm).toBeCloseTo(1, 12);
      }
    }
  });
});

describe('behaviour', () => {
  it('bit-identical when repeated and when read from a source, and leaks no tensor', () => {
    const { x, y } = related(300, 7, 5, 3);
    const tensors = tf.memory().numTensors;
    const once = modelOf(x, y, 4, 0.01);
    projectCca(once, 'x', x);
    expect(tf.memory().numTensors).toBe(tensors);
    const copied = {
      rows: 300,
      columns: 7,
      readRows: (from: number, to: number) => sliceRows(matrix(300, 7, x.data.slice()), from, to),
    };
    expect(fitCca(copied, sourceOf(y), { dimensions: 4, ridge: 0.01 })).toEqual(once);
  });

  it('unusable input is refused', () => {
    const { x, y } = related(20, 3, 4, 2);
    expect(() => modelOf(sliceRows(x, 1), y, 2, 0.1)).toThrow(/one view has 19, the other 20/);
    expect(() => modelOf(sliceRows(x, 0, 1), sliceRows(y, 0, 1), 2, 0.1)).toThrow(/at least 2 examples/);
    expect(() => modelOf(x, y, 4, 0.1)).toThrow(/at most 3 dimensions, but 4 are requested/);
    expect(() => modelOf(x, y, 2, -1)).toThrow(/ridge of CCA/);
    expect(() => modelOf(matrix(20, 3), y, 2, 0.1)).toThrow(
      /every feature of the first view of CCA is constant/,
    );
    const broken = matrix(20, 4, y.data.slice());
    broken.data[7] = Number.NaN;
    expect(() => modelOf(x, broken, 2, 0.1)).toThrow(/second view of CCA holds values that are not finite/);
  });
});
