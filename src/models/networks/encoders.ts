import * as tf from '@tensorflow/tfjs-core';
import type { EncoderConfig } from '../../config/networks-schema.js';
import { MmxError } from '../../errors.js';
import {
  type ApplyGradient,
  applyWithin,
  type InitialKey,
  keyWithin,
  type Layer,
  type Pass,
  prefixed,
} from '../layers/layer.js';
import { type Encoded, Encoder, type EncoderReturns } from './encoder.js';
import type { FusionInput } from './fusion.js';
import type { NetworkInput } from './input.js';
import { initialWithin } from './named-layers.js';
import { type Owners, ownersOf } from './owners.js';
import { type Presence, whereAvailable } from './presence.js';

/** Rows [batch, width] of each modality that is there, by name. */
export type Rows = Readonly<Record<string, tf.Tensor2D>>;

export interface EncodersForward {
  /** In the order of the inputs; zero where a modality is lacking. */
  readonly encoded: readonly Encoded[];
  /** Hands out the gradients of all encoders. @param deltas of each representation, in their order */
  backward(deltas: readonly tf.Tensor[], apply: ApplyGradient): void;
}

/** Which encoder each modality has: those that a config names, and one for the others. */
export interface EncoderChoice {
  readonly encoder: EncoderConfig;
  readonly encoders: Readonly<Record<string, EncoderConfig>>;
}

/** The encoder that a choice names for a modality. */
export const encoderFor = ({ encoder, encoders }: EncoderChoice, modality: string): EncoderConfig =>
  (Object.hasOwn(encoders, modality) ? encoders[modality] : undefined) ?? encoder;

/** @throws Error where `encoders` names a modality that is not among the inputs, or two inputs have one name */
export function requireModalities(inputs: readonly NetworkInput[], choice: EncoderChoice): void {
  const names = inputs.map(({ modality }) => modality);
  if (new Set(names).size !== names.length || names.length === 0) {
    throw new Error(`network: its modalities are ${names.join(', ') || 'none'}`);
  }
  const unknown = Object.keys(choice.encoders).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new MmxError(
      'network/encoder',
      `there is an encoder for ${unknown}, which is not a modality of the corpus`,
      { exitCode: 2, hint: `its modalities are ${names.join(', ')}` },
    );
  }
}

/** The encoders of a network, one a modality. Their parameters are called `encoder.<modality>.…`. */
export class Encoders {
  readonly parameters: Layer['parameters'];
  readonly state: Layer['state'];
  /** The modality of each parameter. */
  readonly owners: Owners;
  readonly outputs: readonly FusionInput[];
  readonly #encoders: readonly (readonly [modality: string, encoder: Encoder])[];

  /** @param choice `none` for the rows as they are @throws MmxError `network/encoder` where one does not fit its modality */
  constructor(
    inputs: readonly NetworkInput[],
    choice: EncoderChoice | 'none',
    returns: EncoderReturns,
    initial: InitialKey,
  ) {
    this.#encoders = inputs.map((input) => {
      const { modality } = input;
      const config = choice === 'none' ? choice : encoderFor(choice, modality);
      return [modality, new Encoder(config, input, returns, initialWithin(initial, `encoder/${modality}`))];
    });
    this.outputs = this.#encoders.map(([modality, { outputShape }]) => ({ modality, shape: outputShape }));
    const merged = (pick: (encoder: Encoder) => Layer['parameters']): Layer['parameters'] =>
      Object.assign({}, ...this.#encoders.map(([name, one]) => prefixed(`encoder.${name}`, pick(one))));
    this.parameters = merged((encoder) => encoder.parameters);
    this.state = merged((encoder) => encoder.state);
    this.owners = ownersOf(
      this.#encoders.map(([name, one]) => [name, prefixed(`encoder.${name}`, one.parameters)]),
    );
  }

  /** @param rows a modality that has none is lacking in all examples @param presence says so, too */
  forward(rows: Rows, presence: Presence, pass: Pass): EncodersForward {
    const [batch = 0] = Object.values(rows)[0]?.shape ?? [];
    const forwards = this.#encoders.map(([modality, encoder]) => {
      const own = rows[modality];
      const key = keyWithin(pass.key, `encoder/${modality}`);
      return own && encoder.forward(own, { ...pass, key, inputDelta: false });
    });
    const encoded = forwards.map((forward, i): Encoded => {
      if (forward === undefined) {
        return { output: tf.fill([batch, ...(this.outputs[i] as FusionInput).shape], 0) };
      }
      return { output: whereAvailable(forward.output, presence[i]), mask: forward.mask };
    });
    return {
      encoded,
      backward: (deltas, apply) =>
        tf.tidy(() => {
          forwards.forEach((forward, i) => {
            const delta = whereAvailable(deltas[i] as tf.Tensor, presence[i]);
            forward?.backward(delta, applyWithin(`encoder.${this.#encoders[i]?.[0]}`, apply));
          });
        }),
    };
  }

  dispose(): void {
    for (const [, encoder] of this.#encoders) encoder.dispose();
  }
}

/**
 * The rows of the modalities that are looked at.
 *
 * @throws Error when a network has no such modality, when its rows are not given, or when there is none
 */
export function presentRows(rows: Rows, present: ReadonlySet<string>, modalities: readonly string[]): Rows {
  const unknown = [...present].find(
    (modality) => !modalities.includes(modality) || rows[modality] === undefined,
  );
  if (unknown !== undefined || present.size === 0) {
    throw new Error(`network: no rows of ${unknown ?? 'any modality'}; it has ${modalities.join(', ')}`);
  }
  return Object.fromEntries([...present].map((modality) => [modality, rows[modality] as tf.Tensor2D]));
}
