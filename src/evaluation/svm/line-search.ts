interface Line {
  /** n × columns: decision values at step 0. */
  readonly decisions: Float64Array;
  readonly signs: Int8Array | Float64Array;
  /** n × columns: change of the decision values at step 1. */
  readonly images: Float64Array;
  readonly columns: number;
  /** Columns that are searched. */
  readonly live: readonly number[];
  readonly c: number;
  /** Inner products of weights and directions of the live columns, in their order. */
  readonly products: readonly LineProducts[];
}

/** Of weights w and direction s, in the norm of the regulariser: w·w, w·s and s·s. */
export interface LineProducts {
  readonly ww: number;
  readonly ws: number;
  readonly ss: number;
}

export interface Steps {
  readonly steps: Float64Array;
  /** How much the objective falls. */
  readonly decreases: Float64Array;
  /** Objective before the step. */
  readonly values: Float64Array;
}

/** |φ′(step)| relative to |φ′(0)| at which a search ends. */
const slopeGoal = 1e-3;

/**
 * Along a direction the objective φ is convex, once differentiable and piecewise quadratic, and no products
 * over the examples are needed to evaluate it: Newton's method, kept inside the bracket found so far, meets
 * its minimum in a few passes over the decision values.
 */
export function exactSteps(line: Line): Steps {
  const { live } = line;
  const steps = new Float64Array(live.length);
  const decreases = new Float64Array(live.length);
  const values = new Float64Array(live.length);
  live.forEach((column, position) => {
    const phi = new Profile(line, column, line.products[position] as LineProducts);
    const start = phi.at(0);
    values[position] = start.value;
    if (!(start.slope < 0)) return;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let step = 1;
    let here = phi.at(step);
    for (
      let evaluation = 0;
      evaluation < 30 && Math.abs(here.slope) > slopeGoal * -start.slope;
      evaluation++
    ) {
      if (here.slope > 0) high = step;
      else low = step;
      const newton = step - here.slope / here.curvature;
      step =
        newton > low && newton < high
          ? newton
          : high < Number.POSITIVE_INFINITY
            ? (low + high) / 2
            : 2 * step;
      here = phi.at(step);
    }
    if (!(here.value < start.value)) return;
    steps[position] = step;
    decreases[position] = start.value - here.value;
  });
  return { steps, decreases, values };
}

/** φ of one class, with its columns gathered so that every evaluation reads memory in order. */
class Profile {
  readonly #slack: Float64Array;
  readonly #change: Float64Array;
  readonly #c: number;
  readonly #products: LineProducts;

  constructor(line: Line, column: number, products: LineProducts) {
    const { decisions, signs, images, columns } = line;
    const n = decisions.length / columns;
    this.#slack = new Float64Array(n);
    this.#change = new Float64Array(n);
    this.#c = line.c;
    this.#products = products;
    for (let row = 0; row < n; row++) {
      const p = row * columns + column;
      const sign = signs[p] as number;
      this.#slack[row] = 1 - sign * (decisions[p] as number);
      this.#change[row] = -sign * (images[p] as number);
    }
  }

  at(step: number): { readonly value: number; readonly slope: number; readonly curvature: number } {
    const { ww, ws, ss } = this.#products;
    const slack = this.#slack;
    const change = this.#change;
    let loss = 0;
    let slope = 0;
    let curvature = 0;
    for (let row = 0; row < slack.length; row++) {
      const q = change[row] as number;
      const hinge = (slack[row] as number) + step * q;
      if (hinge > 0) {
        loss += hinge * hinge;
        slope += hinge * q;
        curvature += q * q;
      }
    }
    return {
      value: 0.5 * (ww + 2 * step * ws + step * step * ss) + this.#c * loss,
      slope: ws + step * ss + 2 * this.#c * slope,
      curvature: ss + 2 * this.#c * curvature,
    };
  }
}
