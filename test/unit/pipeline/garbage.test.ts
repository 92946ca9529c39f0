import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StageCheckpointer } from '../../../src/pipeline/checkpoint.js';
import { findGarbage, type Garbage, removeGarbage } from '../../../src/pipeline/garbage.js';
import { removeRecord, type SlurmRecord, writeRecord } from '../../../src/pipeline/launchers/slurm/record.js';
import { moveToQuarantine } from '../../../src/pipeline/quarantine.js';
import { liveRuns, markRunning, runMarks } from '../../../src/pipeline/running.js';
import { runStages } from '../../../src/pipeline/scheduler.js';
import type { Artifact } from '../../../src/pipeline/stage.js';
import { ArtifactStore } from '../../../src/pipeline/store.js';
import { temporaryDirectory } from '../../fixtures/pipeline/place.js';
import { spec, toyEngine, toyStages, toyVersions } from '../../fixtures/pipeline/toys.js';
import { manifest as manifestOf, stage } from '../report/html/fixture.js';

const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');
const content: Artifact = { tensors: { x: { shape: [100], data: new Float32Array(100) } }, json: { a: 1 } };
const day = 24 * 3600;

let directory = '';
let store = new ArtifactStore();

beforeEach(() => {
  directory = temporaryDirectory();
  store = new ArtifactStore(join(directory, 'store'));
});

/** An artifact, written so long ago. */
function artifact(name: string, inputs: readonly string[] = [], days = 3): string {
  const hash = hashOf(name);
  store.save(hash, content, {
    kind: 'walk',
    version: 1,
    label: name,
    parameters: null,
    inputs: Object.fromEntries(inputs.map((input) => [input, hashOf(input)])),
    engine: { name: 'cpu', description: '', versions: {} },
    seconds: 1,
  });
  age(join(store.pathOf(hash), 'artifact.json'), days);
  return hash;
}

function checkpoint(name: string, days = 3): string {
  const root = join(directory, 'checkpoints');
  new StageCheckpointer(root, hashOf(name), { intervalSeconds: 0 }).offer(() => content);
  const path = join(root, hashOf(name));
  for (const file of readdirSync(path)) age(join(path, file), days);
  age(path, days);
  return path;
}

function manifest(id: string, stages: readonly string[], days = 3): void {
  mkdirSync(join(directory, 'manifests'), { recursive: true });
  const ended = new Date(Date.now() - days * day * 1000).toISOString();
  const made = stages.map((name) => stage('rbm', name, { hash: hashOf(name) }));
  const text = JSON.stringify(manifestOf({ ended, stages: made }));
  writeFileSync(join(directory, 'manifests', `${id}.json`), text);
}

function age(path: string, days: number): void {
  const then = Date.now() / 1000 - days * day;
  utimesSync(path, then, then);
}

/** A file of a process that is certainly gone. */
function deadName(name: string): string {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  return `${name}.${host}-${pid}-00000000.tmp`;
}

const paths = (found: readonly Garbage[]): string[] => found.map(({ path }) => path).sort();

describe('artifacts', () => {
  it('frees what was set aside as damaged, at once, and not what was computed anew', () => {
    const hash = artifact('kept', [], 0);
    manifest('run', ['kept']);
    const set = moveToQuarantine(store.directory, store.pathOf(hash));
    artifact('kept', [], 0);
    const found = findGarbage(directory);
    expect(found).toEqual([
      { kind: 'damaged artifact', path: set, bytes: expect.any(Number), reason: 'a run has set it aside' },
    ]);
    expect(found[0]?.bytes).toBeGreaterThan(400);
    expect(removeGarbage(directory, found)).toEqual(found);
    expect(findGarbage(directory)).toEqual([]);
    expect(store.has(hash)).toBe(true);
  });

  it('are garbage when no run refers to them, nor to what was made from them', () => {
    artifact('corpus');
    artifact('rbm', ['corpus']);
    const lost = artifact('lost', ['corpus']);
    manifest('one', ['rbm']);
    const found = findGarbage(directory);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'artifact', hash: lost, reason: 'no run refers to it' });
    expect(found[0]?.bytes).toBeGreaterThan(store.sizeOf(lost));
    expect(paths(removeGarbage(directory, found))).toEqual([store.pathOf(lost)]);
    expect(store.list()).toEqual([hashOf('corpus'), hashOf('rbm')].sort());
  });

  it('stay while they are young: their run may go on without a record', () => {
    artifact('young', [], 0.5);
    expect(findGarbage(directory)).toEqual([]);
    expect(findGarbage(directory, { minimumAgeHours: 6 })).toHaveLength(1);
  });

  it('of old runs go only when asked', () => {
    const old = artifact('old');
    artifact('new');
    manifest('a', ['old'], 40);
    manifest('b', ['new'], 2);
    expect(findGarbage(directory)).toEqual([]);
    expect(findGarbage(directory, { keepDays: 30 }).map(({ hash }) => hash)).toEqual([old]);
  });

  it('are not judged where a record of a run cannot be read', () => {
    artifact('lost');
    manifest('one', []);
    writeFileSync(join(directory, 'manifests', 'two.json'), '{"format": 1, "sta');
    expect(() => findGarbage(directory)).toThrow(/two\.json is not a run manifest/);
  });
});

