import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MmxError } from '../../../../src/errors.js';
import { stageHash } from '../../../../src/pipeline/graph/identity.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import type { RunEvent } from '../../../../src/pipeline/run/events.js';
import { type RunOptions, type RunResult, runStages } from '../../../../src/pipeline/run/scheduler.js';
import { fileError } from '../../../../src/pipeline/store/files.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { type CompiledFixtures, compileFixtures } from '../../../fixtures/pipeline/compile.js';
import { numbersIn, smallDisk, temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import {
  smallTable,
  spec,
  toyEngine,
  toyStages,
  toyVersions,
  walkDirectly,
} from '../../../fixtures/pipeline/toys.js';

let fixtures: CompiledFixtures;
beforeAll(() => {
  fixtures = compileFixtures();
});
afterAll(() => fixtures.remove());

interface Bench {
  readonly store: ArtifactStore;
  readonly directory: string;
  readonly events: RunEvent[];
  run(targets: readonly StageSpec[], options?: Partial<RunOptions>): Promise<RunResult>;
  /** Labels of the events of a type, in their order. */
  labels(type: RunEvent['type']): string[];
}

function bench(directory = temporaryDirectory()): Bench {
  const store = new ArtifactStore(join(directory, 'store'));
  const events: RunEvent[] = [];
  return {
    store,
    directory,
    events,
    run: (targets, options) =>
      runStages(targets, {
        store,
        runsDirectory: directory,
        versions: toyVersions,
        engine: 'cpu',
        jobs: 2,
        worker: fixtures.worker,
        inProcess: { implementations: toyStages, loadEngine: toyEngine },
        observer: (event) => events.push(event),
        ...options,
      }),
    labels: (type) =>
      events.flatMap((event) => (event.type === type && 'label' in event ? [String(event.label)] : [])),
  };
}

const walkOf = (seed: number, steps = 5) => spec('walk', `walk ${seed}`, { seed, steps, milliseconds: 1 });

describe.each([0, 1, 3])('with %d worker processes', (jobs) => {
  it('computes every stage once and reuses all of it the second time', async () => {
    const { run, store, labels } = bench();
    const targets = smallTable(20, 1);
    const first = await run(targets, { jobs });
    expect(first.error).toBeUndefined();
    expect(first).toMatchObject({ ran: 5, reused: 0, failures: [], interrupted: undefined });
    expect(labels('stage-done').sort()).toEqual(['row one', 'row two', 'walk 1', 'walk 2', 'walk 3']);

    const [one, two, three] = [1, 2, 3].map((seed) => walkDirectly({ seed, steps: 20, milliseconds: 0 }));
    const sum = (a?: Float64Array, b?: Float64Array) => a?.map((value, i) => value + (b?.[i] ?? Number.NaN));
    const states = first.targets.map((hash) => store.load(hash).tensors.state?.data);
    expect(states).toEqual([sum(one, two), sum(two, three)]);

    const again = await run(targets, { jobs });
    expect(again).toMatchObject({ ran: 0, reused: 2, targets: first.targets });
    // The walks are stored, but nobody asks for them.
    expect(again.stages.map(({ end }) => end).sort()).toEqual([
      'reused',
      'reused',
      'unneeded',
      'unneeded',
      'unneeded',
    ]);
  });

  it('lets what does not depend on a failed stage finish, and reports it once', async () => {
    const { run, labels } = bench();
    const bad = spec('fail', 'bad', { manner: 'user' });
    const result = await run(
      [
        spec('sum', 'after bad', 1, { a: spec('sum', 'needs bad', 0, { a: bad, b: walkOf(1) }) }),
        spec('sum', 'good', 2, { a: walkOf(2) }),
      ],
      { jobs },
    );
    expect(labels('stage-done').sort()).toEqual(['good', 'walk 1', 'walk 2']);
    expect(labels('stage-failed')).toEqual(['bad']);
    expect(labels('stage-skipped').sort()).toEqual(['after bad', 'needs bad']);
    const { code, message, hint, exitCode } = result.error as MmxError;
    expect({ code, message, hint, exitCode }).toEqual({
      code: 'toy/diverged',
      message: 'Stage "bad" failed: The weights diverged at step 3. 2 stages that need it did not run.',
      hint: 'Lower the rate.',
      exitCode: 1,
    });
  });

  it('keeps the stack of an unexpected error in a log it names', async () => {
    const { run } = bench();
    const { error } = await run([spec('fail', 'buggy', { manner: 'bug' })], { jobs });
    expect(error?.code).toBe('internal');
    expect(error?.message).toMatch(
      /^Stage "buggy" failed unexpectedly: x is not a function; the details are in \S+\.log\.$/,
    );
    const log = /in (\S+\.log)/.exec(error?.message ?? '')?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toMatch(/buggy[\s\S]*TypeError: x is not a function[\s\S]*toys/);
  });

  it('stops when the engine does not load, with its sentence', async () => {
    const { run, labels } = bench();
    const { error, ran } = await run([walkOf(1), walkOf(2)], { jobs, engine: 'broken' });
    expect(error?.code).toBe('engine/unavailable');
    expect(error?.message).toBe('The engine "broken" does not load: no such library.');
    expect(ran).toBe(0);
    expect(labels('stage-failed')).toEqual([]);
  });

  it('hands threads and local directories to the stages', async () => {
    const { run, store } = bench();
    const local = { avletters: '/data/avletters' };
    const { targets } = await run([spec('witness', 'w', 0)], { jobs, threads: 3, local });
    expect(store.loadResult(targets[0] ?? '')).toMatchObject({ local, threads: 3 });
  });

  it('says once that the disk is full, and keeps what fits', async ({ skip }) => {
    const disk = smallDisk(512 * 1024);
    if ('reason' in disk) return skip(disk.reason);
    const { run, store } = bench(disk.directory);
    const small = walkOf(1);
    const bulk = (label: string) => spec('bulk', label, { bytes: 1e6, label });
    const { error, ran, targets } = await run([small, bulk('x'), bulk('y')], { jobs });
    expect(ran).toBe(1);
    expect(store.load(targets[0] ?? '').tensors.state?.data).toHaveLength(64);
    expect(error?.code).toBe('store/no-space');
    expect(error?.message).toMatch(
      /Stage "[xy]" failed: \S+ cannot be written: the disk is full \(1\.0 MB needed/,
    );
    expect(store.list()).toHaveLength(1);
  });
});

describe('a read-only disk', () => {
  it('still gives what it holds, and refuses more in one sentence', async ({ skip }) => {
    const disk = smallDisk(512 * 1024);
    if ('reason' in disk) return skip(disk.reason);
    const { run, store, labels } = bench(disk.directory);
    await run([walkOf(1)]);
    execFileSync('mount', ['-o', 'remount,ro', disk.directory]);
    expect(await run([walkOf(1)])).toMatchObject({ ran: 0, reused: 1, error: undefined });
    const { error, targets } = await run([walkOf(2, 40)], { checkpointSeconds: 0.01 });
    expect(error?.code).toBe('store/read-only');
    expect(error?.message).toBe(
      `Stage "walk 2" failed: ${store.pathOf(targets[0] ?? '')} cannot be written: the file system is read-only.`,
    );
    // Its checkpoints could not be written either, which is told once and ends nothing.
    expect(labels('warning')).toEqual(['walk 2']);
  });
});

describe('equal stages', () => {
  it('are run once, whoever asks', async () => {
    const { run, labels } = bench();
    const same = (label: string) => spec('walk', label, { seed: 4, steps: 3, milliseconds: 1 });
    const result = await run([same('one'), same('other'), spec('sum', 's', 0, { a: same('third') })]);
    expect(labels('stage-done')).toEqual(['one', 's']);
    expect(result.targets[0]).toBe(result.targets[1]);
  });
});

describe('the order of work', () => {
  it('starts the longest chain first and stays with the inputs at hand', async () => {
    const { run, labels } = bench();
    const witness = (label: string, cost: number, inputs = {}) => spec('witness', label, label, inputs, cost);
    const long = witness('long', 5);
    const targets = [
      witness('short', 1),
      witness('middle', 4),
      witness('end', 9, { long }),
      // As urgent as `middle` within the margin.
      witness('follower', 3.9, { long }),
    ];
    await run(targets, { jobs: 1 });
    expect(labels('stage-start')).toEqual(['long', 'end', 'follower', 'middle', 'short']);
  });

  it('gives a stage to the process that made its input, and works side by side', async () => {
    const { run, store } = bench();
    const chain = (name: string) => {
      const first = spec('witness', `${name} 1`, `${name} 1`);
      return [first, spec('witness', `${name} 2`, `${name} 2`, { input: first })];
    };
    const targets = [...chain('left'), ...chain('right')];
    const result = await run(targets);
    const pids = result.targets.map((hash) => (store.loadResult(hash) as { pid: number }).pid);
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).toBe(pids[3]);
    expect(pids[0]).not.toBe(pids[2]);
  });
});

describe('a worker that dies', () => {
  it('costs its stage only; the sentence names stage and signal', async () => {
    const { run, labels } = bench();
    const targets = [spec('fail', 'doomed', { manner: 'killed' }), ...[1, 2, 3].map((seed) => walkOf(seed))];
    const { error, ran } = await run(targets);
    expect(ran).toBe(3);
    expect(labels('stage-failed')).toEqual(['doomed']);
    expect(error?.code).toBe('pipeline/worker-died');
    expect(error?.message).toBe('The process that ran stage "doomed" was killed by SIGKILL.');
    expect(error?.hint).toContain('fewer --jobs');
  });

  it('has its stage run once more by another, and says so', async () => {
    const { run, store, labels } = bench();
    const mark = join(temporaryDirectory(), 'killed');
    const { error, ran, targets } = await run([
      spec('fail', 'unlucky', { manner: 'killed-once', mark }),
      walkOf(1),
    ]);
    expect(error).toBeUndefined();
    expect(ran).toBe(2);
    expect(store.loadResult(targets[0] ?? '')).toEqual({ survived: true });
    expect(labels('warning')).toEqual(['unlucky']);
    expect(labels('stage-failed')).toEqual([]);
  });

  it('is replaced even when it was the only one', async () => {
    const { run } = bench();
    const targets = [spec('fail', 'doomed', { manner: 'killed' }, {}, 100), walkOf(1), walkOf(2)];
    expect(await run(targets, { jobs: 1 })).toMatchObject({ ran: 2, failures: [{ label: 'doomed' }] });
  });

  it('of an error outside its stage leaves what it wrote in a log', async () => {
    const { run } = bench();
    const { error } = await run([spec('fail', 'stray', { manner: 'uncaught' })]);
    expect(error?.message).toMatch(
      /stage "stray" ended with exit code \d+; what it wrote last is in \S+\.log\.$/,
    );
    const log = /in (\S+\.log)/.exec(error?.message ?? '')?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toContain('RangeError: thrown outside the stage');
  });

  it('before it started ends the run', async () => {
    const { run, directory } = bench();
    const { error } = await run([walkOf(1), walkOf(2)], { worker: join(directory, 'missing.js') });
    expect(error?.code).toBe('pipeline/worker-start');
    expect(error?.message).toMatch(
      /^A worker process did not start: it ended with exit code 1 \(Error: Cannot find module/,
    );
  });
});

describe('two runs at once on one store', () => {
  it('do not repeat what the other has finished in the meantime', async () => {
    const { run, store, labels, events } = bench();
    const late = spec('walk', 'late', { seed: 9, steps: 2, milliseconds: 0 });
    const gate = spec('walk', 'gate', { seed: 8, steps: 2, milliseconds: 0 }, {}, 5);
    const finishLate = (event: RunEvent) => {
      events.push(event);
      if (event.type !== 'stage-start' || event.label !== 'gate') return;
      const state = { shape: [64], data: walkDirectly({ seed: 9, steps: 2, milliseconds: 0 }) };
      const origin = { kind: 'walk', version: 1, label: 'late', parameters: null, inputs: {}, seconds: 1 };
      const hash = stageHash(late, { versions: toyVersions, engine: 'cpu' });
      const engine = { name: 'cpu', description: 'toy', versions: {} };
      store.save(hash, { tensors: { state }, json: { steps: 2 } }, { ...origin, engine });
    };
    const result = await run([gate, late], { jobs: 1, observer: finishLate });
    expect(result).toMatchObject({ ran: 1, reused: 1, error: undefined });
    expect(labels('stage-start')).toEqual(['gate']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'stage-reused', label: 'late', meanwhile: true }),
    );
  });

  it('end in the same artifacts as one', async () => {
    const alone = bench();
    await alone.run(smallTable());
    const both = bench();
    const results = await Promise.all([both.run(smallTable()), both.run(smallTable())]);
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(numbersIn(both.store.directory)).toEqual(numbersIn(alone.store.directory));
  });
});

it.each([0, 2])('ends with its sentence when the store becomes unreadable (%d processes)', async (jobs) => {
  const { run, store, labels } = bench();
  const damageOf = store.damageOf.bind(store);
  let asked = 0;
  store.damageOf = (hash) => {
    asked += 1;
    if (asked > 4) throw fileError(Object.assign(new Error('x'), { code: 'EACCES' }), store.directory);
    return damageOf(hash);
  };
  const { error } = await run([walkOf(1), spec('sum', 's', 0, { a: walkOf(1), b: walkOf(2) })], { jobs });
  expect(error?.code).toBe('store/permission');
  expect(labels('stage-failed')).toEqual([]);
});

it('refuses a number of processes that is none', async () => {
  const { run } = bench();
  await expect(run([walkOf(1)], { jobs: 1.5 })).rejects.toThrow(/number of worker processes is 1.5/);
});
