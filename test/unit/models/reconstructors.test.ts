import { expect, it } from 'vitest';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import type { Matrix } from '../../../src/matrix.js';
import { Autoencoder, parameterShapes } from '../../../src/models/autoencoder.js';
import { StackedAutoencoder } from '../../../src/models/networks/stacked-autoencoder.js';
import { Rbm } from '../../../src/models/rbm.js';
import {
  autoencoderReconstructor,
  dbnReconstructor,
  type Reconstructor,
  rbmReconstructor,
  shallowBimodalReconstructor,
  stackedReconstructor,
} from '../../../src/models/reconstructors.js';
import { unrollDbn, unrollShallow } from '../../../src/models/unroll.js';
import { describeEachEngine } from '../engine/each-engine.js';

const rows = 5;
const widths = { left: 6, right: 4 } as const;
const draw = (purpose: string, n: number): Float32Array => gaussians({ seed: 4, purpose, step: 0 }, n, 0.8);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const inputsOf = (name: keyof typeof widths): Matrix => {
  const columns = widths[name];
  return { rows, columns, data: uniforms({ seed: 9, purpose: name, step: 0 }, rows * columns) };
};
const [left, right] = [inputsOf('left'), inputsOf('right')];
const order = [
  { modality: 'left', visible: 6, hidden: 5 },
  { modality: 'right', visible: 4, hidden: 3 },
];

const rbmOf = (name: string, visible: number, hidden: number, units: 'binary' | 'gaussian' = 'binary'): Rbm =>
  new Rbm(
    { visible, hidden, units, sigma: 1 },
    {
      weights: draw(`${name}/w`, visible * hidden),
      visibleBias: draw(`${name}/c`, visible),
      hiddenBias: draw(`${name}/b`, hidden),
    },
  );

/** b + x W of one row, in double precision; `down` for the way back to the visible units. */
function linear(rbm: Rbm, x: readonly number[], down = false): number[] {
  const { weights, visibleBias, hiddenBias } = rbm.parameters();
  const { hidden } = rbm.shape;
  return Array.from(down ? visibleBias : hiddenBias, (b, to) =>
    x.reduce(
      (sum, value, from) => sum + value * (weights[down ? to * hidden + from : from * hidden + to] ?? 0),
      b,
    ),
  );
}
const layer = (rbm: Rbm, x: readonly number[], down = false): number[] => linear(rbm, x, down).map(sigmoid);

const rowOf = ({ columns, data }: Matrix, row: number): number[] => [
  ...data.subarray(row * columns, (row + 1) * columns),
];

function expectRows(actual: Matrix | undefined, expected: (row: number) => readonly number[]): void {
  expect(actual?.rows).toBe(rows);
  for (let row = 0; row < rows; row++) {
    const found = rowOf(actual as Matrix, row);
    const wanted = expected(row);
    expect(found).toHaveLength(wanted.length);
    wanted.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  }
}

