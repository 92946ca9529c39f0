import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Encoder } from '../../../../src/models/networks/encoder.js';
import type { NetworkInput } from '../../../../src/models/networks/input.js';
import { widthOf } from '../../../../src/models/networks/input.js';
import { describeEachEngine, describeOnCpu } from '../../engine/each-engine.js';
import { draw, expectGradients, initial, numbers, pass } from '../layers/gradients.js';
import { encoderConfig } from './configs.js';

const input = (...shape: number[]): NetworkInput => ({ modality: 'a', shape });

const small = [
  [{ kind: 'dense', layers: [4, 3] }, input(2, 3), [3], [1, 3]],
  [{ kind: 'cnn', filters: [2, 3], dense: 4, batch_normalisation: true }, input(6, 8, 2), [4], [2, 3]],
  [{ kind: 'cnn-1d', filters: [2, 3], dense: 4 }, input(9, 2), [4], [3, 3]],
  [{ kind: 'lstm', hidden: 3 }, input(4, 2), [3], [4, 3]],
  [{ kind: 'lstm', hidden: 2, bidirectional: true }, input(4, 2), [4], [4, 4]],
  [{ kind: 'attention', width: 4, heads: 2, blocks: 2 }, input(4, 3), [4], [4, 4]],
] as const;

describeOnCpu('encoders', () => {
  test.each(small)('%j of %j: shapes, gradients', (section, modality, vector, steps) => {
    const config = encoderConfig(section);
    for (const [returns, shape] of [
      ['vector', vector],
      ['steps', steps],
    ] as const) {
      const encoder = new Encoder(config, modality, returns, initial);
      expect(encoder.outputShape).toEqual(shape);
      tf.tidy(() => {
        const rows = draw('rows', [3, widthOf(modality)]);
        expect(encoder.forward(rows as tf.Tensor2D, pass()).output.shape).toEqual([3, ...shape]);
        expectGradients(
          {
            parameters: encoder.parameters,
            forward([x]) {
              const forward = encoder.forward(x as tf.Tensor2D, pass());
              return {
                output: forward.output,
                backward: (delta, apply) => [forward.backward(delta, apply)],
              };
            },
          },
          [rows],
          2,
        );
      });
      encoder.dispose();
    }
  });

  test('a kind alone is enough', () => {
    for (const [kind, shape, width] of [
      ['dense', [7], 128],
      ['cnn', [28, 14, 1], 128],
      ['cnn', [1, 1, 1], 128],
      ['cnn-1d', [10, 26], 128],
      ['cnn-1d', [1, 26], 128],
      ['lstm', [10, 26], 64],
      ['attention', [10, 26], 64],
    ] as const) {
      const encoder = new Encoder(encoderConfig({ kind }), input(...shape), 'vector', initial);
      expect(encoder.outputShape).toEqual([width]);
      encoder.dispose();
    }
  });

  test('refuse inputs of a shape that they cannot see, in a sentence', () => {
    const made = (section: object, shape: readonly number[]) => () =>
      new Encoder(encoderConfig(section), input(...shape), 'vector', initial);
    expect(made({ kind: 'cnn' }, [28])).toThrow(
      'the encoder cnn of a needs pictures [height, width, channels], or sequences [time, channels]; a has the shape [28]',
    );
    expect(made({ kind: 'lstm' }, [28])).toThrow('or `vocabulary` and tokens [time]');
    expect(made({ kind: 'attention', vocabulary: 5 }, [2, 8])).toThrow('needs tokens [time]');
    expect(made({ kind: 'cnn-1d' }, [28])).toThrow('needs sequences [time, channels], or pictures');
  });

  test('see a sequence as a picture of one channel, and the rows of a picture as steps', () => {
    const weightsOf = (section: object, shape: readonly number[]) => {
      const encoder = new Encoder(encoderConfig(section), input(...shape), 'vector', initial);
      const shapes = Object.fromEntries(
        Object.entries(encoder.parameters).map(([name, { shape: own }]) => [name, own]),
      );
      encoder.dispose();
      return shapes;
    };
    const cnn = { kind: 'cnn', filters: [4], kernel: 3 };
    expect(weightsOf(cnn, [13, 40])).toEqual(weightsOf(cnn, [13, 40, 1]));
    const lstm = { kind: 'lstm', hidden: 5 };
    expect(weightsOf(lstm, [28, 14, 1])).toEqual(weightsOf(lstm, [28, 14]));
  });
});

describeEachEngine('encoders of sequences', () => {
  test.each([
    { kind: 'cnn-1d', filters: [3], dense: 4 },
    { kind: 'lstm', hidden: 3, bidirectional: true },
    { kind: 'attention', width: 4, heads: 2 },
  ])('$kind leaves steps out that pad', (section) => {
    const [short, long] = [3, 6];
    tf.tidy(() => {
      const real = draw('real', [2, short, 2]);
      const padded = tf.concat([real, tf.fill([2, long - short, 2], 0)], 1);
      const encoded = (time: number, x: tf.Tensor): number[] => {
        const modality = { modality: 'a', shape: [time, 2], padded: true };
        const encoder = new Encoder(encoderConfig(section), modality, 'vector', initial);
        const output = numbers(encoder.forward(tf.reshape(x, [2, time * 2]), pass()).output);
        encoder.dispose();
        return output;
      };
      const whole = encoded(short, real);
      encoded(long, padded).forEach((value, i) => {
        // `cnn-1d` pools the last real step with one that pads, which it never chooses.
        expect(value).toBeCloseTo(whole[i] ?? Number.NaN, 5);
      });
    });
  });

  test.each([
    { kind: 'lstm', vocabulary: 9, embedding: 3, hidden: 3 },
    { kind: 'attention', vocabulary: 9, width: 4, heads: 2 },
  ])('$kind of tokens: token 0 pads', (section) => {
    tf.tidy(() => {
      const encoder = new Encoder(
        encoderConfig(section),
        { modality: 'a', shape: [4], padded: true },
        'vector',
        initial,
      );
      const [first, second] = [tf.tensor2d([3, 8, 0, 0], [1, 4]), tf.tensor2d([3, 8, 2, 0], [1, 4])].map(
        (tokens) => numbers(encoder.forward(tokens, pass()).output),
      );
      expect(first).not.toEqual(second);
      // What stands for token 0 does not matter.
      const name = section.kind === 'lstm' ? 'embedding.weights' : 'input.weights';
      const embedding = encoder.parameters[name] as tf.Variable;
      const ofToken0 = tf.tensor2d([5, ...new Array<number>(8).fill(0)], [9, 1]);
      embedding.assign(tf.add(embedding, ofToken0));
      numbers(encoder.forward(tf.tensor2d([3, 8, 0, 0], [1, 4]), pass()).output).forEach((value, i) => {
        expect(value).toBeCloseTo(first?.[i] ?? Number.NaN, 5);
      });
      encoder.dispose();
    });
  });
});
