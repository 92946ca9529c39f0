import { describe, expect, it } from 'vitest';
import { gaussians } from '../../src/engine/noise.js';
import {
  cholesky,
  orthonormaliseRows,
  productTransposed,
  solveLower,
  solveUpper,
  symmetricEigen,
  transpose,
} from '../../src/linear-algebra/index.js';

function normal(count: number, purpose = 'test'): Float64Array {
  return Float64Array.from(gaussians({ seed: 1, purpose, step: count }, count));
}

/** A B by the definition. */
function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, p) => {
    let sum = 0;
    for (let t = 0; t < k; t++) sum += (a[Math.floor(p / n) * k + t] ?? 0) * (b[t * n + (p % n)] ?? 0);
    return sum;
  });
}

function expectClose(a: Float64Array, b: Float64Array, tolerance: number): void {
  expect(a.length).toBe(b.length);
  const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
  expect(worst).toBeLessThan(tolerance);
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

/** Symmetric, eigenvalues from about 1 to n. */
function positive(n: number): Float64Array {
  const factor = normal(n * n);
  const a = product(factor, transpose(factor, n, n), n, n, n);
  return a.map((value, i) => value / 4 + (i % (n + 1) === 0 ? 1 : 0));
}

// 1, 2: no tile fits; 97, 195: a panel and its remainders of every kind.
describe.each([1, 2, 7, 96, 97, 195])('n = %i', (n) => {
  const a = positive(n);
  const l = cholesky(a.slice(), n);

  it('L is lower triangular and L Lᵀ = A', () => {
    expect(l.every((value, i) => Math.floor(i / n) >= i % n || value === 0)).toBe(true);
    expectClose(product(l, transpose(l, n, n), n, n, n), a, 1e-12 * n);
  });

  it('the upper triangle of A is not read', () => {
    const half = a.map((value, i) => (Math.floor(i / n) >= i % n ? value : Number.NaN));
    expect(cholesky(half, n)).toEqual(l);
  });

  it.each([1, 5])('triangular solves of %i rows, by multiplying back', (rows) => {
    const b = normal(rows * n, 'rhs');
    const x = solveLower(l, n, b.slice(), rows);
    expectClose(product(x, transpose(l, n, n), rows, n, n), b, 1e-11);
    const y = solveUpper(transpose(l, n, n), n, x.slice(), rows);
    expectClose(product(y, a, rows, n, n), b, 1e-10);
  });
});

describe('linear algebra', () => {
  it('a matrix that is not positive definite is refused by name', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2, 'the covariance')).toThrow(
      /the covariance \(2 x 2\) is not positive definite: pivot 1 is -3/,
    );
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(/not positive definite/);
  });

  it('A Bᵀ and the transpose', () => {
    const [a, b] = [normal(3 * 9, 'a'), normal(5 * 9, 'b')];
    expectClose(productTransposed(a, b, 3, 5, 9), product(a, transpose(b, 5, 9), 3, 9, 5), 1e-13);
    expect(transpose(transpose(normal(70 * 33), 70, 33), 33, 70)).toEqual(normal(70 * 33));
  });

  it.each([1, 5, 30, 67])(
    'eigenvectors of %i dimensions: A V = V diag(λ), orthonormal, descending; repeated and negative values included',
    (n) => {
      const basis = orthonormaliseRows(normal(n * n), n, n);
      const values = Float64Array.from({ length: n }, (_, i) => (i < 3 ? 5 : i < 20 ? 20 / (i + 1) - 1 : -i));
      const scaled = basis.map((value, i) => value * (values[Math.floor(i / n)] ?? 0));
      const a = product(transpose(basis, n, n), scaled, n, n, n);
      const eigen = symmetricEigen(a, n);
      expectClose(
        eigen.values,
        values.slice().sort((x, y) => y - x),
        1e-12,
      );
      expectClose(product(eigen.vectors, transpose(eigen.vectors, n, n), n, n, n), identity(n), 1e-12);
      const images = product(eigen.vectors, a, n, n, n);
      expectClose(
        images,
        eigen.vectors.map((v, i) => v * (eigen.values[Math.floor(i / n)] ?? 0)),
        1e-11,
      );
    },
  );

  it('eigenvectors are those of the upper triangle', () => {
    const n = 9;
    const a = normal(n * n);
    const mirrored = a.map(
      (_, p) => a[Math.min(p % n, Math.floor(p / n)) * n + Math.max(p % n, Math.floor(p / n))] ?? 0,
    );
    expect(symmetricEigen(a, n)).toEqual(symmetricEigen(mirrored, n));
  });

  it('eigenvalues of what is not finite are not numbers', () => {
    const a = identity(3);
    a[4] = Number.NaN;
    expect([...symmetricEigen(a, 3).values]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    a[4] = 1e200;
    expect([...symmetricEigen(a, 3).vectors]).toEqual(new Array(9).fill(Number.NaN));
  });

  it('dependent rows are replaced, the span of the others kept', () => {
    const rows = normal(4 * 6);
    rows.copyWithin(6, 0, 6);
    rows.fill(0, 18, 24);
    const q = orthonormaliseRows(rows.slice(), 4, 6);
    expectClose(product(q, transpose(q, 4, 6), 4, 6, 4), identity(4), 1e-14);
    const third = rows.slice(12, 18);
    const coordinates = product(third, transpose(q, 4, 6), 1, 6, 4);
    expectClose(product(coordinates, q, 1, 4, 6), third, 1e-13);
  });
});
