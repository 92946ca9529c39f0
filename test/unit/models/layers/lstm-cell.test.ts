import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { kernelNames } from '../../../../src/engine/operations.js';
import { type CellTrace, cellBackward, cellForward } from '../../../../src/models/layers/lstm-cell.js';
import { describeEachEngine } from '../../engine/each-engine.js';
import { draw } from './gradients.js';

const bits = (x: tf.Tensor): Int32Array => new Int32Array(x.dataSync().slice().buffer);

describeEachEngine('the way back through a step of an LSTM', () => {
  // Rows of whole vectors, with a tail, and of a tail alone.
  test.each([4, 6, 3, 64])('an own kernel gives the bits of the composed operations, %i units', (hidden) => {
    tf.tidy(() => {
      const matrix = (name: string, width = hidden): tf.Tensor2D => draw(name, [5, width]) as tf.Tensor2D;
      const { trace }: { trace: CellTrace } = cellForward(matrix('sums', 4 * hidden), matrix('cell'));
      const back = () => cellBackward(trace, matrix('hidden delta'), matrix('cell delta'));
      const found = back();
      const own = tf.getKernel(kernelNames.cellBackward, tf.getBackend());
      if (own === undefined) return;
      tf.unregisterKernel(kernelNames.cellBackward, tf.getBackend());
      try {
        const composed = back();
        expect(found.sums.shape).toEqual([5, 4 * hidden]);
        expect(bits(found.sums)).toEqual(bits(composed.sums));
        expect(bits(found.cell)).toEqual(bits(composed.cell));
      } finally {
        tf.registerKernel(own);
      }
    });
  });
});
