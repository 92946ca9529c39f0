import * as tf from '@tensorflow/tfjs-core';
import { softmax, softmaxBackward } from '../../engine/rows.js';
import {
  type ApplyGradient,
  applyWithin,
  asRows,
  type Forward,
  type InitialKey,
  prefixed,
  requireChannels,
} from './layer.js';
import { farBelow } from './masks.js';
import { Projection } from './projection.js';

export interface AttentionOptions {
  /** Channels of the queries' sequence, and of the result. */
  readonly width: number;
  /** Channels of the sequence that is looked at; as `width` when absent. */
  readonly memoryWidth?: number;
  /** Divides `width`. */
  readonly heads: number;
}

/** Matrices [batch · heads, time, width / heads]. */
type Heads = tf.Tensor3D;

const roles = ['query', 'key', 'value', 'output'] as const;

/**
 * Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2): each step of the queries' sequence
 * [batch, time, width] gathers from the real steps of a memory [batch, steps, memoryWidth] → [batch, time, width].
 * Queries, keys, values and the result each go through a projection with a bias.
 */
export class Attention {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly #options: Required<AttentionOptions>;
  readonly #projections: Readonly<Record<(typeof roles)[number], Projection>>;

  /** @throws RangeError when the heads do not share the width evenly */
  constructor({ width, memoryWidth = width, heads }: AttentionOptions, { seed, purpose }: InitialKey) {
    if (!Number.isSafeInteger(width / heads)) {
      throw new RangeError(`attention: ${heads} heads do not share ${width} channels evenly`);
    }
    this.#options = { width, memoryWidth, heads };
    const projection = (role: string, inputs: number): Projection =>
      new Projection({ inputs, units: width, activation: 'linear' }, { seed, purpose: `${purpose}/${role}` });
    this.#projections = {
      query: projection('query', width),
      key: projection('key', memoryWidth),
      value: projection('value', memoryWidth),
      output: projection('output', width),
    };
    this.parameters = Object.assign(
      {},
      ...roles.map((role) => prefixed(role, this.#projections[role].parameters)),
    );
  }

  /**
   * @param memoryMask [batch, steps]: 1 where a step of the memory is real; where none is, all steps count alike
   * @returns `backward` gives the deltas of x and of the memory
   */
  forward(
    x: tf.Tensor,
    memory: tf.Tensor,
    memoryMask?: tf.Tensor2D,
  ): Forward<readonly [tf.Tensor, tf.Tensor]> {
    const { width, memoryWidth, heads } = this.#options;
    requireChannels('attention', x.shape.slice(1), width, 2);
    requireChannels('attention, memory', memory.shape.slice(1), memoryWidth, 2);
    const [batch = 0, time = 0] = x.shape;
    const steps = memory.shape[1] ?? 0;
    const scale = 1 / Math.sqrt(width / heads);
    const [queryRows, memoryRows] = [asRows(x), asRows(memory)];
    const { query, key, value, output } = this.#projections;
    const projected = {
      query: query.forward(queryRows),
      key: key.forward(memoryRows),
      value: value.forward(memoryRows),
    };
    const q = this.#split(projected.query, batch, time);
    const k = this.#split(projected.key, batch, steps);
    const v = this.#split(projected.value, batch, steps);
    const shares = tf.tidy(() => {
      const scores = tf.mul(tf.matMul(q, k, false, true), scale);
      return softmax(this.#masked(scores, memoryMask)) as Heads;
    });
    const gathered = tf.tidy(() => this.#join(tf.matMul(shares, v) as Heads, batch, time));
    const result = output.forward(gathered);
    return {
      output: tf.reshape(result, x.shape),
      backward: (delta, apply: ApplyGradient) =>
        tf.tidy(() => {
          const gatheredDelta = this.#split(
            output.backward(gathered, result, asRows(delta), applyWithin('output', apply)),
            batch,
            time,
          );
          const shareDelta = tf.matMul(gatheredDelta, v, false, true);
          const scoreDelta = tf.mul(softmaxBackward(shareDelta, shares), scale) as Heads;
          const through = (
            role: 'query' | 'key' | 'value',
            rows: tf.Tensor2D,
            heads: Heads,
            length: number,
          ): tf.Tensor =>
            this.#projections[role].backward(
              rows,
              projected[role],
              this.#join(heads, batch, length),
              applyWithin(role, apply),
            );
          const xDelta = through('query', queryRows, tf.matMul(scoreDelta, k) as Heads, time);
          const keyDelta = through('key', memoryRows, tf.matMul(scoreDelta, q, true, false) as Heads, steps);
          const valueDelta = through(
            'value',
            memoryRows,
            tf.matMul(shares, gatheredDelta, true, false) as Heads,
            steps,
          );
          return [tf.reshape(xDelta, x.shape), tf.reshape(tf.add(keyDelta, valueDelta), memory.shape)] as [
            tf.Tensor,
            tf.Tensor,
          ];
        }),
    };
  }

  dispose(): void {
    for (const projection of Object.values(this.#projections)) projection.dispose();
  }

  /** [batch · time, width] → [batch · heads, time, width / heads]. */
  #split(rows: tf.Tensor2D, batch: number, time: number): Heads {
    const { width, heads } = this.#options;
    return tf.tidy(() => {
      const apart = tf.transpose(tf.reshape(rows, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
      return tf.reshape(apart, [batch * heads, time, width / heads]) as Heads;
    });
  }

  /** The way back of #split. */
  #join(matrices: Heads, batch: number, time: number): tf.Tensor2D {
    const { width, heads } = this.#options;
    return tf.tidy(() => {
      const apart = tf.reshape(matrices, [batch, heads, time, width / heads]);
      return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [batch * time, width]) as tf.Tensor2D;
    });
  }

  #masked(scores: tf.Tensor, mask: tf.Tensor2D | undefined): tf.Tensor {
    if (mask === undefined) return scores;
    const [batch, steps] = mask.shape;
    const byBatch = tf.reshape(scores, [batch, -1, steps]);
    const real = tf.reshape(mask, [batch, 1, steps]);
    const hidden = tf.add(tf.mul(byBatch, real), tf.mul(tf.sub(1, real), farBelow));
    return tf.reshape(hidden, scores.shape);
  }
}