describe('a run in progress', () => {
  it('keeps what it needs, also when it began after the look', () => {
    const needed = artifact('needed');
    const run = { id: 'run', command: ['mmx', 'table'] };
    const mark = markRunning(directory, run, [needed]);
    expect(findGarbage(directory)).toEqual([]);
    mark.remove();
    const found = findGarbage(directory);
    expect(found).toHaveLength(1);
    const again = markRunning(directory, run, [needed]);
    expect(removeGarbage(directory, found)).toEqual([]);
    expect(store.has(needed)).toBe(true);
    again.remove();
    expect(runMarks(directory)).toEqual([]);
    expect(removeGarbage(directory, found)).toHaveLength(1);
    expect(store.has(needed)).toBe(false);
  });

  it('that was killed keeps it for a week, to be continued', () => {
    const kept = artifact('kept');
    mkdirSync(join(directory, 'running'));
    const mark = join(directory, 'running', deadName('run'));
    writeFileSync(mark, JSON.stringify({ hashes: [kept] }));
    expect(runMarks(directory)).toMatchObject([{ alive: false, holds: true }]);
    expect(findGarbage(directory)).toEqual([]);
    age(mark, 8);
    expect(paths(findGarbage(directory))).toEqual([mark, store.pathOf(kept)].sort());
  });

  it('is marked by the scheduler until its end', async () => {
    const walk = spec('walk', 'walk', { seed: 1, steps: 3, milliseconds: 1 });
    const marks: number[] = [];
    const { targets } = await runStages([walk], {
      store,
      runsDirectory: directory,
      versions: toyVersions,
      engine: 'cpu',
      jobs: 0,
      inProcess: { implementations: toyStages, loadEngine: toyEngine },
      observer: () => marks.push(...runMarks(directory).map(({ hashes }) => hashes.length)),
    });
    expect(Math.max(...marks)).toBe(1);
    expect(targets).toHaveLength(1);
    expect(runMarks(directory)).toEqual([]);
  });
});

describe('a run on Slurm', () => {
  it('keeps what it needs and what its jobs say while it has a record', () => {
    const needed = artifact('needed');
    const [old, going] = ['old', 'going'].map((id) => join(directory, 'slurm', id));
    for (const folder of [old, going] as string[]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, '1_0.log'), 'stored in 2.0 s');
      age(folder, 31);
    }
    const record: SlurmRecord = {
      id: 'going',
      command: ['mmx', 'table'],
      launcher: 'slurm',
      host: 'login',
      pid: 1,
      started: '2026-01-02T03:04:05.000Z',
      hashes: [needed],
      targets: [needed],
      stages: [],
      tasks: [],
    };
    writeRecord(directory, record);
    expect(liveRuns(directory).map(({ id, launcher }) => `${id} ${launcher}`)).toEqual(['going slurm']);
    expect(paths(findGarbage(directory))).toEqual([old]);
    removeRecord(directory, 'going');
    expect(paths(findGarbage(directory))).toEqual([store.pathOf(needed), old, going].sort());
  });
});

describe('the rest', () => {
  it('takes checkpoints of finished or forgotten stages, and leaves those to be continued', () => {
    artifact('done');
    manifest('one', ['done', 'interrupted']);
    const [done, forgotten] = [checkpoint('done'), checkpoint('forgotten')];
    checkpoint('interrupted');
    checkpoint('young', 0);
    const found = findGarbage(directory);
    expect(paths(found)).toEqual([done, forgotten].sort());
    expect(found.find(({ path }) => path === done)?.reason).toBe('its stage is finished');
    removeGarbage(directory, found);
    expect(existsSync(done)).toBe(false);
    expect(readdirSync(join(directory, 'checkpoints'))).toHaveLength(2);
  });

  it('takes what dead writers left, not what living ones write', () => {
    const tmp = join(directory, 'store', 'tmp');
    mkdirSync(join(tmp, deadName('aa')), { recursive: true });
    writeFileSync(join(tmp, deadName('bb')), 'xyz');
    writeFileSync(join(tmp, deadName('cc').replace(/-\d+-/, `-${process.pid}-`)), 'xyz');
    const found = findGarbage(directory);
    expect(found.map(({ kind }) => kind)).toEqual(['litter', 'litter']);
    removeGarbage(directory, found);
    expect(readdirSync(tmp)).toHaveLength(1);
  });

  it('takes old logs', () => {
    const logs = join(directory, 'logs');
    mkdirSync(logs);
    for (const [name, days] of [
      ['old.log', 31],
      ['new.log', 29],
    ] as const) {
      writeFileSync(join(logs, name), 'text');
      age(join(logs, name), days);
    }
    expect(findGarbage(directory)).toMatchObject([{ kind: 'log', path: join(logs, 'old.log'), bytes: 4 }]);
    expect(findGarbage(directory, { keepDays: 7 })).toHaveLength(2);
  });

  it('finds nothing where nothing is', () => {
    expect(findGarbage(join(directory, 'nowhere'))).toEqual([]);
  });
});
