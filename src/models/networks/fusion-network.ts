import * as tf from '@tensorflow/tfjs-core';
import type { NetworkConfig } from '../../config/networks-schema.js';
import type { NoiseKey } from '../../engine/noise.js';
import { type ApplyGradient, type InitialKey, keyWithin, type Layer } from '../layers/layer.js';
import { softmaxCrossEntropy } from '../layers/losses.js';
import { AuxiliaryHeads } from './auxiliary-heads.js';
import { AverageDecision, type Decision, type DecisionForward, FusedDecision } from './decision.js';
import { Encoders, presentRows, type Rows, requireModalities } from './encoders.js';
import { channelsOf } from './fusion.js';
import { fusionOf } from './fusion-of.js';
import { type GradientModulationConfig, modulated, modulationCoefficients } from './gradient-modulation.js';
import { Head } from './head.js';
import type { NetworkInput } from './input.js';
import { balanceOf, type ModalityBalance, requireBalance, speedsOf } from './modality-balance.js';
import { initialWithin } from './named-layers.js';
import { drawnPresence, inference, type Presence, presenceOf } from './presence.js';

/** What a network is made of, without how it is trained. */
export type FusionNetworkConfig = Pick<
  NetworkConfig,
  'encoder' | 'encoders' | 'fusion' | 'head' | 'modality_dropout'
> &
  ModalityBalance;

export interface FusionStepOptions {
  /** Names the noise of this step: dropout, and which modalities are left out. */
  readonly key: NoiseKey;
  /** [classes]; all 1 when absent. */
  readonly classWeights?: tf.Tensor1D | undefined;
  /** Whether to read the loss back, which a recorded step must not. */
  readonly observe: boolean;
}

/**
 * A supervised network of any number of modalities: an encoder each, a fusion, and a head to the classes. Where a modality is
 * lacking its representation is zero, and means leave it out.
 *
 * Results of one set of values are the same on every call; all that is random is drawn by the key of a step.
 */
export class FusionNetwork {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly modalities: readonly string[];
  /** Factors of the learning rate by parameter; 1 where absent. */
  readonly speeds: Readonly<Record<string, number>>;
  readonly #encoders: Encoders;
  readonly #decision: Decision;
  /** Heads that are trained, and not used in testing. */
  readonly #auxiliary: AuxiliaryHeads | undefined;
  readonly #modalityDropout: number;
  readonly #modulation: GradientModulationConfig | undefined;

  /**
   * @param classes labels are 0 … classes − 1
   * @param initial what the initial weights are drawn with
   * @throws MmxError `network/encoder` where an encoder does not fit its modality, `network/balance` where an option of the
   * modalities' balance does not fit the fusion
   */
  constructor(
    inputs: readonly NetworkInput[],
    classes: number,
    config: FusionNetworkConfig,
    initial: InitialKey,
  ) {
    requireModalities(inputs, config);
    const { fusion } = config;
    this.modalities = inputs.map(({ modality }) => modality);
    requireBalance(config, this.modalities);
    const balance = balanceOf(config, this.modalities);
    this.#modalityDropout = config.modality_dropout;
    this.#modulation = balance.gradient_modulation;
    this.#encoders = new Encoders(
      inputs,
      fusion.kind === 'early' ? 'none' : config,
      fusion.kind === 'cross-attention' ? 'steps' : 'vector',
      initial,
    );
    const encoded = this.#encoders.outputs;
    if (fusion.kind === 'average') {
      const widths = channelsOf(encoded);
      const heads = this.modalities.map((modality, i) => {
        const key = initialWithin(initial, `head/${modality}`);
        return [modality, new Head(config.head, widths[i] ?? 0, classes, key)] as const;
      });
      this.#decision = new AverageDecision(heads);
    } else {
      const fused = fusionOf(fusion, encoded, initialWithin(initial, 'fusion'));
      const head = new Head(config.head, fused.width, classes, initialWithin(initial, 'head'));
      this.#decision = new FusedDecision(fused, head);
    }
    const { auxiliary_losses: weights } = balance;
    this.#auxiliary = weights && new AuxiliaryHeads(weights, encoded, config.head, classes, initial);
    const parts = [this.#encoders, this.#decision, ...(this.#auxiliary ? [this.#auxiliary] : [])];
    this.parameters = Object.assign({}, ...parts.map(({ parameters }) => parameters));
    this.state = Object.assign({}, ...parts.map(({ state }) => state));
    this.speeds = speedsOf(balance, Object.assign({}, ...parts.map(({ owners }) => owners)));
  }

