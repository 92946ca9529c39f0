import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildGraph } from '../../../../../src/pipeline/graph/graph.js';
import type { RunEvent } from '../../../../../src/pipeline/run/events.js';
import { RunProgress } from '../../../../../src/pipeline/run/progress.js';
import { lostError, QueueFollower } from '../../../../../src/pipeline/run/slurm/follow.js';
import { type TaskStatus, writeStatus } from '../../../../../src/pipeline/run/slurm/record.js';
import { temporaryDirectory } from '../../../../fixtures/pipeline/place.js';
import { spec, toyVersions } from '../../../../fixtures/pipeline/toys.js';

// The queue is played by a script that prints a file: what real Slurms say is tested in test/e2e/slurm.test.ts.
let directory: string;
const path = process.env.PATH;

beforeEach(() => {
  directory = temporaryDirectory();
  const squeue = join(directory, 'squeue');
  writeFileSync(
    squeue,
    `#!/bin/sh\ncat '${directory}/queue' 2>/dev/null || { echo 'squeue: error: Unable to contact slurm controller' >&2; exit 1; }\n`,
  );
  chmodSync(squeue, 0o755);
  process.env.PATH = `${directory}:${path}`;
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});

afterEach(() => {
  process.env.PATH = path;
  vi.useRealTimers();
});

const queueSays = (...lines: string[]): void =>
  writeFileSync(join(directory, 'queue'), `${lines.join('\n')}\n`);

/** Two stages, one after the other, as tasks 7_0 and 8_0. */
function followed() {
  const walk = spec('walk', 'walk', { seed: 1, steps: 2, milliseconds: 0 });
  const sum = spec('sum', 'sum', 0, { walk });
  const stored = new Set<string>();
  const events: RunEvent[] = [];
  const graph = buildGraph([sum], { engine: 'cpu', versions: toyVersions });
  const progress = new RunProgress(
    graph,
    (hash) => stored.has(hash),
    (event) => events.push(event),
  );
  const [first = '', second = ''] = graph.stages.keys();
  const tasks = join(directory, 'tasks');
  mkdirSync(tasks);
  const follower = new QueueFollower(progress, (hash) => stored.has(hash));
  const task = { hash: first, job: '7', index: 0, directory: tasks };
  follower.place([task, { hash: second, job: '8', index: 0, directory: tasks }]);
  const status = (change: Partial<TaskStatus>) =>
    writeStatus(tasks, first, {
      task: '7_0',
      node: 'n0',
      state: 'running',
      restarts: 0,
      started: Date.now() / 1000,
      updated: Date.now() / 1000,
      warnings: [],
      ...change,
    });
  const warnings = () => events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  const types = () => events.map(({ type }) => type);
  return { follower, progress, stored, events, task, first, second, status, warnings, types };
}

const later = (seconds: number): void => {
  vi.advanceTimersByTime(seconds * 1000);
};

