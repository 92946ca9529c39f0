import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, launchMmx, mmx, smallTable } from '../support/mmx.js';

const experiment = smallTable
  .replace(/^table:[\s\S]*?^corpus:/m, 'corpus:')
  .replace('seeds: [1, 2]', 'seeds: [1]')
  .replace(/^columns:[\s\S]*$/m, 'architecture: rbm-cca\nsetting: shared-left-to-right\n')
  .replace('train: 3000', 'train: 600');

const artifactsIn = (store: string): number =>
  existsSync(store)
    ? readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('artifact.json')).length
    : 0;

function project(file: string): string {
  const directory = realpathSync(emptyDirectory('project'));
  mkdirSync(join(directory, 'configs/deep'), { recursive: true });
  writeFileSync(join(directory, 'mmx.yaml'), file);
  writeFileSync(join(directory, 'configs/one.yaml'), experiment);
  return directory;
}

beforeAll(assertBuilt);

describe('mmx.yaml', () => {
  it('names the store and the results for every folder below it, and records find each other from all of them', () => {
    const directory = project('store: artifacts\nresults: found\n');
    const below = join(directory, 'configs/deep');
    const ran = mmx(below, 'evaluate', '../one.yaml', '--quiet');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(directory).sort()).toEqual(['artifacts', 'configs', 'found', 'mmx.yaml']);
    expect(readdirSync(below)).toEqual([]);
    expect(artifactsIn(join(directory, 'artifacts'))).toBeGreaterThan(2);
    const plan = JSON.parse(mmx(directory, 'evaluate', 'configs/one.yaml', '--dry-run', '--json').stdout);
    expect(plan.counts).toMatchObject({ run: 0 });
    const [run] = JSON.parse(mmx(directory, 'runs', 'ls', '--json').stdout);
    const { out } = JSON.parse(
      readFileSync(join(directory, 'found/runs/manifests', `${run.id}.json`), 'utf8'),
    );
    expect(out).toEqual([`found/evaluate/${run.id}`]);
    for (const folder of [directory, below]) {
      const file = join(directory, 'report.html');
      expect(mmx(folder, 'report', run.id, '--out', file)).toMatchObject({ status: 0, stderr: '' });
      expect(mmx(folder, 'runs', 'gc')).toMatchObject({ status: 0, stdout: 'nothing to free\n' });
    }
    const exported = mmx(
      below,
      'export',
      '../one.yaml',
      '--no-features',
      '--quiet',
      '--out',
      join(below, 'x'),
    );
    expect(exported).toMatchObject({ status: 0 });
  });

  it('gives way to --store, and gc leaves the artifacts of a store outside the project', () => {
    const directory = project('store: artifacts\n');
    const store = join(realpathSync(emptyDirectory('shared')), 'store');
    const ran = mmx(directory, 'pretrain', 'configs/one.yaml', '--quiet', '--store', store);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(directory, 'artifacts'))).toBe(false);
    const stored = artifactsIn(store);
    expect(stored).toBeGreaterThan(1);
    for (const name of readdirSync(join(directory, 'results/runs/manifests')))
      writeFileSync(
        join(directory, 'results/runs/manifests', name),
        '{"format":1,"ended":"2026-01-01T00:00:00Z","stages":[]}',
      );
    const gc = mmx(directory, 'runs', 'gc', '--yes', '--min-age', '0', '--store', store);
    expect(gc.stdout).toContain('lies outside this project');
    expect(artifactsIn(store)).toBe(stored);
    const own = mmx(store, 'runs', 'gc', '--json');
    expect(JSON.parse(own.stdout)).toMatchObject({ isShared: false });
  });

  it('names copies of corpora for all commands, and says where each was named', () => {
    const directory = project('data:\n  avletters: copies/av\n');
    const below = join(directory, 'configs/deep');
    const check = mmx(below, 'data', 'check', 'avletters');
    expect(check.stdout + check.stderr).toContain('../../copies/av');
    const elsewhere = mmx(below, 'data', 'check', 'avletters', '--data', 'avletters=elsewhere');
    expect(elsewhere.stdout + elsewhere.stderr).toContain('elsewhere');
    expect(mmx(below, 'data', 'ls').stdout).toMatch(
      /^avletters .*\.\.\/\.\.\/copies\/av, named in \.\.\/\.\.\/mmx\.yaml:2:14/m,
    );
    expect(mmx(below, 'data', 'info', 'avletters').stdout).toContain('../../copies/av (../../mmx.yaml:2:14)');
    writeFileSync(join(directory, 'configs/letters.yaml'), 'extends: mmx/ngiam2011/table1a/rbm\n');
    const shown = mmx(directory, 'config', 'show', 'configs/letters.yaml').stdout;
    expect(shown).toContain('# your copy of avletters: copies/av (mmx.yaml:2:14)\n');
    const lines = mmx(directory, 'doctor').stdout.split('\n');
    const [project_, store, results, data] = ['project', 'store', 'results', 'avletters'].map((name) =>
      lines.find((line) => line.startsWith(name)),
    );
    expect(project_).toContain('mmx.yaml');
    expect(store).toMatch(/results\/runs\/store \(default\)/);
    expect(results).toMatch(/results \(default\)/);
    expect(data).toMatch(/copies\/av \(mmx\.yaml:2:14\)/);
  });

  it.each([
    ['stor: x\n', 'mmx.yaml:1:1: unknown key `stor`; did you mean `store`?'],
    ['store: 3\n', 'mmx.yaml:1:8: `store` must be'],
    ['data: {avletter: x}\n', "mmx.yaml:1:18: there is no corpus named 'avletter'"],
    ['data: {talking-mouth: x}\n', 'mmx.yaml:1:23: talking-mouth is generated'],
    ['corpus: mnist-halves\n', 'mmx.yaml:1:1: '],
  ])('%j is refused with its place', (file, sentence) => {
    const directory = project(file);
    const { status, stdout, stderr } = mmx(directory, 'runs', 'ls');
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
    expect([status, stdout]).toEqual([2, '']);
    expect(mmx(directory, 'completion', 'bash').status).toBe(0);
    expect(mmx(directory, '--help').status).toBe(0);
  });

  it('with comments alone is a project of its own', () => {
    const directory = project('# store: x\n');
    expect(mmx(join(directory, 'configs'), 'runs', 'ls')).toMatchObject({ status: 0, stderr: '' });
    expect(mmx(join(directory, 'configs'), 'doctor').stdout).toContain('../results/runs/store');
  });
});

