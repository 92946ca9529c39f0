import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import type { RunEvent } from '../../../../src/pipeline/run/events.js';
import { RunProgress } from '../../../../src/pipeline/run/progress.js';
import {
  type ArrayFile,
  graphOf,
  type PlacedTask,
  readRecord,
  readStatus,
  recordPath,
  type SlurmRecord,
  slurmRecords,
  type TaskStatus,
  writeRecord,
  writeStatus,
} from '../../../../src/pipeline/run/slurm/record.js';
import { runTask } from '../../../../src/pipeline/run/slurm/run-task.js';
import { JournalReader, journalTo } from '../../../../src/pipeline/runs/journal.js';
import { liveRuns, markRunning } from '../../../../src/pipeline/runs/marks.js';
import { RunMeter } from '../../../../src/report/progress/meter.js';
import { createProgress } from '../../../../src/report/progress/progress.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { everyDamage, faultOf } from '../../../support/every-damage.js';

/* What lies beside runs that go on, with every single field in turn missing or something else. */

const hashes = ['a', 'b'].map((digit) => digit.repeat(64));
const [first = '', second = ''] = hashes;

function faultsOf(path: string, read: () => unknown): string[] {
  const whole: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const found: string[] = [];
  for (const { what, text } of everyDamage(whole)) {
    writeFileSync(path, text);
    const fault = faultOf(read, path);
    if (fault !== undefined) found.push(`${what}: ${fault}`);
  }
  return found;
}

const stage = { hash: first, kind: 'rbm', label: 'rbm left' };
const error = new MmxError('store/no-space', 'The disk is full.', { hint: 'Make room.' });
const everyEvent: readonly RunEvent[] = [
  { type: 'run-start', run: 2, reused: 1, cost: 3, jobs: 1 },
  { type: 'submitted', run: 'r', stages: 1, arrays: 1, found: 0 },
  { type: 'stage-reused', ...stage, cost: 1, meanwhile: true },
  { type: 'stage-again', ...stage, cost: 1 },
  { type: 'stage-start', ...stage, cost: 1 },
  { type: 'stage-progress', ...stage, progress: { done: 1, total: 2, note: 'half' } },
  { type: 'stage-done', ...stage, cost: 1, seconds: 3 },
  { type: 'stage-failed', ...stage, error },
  { type: 'stage-skipped', ...stage, because: 'rbm right' },
  { type: 'warning', message: 'careful', label: 'rbm left' },
  { type: 'interrupted', signal: 'SIGINT' },
  { type: 'run-end', seconds: 3 },
];

/** Shows events as `mmx runs watch` does. */
function shown(events: readonly RunEvent[]): string {
  let text = '';
  const stream = { write: (piece: string) => (text += piece) } as unknown as NodeJS.WriteStream;
  const show = createProgress({ mode: 'lines', stream, now: () => 5, colour: false });
  const meter = new RunMeter(() => 5);
  for (const event of events) {
    meter.observe(event);
    show(event);
  }
  return `${text}${meter.secondsLeft ?? ''}`;
}