describeEachEngine('reconstructions', () => {
  it('of an RBM are made of the modality itself, and of shown ones alone', () => {
    const [one, other] = [rbmOf('left', 6, 5), rbmOf('right', 4, 3, 'gaussian')];
    const reconstruct = rbmReconstructor(
      new Map([
        ['left', one],
        ['right', other],
      ]),
    );
    const made = reconstruct({ right });
    expect(Object.keys(made)).toEqual(['right']);
    expectRows(made.right, (row) => linear(other, layer(other, rowOf(right, row)), true));
    expectRows(reconstruct({ left, right }).left, (row) => layer(one, layer(one, rowOf(left, row)), true));
  });

  it('of a shallow bimodal RBM are of all modalities, the absent one zero at its input', () => {
    const rbm = rbmOf('shallow', 10, 7);
    const made = shallowBimodalReconstructor(rbm, order)({ left });
    const all = (row: number): number[] => layer(rbm, layer(rbm, [...rowOf(left, row), 0, 0, 0, 0]), true);
    expectRows(made.left, (row) => all(row).slice(0, 6));
    expectRows(made.right, (row) => all(row).slice(6));
  });

  it.each(['zero', 'inferred'] as const)(
    'of a bimodal DBN go down from the joint layer, absent %s',
    (absent) => {
      const first = new Map([
        ['left', rbmOf('left', 6, 5)],
        ['right', rbmOf('right', 4, 3)],
      ]);
      const joint = rbmOf('joint', 8, 9);
      const [one, other] = [...first.values()] as [Rbm, Rbm];
      const down = (row: number): number[] => {
        const held = layer(one, rowOf(left, row));
        let posteriors = [...held, ...layer(other, [0, 0, 0, 0])];
        for (let round = 0; round < (absent === 'inferred' ? 10 : 0); round++) {
          posteriors = [...held, ...layer(joint, layer(joint, posteriors), true).slice(5)];
        }
        return layer(joint, layer(joint, posteriors), true);
      };
      const made = dbnReconstructor({ first, joint }, absent)({ left });
      expectRows(made.left, (row) => layer(one, down(row).slice(0, 5), true));
      expectRows(made.right, (row) => layer(other, down(row).slice(5), true));
    },
  );

  it('of an autoencoder that was not trained are those of the model it was unrolled from', () => {
    const first = new Map([
      ['left', rbmOf('left', 6, 5)],
      ['right', rbmOf('right', 4, 3)],
    ]);
    const joint = rbmOf('joint', 8, 9);
    const of = (rbm: Rbm) => ({ ...rbm.parameters(), sigma: 1 });
    const shape = { inputs: order, outputs: order, joint: 9, loss: 'cross-entropy' as const };
    const unrolled = unrollDbn(shape, {
      first: Object.fromEntries([...first].map(([name, rbm]) => [name, of(rbm)])),
      joint: joint.parameters(),
      order,
    });
    const shallow = rbmOf('shallow', 10, 7);
    const flat = { ...shape, depth: 'shallow' as const, joint: 7 };
    const pairs: readonly [Reconstructor, Reconstructor][] = [
      [
        autoencoderReconstructor(new Autoencoder(shape, unrolled)),
        dbnReconstructor({ first, joint }, 'zero'),
      ],
      [
        autoencoderReconstructor(
          new Autoencoder(flat, unrollShallow(flat, { rbm: shallow.parameters(), sigma: 1, order })),
        ),
        shallowBimodalReconstructor(shallow, order),
      ],
    ];
    for (const [ours, source] of pairs) {
      for (const present of [{ left }, { right }, { left, right }]) {
        const [made, expected] = [ours(present), source(present)];
        expect(Object.keys(made)).toEqual(['left', 'right']);
        expectRows(made.left, (row) => rowOf(expected.left as Matrix, row));
        expectRows(made.right, (row) => rowOf(expected.right as Matrix, row));
      }
    }
  });

  it('of an autoencoder with one input are of every output', () => {
    const shape = { inputs: order.slice(1), outputs: order, joint: 3, loss: 'squared-error' as const };
    const model = new Autoencoder(
      shape,
      Object.fromEntries(
        Object.entries(parameterShapes(shape)).map(([name, sizes]) => [
          name,
          draw(
            name,
            sizes.reduce((product, size) => product * size, 1),
          ),
        ]),
      ),
    );
    const made = autoencoderReconstructor(model)({ right });
    expect(Object.values(made).map(({ rows, columns }) => [rows, columns])).toEqual([
      [5, 6],
      [5, 4],
    ]);
  });

  it('of a stacked autoencoder lie in (0, 1) and depend on what is shown', () => {
    const inputs = order.map(({ modality, visible }) => ({ modality, shape: [visible] }));
    const model = new StackedAutoencoder(
      inputs,
      { shares: [0.8, 0.5], modality_dropout: 0 },
      { seed: 1, purpose: 'test' },
    );
    const reconstruct = stackedReconstructor(model);
    const [one, both] = [reconstruct({ right }), reconstruct({ left, right })];
    for (const made of [one, both]) {
      expect(Object.keys(made)).toEqual(['left', 'right']);
      expect(
        Object.values(made)
          .flatMap(({ data }) => [...data])
          .every((x) => x > 0 && x < 1),
      ).toBe(true);
    }
    expect([...(one.left?.data ?? [])]).not.toEqual([...(both.left?.data ?? [])]);
  });
});
