import * as tf from '@tensorflow/tfjs-core';
import type { Changing } from '../engine/changing.js';
import { gaussians, type NoiseKey } from '../engine/noise.js';
import {
  affine,
  bernoulli,
  columnSum,
  columnSumDifference,
  contrastiveProduct,
  momentumUpdate,
  squaredError,
} from '../engine/operations.js';

/** `gaussian` on whitened data, `binary` on values in [0, 1] and on the posteriors of a lower layer. */
export type VisibleUnits = 'binary' | 'gaussian';

export interface RbmShape {
  readonly visible: number;
  readonly hidden: number;
  readonly units: VisibleUnits;
  /** Standard deviation of Gaussian visible units (paper section 2.1); 1 for binary ones. */
  readonly sigma: number;
}

/** One update's hyperparameters; the schedules that produce them are in `training/`. */
export interface CdStep {
  readonly learningRate: Changing;
  readonly momentum: Changing;
  readonly weightDecay: number;
  /** Gibbs steps k of CD-k. */
  readonly cdSteps: number;
  readonly sparsity: { readonly target: number; readonly cost: number; readonly form: 'gradient' | 'bias' };
}

/** What an update saw, averaged over its minibatch. */
export type RbmObservation = {
  /** Squared error of the one-step reconstruction, summed over visible units. */
  readonly reconstruction: number;
  readonly freeEnergy: number;
  /** Mean posterior of the hidden units; the sparsity penalty pulls it to its target. */
  readonly activation: number;
  /** Hoyer's sparseness of an example's posteriors: 0 when all are equal, 1 when a single unit is on. */
  readonly sparseness: number;
  /** Largest absolute weight: grows without bound when training diverges. */
  readonly largestWeight: number;
};

/**
 * Sparse restricted Boltzmann machine (Lee et al. 2008; paper section 2.1):
 *
 *     E(v, h) = v'v / (2 s²) − (c'v + b'h + v'W h) / s²        Gaussian visible units
 *     E(v, h) = −c'v − b'h − v'W h                             binary visible units (s = 1)
 *
 * trained by contrastive divergence with the penalty λ Σ_j (ρ − mean_k p(h_j | v_k))². Hidden states drive the
 * negative phase; the visibles are mean-field.
 */
export class Rbm {
  readonly shape: RbmShape;
  /** W, [visible, hidden]. */
  readonly weights: tf.Variable<tf.Rank.R2>;
  /** c, [visible]. */
  readonly visibleBias: tf.Variable<tf.Rank.R1>;
  /** b, [hidden]. */
  readonly hiddenBias: tf.Variable<tf.Rank.R1>;

  constructor(shape: RbmShape, parameters: RbmParameters) {
    this.shape = shape;
    const { visible, hidden } = shape;
    this.weights = tf.tidy(() => tf.variable(tf.tensor2d(parameters.weights, [visible, hidden])));
    this.visibleBias = tf.tidy(() => tf.variable(tf.tensor1d(parameters.visibleBias)));
    this.hiddenBias = tf.tidy(() => tf.variable(tf.tensor1d(parameters.hiddenBias)));
  }

  /** p(h = 1 | v) = sigmoid((b + v W) / s²), [batch, hidden]. */
  posterior(v: tf.Tensor2D): tf.Tensor2D {
    return this.#hiddenLayer(v, 'sigmoid');
  }

  /** (b + v W) / s², the log-odds of the posterior, [batch, hidden]. */
  preactivation(v: tf.Tensor2D): tf.Tensor2D {
    return this.#hiddenLayer(v, 'linear');
  }

  /** E[v | h] = c + h W' (Gaussian) or its sigmoid (binary), [batch, visible]. */
  reconstruction(h: tf.Tensor2D): tf.Tensor2D {
    return affine(
      h,
      this.weights,
      this.visibleBias,
      this.shape.units === 'binary' ? 'sigmoid' : 'linear',
      true,
    );
  }