describe('a journal', () => {
  it('gives back every kind of event', () => {
    const path = join(temporaryDirectory(), 'events');
    const write = journalTo(path);
    for (const event of everyEvent) write(event);
    const read = new JournalReader(path).next().map(({ event }) => event);
    expect(read).toEqual(everyEvent);
  });

  it('with any field of any event damaged is read and shown', () => {
    const path = join(temporaryDirectory(), 'events');
    const write = journalTo(path);
    for (const event of everyEvent) write(event);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    const found: string[] = [];
    for (const [index, line] of lines.entries()) {
      for (const { what, text } of everyDamage(JSON.parse(line))) {
        writeFileSync(path, `${lines[0]}\n${text}\n${lines.at(-1)}\n`);
        const fault = faultOf(
          () => shown(new JournalReader(path).next().map(({ event }) => event)).length,
          path,
        );
        if (fault !== undefined) found.push(`${index} ${what}: ${fault}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('tells once of lines that are no events, and goes on', () => {
    const path = join(temporaryDirectory(), 'events');
    const good = JSON.stringify({ at: 7, event: { type: 'run-end', seconds: 1 } });
    writeFileSync(path, `${good}\n{"at": 7, "ev\n[]\n${'['.repeat(5000)}\n${good}\n`);
    const reader = new JournalReader(path);
    const events = reader.next();
    expect(events.map(({ event }) => event.type)).toEqual(['run-end', 'run-end', 'warning']);
    const message = events.flatMap(({ event }) => (event.type === 'warning' ? [event.message] : []));
    expect(message).toEqual([
      expect.stringContaining(`${path}:2 is not an event of a run: it is not valid JSON`),
    ]);
    appendFileSync(path, `nonsense\n${good}\n`);
    expect(reader.next().map(({ event }) => event.type)).toEqual(['run-end']);
  });

  it('is read in portions, and a line without end is passed over', () => {
    const path = join(temporaryDirectory(), 'events');
    const good = JSON.stringify({ at: 7, event: { type: 'run-end', seconds: 1 } });
    const lines = Math.ceil((3 * 2 ** 20) / good.length);
    writeFileSync(path, `${good}\n`.repeat(lines));
    appendFileSync(path, `${'x'.repeat(5 * 2 ** 20)}\n${good}\n`);
    const reader = new JournalReader(path);
    let ends = 0;
    let portions = 0;
    do {
      const events = reader.next();
      expect(events.length).toBeLessThan(lines);
      ends += events.filter(({ event }) => event.type === 'run-end').length;
      portions += 1;
    } while (reader.isBehind);
    expect(ends).toBe(lines + 1);
    expect(portions).toBeGreaterThan(3);
  });

  it('that was cut is read on from its new end', () => {
    const path = join(temporaryDirectory(), 'events');
    const line = (seconds: number) => `${JSON.stringify({ at: 7, event: { type: 'run-end', seconds } })}\n`;
    writeFileSync(path, line(1) + line(2) + line(3));
    const reader = new JournalReader(path);
    expect(reader.next()).toHaveLength(3);
    truncateSync(path, line(1).length);
    expect(reader.next()).toEqual([]);
    appendFileSync(path, line(4));
    expect(reader.next()).toEqual([{ at: 7, event: { type: 'run-end', seconds: 4 } }]);
  });

  it('that is a folder or a pipe has nothing in it', () => {
    const directory = temporaryDirectory();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(new JournalReader(directory).next()).toEqual([]);
    expect(new JournalReader(pipe).next()).toEqual([]);
  });

  it('whose run begins twice, ends before it began, or goes back in time is shown all the same', () => {
    const again = [...everyEvent].reverse();
    expect(shown([...everyEvent, ...again, ...everyEvent])).toContain('rbm left');
    expect(shown([{ type: 'run-start', run: 1, reused: 0, cost: 1e300, jobs: 1 }])).not.toMatch(
      /NaN|Infinity/,
    );
  });
});

/** A run of two stages in the queue. */
function recorded(directory: string): SlurmRecord {
  const folder = join(directory, 'slurm', 'run');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(directory, 'running'), { recursive: true });
  return {
    id: 'run',
    command: ['mmx', 'table', 'a.yaml'],
    launcher: 'slurm',
    host: 'login',
    pid: 77,
    started: '2026-01-02T03:04:05.678Z',
    hashes,
    targets: [second],
    stages: [
      { hash: first, kind: 'rbm', label: 'rbm left', cost: 2, inputs: {} },
      { hash: second, kind: 'score', label: 'score', cost: 1, inputs: { left: first } },
    ],
    tasks: [{ hash: first, job: '12', index: 0, directory: folder }],
  };
}

describe('the record of a run on Slurm', () => {
  it('with any field damaged is followed, or refused by name', () => {
    const directory = temporaryDirectory();
    writeRecord(directory, recorded(directory));
    const path = recordPath(directory, 'run');
    const look = () => {
      const record = readRecord(directory, 'run');
      if (record === undefined) throw new Error('it is there');
      const progress = new RunProgress(graphOf(record), () => false);
      progress.start(1);
      progress.end();
      for (const task of record.tasks) readStatus(task);
      slurmRecords(directory);
      return liveRuns(directory).map(({ id, command }) => id.startsWith('r') && command.join(' ')).length;
    };
    expect(look()).toBe(1);
    expect(faultsOf(path, look)).toEqual([]);
  });

  it.each<[string, (record: Raw) => void]>([
    ['tasks[0].job: is not a job number', ({ tasks }) => (tasks[0].job = '--user=root')],
    ['tasks[0].directory: lies outside', ({ tasks }) => (tasks[0].directory = '/etc')],
    ['stages[0].inputs.x: names no stage before it', ({ stages }) => (stages[0].inputs = { x: second })],
    ['targets[0]: names no stage', (record) => (record.targets = ['c'.repeat(64)])],
    ['id: is not run', (record) => (record.id = 'other')],
  ])('is refused where %s', (what, change) => {
    const directory = temporaryDirectory();
    const record: Raw = JSON.parse(JSON.stringify(recorded(directory)));
    change(record);
    writeFileSync(recordPath(directory, 'run'), JSON.stringify(record));
    expect(() => readRecord(directory, 'run')).toThrow(
      `${recordPath(directory, 'run')} is not the record of a run on Slurm: ${what}`,
    );
  });
});

/** JSON, to be damaged. */
type Raw = ReturnType<typeof JSON.parse>;

it('what a task says of itself, with any field damaged, is as if it had not begun', () => {
  const directory = temporaryDirectory();
  const task: PlacedTask = { hash: first, job: '12', index: 0, directory };
  const status: TaskStatus = {
    task: '12_0',
    node: 'n1',
    state: 'failed',
    restarts: 0,
    started: 5,
    updated: 6,
    progress: { done: 1, total: 2, note: 'x' },
    warnings: ['w'],
    seconds: 3,
    peakRssBytes: 5,
    stored: 'stored',
    error: { code: 'a/b', message: 'm', exitCode: 1 },
  };
  writeStatus(directory, first, status);
  expect(readStatus(task)).toEqual(status);
  const path = join(directory, `${first}.json`);
  const read = () => {
    const { started, warnings, state } = readStatus(task) ?? { started: 0, warnings: [], state: 'running' };
    return Number.isFinite(started) && warnings.join('').length >= 0 && state.length > 0;
  };
  expect(faultsOf(path, read)).toEqual([]);
});

it('the file of an array of tasks, damaged, is refused by name', async () => {
  const directory = temporaryDirectory();
  const file: ArrayFile = {
    setup: {
      store: join(directory, 'store'),
      checkpointDirectory: directory,
      checkpointSeconds: 30,
      logDirectory: directory,
      engine: 'cpu',
      threads: 1,
      local: {},
    },
    worker: 'worker.js',
    jobs: { 0: { hash: first, kind: 'rbm', version: 1, label: 'l', parameters: {}, inputs: {} } },
  };
  const path = join(directory, 'array-0.json');
  const environment = { SLURM_ARRAY_JOB_ID: '12', SLURM_ARRAY_TASK_ID: '7' };
  const found: string[] = [];
  for (const { what, text } of everyDamage(file)) {
    writeFileSync(path, text);
    // No task has the index: nothing is run, also where the damage does no harm.
    const failure: unknown = await runTask(path, environment, () => {}).catch((error: unknown) => error);
    const fault = faultOf(() => {
      throw failure;
    }, path);
    if (fault !== undefined) found.push(`${what}: ${fault}`);
  }
  expect(found).toEqual([]);
});

it('the mark of a run, with any field damaged, is listed and can be named', () => {
  const directory = temporaryDirectory();
  const { journal } = markRunning(directory, { id: 'run', command: ['mmx', 'table'] }, hashes);
  const path = journal.replace(/\.events$/, '.tmp');
  const look = () =>
    liveRuns(directory)
      .map(({ id, command, pid, host, launcher }) => {
        expect(id).not.toMatch(/[/\0]/);
        expect(Number.isInteger(pid) && pid >= 0).toBe(true);
        return `${id.slice(0, 10)} ${launcher} ${host} ${command.join(' ')}`;
      })
      .join('\n').length;
  expect(faultsOf(path, look)).toEqual([]);
});

it('a pipe or a circle of links among the marks is no run', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'running'));
  execFileSync('mkfifo', [join(directory, 'running', 'pipe.slurm.json')]);
  symlinkSync('circle.slurm.json', join(directory, 'running', 'circle.slurm.json'));
  expect(liveRuns(directory)).toEqual([]);
});
