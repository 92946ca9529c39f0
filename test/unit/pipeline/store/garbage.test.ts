import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { runStages } from '../../../../src/pipeline/run/scheduler.js';
import { removeRecord, type SlurmRecord, writeRecord } from '../../../../src/pipeline/run/slurm/record.js';
import { liveRuns, markRunning, runMarks } from '../../../../src/pipeline/runs/marks.js';
import { StageCheckpointer } from '../../../../src/pipeline/store/checkpoint.js';
import {
  type Garbage,
  type GarbageOptions,
  lookForGarbage,
  removeGarbage,
} from '../../../../src/pipeline/store/garbage.js';
import { moveToQuarantine } from '../../../../src/pipeline/store/quarantine.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { temporaryName } from '../../../../src/pipeline/store/temporary.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { spec, toyEngine, toyStages, toyVersions } from '../../../fixtures/pipeline/toys.js';
import { manifest as manifestOf, stage } from '../../report/html/fixture.js';

const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');
const content: Artifact = { tensors: { x: { shape: [100], data: new Float32Array(100) } }, json: { a: 1 } };
const day = 24 * 3600;

let directory = '';
let store = new ArtifactStore('unset');

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

const findGarbage = (runs: string, options?: GarbageOptions): readonly Garbage[] =>
  lookForGarbage(runs, options).garbage;

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

  describe.each([
    ['is cut off', '{"format": 1, "sta'],
    ['lacks a hash', '{"format": 1, "ended": "2026-01-02T03:04:05.000Z", "stages": [{}]}'],
    ['is no manifest', '[]'],
  ])('where a manifest %s', (_, text) => {
    it('stay, as it may refer to them, and it is named; what nothing refers to goes', () => {
      artifact('done');
      const [finished] = [checkpoint('done'), checkpoint('forgotten')];
      const tmp = join(directory, 'store', 'tmp', deadName('aa'));
      writeFileSync(tmp, 'xyz');
      const aside = moveToQuarantine(store.directory, store.pathOf(artifact('damaged')));
      manifest('one', []);
      const path = join(directory, 'manifests', 'two.json');
      writeFileSync(path, text);
      const { unread } = lookForGarbage(directory);
      expect(unread.map(({ message }) => message)).toEqual([
        expect.stringMatching(/two\.json is not a run manifest: /),
      ]);
      expect(paths(findGarbage(directory))).toEqual([aside, finished, tmp].sort());
    });

    it('go when that is asked for', () => {
      const lost = artifact('lost');
      writeFileSync(join(madeFolder('manifests'), 'two.json'), text);
      expect(lookForGarbage(directory, { despiteDamaged: true })).toMatchObject({
        garbage: [{ hash: lost, reason: 'no run refers to it' }],
        unread: [{ message: expect.stringMatching(/two\.json is not a run manifest/) }],
      });
    });
  });
});

describe('a mark that is damaged', () => {
  const text = '{"id": "run", "hashes": ["abc"]';

  it('holds nothing once its run is dead, and is litter that is told of', () => {
    const lost = artifact('lost');
    const mark = join(madeFolder('running'), deadName('run'));
    writeFileSync(mark, text);
    const { garbage, unread } = lookForGarbage(directory);
    expect(unread.map(({ message }) => message)).toEqual([
      `${mark} is not a run's mark: it is not valid JSON.`,
    ]);
    expect(garbage.map(({ path, reason }) => `${path}: ${reason}`).sort()).toEqual(
      [`${store.pathOf(lost)}: no run refers to it`, `${mark}: it is damaged, and its run is gone`].sort(),
    );
    expect(removeGarbage(directory, garbage)).toHaveLength(2);
  });

  it('holds everything while its run lives', () => {
    artifact('lost');
    const mark = join(madeFolder('running'), temporaryName('run'));
    writeFileSync(mark, text);
    const { garbage, unread } = lookForGarbage(directory);
    expect(unread.map(({ message }) => message)).toEqual([
      `${mark} is not a run's mark: it is not valid JSON.`,
    ]);
    expect(garbage).toEqual([]);
  });

  it.each([
    ['a number for a hash', { hashes: [7] }, /hashes\[0\]: expected string/],
    ['no hashes', { id: 'run' }, /hashes is missing/],
    ['an unknown launcher', { hashes: [], launcher: 'magic' }, /launcher: /],
  ])('is one with %s', (_, content, message) => {
    writeFileSync(join(madeFolder('running'), temporaryName('run')), JSON.stringify(content));
    expect(runMarks(directory)[0]?.damage?.message).toMatch(message);
    expect(liveRuns(directory)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('is a pipe, and is not waited for', () => {
    execFileSync('mkfifo', [join(madeFolder('running'), deadName('run'))]);
    expect(runMarks(directory)[0]?.damage?.message).toMatch(/is not a run's mark: it is not a plain file/);
  });
});

const madeFolder = (name: string): string => {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  return path;
};

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

describe('a run that is recorded', () => {
  const walk = spec('walk', 'walk', { seed: 1, steps: 3, milliseconds: 1 });
  const options = () => ({
    store,
    runsDirectory: directory,
    versions: toyVersions,
    engine: 'cpu',
    jobs: 0,
    inProcess: { implementations: toyStages, loadEngine: toyEngine },
  });
  const mark = (name: string, content: string): string => {
    const path = join(madeFolder('running'), name);
    writeFileSync(path, content);
    return path;
  };

  it('takes with it the marks and journals of dead runs of the same stages, and none else', async () => {
    const [hash = ''] = (await runStages([walk], options())).targets;
    const dead = mark(deadName('dead'), JSON.stringify({ hashes: [hash] }));
    mark(deadName('dead').replace(/tmp$/, 'events'), '');
    mark(deadName('half'), '{"id": "ha');
    mark(deadName('alone').replace(/tmp$/, 'events'), '');
    const kept = [
      mark(deadName('more'), JSON.stringify({ hashes: [hash, hashOf('other')] })),
      mark(temporaryName('living'), JSON.stringify({ hashes: [hash] })),
      mark(temporaryName('living').replace(/tmp$/, 'events'), ''),
    ];
    await runStages([walk], options());
    expect(existsSync(dead)).toBe(true);
    await runStages([walk], { ...options(), record: () => undefined });
    expect(
      readdirSync(join(directory, 'running'))
        .map((name) => join(directory, 'running', name))
        .sort(),
    ).toEqual(kept.sort());
  });

  it('is so before its mark goes: something always holds what it made', async () => {
    const marks: number[] = [];
    const result = await runStages([walk], {
      ...options(),
      record: ({ targets }) => {
        marks.push(runMarks(directory).length);
        expect(store.has(targets[0] ?? '')).toBe(true);
      },
    });
    expect(result.error).toBeUndefined();
    expect(marks).toEqual([1]);
    expect(runMarks(directory)).toEqual([]);
  });

  it('and cannot be says so, and keeps the marks of others', async () => {
    const [hash = ''] = (await runStages([walk], options())).targets;
    const dead = mark(deadName('dead'), JSON.stringify({ hashes: [hash] }));
    const record = (): void => {
      throw new Error('no room');
    };
    await expect(runStages([walk], { ...options(), record })).rejects.toThrow('no room');
    expect(readdirSync(join(directory, 'running'))).toEqual([
      dead.slice(join(directory, 'running').length + 1),
    ]);
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
