import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runStages } from '../../../../src/pipeline/run/scheduler.js';
import { buildManifest, readManifest, writeManifest } from '../../../../src/pipeline/runs/manifest.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { filesBelow, temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { spec, toyEngine, toyStages, toyVersions } from '../../../fixtures/pipeline/toys.js';

const packageJson = JSON.parse(
  readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
) as {
  version: string;
};

const committed = readdirSync('results/reference', { recursive: true, encoding: 'utf8' })
  .filter((path) => basename(path) === 'manifest.json')
  .sort();

/** A manifest, to be damaged. */
type Raw = ReturnType<typeof JSON.parse>;

async function manifestOf(directory: string) {
  const store = new ArtifactStore(join(directory, 'store'));
  const walk = spec('walk', 'walk', { seed: 1, steps: 3, milliseconds: 1 });
  const options = {
    store,
    runsDirectory: directory,
    versions: toyVersions,
    engine: 'cpu',
    jobs: 0,
    inProcess: { implementations: toyStages, loadEngine: toyEngine },
  };
  await runStages([walk], options);
  const started = new Date('2026-01-02T03:04:05.000Z');
  const result = await runStages(
    [spec('sum', 'sum', 0, { walk }), spec('fail', 'bad', { manner: 'user' })],
    options,
  );
  return buildManifest({
    command: ['mmx', 'table', 'x.yaml', 'a=1'],
    engine: {
      name: 'cpu',
      description: 'toy',
      versions: { toy: '1' },
      declined: [{ name: 'ort', reason: 'x' }],
    },
    jobs: 0,
    threads: 1,
    config: {
      file: 'x.yaml',
      values: { a: 1 },
      origins: { a: 'command line' },
      files: {},
      overrides: ['a=1'],
    },
    seeds: [1, 2],
    started,
    ended: new Date(started.getTime() + 2500),
    result,
    store,
  });
}

it('says what computed each stage, when, and with what', async () => {
  const manifest = await manifestOf(temporaryDirectory());
  expect(manifest).toMatchObject({
    format: 1,
    mmx: packageJson.version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    seconds: 2.5,
    started: '2026-01-02T03:04:05.000Z',
    seeds: [1, 2],
  });
  expect(manifest.cpu).not.toBe('');
  expect(manifest.commit ?? '0'.repeat(40)).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
  expect(manifest.peakRssBytes).toBeGreaterThan(1e7);
  const stages = manifest.stages.map(({ label, end, engine }) => ({ label, end, engine }));
  expect(stages).toEqual([
    { label: 'walk', end: 'reused', engine: 'cpu' },
    { label: 'sum', end: 'ran', engine: 'cpu' },
    { label: 'bad', end: 'failed', engine: null },
  ]);
  // A reused stage keeps the time it took when it was computed: three steps of a millisecond.
  expect(manifest.stages[0]?.seconds).toBeGreaterThan(0.002);
  expect(manifest.stages[2]?.seconds).toBeNull();
});

it('is written in one step, over an older one, and read back', async () => {
  const directory = temporaryDirectory();
  const manifest = await manifestOf(directory);
  const path = join(directory, 'out', 'manifest.json');
  writeManifest(path, { ...manifest, seeds: [] });
  writeManifest(path, manifest);
  expect(readManifest(path)).toEqual(manifest);
  expect(Object.keys(filesBelow(join(directory, 'out')))).toEqual(['manifest.json']);
});

it.each([
  ['text', 'not JSON', 'it is not valid JSON'],
  ['another document', '{"format": 2}', 'format: is from another version of mmx'],
  ['null', 'null', 'expected object, received null'],
])('is refused when it is %s', (_, content, what) => {
  const path = join(temporaryDirectory(), 'manifest.json');
  writeFileSync(path, content);
  expect(() => readManifest(path)).toThrow(`${path} is not a run manifest: ${what}.`);
  expect(() => readManifest(`${path}x`)).toThrow(`There is no run manifest ${path}x.`);
});

it.each<[string, (manifest: Raw) => void]>([
  ['stages[1].hash: is not a stage hash', ({ stages }) => (stages[1].hash = '../../../etc/passwd')],
  ['stages[1]: repeats ', ({ stages }) => (stages[1].hash = stages[0].hash)],
  ['stages[0].seconds: Too small', ({ stages }) => (stages[0].seconds = -1)],
  ['started: is not a time in ISO 8601', (manifest) => (manifest.started = 'yesterday')],
  ['command[1]: holds a NUL character', ({ command }) => (command[1] = 'a\0b')],
  ['config.values: holds a text longer than', ({ config }) => (config.values.a = 'x'.repeat(2 ** 21))],
  [
    'config.values.cells: are more than there are',
    ({ config }) => (config.values.cells = [{ row: 'a', column: 'b' }]),
  ],
])('is refused where %s', async (what, change) => {
  const path = join(temporaryDirectory(), 'manifest.json');
  const raw: Raw = JSON.parse(JSON.stringify(await manifestOf(temporaryDirectory())));
  change(raw);
  writeFileSync(path, JSON.stringify(raw));
  expect(() => readManifest(path)).toThrow(`${path} is not a run manifest: ${what}`);
});

it('keeps what a later version has beside, and the order of keys', async () => {
  const path = join(temporaryDirectory(), 'manifest.json');
  const manifest = await manifestOf(temporaryDirectory());
  writeFileSync(path, JSON.stringify({ later: { than: 'this' }, ...manifest }));
  expect(JSON.stringify(readManifest(path))).toBe(readFileSync(path, 'utf8'));
});

it.each(committed)('of committed results is read again: %s', (path) => {
  const { config, stages } = readManifest(join('results/reference', path));
  expect(config.values.experiments?.length).toBeGreaterThan(0);
  expect(stages.length).toBeGreaterThan(0);
});
