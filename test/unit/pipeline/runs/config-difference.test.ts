import { expect, it } from 'vitest';
import { dataOfCommand } from '../../../../src/pipeline/runs/cells.js';
import { configDifferences } from '../../../../src/pipeline/runs/config-difference.js';

it('names each key that differs, with both values, and in how many cells', () => {
  const a = { rbm: { left: { epochs: 2, sparsity: { target: [0.1, 0.2] } } }, noise: null, cca: {} };
  const b = { rbm: { left: { epochs: 3, sparsity: { target: [0.1, 0.3] } } }, noise: { snr: 0 }, cca: {} };
  const other = { ...a, rbm: { left: { ...a.rbm.left, epochs: 3 } } };
  expect(
    configDifferences([
      [a, b],
      [a, other],
      [a, a],
      [null, b],
    ]),
  ).toEqual([
    { path: 'noise', a: null, b: undefined, cells: 1 },
    { path: 'noise.snr', a: undefined, b: 0, cells: 1 },
    { path: 'rbm.left.epochs', a: 2, b: 3, cells: 2 },
    { path: 'rbm.left.sparsity.target', a: [0.1, 0.2], b: [0.1, 0.3], cells: 1 },
  ]);
  expect(configDifferences([[a, structuredClone(a)]])).toEqual([]);
});

it('tells a key that is null from one that is not set', () => {
  expect(configDifferences([[{ scale: 1, noise: null }, { scale: 1 }]])).toEqual([
    { path: 'noise', a: null, b: undefined, cells: 1 },
  ]);
});

it('finds where corpora lay in a recorded command line', () => {
  const command = ['mmx', 'table', 'a.yaml', '--data', 'cuave=/c=d', '-j', '1', '--data=timit=/t', '--data'];
  expect(dataOfCommand(command)).toEqual({ cuave: '/c=d', timit: '/t' });
});
