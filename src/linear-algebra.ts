import { MmxError } from './errors.js';

/**
 * Dense double-precision linear algebra on row-major `Float64Array`s: the engines compute in single precision,
 * which is not enough to factor a covariance matrix.
 */

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

/** The transpose of `a` (rows × columns), by tiles. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(a.length);
  const tile = 32;
  for (let i0 = 0; i0 < rows; i0 += tile) {
    for (let j0 = 0; j0 < columns; j0 += tile) {
      const i1 = Math.min(rows, i0 + tile);
      const j1 = Math.min(columns, j0 + tile);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) result[j * rows + i] = at(a, i * columns + j);
      }
    }
  }
  return result;
}

/** A Bᵀ for A (m × k) and B (n × k). */
export function productTransposed(
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) result[i * n + j] = dot(a, i * k, b, j * k, k);
  }
  return result;
}

/**
 * Makes the rows of `b` (rows × n, rows ≤ n) orthonormal in place by Gram-Schmidt, each row projected twice
 * ("twice is enough", Giraud et al. 2005). A row that depends on those before it is replaced by a unit vector
 * orthogonal to them.
 */
export function orthonormaliseRows(b: Float64Array, rows: number, n: number): Float64Array {
  for (let row = 0; row < rows; row++) {
    const base = row * n;
    let replacement = 0;
    let norm = Math.sqrt(dot(b, base, b, base, n));
    for (;;) {
      const before = norm;
      for (let pass = 0; pass < 2; pass++) {
        for (let other = 0; other < row; other++) {
          const projection = dot(b, base, b, other * n, n);
          for (let k = 0; k < n; k++) b[base + k] = at(b, base + k) - projection * at(b, other * n + k);
        }
      }
      norm = Math.sqrt(dot(b, base, b, base, n));
      if (norm > 1e-12 * before && norm > 0) break;
      b.fill(0, base, base + n);
      b[base + replacement] = 1;
      replacement += 1;
      norm = 1;
    }
    for (let k = 0; k < n; k++) b[base + k] = at(b, base + k) / norm;
  }
  return b;
}

/** Eigenvalues in descending order and, as rows, the orthonormal eigenvectors that belong to them. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Eigendecomposition of a symmetric n × n matrix by cyclic Jacobi rotations; meant for n up to a few hundred. */
export function symmetricEigen(symmetric: Float64Array, n: number): SymmetricEigen {
  const a = symmetric.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const total = dot(a, 0, a, 0, n * n);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += 2 * at(a, i * n + j) ** 2;
    if (off <= 1e-32 * total) break;
    // A rotation changes its two rows and leaves the columns of the same numbers behind. The last row of two numbers that a
    // rotation has changed has their element as it is, so a row is brought up to date from its column before its turn.
    for (let p = 0; p < n - 1; p++) {
      for (let k = p + 1; k < n; k++) a[p * n + k] = at(a, k * n + p);
      for (let q = p + 1; q < n; q++) {
        for (let k = p + 1; k < n; k++) a[q * n + k] = at(a, k * n + q);
        rotate(a, v, n, p, q);
      }
      for (let k = p + 1; k < n; k++) a[k * n + p] = at(a, p * n + k);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => at(a, j * n + j) - at(a, i * n + i) || i - j,
  );
  const values = Float64Array.from(order, (i) => at(a, i * n + i));
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values, vectors };
}

/** One Jacobi rotation that annuls a[p][q], of rows p and q alone; the rows of `v` collect the rotations. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = at(a, p * n + q);
  const app = at(a, p * n + p);
  const aqq = at(a, q * n + q);
  if (Math.abs(apq) <= 1e-18 * Math.sqrt(Math.abs(app * aqq)) || apq === 0) return;
  const theta = (aqq - app) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  rotateRows(a, n, p, q, c, s);
  a[p * n + p] = app - t * apq;
  a[q * n + q] = aqq + t * apq;
  a[p * n + q] = 0;
  rotateRows(v, n, p, q, c, s);
}

function rotateRows(a: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  const end = p * n + n;
  for (let i = p * n, j = q * n; i < end; i++, j++) {
    const x = at(a, i);
    const y = at(a, j);
    a[i] = c * x - s * y;
    a[j] = s * x + c * y;
  }
}

/** Σ a[i + t] b[j + t] for t < n; four partial sums, so that the additions do not wait for each other. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t = 0;
  for (; t + 3 < n; t += 4) {
    s0 += at(a, i + t) * at(b, j + t);
    s1 += at(a, i + t + 1) * at(b, j + t + 1);
    s2 += at(a, i + t + 2) * at(b, j + t + 2);
    s3 += at(a, i + t + 3) * at(b, j + t + 3);
  }
  for (; t < n; t++) s0 += at(a, i + t) * at(b, j + t);
  return s0 + s1 + (s2 + s3);
}

/** y[t] += factor · a[i + t] for all t; four at a turn. */
export function addScaled(y: Float64Array, factor: number, a: Float64Array, i: number): void {
  const n = y.length;
  let t = 0;
  for (; t + 3 < n; t += 4) {
    y[t] = at(y, t) + factor * at(a, i + t);
    y[t + 1] = at(y, t + 1) + factor * at(a, i + t + 1);
    y[t + 2] = at(y, t + 2) + factor * at(a, i + t + 2);
    y[t + 3] = at(y, t + 3) + factor * at(a, i + t + 3);
  }
  for (; t < n; t++) y[t] = at(y, t) + factor * at(a, i + t);
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
