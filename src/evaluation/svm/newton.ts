import * as tf from '@tensorflow/tfjs-core';
import { addScaled, dot } from '../../linear-algebra/index.js';
import { ConjugateSystem } from './conjugate-system.js';
import { DesignMatrix } from './design-matrix.js';
import { exactSteps } from './line-search.js';
import { GramPreconditioner } from './preconditioner.js';
import type { SvmProblem, SvmSolution } from './problem.js';

/**
 * Primal solver for n ≥ d: Newton's method with conjugate gradients for the squared hinge (Lin, Weng and
 * Keerthi 2008; Galli and Lin 2022, which is LIBLINEAR's solver 2), all classes at once, so that every
 * Hessian-vector product is two matrix products over the examples. Differences from LIBLINEAR: the step
 * length is exact, and the preconditioner is the Gram matrix of all examples, common to the classes.
 *
 * A class has converged when ‖∇f‖ ≤ tolerance · min(n⁺, n⁻)/n · ‖∇f(0)‖, or when single-precision products
 * allow no further descent.
 */
export function solvePrimal(problem: SvmProblem): SvmSolution {
  const design = new DesignMatrix(problem.x, problem.bias);
  try {
    return new NewtonSolver(problem, design).run();
  } finally {
    design.dispose();
  }
}

const maxConjugateSteps = 200;

class NewtonSolver {
  readonly #problem: SvmProblem;
  readonly #design: DesignMatrix;
  /** Classes, n examples, d weights a class. */
  readonly #k: number;
  readonly #n: number;
  readonly #d: number;
  readonly #weights: readonly Float64Array[];
  /** n × k: +1 where the example is of the class, else −1. */
  readonly #signs: Int8Array;
  /** n × k: decision values. */
  readonly #decisions: Float64Array;
  readonly #preconditioner: GramPreconditioner;

  constructor(problem: SvmProblem, design: DesignMatrix) {
    this.#problem = problem;
    this.#design = design;
    this.#n = design.rows;
    this.#d = design.columns;
    this.#k = problem.targets.length;
    this.#signs = new Int8Array(this.#n * this.#k).fill(-1);
    problem.targets.forEach((target, column) => {
      problem.labels.forEach((label, row) => {
        if (label === target) this.#signs[row * this.#k + column] = 1;
      });
    });
    this.#decisions = new Float64Array(this.#n * this.#k);
    this.#weights = problem.targets.map((_, i) => problem.start?.[i]?.slice() ?? new Float64Array(this.#d));
    this.#preconditioner = new GramPreconditioner(design, problem.c);
  }

