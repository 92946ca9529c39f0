/**
 * Dense double-precision linear algebra on row-major `Float64Array`s: the engines compute in single precision, which is
 * not enough to factor a covariance matrix.
 */
export { cholesky, solveLower, solveUpper } from './cholesky.js';
export { type SymmetricEigen, symmetricEigen } from './eigen.js';
export { addScaled, dot, orthonormaliseRows, productTransposed, transpose } from './products.js';
