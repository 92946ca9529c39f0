import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { uniforms } from '../../../../src/engine/noise.js';
import type { LayerActivation } from '../../../../src/models/layers/activations.js';
import { Dense } from '../../../../src/models/layers/dense.js';
import { Dropout } from '../../../../src/models/layers/dropout.js';
import { Embedding } from '../../../../src/models/layers/embedding.js';
import { Flatten } from '../../../../src/models/layers/flatten.js';
import { Sequential } from '../../../../src/models/layers/sequential.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { draw, expectLayerGradients, initial, numbers, pass } from './gradients.js';

describeEachEngine('layers', () => {
  describe('dense', () => {
    test.each(['linear', 'relu', 'sigmoid', 'tanh'] as LayerActivation[])('%s: gradients', (activation) => {
      const layer = new Dense({ inputs: 5, units: 4, activation }, initial);
      tf.tidy(() => expectLayerGradients(layer, draw('x', [6, 5])));
      layer.dispose();
    });

    test('of every step of a sequence', () => {
      const layer = new Dense({ inputs: 3, units: 2, activation: 'tanh' }, initial);
      tf.tidy(() => {
        const x = draw('x', [2, 4, 3]);
        expectLayerGradients(layer, x);
        const alone = layer.forward(tf.reshape(x, [8, 3])).output;
        expect(numbers(layer.forward(x).output)).toEqual(numbers(alone));
      });
      expect(() => layer.outputShape([4, 2])).toThrow('[4, 2] where […, 3]');
      layer.dispose();
    });

    test('initial weights are keyed and within their range', () => {
      const make = (purpose: string): number[] => {
        const layer = new Dense({ inputs: 20, units: 10 }, { seed: 1, purpose });
        const values = numbers(layer.parameters.weights as tf.Variable);
        layer.dispose();
        return values;
      };
      expect(make('a')).toEqual(make('a'));
      expect(make('a')).not.toEqual(make('b'));
      const limit = Math.sqrt(6 / 30);
      expect(make('a').every((value) => Math.abs(value) <= limit)).toBe(true);
      expect(make('a').some((value) => Math.abs(value) > 0.9 * limit)).toBe(true);
    });
  });

  describe('dropout', () => {
    test('gradients', () => {
      tf.tidy(() => expectLayerGradients(new Dropout(0.4), draw('x', [5, 7])));
    });

    test('keeps what the key says, rescaled, and all of it outside training', () => {
      tf.tidy(() => {
        const key = { seed: 8, purpose: 'dropout', step: 2 };
        const x = tf.fill([10, 30], 3);
        const layer = new Dropout(0.25);
        const kept = Array.from(uniforms(key, 300), (u) => (u < 0.75 ? 4 : 0));
        expect(numbers(layer.forward(x, { training: true, key }).output)).toEqual(kept);
        const other = layer.forward(x, { training: true, key: { ...key, step: 3 } }).output;
        expect(numbers(other)).not.toEqual(kept);
        expect(numbers(layer.forward(x, { training: false, key }).output)).toEqual(numbers(x));
      });
      expect(() => new Dropout(1)).toThrow('1 is not in [0, 1)');
    });
  });

  describe('embedding', () => {
    const tokens = [
      [2, 0, 2],
      [4, 2, 1],
    ];

    test('takes rows, and gives each row the sum of its deltas', () => {
      const layer = new Embedding({ vocabulary: 5, width: 2 }, initial);
      tf.tidy(() => {
        const table = numbers(layer.parameters.weights);
        for (const type of ['int32', 'float32'] as const) {
          const forward = layer.forward(tf.tensor2d(tokens, [2, 3], type));
          expect(forward.output.shape).toEqual([2, 3, 2]);
          expect(numbers(forward.output)).toEqual(
            tokens.flat().flatMap((token) => table.slice(2 * token, 2 * token + 2)),
          );
          const delta = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2]);
          let gradient: number[] = [];
          const below = forward.backward(delta, (_, __, found) => {
            gradient = numbers(found);
          });
          expect(gradient).toEqual([3, 4, 11, 12, 15, 18, 0, 0, 7, 8]);
          expect(numbers(below)).toEqual([0, 0, 0, 0, 0, 0]);
        }
      });
      layer.dispose();
    });

    test('gradients', () => {
      const layer = new Embedding({ vocabulary: 5, width: 3 }, initial);
      tf.tidy(() => expectLayerGradients(layer, tf.tensor2d(tokens, [2, 3], 'int32')));
      layer.dispose();
    });
  });

  test('flatten: gradients', () => {
    tf.tidy(() => expectLayerGradients(new Flatten(), draw('x', [2, 3, 2, 2])));
  });

  describe('sequential', () => {
    const network = (): Sequential =>
      new Sequential([
        ['first', new Dense({ inputs: 4, units: 6, activation: 'tanh' }, { seed: 1, purpose: 'first' })],
        ['drop', new Dropout(0.3)],
        [
          '2',
          new Sequential([['inner', new Dense({ inputs: 6, units: 3 }, { seed: 1, purpose: 'second' })]]),
        ],
      ]);

    test('gradients, under the names of the layers', () => {
      const layers = network();
      expect(Object.keys(layers.parameters)).toEqual([
        'first.weights',
        'first.bias',
        '2.inner.weights',
        '2.inner.bias',
      ]);
      expect(layers.outputShape([4])).toEqual([3]);
      tf.tidy(() => expectLayerGradients(layers, draw('x', [5, 4])));
      layers.dispose();
    });

    test('draws noise by the name of the layer', () => {
      const [one, both] = [
        new Sequential([['drop', new Dropout(0.5)]]),
        new Sequential([
          ['other', new Flatten()],
          ['drop', new Dropout(0.5)],
        ]),
      ];
      tf.tidy(() => {
        const x = tf.fill([4, 9], 1);
        const output = numbers(one.forward(x, pass()).output);
        expect(numbers(both.forward(x, pass()).output)).toEqual(output);
        const named = new Dropout(0.5).forward(x, pass({ key: { seed: 3, purpose: 'test/drop', step: 0 } }));
        expect(numbers(named.output)).toEqual(output);
      });
    });

    test('refuses two layers of one name', () => {
      const twice = ['a', new Flatten()] as const;
      expect(() => new Sequential([twice, twice])).toThrow('two layers are called a');
    });
  });
});