  /**
   * Free energy F(v) = −log Σ_h exp(−E(v, h)) of each row, [batch]:
   * v'v / (2 s²) − c'v / s² − Σ_j softplus((b + v W)_j / s²), without the first term for binary units.
   */
  freeEnergy(v: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() => {
      const field = this.preactivation(v);
      const linear = tf.sum(tf.mul(this.#scaled(v), this.visibleBias), 1);
      const free = tf.neg(tf.add(linear, tf.sum(tf.softplus(field), 1)));
      if (this.shape.units === 'binary') return free as tf.Tensor1D;
      const quadratic = tf.mul(tf.sum(tf.square(v), 1), 0.5 / this.shape.sigma ** 2);
      return tf.add(free, quadratic) as tf.Tensor1D;
    });
  }

  /** Parameters as arrays on the host. */
  parameters(): RbmParameters {
    return {
      weights: this.weights.dataSync().slice() as Float32Array,
      visibleBias: this.visibleBias.dataSync().slice() as Float32Array,
      hiddenBias: this.hiddenBias.dataSync().slice() as Float32Array,
    };
  }

  dispose(): void {
    this.weights.dispose();
    this.visibleBias.dispose();
    this.hiddenBias.dispose();
  }

  #hiddenLayer(v: tf.Tensor2D, activation: 'linear' | 'sigmoid'): tf.Tensor2D {
    return tf.tidy(() => affine(this.#scaled(v), this.weights, this.#scaled(this.hiddenBias), activation));
  }

  #scaled<T extends tf.Tensor>(x: T): T {
    return this.shape.sigma === 1 ? x : tf.mul(x, 1 / this.shape.sigma ** 2);
  }
}

export interface RbmParameters {
  readonly weights: Float32Array;
  readonly visibleBias: Float32Array;
  readonly hiddenBias: Float32Array;
}

/**
 * Weights drawn from N(0, sd²), visible biases zero; hidden biases s² log(a / (1 − a)), at which a unit without
 * weights is active with probability a (Hinton 2010, section 8.1, for units with a sparsity target).
 *
 * Many hidden units on Gaussian visible ones need a small a. All H of them move the mean of the reconstruction at once:
 * an update of rate ε changes it by ε H a² / s² times its error, and where that is above 2 (1 + momentum) each update
 * overshoots further than the one before. With H = 1500 and s = 0.5 it is 1500 ε at a = 1/2, 15 ε at a = 1/20.
 *
 * @param activation a
 */
export function initialRbmParameters(
  shape: RbmShape,
  sd: number,
  seed: number,
  purpose: string,
  activation = 0.5,
): RbmParameters {
  const logOdds = Math.log(activation / (1 - activation));
  return {
    weights: gaussians({ seed, purpose: `${purpose}/weights`, step: 0 }, shape.visible * shape.hidden, sd),
    visibleBias: new Float32Array(shape.visible),
    hiddenBias: new Float32Array(shape.hidden).fill(shape.sigma ** 2 * logOdds),
  };
}

/**
 * Contrastive divergence with momentum on one RBM: owns the velocities, draws keyed noise.
 *
 * The learning rate multiplies the gradient of the energy as it stands, 1 / s² included; a rate r of code that
 * leaves the factor out is s² r here. The sparsity push has the factor too: likelihood and penalty then
 * balance at the same activation whatever s is.
 */
export class ContrastiveDivergence {
  readonly rbm: Rbm;
  readonly velocity: {
    readonly weights: tf.Variable<tf.Rank.R2>;
    readonly visibleBias: tf.Variable<tf.Rank.R1>;
    readonly hiddenBias: tf.Variable<tf.Rank.R1>;
  };

  constructor(rbm: Rbm) {
    this.rbm = rbm;
    this.velocity = {
      weights: tf.tidy(() => tf.variable(tf.zerosLike(rbm.weights))),
      visibleBias: tf.tidy(() => tf.variable(tf.zerosLike(rbm.visibleBias))),
      hiddenBias: tf.tidy(() => tf.variable(tf.zerosLike(rbm.hiddenBias))),
    };
  }