  /**
   * Forward and backward pass on a minibatch: `apply` gets the gradient of each parameter once, modulated where the config
   * asks for it.
   *
   * @param rows [batch, width] of every modality
   * @param labels [batch], int32, or float32 as minibatches hold them
   * @returns the mean cross-entropy when it is observed, with the auxiliary losses where there are any
   */
  step(
    rows: Rows,
    labels: tf.Tensor1D,
    apply: ApplyGradient,
    { key, classWeights, observe }: FusionStepOptions,
  ): number | undefined {
    return tf.tidy(() => {
      const [batch = 0] = labels.shape;
      const presence = drawnPresence(
        this.modalities.length,
        batch,
        this.#modalityDropout,
        keyWithin(key, 'modality-dropout'),
      );
      const all = presentRows(rows, new Set(this.modalities), this.modalities);
      const encoding = this.#encoders.forward(all, presence, { training: true, key });
      const decision = this.#decision.forward(encoding.encoded, presence, { training: true, key });
      const { loss, delta } = softmaxCrossEntropy(decision.output as tf.Tensor2D, labels, classWeights);
      const toEncoders = this.#modulated(apply, decision, labels, presence, key);
      const auxiliary = this.#auxiliary?.step(
        encoding.encoded,
        presence,
        { labels, classWeights },
        apply,
        key,
      );
      const deltas = decision.backward(delta, apply).map((below, i) => {
        const own = auxiliary?.deltas[i];
        return own === undefined ? below : tf.add(below, own);
      });
      encoding.backward(deltas, toEncoders);
      if (!observe) return undefined;
      const total = auxiliary === undefined ? loss : tf.add(loss, auxiliary.loss);
      return total.dataSync()[0] ?? Number.NaN;
    });
  }

  /** Logits [batch, classes]. @param present modalities that are looked at; all that have rows when absent */
  logits(rows: Rows, present: ReadonlySet<string> = new Set(Object.keys(rows))): tf.Tensor2D {
    return tf.tidy(() => this.#decide(rows, present).output as tf.Tensor2D);
  }

  /**
   * What the last layer sees, [batch, units]: the logits are a linear function of it, so that another linear classifier can
   * take its place. @param present as of {@link logits}
   */
  representation(rows: Rows, present: ReadonlySet<string> = new Set(Object.keys(rows))): tf.Tensor2D {
    return tf.tidy(() => this.#decide(rows, present).representation);
  }

  dispose(): void {
    this.#encoders.dispose();
    this.#decision.dispose();
    this.#auxiliary?.dispose();
  }

  /** What hands the gradients of the encoders on: `apply` itself where nothing is modulated. */
  #modulated(
    apply: ApplyGradient,
    decision: DecisionForward,
    labels: tf.Tensor1D,
    presence: Presence,
    key: NoiseKey,
  ): ApplyGradient {
    if (this.#modulation === undefined) return apply;
    const { alpha, noise } = this.#modulation;
    const coefficients = modulationCoefficients(decision.contributions(), labels, presence, alpha);
    return modulated(
      apply,
      this.#encoders.owners,
      Object.fromEntries(this.modalities.map((modality, i) => [modality, coefficients[i] as tf.Scalar])),
      noise ? keyWithin(key, 'gradient-noise') : undefined,
    );
  }

  #decide(rows: Rows, present: ReadonlySet<string>): DecisionForward {
    const shown = presentRows(rows, present, this.modalities);
    const [batch = 0] = Object.values(shown)[0]?.shape ?? [];
    const presence: Presence = presenceOf(this.modalities, present, batch);
    const { encoded } = this.#encoders.forward(shown, presence, inference);
    return this.#decision.forward(encoded, presence, inference);
  }
}
