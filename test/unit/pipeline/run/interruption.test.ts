import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/pipeline/run/events.js';
import { runStages } from '../../../../src/pipeline/run/scheduler.js';
import { listCheckpoints } from '../../../../src/pipeline/store/checkpoint.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { type CompiledFixtures, compileFixtures } from '../../../fixtures/pipeline/compile.js';
import { numbersIn, temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { spec, toyVersions } from '../../../fixtures/pipeline/toys.js';
import { until } from '../../../support/until.js';

let fixtures: CompiledFixtures;
beforeAll(() => {
  fixtures = compileFixtures();
});
afterAll(() => fixtures.remove());

interface Parent {
  readonly process: ChildProcess;
  readonly events: (RunEvent | ({ type: 'result' } & Record<string, unknown>))[];
  /** Resolves when an event of the type has come. */
  seen(type: string): Promise<void>;
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/** A process of its own that schedules `smallTable`. */
function start(directory: string, steps: number, milliseconds: number, jobs = 2): Parent {
  const child = spawn(
    process.execPath,
    [fixtures.parent, directory, String(jobs), String(steps), String(milliseconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const events: Parent['events'] = [];
  const waiting: { type: string; resolve: () => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as Parent['events'][number];
    events.push(event);
    for (const { type, resolve } of waiting) if (type === event.type) resolve();
  });
  return {
    process: child,
    events,
    seen: (type) => new Promise((resolve) => waiting.push({ type, resolve })),
    ended: once(child, 'close') as Parent['ended'],
  };
}

/** Processes whose command line names a file. Workers are found by what they run, not by what anybody says of them. */
function processesRunning(file: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(file);
      } catch {
        return false;
      }
    });
}

describe('SIGKILL at any moment', () => {
  const steps = 150;
  const milliseconds = 3;

  it('ten times over, then a run to the end: the same bytes as without', async () => {
    const undisturbed = temporaryDirectory();
    await start(undisturbed, steps, milliseconds).ended;
    const expected = numbersIn(join(undisturbed, 'store'));
    expect(Object.keys(expected)).toHaveLength(2 * 5);

    // A fixed sequence, so that a failure can be had again; the machine's load varies the moments anyway.
    let seed = 20110628;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const directory = temporaryDirectory();
    let killed = 0;
    let atWork = 0;
    for (let round = 0; round < 10; round++) {
      const parent = start(directory, steps, milliseconds);
      // While processes start, or some way into the stages; checkpoints carry the run forward from round to round.
      if (round % 2 === 1) await Promise.race([parent.seen('stage-progress'), parent.ended]);
      await sleep(250 * random());
      parent.process.kill('SIGKILL');
      const [, signal] = await parent.ended;
      if (signal === 'SIGKILL') killed += 1;
      if (signal === 'SIGKILL' && parent.events.some(({ type }) => type === 'stage-progress')) atWork += 1;
    }
    expect(killed).toBeGreaterThanOrEqual(5);
    expect(atWork).toBeGreaterThanOrEqual(2);

    const last = start(directory, steps, milliseconds);
    expect(await last.ended).toEqual([0, null]);
    expect(last.events.filter(({ type }) => type === 'warning')).toEqual([]);
    expect(numbersIn(join(directory, 'store'))).toEqual(expected);
    // Nothing half-written remains: what the dead left was swept, what they checkpointed is done with.
    const litter = join(directory, 'store', 'tmp');
    expect(existsSync(litter) ? readdirSync(litter) : []).toEqual([]);
    expect(listCheckpoints(join(directory, 'checkpoints'))).toEqual([]);
  });

  it('continues inside a stage', async () => {
    const directory = temporaryDirectory();
    const parent = start(directory, 400, 3);
    await until('two checkpoints', () => listCheckpoints(join(directory, 'checkpoints')).length === 2);
    await sleep(300);
    parent.process.kill('SIGKILL');
    await parent.ended;
    const second = start(directory, 400, 3);
    await second.seen('stage-progress');
    const first = second.events.find((event) => event.type === 'stage-progress');
    expect(first?.type === 'stage-progress' && first.progress.done).toBeGreaterThan(20);
    second.process.kill('SIGKILL');
    await second.ended;
  });

  it.skipIf(process.platform !== 'linux')('leaves no workers behind', async () => {
    const parent = start(temporaryDirectory(), 5000, 3);
    await parent.seen('stage-progress');
    await until('two workers', () => processesRunning(fixtures.worker).length === 2);
    parent.process.kill('SIGKILL');
    await parent.ended;
    await until('the end of all workers', () => processesRunning(fixtures.worker).length === 0, 10);
  });
});

describe.each([0, 2])('a signal, with %d worker processes', (jobs) => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s takes checkpoints, says how to go on, and goes on there',
    async (signal) => {
      const directory = temporaryDirectory();
      const parent = start(directory, 300, 5, jobs);
      await parent.seen('stage-progress');
      await sleep(200);
      parent.process.kill(signal);
      const asked = performance.now();
      expect(await parent.ended).toEqual([1, null]);
      expect(performance.now() - asked).toBeLessThan(2000);
      expect(parent.events.at(-1)).toMatchObject({
        type: 'result',
        code: 'run/interrupted',
        interrupted: signal,
        message: `Interrupted by ${signal} with 0 of 5 stages done.`,
        failures: 0,
      });
      expect(listCheckpoints(join(directory, 'checkpoints'))).toHaveLength(Math.max(1, jobs));
      expect(processesRunning(fixtures.worker)).toEqual([]);

      const second = start(directory, 300, 0, jobs);
      expect(await second.ended).toEqual([0, null]);
    },
  );
});

describe('a stage that does not listen', () => {
  it.skipIf(process.platform !== 'linux')('is ended two seconds after the signal', async () => {
    const directory = temporaryDirectory();
    let signalled = false;
    // In this process: its signal handlers are the ones under test.
    const run = runStages([spec('fail', 'deaf', { manner: 'deaf' })], {
      store: new ArtifactStore(join(directory, 'store')),
      runsDirectory: directory,
      versions: toyVersions,
      engine: 'cpu',
      jobs: 1,
      worker: fixtures.worker,
      observer: (event) => {
        if (event.type !== 'stage-progress' || signalled) return;
        signalled = true;
        process.emit('SIGTERM');
      },
    });
    const started = performance.now();
    const { error, failures } = await run;
    expect(error?.code).toBe('run/interrupted');
    expect(failures).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(2000);
    expect(performance.now() - started).toBeLessThan(6000);
    expect(processesRunning(fixtures.worker)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('ends with its parent all the same', async () => {
    // One process between this test and the worker, to be killed.
    const directory = temporaryDirectory();
    const script = `
      const [{ runStages }, { ArtifactStore }, toys] = await Promise.all(
        ['src/pipeline/run/scheduler.js', 'src/pipeline/store/store.js', 'test/fixtures/pipeline/toys.js']
          .map((path) => import(${JSON.stringify(join(fixtures.worker, '../../../../'))} + path)));
      await runStages([toys.spec('fail', 'deaf', { manner: 'deaf' })], {
        store: new ArtifactStore(${JSON.stringify(join(directory, 'store'))}),
        runsDirectory: ${JSON.stringify(directory)}, versions: toys.toyVersions, engine: 'cpu', jobs: 1,
        worker: ${JSON.stringify(fixtures.worker)},
        observer: (event) => { if (event.type === 'stage-progress') console.log('progress'); },
      });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    expect(processesRunning(fixtures.worker)).toHaveLength(1);
    parent.kill('SIGKILL');
    await until('the end of all workers', () => processesRunning(fixtures.worker).length === 0, 10);
  });
});