  run(): SvmSolution {
    const { maxIterations, onProgress } = this.#problem;
    const all = Array.from({ length: this.#k }, (_, i) => i);
    const initial = this.#gradients(all, new Float64Array(this.#n * this.#k));
    const goals = initial.map((gradient, i) => this.#goal(gradient, i));
    let gradients = initial;
    if (this.#problem.start) {
      this.#multiply(all, this.#weights, (values, from) => this.#decisions.set(values, from * this.#k));
      gradients = this.#gradients(all);
    }
    let live = all.filter((i) => norm(gradients[i] as Float64Array) > (goals[i] as number));
    let iterations = 0;
    for (; live.length > 0 && iterations < maxIterations; iterations++) {
      const moved = this.#step(live, gradients);
      const updated = this.#gradients(moved);
      moved.forEach((i, position) => {
        gradients[i] = updated[position] as Float64Array;
      });
      live = moved.filter((i) => norm(gradients[i] as Float64Array) > (goals[i] as number));
      onProgress?.({ iteration: iterations + 1, converged: this.#k - live.length, classes: this.#k });
    }
    return { weights: this.#weights, iterations, converged: live.length === 0 };
  }

  #goal(gradientAtZero: Float64Array, column: number): number {
    let positive = 0;
    for (let p = column; p < this.#signs.length; p += this.#k)
      if ((this.#signs[p] as number) > 0) positive += 1;
    const rarer = Math.max(1, Math.min(positive, this.#n - positive));
    return ((this.#problem.tolerance * rarer) / this.#n) * norm(gradientAtZero);
  }

  /** Moves the `live` classes along their Newton directions; returns those that could descend. */
  #step(live: readonly number[], gradients: readonly Float64Array[]): number[] {
    const active = this.#active();
    this.#preconditioner.update(active.fraction);
    const { directions, images } = this.#newtonDirections(live, gradients, active.mask);
    const { steps, decreases, values } = exactSteps({
      decisions: this.#decisions,
      signs: this.#signs,
      images,
      columns: this.#k,
      live,
      c: this.#problem.c,
      products: live.map((i, position) => {
        const [w, s] = [this.#weights[i] as Float64Array, directions[position] as Float64Array];
        return { ww: dot(w, 0, w, 0, this.#d), ws: dot(w, 0, s, 0, this.#d), ss: dot(s, 0, s, 0, this.#d) };
      }),
    });
    live.forEach((i, position) => {
      const step = steps[position] as number;
      addScaled(this.#weights[i] as Float64Array, step, directions[position] as Float64Array);
      for (let row = 0; row < this.#n; row++) {
        const p = row * this.#k + i;
        this.#decisions[p] = (this.#decisions[p] as number) + step * (images[p] as number);
      }
    });
    // Below this the change of f is rounding of the single-precision products.
    return live.filter(
      (_, position) => (decreases[position] as number) > 1e-11 * (values[position] as number),
    );
  }

  /** Examples inside the margin, where the squared hinge is curved. */
  #active(): { readonly mask: Uint8Array; readonly fraction: number } {
    const mask = new Uint8Array(this.#decisions.length);
    let count = 0;
    for (let p = 0; p < mask.length; p++) {
      if ((this.#signs[p] as number) * (this.#decisions[p] as number) < 1) {
        mask[p] = 1;
        count += 1;
      }
    }
    return { mask, fraction: count / mask.length };
  }

  /** ∇f = w + 2C Σ over active (w·x − y) x for the given classes. */
  #gradients(classes: readonly number[], decisions = this.#decisions): Float64Array[] {
    const residuals = new Float32Array(this.#n * classes.length);
    for (let row = 0; row < this.#n; row++) {
      classes.forEach((i, position) => {
        const p = row * this.#k + i;
        const sign = this.#signs[p] as number;
        const decision = decisions[p] as number;
        if (sign * decision < 1) residuals[row * classes.length + position] = decision - sign;
      });
    }
    const sums = classes.map(() => new Float64Array(this.#d));
    this.#design.forEachChunk((chunk, from) => this.#addTransposed(chunk, residuals, from, sums));
    const weights = decisions === this.#decisions ? this.#weights : undefined;
    return sums.map((sum, position) =>
      sum.map((value, j) => 2 * this.#problem.c * value + (weights?.[classes[position] as number]?.[j] ?? 0)),
    );
  }

  /**
   * Preconditioned conjugate gradients on H s = −g, H = I + 2C XᵀDX, for the `live` classes in step; a class
   * that is done keeps its s while the others go on. `images` is X s (n × k).
   */
  #newtonDirections(
    live: readonly number[],
    gradients: readonly Float64Array[],
    mask: Uint8Array,
  ): { readonly directions: Float64Array[]; readonly images: Float64Array } {
    const images = new Float64Array(this.#n * this.#k);
    const systems = live.map((i) => new ConjugateSystem(i, gradients[i] as Float64Array));
    const precondition = (open: readonly ConjugateSystem[]): void => {
      const solved = this.#preconditioner.apply(open.map((system) => system.residual));
      open.forEach((system, position) => {
        system.nextDirection(solved[position] as Float64Array);
      });
    };
    precondition(systems);
    let open = systems;
    for (let step = 1; open.length > 0 && step <= maxConjugateSteps; step++) {
      const { products, values } = this.#hessianProducts(open, mask);
      const lengths = open.map((system, position) =>
        system.advance(products[position] as Float64Array, step),
      );
      this.#addImages(images, values, open, lengths);
      open = open.filter((system) => !system.done);
      if (open.length > 0) precondition(open);
    }
    return { directions: systems.map((system) => system.solution), images };
  }

  /** H p for the search direction p of each system, and X p (n × systems). */
  #hessianProducts(
    open: readonly ConjugateSystem[],
    mask: Uint8Array,
  ): { readonly products: Float64Array[]; readonly values: Float32Array } {
    const width = open.length;
    const columns = open.map((system) => system.column);
    const sums = columns.map(() => new Float64Array(this.#d));
    const values = new Float32Array(this.#n * width);
    const curved = new Float32Array(this.#n * width);
    const directions = open.map((system) => system.direction);
    this.#multiply(columns, directions, (image, from, chunk) => {
      values.set(image, from * width);
      for (let p = 0; p < image.length; p += width) {
        const row = from + p / width;
        for (let q = 0; q < width; q++) {
          if (mask[row * this.#k + (columns[q] as number)] === 1)
            curved[row * width + q] = image[p + q] as number;
        }
      }
      this.#addTransposed(chunk, curved, from, sums);
    });
    sums.forEach((sum, q) => {
      const direction = directions[q] as Float64Array;
      for (let j = 0; j < sum.length; j++) {
        sum[j] = 2 * this.#problem.c * (sum[j] as number) + (direction[j] as number);
      }
    });
    return { products: sums, values };
  }

  #addImages(
    images: Float64Array,
    values: Float32Array,
    open: readonly ConjugateSystem[],
    lengths: readonly number[],
  ): void {
    const width = open.length;
    for (let q = 0; q < width; q++) {
      const column = (open[q] as ConjugateSystem).column;
      const length = lengths[q] as number;
      for (let row = 0; row < this.#n; row++) {
        const p = row * this.#k + column;
        images[p] = (images[p] as number) + length * (values[row * width + q] as number);
      }
    }
  }

  /** Calls `visit` with the rows of X Vᵀ (rows × vectors) chunk by chunk. */
  #multiply(
    classes: readonly number[],
    vectors: readonly Float64Array[],
    visit: (image: Float32Array, from: number, chunk: tf.Tensor2D) => void,
  ): void {
    const width = classes.length;
    const packed = new Float32Array(this.#d * width);
    vectors.forEach((vector, q) => {
      for (let j = 0; j < vector.length; j++) packed[j * width + q] = vector[j] as number;
    });
    const right = tf.tensor2d(packed, [this.#d, width]);
    this.#design.forEachChunk((chunk, from) => {
      const image = tf.matMul(chunk, right);
      visit(image.dataSync<'float32'>(), from, chunk);
      image.dispose();
    });
    right.dispose();
  }

  /** sums[q] += chunkᵀ · column q of `values` (n × width), whose rows of this chunk start at `from`. */
  #addTransposed(
    chunk: tf.Tensor2D,
    values: Float32Array,
    from: number,
    sums: readonly Float64Array[],
  ): void {
    const width = sums.length;
    const rows = chunk.shape[0];
    const part = tf.tensor2d(values.slice(from * width, (from + rows) * width), [rows, width]);
    // In this order twice as fast as chunkᵀ · part: the wide operand is not transposed.
    const product = tf.matMul(part, chunk, true);
    const added = product.dataSync<'float32'>();
    tf.dispose([part, product]);
    sums.forEach((sum, q) => {
      const start = q * this.#d;
      for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + (added[start + j] as number);
    });
  }
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, 0, vector, 0, vector.length));
}