it('two runs of one name that begin in the same second have records of their own', async () => {
  const directory = project('');
  const runs = ['1', '2', '3'].map((seed) =>
    launchMmx(directory, {}, 'pretrain', 'configs/one.yaml', '--quiet', '--jobs', '1', '--seeds', seed),
  );
  for (const { ended } of runs) expect(await ended).toMatchObject({ status: 0 });
  const manifests = readdirSync(join(directory, 'results/runs/manifests'));
  expect(manifests.length).toBe(3);
});

describe('mmx init', () => {
  it('writes a project, and each of the next commands that it lists runs there', () => {
    const directory = realpathSync(emptyDirectory('init'));
    const made = mmx(directory, 'init', "new project's");
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const [first, ...next] = (made.stdout.split(/^next: +/m)[1] ?? '').trim().split(/\n +/);
    expect(first).toBe("cd 'new project'\\''s'");
    expect(next.map((line) => line.split(' ')[1])).toEqual(['evaluate', 'table', 'sweep', 'runs']);
    const inside = join(directory, "new project's");
    for (const line of next) {
      const { status, stderr } = mmx(inside, ...line.split(' ').slice(1));
      expect([line, status, stderr.includes('mmx:')]).toEqual([line, 0, false]);
    }
    expect(readdirSync(inside).sort()).toEqual(['.gitignore', 'configs', 'mmx.yaml', 'results']);
    expect(JSON.parse(mmx(inside, 'runs', 'ls', '--json').stdout).length).toBeGreaterThanOrEqual(3);
    for (const name of ['experiment', 'table', 'sweep'])
      expect(mmx(inside, 'config', 'check', `configs/${name}.yaml`)).toMatchObject({ status: 0 });
  });

  it('overwrites nothing', () => {
    const directory = emptyDirectory('init');
    writeFileSync(join(directory, '.gitignore'), 'mine\n');
    const { written, kept } = JSON.parse(mmx(directory, 'init', '--json').stdout);
    expect(kept).toEqual(['.gitignore']);
    expect(written.length).toBe(4);
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('mine\n');
    writeFileSync(join(directory, 'mmx.yaml'), 'store: mine\n');
    const again = mmx(directory, 'init');
    expect(again.stderr).toBe(
      'mmx: mmx.yaml exists already: nothing was written\n  → name another folder, for example: mmx init my-project\n',
    );
    expect(again.status).toBe(2);
    expect(readFileSync(join(directory, 'mmx.yaml'), 'utf8')).toBe('store: mine\n');
  });
});
