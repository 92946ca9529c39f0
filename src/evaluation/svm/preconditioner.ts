import { MmxError } from '../../errors.js';
import { cholesky, solveLower, solveUpper, transpose } from '../../linear-algebra/index.js';
import type { DesignMatrix } from './design-matrix.js';

/** Above this many weights a class, factorising costs more than the iterations it saves. */
const maxColumns = 2500;

/**
 * M = I + 2C ρ XᵀX, the Hessian as it would be if the active examples (a fraction ρ) were a random sample.
 * They are not, but the eigenvalues of M⁻¹H spread far less than those of H when features are correlated.
 */
export class GramPreconditioner {
  readonly #columns: number;
  readonly #c: number;
  readonly #gram: Float64Array | undefined;
  #factor: { readonly lower: Float64Array; readonly upper: Float64Array } | undefined;
  #fraction = 0;

  constructor(design: DesignMatrix, c: number) {
    this.#columns = design.columns;
    this.#c = c;
    if (design.columns <= maxColumns) this.#gram = design.gram();
  }

  /** Factorises anew when the fraction of active examples has changed by more than a factor of two. */
  update(fraction: number): void {
    if (!this.#gram || fraction === 0) return;
    if (this.#factor && fraction > this.#fraction / 2 && fraction < this.#fraction * 2) return;
    const n = this.#columns;
    const scale = 2 * this.#c * fraction;
    const matrix = this.#gram.map((value) => scale * value);
    for (let i = 0; i < n; i++) matrix[i * n + i] = (matrix[i * n + i] as number) + 1;
    this.#fraction = fraction;
    try {
      const lower = cholesky(matrix, n);
      this.#factor = { lower, upper: transpose(lower, n, n) };
    } catch (error) {
      // Rounding of the single-precision Gram matrix can exceed the identity when C is huge.
      if (!(error instanceof MmxError)) throw error;
      this.#factor = undefined;
    }
  }

  /** M⁻¹ v for each vector; the vectors themselves when there is no factor. */
  apply(vectors: readonly Float64Array[]): Float64Array[] {
    if (!this.#factor) return vectors.map((vector) => vector.slice());
    const n = this.#columns;
    const packed = new Float64Array(vectors.length * n);
    vectors.forEach((vector, i) => {
      packed.set(vector, i * n);
    });
    solveLower(this.#factor.lower, n, packed, vectors.length);
    solveUpper(this.#factor.upper, n, packed, vectors.length);
    return vectors.map((_, i) => packed.subarray(i * n, (i + 1) * n));
  }
}
