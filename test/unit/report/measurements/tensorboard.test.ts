import { expect, it } from 'vitest';
import {
  type TaggedStage,
  TensorboardEvents,
  timesOf,
} from '../../../../src/report/measurements/tensorboard.js';
import { readScalars } from '../../../support/tfevents.js';

const stage = (change: Partial<TaggedStage> = {}): TaggedStage => ({
  hash: 'a'.repeat(64),
  kind: 'rbm',
  label: 'rbm left (8 → 4), seed 1',
  seed: 1,
  cells: ['dbn/both', 'cca/both'],
  ...change,
});

function events() {
  const files = new Map<string, Buffer>();
  const written = new TensorboardEvents(1000.7, (file, bytes) => {
    files.set(file, Buffer.concat([files.get(file) ?? Buffer.alloc(0), bytes]));
  });
  return { written, files };
}

const loss = (...values: readonly number[]) => [
  { metric: 'loss', points: values.map((value, index) => ({ step: index + 1, value })) },
];

it('a folder a seed; points that were written are not written again', () => {
  const { written, files } = events();
  written.add(stage(), loss(4), () => 1005);
  written.add(stage(), loss(4, 2), () => 1006);
  written.add(stage(), loss(4, 2), () => 1007);
  written.add(
    stage({ hash: 'b'.repeat(64), label: 'rbm left (8 → 4), seed 2', seed: 2 }),
    loss(3),
    () => 1008,
  );
  written.add(stage({ hash: 'c'.repeat(64), label: 'cca (3)', seed: null }), loss(1), () => 1009);
  expect([...files.keys()].sort()).toEqual([
    'events.out.tfevents.1000.mmx',
    'seed-1/events.out.tfevents.1000.mmx',
    'seed-2/events.out.tfevents.1000.mmx',
  ]);
  expect(readScalars(files.get('seed-1/events.out.tfevents.1000.mmx') as Buffer)).toEqual([
    { tag: 'rbm left (8 → 4)/loss', step: 1, value: 4, at: 1005 },
    { tag: 'rbm left (8 → 4)/loss', step: 2, value: 2, at: 1006 },
  ]);
});

it('stages of one label that are not the same have tags of their own; a score of one cell has its name', () => {
  const { written, files } = events();
  written.add(stage(), loss(4), () => 1);
  written.add(stage({ hash: 'd'.repeat(64) }), loss(5), () => 1);
  const accuracy = [{ metric: 'accuracy', points: [{ step: 0, value: 50 }] }];
  written.add(
    stage({ hash: 'e'.repeat(64), kind: 'score', label: 'score x, seed 1', cells: ['dbn/both'] }),
    accuracy,
    () => 1,
  );
  written.add(stage({ hash: 'f'.repeat(64), kind: 'score', label: 'score y, seed 1' }), accuracy, () => 1);
  const [file] = files.values();
  expect(readScalars(file as Buffer).map(({ tag }) => tag)).toEqual([
    'rbm left (8 → 4)/loss',
    'rbm left (8 → 4) (dddddddd)/loss',
    'dbn/both/accuracy',
    'score y/accuracy',
  ]);
});

it('epochs of a stored stage are spread over the time that it took', () => {
  const at = timesOf({ stored: 100, seconds: 10 });
  expect([at(1, 4), at(4, 4), at(0, 0)]).toEqual([92.5, 100, 100]);
});
