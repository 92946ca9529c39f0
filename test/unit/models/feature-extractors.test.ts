import { expect, it } from 'vitest';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import type { Matrix } from '../../../src/matrix.js';
import {
  dbnExtractor,
  type FeatureExtractor,
  type RbmStack,
  rawExtractor,
  rbmExtractor,
  shallowBimodalExtractor,
  stackedExtractor,
  toUnitLength,
} from '../../../src/models/feature-extractors.js';
import { Rbm } from '../../../src/models/rbm.js';
import { describeEachEngine } from '../engine/each-engine.js';

const rows = 5;
const widths = { audio: 6, video: 4 } as const;
const hidden = { audio: 5, video: 3 } as const;
const draw = (purpose: string, n: number): Float32Array => gaussians({ seed: 4, purpose, step: 0 }, n, 0.8);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function matrixOf(name: 'audio' | 'video'): Matrix {
  const columns = widths[name];
  return { rows, columns, data: uniforms({ seed: 9, purpose: name, step: 0 }, rows * columns) };
}

const rbmOf = (name: string, visible: number, units: number): Rbm =>
  new Rbm(
    { visible, hidden: units, units: 'binary', sigma: 1 },
    {
      weights: draw(`${name}/w`, visible * units),
      visibleBias: draw(`${name}/c`, visible),
      hiddenBias: draw(`${name}/b`, units),
    },
  );

/** sigmoid(b + x W) of one row, in double precision; `transposed` for the way down. */
function layer(rbm: Rbm, x: readonly number[], transposed = false): number[] {
  const { weights, visibleBias, hiddenBias } = rbm.parameters();
  const bias = transposed ? visibleBias : hiddenBias;
  const columns = rbm.shape.hidden;
  return Array.from(bias, (b, to) =>
    sigmoid(
      x.reduce(
        (sum, value, from) =>
          sum + value * (weights[transposed ? to * columns + from : from * columns + to] ?? 0),
        b,
      ),
    ),
  );
}

const rowsOf = ({ columns, data }: Matrix): number[][] =>
  Array.from({ length: data.length / columns }, (_, row) => [
    ...data.subarray(row * columns, (row + 1) * columns),
  ]);

function expectRows(actual: Matrix, expected: readonly number[][]): void {
  expect([actual.rows, actual.columns]).toEqual([expected.length, expected[0]?.length]);
  rowsOf(actual).forEach((row, r) => {
    row.forEach((value, c) => {
      expect(value, `row ${r}, column ${c}`).toBeCloseTo(expected[r]?.[c] ?? Number.NaN, 5);
    });
  });
}

describeEachEngine('feature extractors', () => {
  const [audio, video] = [matrixOf('audio'), matrixOf('video')];

  it('put what is present side by side', () => {
    const raw = rawExtractor(['audio', 'video']);
    expectRows(
      raw({ video, audio }),
      rowsOf(audio).map((row, r) => [...row, ...(rowsOf(video)[r] ?? [])]),
    );
    expectRows(raw({ video }), rowsOf(video));
    const rbms = new Map([
      ['audio', rbmOf('audio', 6, 5)],
      ['video', rbmOf('video', 4, 3)],
    ]);
    const [a, v] = [...rbms.values()] as [Rbm, Rbm];
    const expected = rowsOf(audio).map((row, r) => [...layer(a, row), ...layer(v, rowsOf(video)[r] ?? [])]);
    expectRows(rbmExtractor(rbms, 'posterior')({ audio, video }), expected);
    expectRows(
      rbmExtractor(rbms, 'posterior')({ video }),
      rowsOf(video).map((row) => layer(v, row)),
    );
    a.dispose();
    v.dispose();
  });

  it('show the shallow bimodal RBM zeros for what is absent', () => {
    const rbm = rbmOf('shallow', 10, 4);
    const branches = [
      { modality: 'audio', visible: 6 },
      { modality: 'video', visible: 4 },
    ];
    const extract = shallowBimodalExtractor(rbm, branches, 'posterior');
    expectRows(
      extract({ video }),
      rowsOf(video).map((row) => layer(rbm, [...new Array(6).fill(0), ...row])),
    );
    rbm.dispose();
  });

  it('put both layers of a stack side by side', () => {
    const stack: RbmStack = { first: rbmOf('first', 4, 3), above: rbmOf('above', 3, 2) };
    const expected = rowsOf(video).map((row) => {
      const below = layer(stack.first, row);
      return [...below, ...layer(stack.above, below)];
    });
    expectRows(stackedExtractor(new Map([['video', stack]]))({ audio, video }), expected);
    stack.first.dispose();
    stack.above.dispose();
  });

  it('infer an absent modality of the DBN by mean-field, or show it zeros', () => {
    const first = new Map([
      ['audio', rbmOf('audio', widths.audio, hidden.audio)],
      ['video', rbmOf('video', widths.video, hidden.video)],
    ]);
    const [a, v] = [...first.values()] as [Rbm, Rbm];
    const joint = rbmOf('joint', 8, 4);
    const zeros = new Array<number>(widths.audio).fill(0);
    const inferred = rowsOf(video).map((row) => {
      const shown = layer(v, row);
      let guess = layer(a, zeros);
      for (let round = 0; round < 10; round++)
        guess = layer(joint, layer(joint, [...guess, ...shown]), true).slice(0, 5);
      return layer(joint, [...guess, ...shown]);
    });
    const zeroed = rowsOf(video).map((row) => layer(joint, [...layer(a, zeros), ...layer(v, row)]));
    const extract = (absent: 'zero' | 'inferred'): FeatureExtractor =>
      dbnExtractor(first, joint, 'posterior', absent);
    expectRows(extract('inferred')({ video }), inferred);
    expectRows(extract('zero')({ video }), zeroed);
    // With nothing absent there is nothing to infer.
    expect(extract('inferred')({ audio, video })).toEqual(extract('zero')({ audio, video }));
    for (const rbm of [a, v, joint]) rbm.dispose();
  });
});

it('scales rows to unit length, but for a row of zeros', () => {
  const scaled = toUnitLength({ rows: 2, columns: 2, data: Float32Array.of(3, 4, 0, 0) });
  expectRows(scaled, [
    [0.6, 0.8],
    [0, 0],
  ]);
});
