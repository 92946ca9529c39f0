import * as tf from '@tensorflow/tfjs-core';
import type { NetworkConfig } from '../../config/networks-schema.js';
import type { NoiseKey } from '../../engine/noise.js';
import { normalDraws } from '../../engine/normal-draws.js';
import { oneHot, softmax } from '../../engine/rows.js';
import { type ApplyGradient, keyWithin } from '../layers/layer.js';
import type { Owners } from './owners.js';
import type { Presence } from './presence.js';

/**
 * On-the-fly gradient modulation (OGM; Peng et al. 2022, "Balanced multimodal learning via on-the-fly gradient modulation"):
 * gradients of an encoder are made smaller while its modality answers better than the others.
 *
 * Score of modality m in a minibatch (equation 8): the mean probability of the labels by the softmax of what m alone adds to
 * the logits; of concatenation that is its rows of the weights times its representation, and an equal share of the bias.
 * Ratio ρ_m (equation 9): its score by that of the other. Coefficient (equation 10): 1 − tanh(α ρ_m) where ρ_m > 1, else 1.
 *
 * What the paper leaves open: of more than two modalities, the other's score is the mean of the others' scores. Where modality
 * dropout leaves a modality out, means are over the examples that have it, and a modality that none has is not compared
 * with. Of averaged decisions, what a modality adds is its share of its head's logits. All parameters of the encoders are
 * modulated, as in the paper's algorithm, and no head; the authors' program modulates convolutions alone. It modulates in all
 * epochs, as the algorithm does; the program can stop after some.
 */

export type GradientModulationConfig = NonNullable<NetworkConfig['gradient_modulation']>;

/** Why a network's gradients cannot be modulated: its modalities have no logits of their own. Undefined where they can. */
export function modulationObstacle({
  fusion,
  head,
}: Pick<NetworkConfig, 'fusion' | 'head'>): string | undefined {
  const demand = 'gradient modulation compares what each modality alone adds to the logits';
  switch (fusion.kind) {
    case 'average':
      return undefined;
    case 'concatenation':
      return head.hidden.length === 0
        ? undefined
        : `${demand}, but \`head.hidden\` mixes them; it needs a head without hidden layers, or the fusion average`;
    case 'early':
      return `${demand}, but early fusion has one encoder for all; it needs the fusion concatenation or average`;
    case 'gated':
      return `${demand}, but each gate sees all modalities; it needs the fusion concatenation or average`;
    case 'low-rank':
      return `${demand}, but low-rank fusion multiplies them; it needs the fusion concatenation or average`;
    case 'cross-attention':
      return `${demand}, but steps attend to those of the others; it needs the fusion concatenation or average`;
  }
}

/**
 * The coefficient of each modality's gradients, scalars in (0, 1].
 *
 * @param contributions what each modality adds to the logits, [batch, classes]
 * @param labels [batch], 0 … classes − 1
 * @param alpha above 0
 */
export function modulationCoefficients(
  contributions: readonly tf.Tensor2D[],
  labels: tf.Tensor1D,
  presence: Presence,
  alpha: number,
): readonly tf.Scalar[] {
  return tf.tidy(() => {
    const [batch = 0, classes = 0] = contributions[0]?.shape ?? [];
    const isLabel = oneHot(tf.cast(labels, 'int32'), classes);
    const scores = contributions.map((logits, i) => {
      const column = presence[i] ?? (tf.fill([batch, 1], 1) as tf.Tensor2D);
      const examples = tf.sum(column);
      const sum = tf.sum(tf.mul(tf.mul(softmax(logits), isLabel), column));
      return { score: tf.div(sum, tf.maximum(examples, 1)), isSeen: tf.minimum(examples, 1) };
    });
    return scores.map(({ score }, i) => {
      const others = scores.filter((_, j) => j !== i);
      // A single modality is not compared.
      if (others.length === 0) return tf.scalar(1);
      const seen = tf.addN(others.map(({ isSeen }) => isSeen));
      const other = tf.div(tf.addN(others.map((one) => one.score)), tf.maximum(seen, 1));
      const ratio = tf.div(score, tf.maximum(other, smallest));
      const isAhead = tf.mul(tf.cast(tf.greater(ratio, 1), 'float32'), tf.minimum(seen, 1));
      return tf.sub(1, tf.mul(isAhead, tf.tanh(tf.mul(ratio, alpha)))) as tf.Scalar;
    });
  });
}

/** Keeps ratios finite. */
const smallest = 1e-30;

/**
 * Hands gradients on to `apply`, those of encoders modulated: k g, and with generalisation enhancement (GE) k g + h. h is noise
 * of mean 0 whose standard deviation is that of the entries of g before modulation, one a parameter, as in the authors'
 * program; it stands for the covariance of the gradient that the paper names. Every encoder gets noise, whatever its k. The
 * paper's noise is normal; see `normalDraws` for how close this one is.
 *
 * @param coefficients by modality
 * @param key names the noise; each parameter adds its own name
 */
export const modulated =
  (
    apply: ApplyGradient,
    owners: Owners,
    coefficients: Readonly<Record<string, tf.Scalar>>,
    noise: NoiseKey | undefined,
  ): ApplyGradient =>
  (name, variable, gradient) => {
    const coefficient = coefficients[owners[name] ?? ''];
    if (coefficient === undefined) {
      apply(name, variable, gradient);
      return;
    }
    tf.tidy(() => {
      const scaled = tf.mul(gradient, coefficient);
      const sum = noise === undefined ? scaled : tf.add(scaled, noiseLike(gradient, keyWithin(noise, name)));
      apply(name, variable, sum);
    });
  };

/** Noise as large as the spread of a gradient's entries. */
function noiseLike(gradient: tf.Tensor, key: NoiseKey): tf.Tensor {
  return tf.tidy(() => {
    const share = 1 / gradient.size;
    const mean = tf.mul(tf.sum(gradient), share);
    const variance = tf.mul(tf.sum(tf.square(tf.sub(gradient, mean))), share);
    return tf.mul(normalDraws(gradient.shape, key), tf.sqrt(variance));
  });
}
