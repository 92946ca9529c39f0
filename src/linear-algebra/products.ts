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
export function addScaled(y: Float64Array, factor: number, a: Float64Array, i = 0): void {
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

/** Indices are in range by construction; the compiler cannot know it. */
function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
