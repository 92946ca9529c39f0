import { MmxError } from '../errors.js';
import { dot } from './products.js';

/** Width of the panels of the blocked algorithms: a panel of 4 rows stays in the first-level cache. */
const panel = 96;

/**
 * Cholesky factorisation A = L Lᵀ in place (right-looking, blocked). Only the lower triangle of `a` is read;
 * on return `a` holds L and zeros above its diagonal.
 *
 * @param a n × n, symmetric
 * @param name what the matrix is, for the error
 * @throws MmxError `linear-algebra/not-positive-definite`
 */
export function cholesky(a: Float64Array, n: number, name = 'the matrix'): Float64Array {
  for (let start = 0; start < n; start += panel) {
    const end = Math.min(n, start + panel);
    for (let j = start; j < end; j++) {
      const rowJ = j * n;
      const pivot = at(a, rowJ + j) - dot(a, rowJ + start, a, rowJ + start, j - start);
      if (!(pivot > 0)) {
        throw new MmxError(
          'linear-algebra/not-positive-definite',
          `${name} (${n} x ${n}) is not positive definite: pivot ${j} is ${pivot}`,
          { hint: 'add to its diagonal (a larger ridge) or remove features that depend on each other' },
        );
      }
      const root = Math.sqrt(pivot);
      a[rowJ + j] = root;
      for (let i = j + 1; i < n; i++) {
        const rowI = i * n;
        a[rowI + j] = (at(a, rowI + j) - dot(a, rowI + start, a, rowJ + start, j - start)) / root;
      }
    }
    subtractProduct(
      a,
      end * n + end,
      a,
      end * n + start,
      a,
      end * n + start,
      n,
      n - end,
      n - end,
      end - start,
      true,
    );
  }
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  return a;
}

/** B ← B L⁻ᵀ in place: every row b of B (rows × n) becomes the solution x of L x = b. */
export function solveLower(l: Float64Array, n: number, b: Float64Array, rows: number): Float64Array {
  for (let start = 0; start < n; start += panel) {
    const end = Math.min(n, start + panel);
    for (let row = 0; row < rows; row++) {
      const base = row * n;
      for (let j = start; j < end; j++) {
        b[base + j] =
          (at(b, base + j) - dot(b, base + start, l, j * n + start, j - start)) / at(l, j * n + j);
      }
    }
    subtractProduct(b, end, b, start, l, end * n + start, n, rows, n - end, end - start, false);
  }
  return b;
}

/** B ← B U⁻ᵀ in place for upper triangular U: every row b of B (rows × n) becomes the solution x of U x = b. */
export function solveUpper(u: Float64Array, n: number, b: Float64Array, rows: number): Float64Array {
  for (let start = panel * Math.floor((n - 1) / panel); start >= 0; start -= panel) {
    const end = Math.min(n, start + panel);
    subtractProduct(b, start, b, end, u, start * n + end, n, rows, end - start, n - end, false);
    for (let row = 0; row < rows; row++) {
      const base = row * n;
      for (let j = end - 1; j >= start; j--) {
        const known = dot(b, base + j + 1, u, j * n + j + 1, end - j - 1);
        b[base + j] = (at(b, base + j) - known) / at(u, j * n + j);
      }
    }
  }
  return b;
}

/**
 * C −= A Bᵀ on blocks of matrices whose rows all lie `stride` apart: C is m × n, A m × k, B n × k, each given
 * by its array and the offset of its first element. With `lower`, tiles entirely above the diagonal are left.
 */
function subtractProduct(
  c: Float64Array,
  cStart: number,
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  stride: number,
  m: number,
  n: number,
  k: number,
  lower: boolean,
): void {
  const evenN = n - (n % 2);
  const fourM = m - (m % 4);
  for (let j = 0; j < evenN; j += 2) {
    const b0 = bStart + j * stride;
    const b1 = b0 + stride;
    for (let i = lower ? j - (j % 4) : 0; i < fourM; i += 4) {
      const a0 = aStart + i * stride;
      const a1 = a0 + stride;
      const a2 = a1 + stride;
      const a3 = a2 + stride;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let t = 0; t < k; t++) {
        const x0 = at(b, b0 + t);
        const x1 = at(b, b1 + t);
        const y0 = at(a, a0 + t);
        s00 += y0 * x0;
        s01 += y0 * x1;
        const y1 = at(a, a1 + t);
        s10 += y1 * x0;
        s11 += y1 * x1;
        const y2 = at(a, a2 + t);
        s20 += y2 * x0;
        s21 += y2 * x1;
        const y3 = at(a, a3 + t);
        s30 += y3 * x0;
        s31 += y3 * x1;
      }
      let p = cStart + i * stride + j;
      c[p] = at(c, p) - s00;
      c[p + 1] = at(c, p + 1) - s01;
      p += stride;
      c[p] = at(c, p) - s10;
      c[p + 1] = at(c, p + 1) - s11;
      p += stride;
      c[p] = at(c, p) - s20;
      c[p + 1] = at(c, p + 1) - s21;
      p += stride;
      c[p] = at(c, p) - s30;
      c[p + 1] = at(c, p + 1) - s31;
    }
  }
  const subtractDot = (i: number, j: number): void => {
    const p = cStart + i * stride + j;
    c[p] = at(c, p) - dot(a, aStart + i * stride, b, bStart + j * stride, k);
  };
  for (let i = fourM; i < m; i++) for (let j = 0; j < evenN; j++) subtractDot(i, j);
  for (let j = evenN; j < n; j++) for (let i = 0; i < m; i++) subtractDot(i, j);
}

/** Indices are in range by construction; the compiler cannot know it. */
function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