  /**
   * One CD-k update on a minibatch.
   *
   * @param v0 [batch, visible]
   * @param noise key of this update's hidden states
   * @param observe whether to measure the update, which costs about as much as half of it
   */
  step(v0: tf.Tensor2D, hyper: CdStep, noise: NoiseKey, observe: boolean): RbmObservation | undefined {
    const { rbm, velocity } = this;
    let observation: RbmObservation | undefined;
    tf.tidy(() => {
      const batch = v0.shape[0];
      const h0 = rbm.posterior(v0);
      const [v1, h1] = this.#negativePhase(h0, hyper.cdSteps, noise);
      const positive = hyper.sparsity.cost === 0 ? h0 : this.#withSparsity(h0, hyper.sparsity);
      const update = {
        momentum: hyper.momentum,
        rate: hyper.learningRate,
        scale: 1 / (batch * rbm.shape.sigma ** 2),
      };
      if (observe) observation = this.#observe(v0, v1, h0);
      momentumUpdate(rbm.weights, velocity.weights, contrastiveProduct(v0, positive, v1, h1), {
        ...update,
        decay: hyper.weightDecay,
      });
      momentumUpdate(rbm.visibleBias, velocity.visibleBias, columnSumDifference(v0, v1), update);
      momentumUpdate(
        rbm.hiddenBias,
        velocity.hiddenBias,
        this.#hiddenBiasGradient(h0, positive, h1, hyper),
        update,
      );
    });
    return observation;
  }

  dispose(): void {
    for (const variable of Object.values(this.velocity)) variable.dispose();
  }

  /** k steps of alternating Gibbs sampling from the posterior of the data: the last v and p(h | v). */
  #negativePhase(h0: tf.Tensor2D, steps: number, noise: NoiseKey): [tf.Tensor2D, tf.Tensor2D] {
    let posterior = h0;
    let v = h0;
    for (let k = 0; k < steps; k++) {
      const states = bernoulli(posterior, { ...noise, purpose: `${noise.purpose}/gibbs-${k}` });
      v = this.rbm.reconstruction(states);
      posterior = this.rbm.posterior(v);
    }
    return [v, posterior];
  }

  /**
   * The exact gradient of the penalty adds 2λ(ρ − q_j) h(1 − h) to each posterior of the positive phase, since
   * ∂h/∂(b, W) has the form of the positive statistics: no product beyond those of CD is needed.
   */
  #withSparsity(h0: tf.Tensor2D, sparsity: CdStep['sparsity']): tf.Tensor2D {
    if (sparsity.form === 'bias') return h0;
    const activation = columnSum(h0, 1 / h0.shape[0]);
    const push = tf.mul(tf.sub(sparsity.target, activation), 2 * sparsity.cost);
    return tf.add(h0, tf.mul(push, tf.mul(h0, tf.sub(1, h0)))) as tf.Tensor2D;
  }

  /** Sum over the minibatch, as the other statistics. */
  #hiddenBiasGradient(h0: tf.Tensor2D, positive: tf.Tensor2D, h1: tf.Tensor2D, hyper: CdStep): tf.Tensor1D {
    const statistics = columnSumDifference(positive, h1);
    if (hyper.sparsity.form === 'gradient' || hyper.sparsity.cost === 0) return statistics;
    const batch = h0.shape[0];
    const push = tf.sub(hyper.sparsity.target * batch, columnSum(h0));
    return tf.add(statistics, tf.mul(push, hyper.sparsity.cost)) as tf.Tensor1D;
  }

  #observe(v0: tf.Tensor2D, v1: tf.Tensor2D, h0: tf.Tensor2D): RbmObservation {
    const hidden = h0.shape[1];
    const l1 = tf.sum(h0, 1);
    // Where all units are off, posteriors underflow when squared; the floor keeps 0 / 0 out.
    const l2 = tf.maximum(tf.sqrt(tf.sum(tf.square(h0), 1)), 1e-18);
    const root = Math.sqrt(hidden);
    const sparseness = hidden === 1 ? tf.scalar(0) : tf.mean(tf.div(tf.sub(root, tf.div(l1, l2)), root - 1));
    // Read together: every read waits for an engine that computes on a device of its own.
    const scalars = [
      squaredError(v0, v1),
      tf.mean(this.rbm.freeEnergy(v0)),
      tf.mean(h0),
      sparseness,
      tf.max(tf.abs(this.rbm.weights)),
    ];
    const [error = Number.NaN, freeEnergy = Number.NaN, activation = Number.NaN, ...rest] = tf
      .stack(scalars)
      .dataSync();
    const [sparsity = Number.NaN, largestWeight = Number.NaN] = rest;
    return {
      reconstruction: error / v0.shape[0],
      freeEnergy,
      activation,
      sparseness: sparsity,
      largestWeight,
    };
  }
}
