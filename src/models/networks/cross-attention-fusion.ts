import * as tf from '@tensorflow/tfjs-core';
import { CrossAttention } from '../layers/attention-block.js';
import { Dense } from '../layers/dense.js';
import {
  applyWithin,
  type Forward,
  type InitialKey,
  type Layer,
  type Pass,
  prefixed,
} from '../layers/layer.js';
import { MeanOverTime } from '../layers/time-pooling.js';
import type { Encoded } from './encoder.js';
import { channelsOf, type Fusion, type FusionInput } from './fusion.js';
import { initialWithin } from './named-layers.js';
import { type Presence, sharesOf } from './presence.js';

/** What leads from one modality's steps to its part of the mean. */
interface Branch {
  readonly modality: string;
  readonly projection: Dense;
  readonly attention: CrossAttention;
}

/**
 * Each modality's steps, brought to one width, attend to the steps of all others (as in Tsai et al. 2019, with one block a
 * modality); the result is the mean over the real steps, then over the modalities that an example has. A single modality
 * attends to itself. Steps that pad, and those of a modality that is lacking, are not attended to.
 */
export class CrossAttentionFusion implements Fusion {
  readonly parameters: Layer['parameters'];
  readonly state = {};
  readonly width: number;
  readonly isSideBySide = false;
  readonly #branches: readonly Branch[];
  readonly #mean = new MeanOverTime();

  constructor(
    { width, heads }: { readonly width: number; readonly heads: number },
    inputs: readonly FusionInput[],
    initial: InitialKey,
  ) {
    this.width = width;
    const channels = channelsOf(inputs);
    this.#branches = inputs.map(({ modality }, i) => ({
      modality,
      projection: new Dense(
        { inputs: channels[i] ?? 0, units: width },
        initialWithin(initial, `projection/${modality}`),
      ),
      attention: new CrossAttention({ width, heads }, initialWithin(initial, `attention/${modality}`)),
    }));
    this.parameters = Object.assign(
      {},
      ...this.#branches.flatMap(({ modality, projection, attention }) => [
        prefixed(`projection.${modality}`, projection.parameters),
        prefixed(`attention.${modality}`, attention.parameters),
      ]),
    );
  }

  forward(encoded: readonly Encoded[], presence: Presence, pass: Pass): Forward<readonly tf.Tensor[]> {
    const steps = this.#branches.map(({ projection }, i) =>
      projection.forward((encoded[i] as Encoded).output),
    );
    const masks = visibleSteps(encoded, presence);
    const shares = sharesOf(presence);
    const attended = this.#branches.map(({ attention }, i) => {
      const others = othersOf(i, steps.length);
      const memory = joined(others.map((j) => (steps[j] as Forward).output));
      const memoryMask = masks && (joined(others.map((j) => masks[j] as tf.Tensor)) as tf.Tensor2D);
      const forward = attention.forward((steps[i] as Forward).output, memory, memoryMask);
      return {
        others,
        forward,
        mean: this.#mean.forward(forward.output, { ...pass, mask: encoded[i]?.mask }),
      };
    });
    return {
      output: tf.tidy(() => tf.addN(attended.map(({ mean }, i) => tf.mul(mean.output, shares[i] ?? 0)))),
      backward: (delta, apply) =>
        tf.tidy(() => {
          const stepDeltas: tf.Tensor[][] = steps.map(() => []);
          attended.forEach(({ others, forward, mean }, i) => {
            const outputDelta = mean.backward(tf.mul(delta, shares[i] ?? 0), () => undefined);
            const within = applyWithin(`attention.${this.#branches[i]?.modality}`, apply);
            const [own, memory] = forward.backward(outputDelta, within);
            stepDeltas[i]?.push(own);
            const lengths = others.map((j) => steps[j]?.output.shape[1] ?? 0);
            const parts = lengths.length === 1 ? [memory] : tf.split(memory, lengths, 1);
            others.forEach((j, k) => {
              stepDeltas[j]?.push(parts[k] as tf.Tensor);
            });
          });
          return this.#branches.map(({ modality }, i) =>
            (steps[i] as Forward).backward(
              tf.addN(stepDeltas[i] as tf.Tensor[]),
              applyWithin(`projection.${modality}`, apply),
            ),
          );
        }),
    };
  }

  dispose(): void {
    for (const { projection, attention } of this.#branches) {
      projection.dispose();
      attention.dispose();
    }
  }
}

/** Whom modality i attends to. */
const othersOf = (i: number, count: number): readonly number[] =>
  count === 1 ? [0] : Array.from({ length: count }, (_, j) => j).filter((j) => j !== i);

/** Sequences, or their masks, one after the other. */
const joined = (tensors: readonly tf.Tensor[]): tf.Tensor =>
  tensors.length === 1 ? (tensors[0] as tf.Tensor) : tf.concat([...tensors], 1);

/** The steps of each modality that others can see, [batch, steps]; undefined where that is all of them. */
function visibleSteps(encoded: readonly Encoded[], presence: Presence): readonly tf.Tensor[] | undefined {
  const areAll = encoded.every(({ mask }, i) => mask === undefined && presence[i] === undefined);
  if (areAll) return undefined;
  return encoded.map(({ output, mask }, i) => {
    const [batch = 0, steps = 0] = output.shape;
    const real = mask ?? tf.fill([batch, steps], 1);
    const column = presence[i];
    return column === undefined ? real : tf.mul(real, column);
  });
}
