import * as tf from '@tensorflow/tfjs-core';
import { applyWithin, type Forward, keyWithin, type Layer, type Pass, prefixed } from '../layers/layer.js';
import type { Encoded } from './encoder.js';
import type { Fusion } from './fusion.js';
import type { Head, HeadForward } from './head.js';
import { type Owners, ownersOf } from './owners.js';
import { type Presence, sharesOf, whereAvailable } from './presence.js';
import { sideBySide } from './side-by-side.js';

/** Logits, what they are a linear function of, and the way back to each representation. */
export interface DecisionForward extends Forward<readonly tf.Tensor[]> {
  readonly representation: tf.Tensor2D;
  /**
   * What each modality adds to the logits, which are the sum of it, [batch, classes] each.
   * @throws Error where fusion or head mix the modalities (`modulationObstacle`)
   */
  contributions(): readonly tf.Tensor2D[];
}

/** From the representations of all modalities to logits. */
export interface Decision {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  /** Parameters that belong to a modality alone. */
  readonly owners: Owners;
  forward(encoded: readonly Encoded[], presence: Presence, pass: Pass): DecisionForward;
  dispose(): void;
}

/** One head on the fused representations. */
export class FusedDecision implements Decision {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly owners: Owners = {};
  readonly #fusion: Fusion;
  readonly #head: Head;

  constructor(fusion: Fusion, head: Head) {
    this.#fusion = fusion;
    this.#head = head;
    this.parameters = { ...prefixed('fusion', fusion.parameters), ...prefixed('head', head.parameters) };
    this.state = { ...prefixed('fusion', fusion.state), ...prefixed('head', head.state) };
  }

  forward(encoded: readonly Encoded[], presence: Presence, pass: Pass): DecisionForward {
    const fused = this.#fusion.forward(encoded, presence, { ...pass, key: keyWithin(pass.key, 'fusion') });
    const head = this.#head.forward(fused.output, { ...pass, key: keyWithin(pass.key, 'head') });
    return {
      output: head.output,
      representation: head.representation,
      contributions: () => {
        if (!this.#fusion.isSideBySide) throw new Error('decision: the fusion mixes the modalities');
        return this.#head.contributions(encoded.map(({ output }) => output as tf.Tensor2D));
      },
      backward: (delta, apply) =>
        fused.backward(head.backward(delta, applyWithin('head', apply)), applyWithin('fusion', apply)),
    };
  }

  dispose(): void {
    this.#fusion.dispose();
    this.#head.dispose();
  }
}

/**
 * Late fusion of decisions: a head a modality, and the mean of their logits over the modalities that an example has. Its
 * softmax is that of the mean of the log-probabilities, which differ from logits by one number an example: the product of
 * the heads' opinions, in which one that is sure outweighs one that is not. The representation is what the last layers see,
 * side by side, zero where a modality is lacking.
 */
export class AverageDecision implements Decision {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  readonly owners: Owners;
  readonly #heads: readonly (readonly [modality: string, head: Head])[];

  constructor(heads: readonly (readonly [modality: string, head: Head])[]) {
    this.#heads = heads;
    const merged = (pick: (head: Head) => Layer['parameters']): Layer['parameters'] =>
      Object.assign({}, ...heads.map(([modality, head]) => prefixed(`head.${modality}`, pick(head))));
    this.parameters = merged((head) => head.parameters);
    this.state = merged((head) => head.state);
    this.owners = ownersOf(
      heads.map(([modality, head]) => [modality, prefixed(`head.${modality}`, head.parameters)]),
    );
  }

  forward(encoded: readonly Encoded[], presence: Presence, pass: Pass): DecisionForward {
    const shares = sharesOf(presence);
    const heads = this.#heads.map(([modality, head], i): HeadForward => {
      const key = keyWithin(pass.key, `head/${modality}`);
      return head.forward((encoded[i] as Encoded).output, { ...pass, key });
    });
    const contributions = (): tf.Tensor2D[] =>
      tf.tidy(() => heads.map(({ output }, i) => tf.mul(output, shares[i] ?? 0) as tf.Tensor2D));
    return {
      output: tf.tidy(() => tf.addN(contributions())),
      contributions,
      representation: tf.tidy(() =>
        tf.clone(
          sideBySide(heads.map(({ representation }, i) => whereAvailable(representation, presence[i]))),
        ),
      ),
      backward: (delta, apply) =>
        tf.tidy(() =>
          this.#heads.map(([modality], i) =>
            (heads[i] as HeadForward).backward(
              tf.mul(delta, shares[i] ?? 0),
              applyWithin(`head.${modality}`, apply),
            ),
          ),
        ),
    };
  }

  dispose(): void {
    for (const [, head] of this.#heads) head.dispose();
  }
}
