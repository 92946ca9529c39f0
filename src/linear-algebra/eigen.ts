import { workspace } from './kernels.js';
import { dot } from './products.js';

/** Eigenvalues in descending order and, as rows, the orthonormal eigenvectors that belong to them. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * Eigendecomposition of a symmetric n × n matrix, of which the upper triangle is read, by cyclic Jacobi rotations; meant
 * for n up to a few hundred. NaN throughout when the squares of its elements have no finite sum.
 */
export function symmetricEigen(symmetric: Float64Array, n: number): SymmetricEigen {
  const total = dot(symmetric, 0, symmetric, 0, n * n);
  if (!Number.isFinite(total)) {
    return {
      values: new Float64Array(n).fill(Number.NaN),
      vectors: new Float64Array(n * n).fill(Number.NaN),
    };
  }
  const { doubles, kernels } = workspace(2 * n * n);
  const a = doubles.subarray(0, n * n);
  const v = doubles.subarray(n * n);
  // A matrix that was computed may be symmetric but for rounding.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * n + j] = symmetric[j * n + i] as number;
  }
  v.fill(0);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60 && offDiagonal(a, n) > 1e-32 * total; sweep++) {
    kernels.jacobiSweep(a.byteOffset, v.byteOffset, n);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number);
  const order = Array.from(diagonal.keys()).sort(
    (i, j) => (diagonal[j] as number) - (diagonal[i] as number) || i - j,
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i] as number), vectors };
}

/** Sum of the squares off the diagonal; the lower triangle is read. */
function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum += 2 * (a[i * n + j] as number) ** 2;
  return sum;
}
