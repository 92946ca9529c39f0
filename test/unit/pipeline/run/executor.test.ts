import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Artifact, StageImplementation, StageProgress } from '../../../../src/pipeline/graph/stage.js';
import { executeStage, InputCache, type StageJob } from '../../../../src/pipeline/run/executor.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { toyEngine, toyStages } from '../../../fixtures/pipeline/toys.js';

const origin = {
  kind: 'bulk',
  version: 1,
  label: 'x',
  parameters: null,
  inputs: {},
  engine: { name: 'cpu', description: 'toy', versions: {} },
  seconds: 0,
};
const hashOf = (digit: string) => digit.repeat(64);

function bulk(bytes: number): Artifact {
  return { tensors: { x: { shape: [bytes], data: new Uint8Array(bytes) } }, json: null };
}

/** A store that counts what is read from it. */
function countingStore(sizes: Readonly<Record<string, number>>) {
  const store = new ArtifactStore(join(temporaryDirectory(), 'store'));
  for (const [digit, bytes] of Object.entries(sizes)) store.save(hashOf(digit), bulk(bytes), origin);
  const read: string[] = [];
  const load = store.load.bind(store);
  store.load = (hash) => {
    read.push(hash.charAt(0));
    return load(hash);
  };
  return { store, read };
}

it('inputs are read once while they fit, least recently used ones go first', () => {
  const { store, read } = countingStore({ a: 400, b: 400, c: 400 });
  const cache = new InputCache(store, 1000);
  for (const digit of ['a', 'b', 'a', 'b', 'a']) cache.load(hashOf(digit));
  expect(read).toEqual(['a', 'b']);
  cache.load(hashOf('c'));
  cache.load(hashOf('a'));
  expect(read).toEqual(['a', 'b', 'c']);
  cache.load(hashOf('b'));
  expect(read).toEqual(['a', 'b', 'c', 'b']);
});

it('an input larger than the cache is kept until the next one', () => {
  const { store, read } = countingStore({ a: 5000, b: 10 });
  const cache = new InputCache(store, 1000);
  cache.load(hashOf('a'));
  cache.load(hashOf('a'));
  cache.load(hashOf('b'));
  cache.load(hashOf('a'));
  expect(read).toEqual(['a', 'b', 'a']);
});

async function execute(
  job: Partial<StageJob>,
  implementations: Readonly<Record<string, StageImplementation>> = toyStages,
) {
  const directory = temporaryDirectory();
  const store = new ArtifactStore(join(directory, 'store'));
  const reports: StageProgress[] = [];
  const full = {
    hash: hashOf('d'),
    kind: 'walk',
    version: 1,
    label: 'walk',
    parameters: { seed: 1, steps: 100, milliseconds: 2 },
    inputs: {},
    ...job,
  };
  const runtime = {
    implementations,
    engine: await toyEngine('cpu', { threads: 1 }),
    local: {},
    store,
    cache: new InputCache(store),
    checkpointDirectory: join(directory, 'checkpoints'),
    checkpointSeconds: 60,
    shouldStop: () => false,
  };
  const listener = {
    progress: (progress: StageProgress) => reports.push(progress),
    warning: (message: string) => {
      throw new Error(message);
    },
  };
  return { run: () => executeStage(full, runtime, listener), reports };
}

it('progress is passed on ten times a second at most, the last report always', async () => {
  const { run, reports } = await execute({});
  const { seconds, stored } = await run();
  expect(stored).toBe('stored');
  expect(reports.length).toBeLessThanOrEqual(2 + seconds * 10);
  expect(reports[0]?.done).toBe(1);
  expect(reports.at(-1)).toMatchObject({ done: 100, total: 100 });
  expect(await run()).toEqual({ seconds: 0, stored: 'reused' });
});

it('epochs of reports that are not passed on come with the next one', async () => {
  const walk = toyStages.walk as StageImplementation;
  const epochs = Array.from({ length: 30 }, (_, index) => ({ epoch: index + 1, loss: 1 }));
  const { run, reports } = await execute(
    {},
    {
      walk: {
        ...walk,
        run: async (context) => {
          for (const one of epochs) context.progress({ done: one.epoch, total: 30, epochs: [one] });
          return { tensors: {}, json: {} };
        },
      },
    },
  );
  await run();
  expect(reports.length).toBeLessThan(30);
  expect(reports.flatMap(({ epochs: told = [] }) => told)).toEqual(epochs);
});

it('code of another version than the one hashed is refused', async () => {
  const { run } = await execute({ version: 2 });
  await expect(run()).rejects.toThrow('no implementation of "walk" version 2 here, but version 1');
});
