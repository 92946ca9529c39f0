import { MmxError } from '../../errors.js';
import { addScaled, cholesky, dot, solveLower, solveUpper, transpose } from '../../linear-algebra/index.js';
import { exactSteps } from './line-search.js';

/** The dual of one class: min over α ≥ 0 of ½ αᵀ (Y K Y + diagonal · I) α − Σ α. */
export interface DualClass {
  /** K, n × n. */
  readonly kernel: Float64Array;
  /** y. */
  readonly signs: Float64Array;
  /** 1/2C. */
  readonly diagonal: number;
}

/** Newton steps of one call; a few are enough from a start that knows most of the active set. */
const maxSteps = 30;

/**
 * Coordinate descent settles soon which α are zero, but crawls towards the values of the others when features
 * are correlated or C is large. This is Newton's method for the same problem in the span of the examples,
 * w = Xᵀβ (Chapelle 2007): with I the examples inside the margin, β moves towards the solution of
 * (K + I/2C)_II β_I = y_I, as far as the primal objective falls, until I no longer changes.
 *
 * Moves `alphas` there if that is not uphill in the dual. Does nothing when the system cannot be factorised.
 */
export function newtonOnActiveSet(dual: DualClass, alphas: Float64Array): void {
  const { kernel, signs, diagonal } = dual;
  let beta: Float64Array = alphas.map((alpha, i) => alpha * (signs[i] as number));
  let decisions = timesKernel(kernel, beta);
  for (let step = 0; step < maxSteps; step++) {
    const goal = solveActive(dual, decisions);
    if (!goal) return;
    const goalDecisions = timesKernel(kernel, goal);
    const direction = goal.map((value, i) => value - (beta[i] as number));
    const images = goalDecisions.map((value, i) => value - (decisions[i] as number));
    const n = signs.length;
    const { steps } = exactSteps({
      decisions,
      signs,
      images,
      columns: 1,
      live: [0],
      c: 1 / (2 * diagonal),
      products: [
        {
          ww: dot(beta, 0, decisions, 0, n),
          ws: dot(direction, 0, decisions, 0, n),
          ss: dot(direction, 0, images, 0, n),
        },
      ],
    });
    const length = steps[0] as number;
    if (length === 0) break;
    if (sameActiveSet(signs, decisions, goalDecisions)) {
      beta = goal;
      break;
    }
    beta = beta.map((value, i) => value + length * (direction[i] as number));
    decisions = decisions.map((value, i) => value + length * (images[i] as number));
  }
  const candidate = beta.map((value, i) => Math.max(0, value * (signs[i] as number)));
  if (objective(dual, candidate) <= objective(dual, alphas)) alphas.set(candidate);
}

/** β with (K + I/2C)_II β_I = y_I on the examples inside the margin, zero elsewhere. */
function solveActive(
  { kernel, signs, diagonal }: DualClass,
  decisions: Float64Array,
): Float64Array | undefined {
  const n = signs.length;
  const active: number[] = [];
  signs.forEach((sign, i) => {
    if (sign * (decisions[i] as number) < 1) active.push(i);
  });
  const size = active.length;
  const system = new Float64Array(size * size);
  active.forEach((i, row) => {
    for (let column = 0; column <= row; column++) {
      system[row * size + column] = kernel[i * n + (active[column] as number)] as number;
    }
    system[row * size + row] = (system[row * size + row] as number) + diagonal;
  });
  try {
    cholesky(system, size);
  } catch (error) {
    if (error instanceof MmxError) return undefined;
    throw error;
  }
  const solution = Float64Array.from(active, (i) => signs[i] as number);
  solveLower(system, size, solution, 1);
  solveUpper(transpose(system, size, size), size, solution, 1);
  const beta = new Float64Array(n);
  active.forEach((i, position) => {
    beta[i] = solution[position] as number;
  });
  return beta;
}

function sameActiveSet(signs: Float64Array, a: Float64Array, b: Float64Array): boolean {
  return signs.every((sign, i) => sign * (a[i] as number) < 1 === sign * (b[i] as number) < 1);
}

function timesKernel(kernel: Float64Array, beta: Float64Array): Float64Array {
  const n = beta.length;
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const factor = beta[i] as number;
    if (factor !== 0) addScaled(result, factor, kernel, i * n);
  }
  return result;
}

/** K Y α: the decision values of the examples. */
export function decisionsOf({ kernel, signs }: DualClass, alphas: Float64Array): Float64Array {
  return timesKernel(
    kernel,
    alphas.map((alpha, i) => alpha * (signs[i] as number)),
  );
}

function objective(dual: DualClass, alphas: Float64Array): number {
  const decisions = decisionsOf(dual, alphas);
  return alphas.reduce((sum, alpha, i) => {
    const margin = (dual.signs[i] as number) * (decisions[i] as number);
    return sum + alpha * (0.5 * (margin + dual.diagonal * alpha) - 1);
  }, 0);
}
