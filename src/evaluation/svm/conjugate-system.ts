import { addScaled, dot } from '../../linear-algebra/index.js';

/** Relative decrease of the quadratic model at which the conjugate gradients stop (LIBLINEAR's ε_cg). */
const modelTolerance = 0.5;

/** Preconditioned conjugate gradients on one class's Newton system H s = −g, one step at a time. */
export class ConjugateSystem {
  readonly column: number;
  readonly solution: Float64Array;
  readonly residual: Float64Array;
  readonly direction: Float64Array;
  done = false;
  readonly #gradient: Float64Array;
  #squared = 0;
  #model = 0;

  constructor(column: number, gradient: Float64Array) {
    this.column = column;
    this.#gradient = gradient;
    this.residual = gradient.map((value) => -value);
    this.solution = new Float64Array(gradient.length);
    this.direction = new Float64Array(gradient.length);
  }

  /** `solved`: the preconditioner applied to the residual. */
  nextDirection(solved: Float64Array): void {
    const squared = dot(solved, 0, this.residual, 0, solved.length);
    const keep = this.#squared > 0 ? squared / this.#squared : 0;
    this.#squared = squared;
    for (let j = 0; j < solved.length; j++) {
      this.direction[j] = (solved[j] as number) + keep * (this.direction[j] as number);
    }
  }

  /** Takes step number `count` given H · direction; returns its length. */
  advance(product: Float64Array, count: number): number {
    const curvature = dot(this.direction, 0, product, 0, product.length);
    if (!(curvature > 1e-16 && this.#squared > 0)) {
      this.done = true;
      return 0;
    }
    const length = this.#squared / curvature;
    addScaled(this.solution, length, this.direction);
    addScaled(this.residual, -length, product);
    // Nash and Sofer 1990: stop once a step adds less than its share to the decrease of the quadratic model.
    const d = product.length;
    const model =
      -0.5 * (dot(this.solution, 0, this.residual, 0, d) - dot(this.solution, 0, this.#gradient, 0, d));
    this.done =
      !(model <= 0 && model <= this.#model) || count * (model - this.#model) >= modelTolerance * model;
    this.#model = model;
    return length;
  }
}
