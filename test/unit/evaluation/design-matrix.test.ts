import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../src/engine/noise.js';
import { DesignMatrix } from '../../../src/evaluation/svm/design-matrix.js';
import { matrix } from '../../../src/matrix.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// Three chunks, the last one short; kept on the engine, or copied whenever they are needed.
describe.each([Number.POSITIVE_INFINITY, 0])('at most %f resident bytes', (limit) => {
  const rows = 4099;
  const x = matrix(rows, 3, gaussians({ seed: 1, purpose: 'test', step: 0 }, 3 * rows));

  it.each([true, false])(
    'chunks put together are the examples, with a constant column if bias (%s)',
    (bias) => {
      const before = tf.memory().numTensors;
      const design = new DesignMatrix(x, bias, limit);
      expect(tf.memory().numTensors - before).toBe(limit === 0 ? 0 : 3);
      const seen: number[] = [];
      design.forEachChunk((chunk, from) => {
        expect(from).toBe(seen.length / design.columns);
        for (const value of chunk.dataSync()) seen.push(value);
      });
      const expected: number[] = [];
      for (let row = 0; row < rows; row++) {
        expected.push(...x.data.subarray(3 * row, 3 * row + 3), ...(bias ? [1] : []));
      }
      expect(seen).toEqual(expected);

      const gram = design.gram();
      const d = design.columns;
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += (expected[row * d] ?? 0) * (expected[row * d + d - 1] ?? 0);
      expect(gram[d - 1]).toBeCloseTo(sum, 2);
      expect(gram[(d - 1) * d]).toBeCloseTo(sum, 2);
      design.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
