import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { test } from 'vitest';
import { BidirectionalLstm } from '../../../../../src/models/layers/bidirectional-lstm.js';
import { Embedding } from '../../../../../src/models/layers/embedding.js';
import { Lstm } from '../../../../../src/models/layers/lstm.js';
import { Sequential } from '../../../../../src/models/layers/sequential.js';
import { describeOnCpu } from '../../../engine/each-engine.js';
import { draw, initial } from '../gradients.js';
import { type Comparison, expectAgreement } from './oracle.js';

const [batch, time, inputs, hidden] = [3, 5, 3, 2];

/**
 * Gates of both lie side by side as input, forget, candidate, output. By default tfjs-layers puts straight lines in place of
 * the sigmoid, and draws orthogonal recurrent weights, which needs methods of tensors that nothing here loads.
 */
const cell = {
  units: hidden,
  recurrentActivation: 'sigmoid',
  recurrentInitializer: 'glorotUniform',
} as const;

/** Padding at the end, around and in between, and none. */
const someReal = (): tf.Tensor2D => tf.tensor2d([1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1], [batch, time]);

const masks = [
  ['without a mask', () => undefined],
  ['with a mask', someReal],
] as const;

const returned = ['last', 'all'] as const;

const cases = masks.flatMap(([title, mask]) => returned.map((returns) => ({ title, mask, returns })));

/**
 * Where every step's state is returned, padding steps give zeros with us, and the state before once more with tfjs-layers.
 * Either is a convention: what is above gets the mask. Real steps are compared.
 */
const maskedAs = (mask: tf.Tensor2D | undefined, returns: 'last' | 'all', backwards = false): Comparison => ({
  how: { mask },
  oracleHow: mask === undefined ? {} : { mask },
  readout(output) {
    if (returns === 'last') return output;
    // States come in the order in which they were made.
    const inOrder = backwards ? tf.reverse(output, 1) : output;
    return mask === undefined ? inOrder : tf.mul(inOrder, tf.expandDims(mask, 2));
  },
});

describeOnCpu('LSTMs against tfjs-layers', () => {
  test.each(cases)('one direction, $returns, $title', ({ mask, returns }) => {
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      const returnSequences = returns === 'all';
      for (const backwards of [false, true]) {
        const ours = new Lstm({ inputs, hidden, returns, backwards }, initial);
        const oracle = layers.lstm({ ...cell, returnSequences, goBackwards: backwards });
        expectAgreement(ours, oracle, x, maskedAs(mask(), returns, backwards));
      }
    });
  });

  test.each(cases)('both directions, $returns, $title', ({ mask, returns }) => {
    tf.tidy(() => {
      const x = draw('x', [batch, time, inputs]);
      const ours = new BidirectionalLstm({ inputs, hidden, returns }, initial);
      const layer = layers.lstm({ ...cell, returnSequences: returns === 'all' }) as layers.RNN;
      const oracle = layers.bidirectional({ layer, mergeMode: 'concat' });
      expectAgreement(ours, oracle, x, maskedAs(mask(), returns));
    });
  });

  test('over an embedding: token 0 is padding', () => {
    tf.tidy(() => {
      const [vocabulary, width] = [6, 3];
      const ours = new Sequential([
        ['words', new Embedding({ vocabulary, width }, initial)],
        ['lstm', new Lstm({ inputs: width, hidden, returns: 'last' }, initial)],
      ]);
      const embedding = { inputDim: vocabulary, outputDim: width, maskZero: true, inputLength: time };
      const oracle = sequential({ layers: [layers.embedding(embedding), layers.lstm(cell)] });
      const tokens = tf.tensor2d([1, 5, 2, 0, 0, 3, 3, 4, 1, 0, 2, 5, 4, 1, 2], [batch, time], 'int32');
      const mask = tf.cast(tf.notEqual(tokens, 0), 'float32') as tf.Tensor2D;
      expectAgreement(ours, oracle, tokens, { how: { mask } });
    });
  });
});