describe('a task of Slurm', () => {
  it('is told from its own words: begun, how far, done', async () => {
    const { follower, progress, stored, events, first, status } = followed();
    queueSays('7|0|RUNNING|n0|None', '8|0|PENDING||Dependency');
    status({ progress: { done: 1, total: 4 }, warnings: ['slow'] });
    expect(await follower.poll()).toEqual({ lost: [], waiting: 2 });
    expect(events).toMatchObject([
      { type: 'stage-start', hash: first },
      { type: 'warning', message: 'slow', label: 'walk' },
      { type: 'stage-progress', progress: { done: 1, total: 4 } },
    ]);
    // Done, but not yet seen in the store: a shared file system may take its time.
    status({ state: 'done', seconds: 3, peakRssBytes: 1, stored: 'stored' });
    await follower.poll();
    expect(progress.isOpen(first)).toBe(true);
    stored.add(first);
    expect(await follower.poll()).toEqual({ lost: [], waiting: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'stage-done', seconds: 3 });
  });

  it.each([
    [
      'TIMEOUT',
      /Stage "walk" ran out of time, and could take no checkpoint \(Slurm job 7_0, log .*7_0\.log\)/,
      /walk\.time=/,
    ],
    ['OUT_OF_MEMORY', /Stage "walk" ran out of memory/, /walk\.mem=/],
  ])('that ended as %s has failed, with what to ask for', async (state, message, hint) => {
    const { follower, progress, types } = followed();
    queueSays(`7|0|${state}|n0|${state}`, '8|0|CANCELLED||DependencyNeverSatisfied');
    expect(await follower.poll()).toEqual({ lost: [], waiting: 0 });
    expect(types()).toEqual(['stage-failed', 'stage-skipped']);
    expect(progress.failures[0]?.error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('that is gone without a word is lost after a while, and what waited for it is blocked', async () => {
    const { follower, progress, task, second } = followed();
    queueSays('7|0|FAILED|n0|NonZeroExitCode', '8|0|CANCELLED||DependencyNeverSatisfied');
    expect(await follower.poll()).toEqual({ lost: [], waiting: 1 });
    later(11);
    expect(await follower.poll()).toEqual({ lost: [task], waiting: 0 });
    expect(follower.blocked).toContain(second);
    expect(lostError(progress, task, follower.queueEntry(task.hash)).message).toMatch(
      /Slurm job 7_0 of stage "walk" ended as FAILED and left no result; its log is .*7_0\.log/,
    );
    // Submitted once more: the new task counts, the old one does not.
    follower.place([{ ...task, job: '9' }]);
    queueSays('7|0|FAILED|n0|NonZeroExitCode', '9|0|PENDING||Priority');
    expect(await follower.poll()).toEqual({ lost: [], waiting: 1 });
  });

  it('is followed further when clocks are set back: here, and where it runs', async () => {
    const { follower, events, status, task } = followed();
    queueSays('7|0|RUNNING|n0|None', '8|0|PENDING||Dependency');
    const started = Date.now() / 1000;
    status({ progress: { done: 1, total: 4 } });
    await follower.poll();
    vi.setSystemTime(Date.now() - 3600_000);
    status({ started, progress: { done: 2, total: 4 } });
    await follower.poll();
    expect(events.at(-1)).toMatchObject({ type: 'stage-progress', progress: { done: 2 } });
    queueSays('7|0|FAILED|n0|NonZeroExitCode', '8|0|CANCELLED||DependencyNeverSatisfied');
    later(4);
    await follower.poll();
    later(11);
    expect((await follower.poll()).lost).toEqual([task]);
  });

  it('that was cancelled is interrupted, and nobody waits for it', async () => {
    const { follower, progress, first, second } = followed();
    queueSays('7|0|CANCELLED|n0|None', '8|0|CANCELLED||DependencyNeverSatisfied');
    expect(await follower.poll()).toEqual({ lost: [], waiting: 0 });
    expect(follower.cancelled).toEqual([first]);
    expect(progress.result({ interrupted: 'scancel' }).stages.map(({ end }) => end)).toEqual([
      'interrupted',
      'not-started',
    ]);
    expect(progress.isOpen(second)).toBe(true);
  });

  it('that waits for something a user can mend says so, once', async () => {
    const { follower, warnings } = followed();
    queueSays('7|0|PENDING||PartitionTimeLimit', '8|0|PENDING||Dependency');
    for (let look = 0; look < 3; look++) {
      await follower.poll();
      later(5);
    }
    expect(warnings()).toEqual(['It waits in the queue of Slurm: PartitionTimeLimit.']);
  });

  it('is waited for while Slurm does not answer', async () => {
    const { follower, warnings } = followed();
    for (let look = 0; look < 3; look++) {
      expect(await follower.poll()).toEqual({ lost: [], waiting: 2 });
      later(60);
    }
    expect(warnings()).toEqual([
      'Slurm does not answer: Unable to contact slurm controller. It is asked again.',
    ]);
  });

  it('that another run has made meanwhile counts as stored', async () => {
    const { follower, stored, events, first } = followed();
    stored.add(first);
    queueSays('7|0|COMPLETED|n0|None', '8|0|PENDING||Dependency');
    await follower.poll();
    expect(events).toMatchObject([{ type: 'stage-reused', hash: first, meanwhile: true }]);
  });
});
