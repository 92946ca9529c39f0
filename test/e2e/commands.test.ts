import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableFile, tableFormats } from '../../src/report/table/formats.js';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';

const fast = ['--seeds', '1', 'corpus.train=2000', 'rbm.left.epochs=1', 'rbm.right.epochs=1'];
const experiment = smallTable
  .replace(/^table:[\s\S]*?^corpus:/m, 'corpus:')
  .replace(/^columns:[\s\S]*$/m, 'architecture: rbm-cca\nsetting: shared-left-to-right\n');

let directory = '';
const run = (...args: string[]): string => {
  const { status, stdout, stderr } = mmx(directory, ...args);
  expect(stderr).not.toContain('mmx:');
  expect(status).toBe(0);
  return stdout;
};

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('commands');
  writeFileSync(join(directory, 'small.yaml'), smallTable);
  writeFileSync(join(directory, 'one.yaml'), experiment);
});

describe('help', () => {
  it('shows what there is, with examples, for mmx and for each command', () => {
    const help = run('--help');
    const commands = [
      ...['init', 'reproduce', 'table', 'sweep', 'evaluate', 'pretrain', 'check', 'figure'],
      ...['export', 'data', 'config', 'runs', 'doctor', 'completion'],
    ];
    for (const command of commands) {
      expect(help).toContain(`  ${command}`);
      expect(run(command, '--help')).toContain(`Usage: mmx ${command}`);
    }
    expect(help.match(/^ {2}\$ mmx /gm)?.length).toBeGreaterThanOrEqual(3);
    expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('data', () => {
  it('lists the corpora and what fits them', () => {
    expect(run('data', 'ls')).toContain('mnist-halves');
    const info = JSON.parse(run('data', 'info', 'mnist-halves', '--json'));
    expect(info).toMatchObject({
      name: 'mnist-halves',
      synthetic: false,
      size: { train: 60000, test: 10000 },
    });
    expect(info.architectures).toContain('left-only-deep-autoencoder');
    expect(info.settings).toContain('shared-right-to-left');
    expect(mmx(directory, 'data', 'info', 'mnits').status).toBe(2);
  });
});

describe('evaluate and pretrain', () => {
  it('pretrain stores what evaluate then uses', () => {
    const pretrained = JSON.parse(run('pretrain', 'one.yaml', ...fast, '--json'));
    const kinds = pretrained.stages.map(
      (stage: { kind: string; end: string }) => `${stage.kind} ${stage.end}`,
    );
    expect(kinds.sort()).toEqual(['cca ran', 'rbm ran', 'rbm ran']);
    const plan = JSON.parse(run('evaluate', 'one.yaml', ...fast, '--dry-run', '--json'));
    expect(plan.counts).toEqual({ run: 1, reused: 3, unneeded: 0 });
    const [row] = JSON.parse(run('evaluate', 'one.yaml', ...fast, '--json'));
    expect(row).toMatchObject({
      corpus: 'mnist-halves',
      architecture: 'rbm-cca',
      setting: 'shared-left-to-right',
    });
    expect(row.accuracy.n).toBe(1);
    expect(row.accuracy.mean).toBeGreaterThan(30);
    const [score] = row.scores;
    const confused = score.confusion.flat().reduce((sum: number, count: number) => sum + count, 0);
    expect(confused).toBe(score.tested);
    const diagonal = score.confusion.reduce(
      (sum: number, counts: number[], i: number) => sum + (counts[i] ?? 0),
      0,
    );
    // Folds of equal size: the mean over folds is the share of all.
    expect((100 * diagonal) / score.tested).toBeCloseTo(row.accuracy.mean, 6);
    expect(run('evaluate', 'one.yaml', ...fast)).toMatch(/one \(rbm-cca\) +│ +\d\d\.\d \(1\)/);
  });

  it('gives the same number whatever the number of processes and threads', () => {
    const [a, b] = [
      ['--jobs', '1', '--threads', '2'],
      ['--jobs', '2', '--threads', '1'],
    ].map((how) => {
      const cwd = emptyDirectory('jobs');
      writeFileSync(join(cwd, 'one.yaml'), experiment);
      return JSON.parse(mmx(cwd, 'evaluate', 'one.yaml', ...fast, ...how, '--json').stdout);
    });
    expect(a).toEqual(b);
  });
});

describe('table', () => {
  it('writes every format and its manifest, and the JSON has the promised shape', () => {
    const out = join(directory, 'here');
    const printed = run('table', 'small.yaml', ...fast, '--quiet', '--out', out);
    expect(printed).toContain('RBM-CCA');
    expect(readdirSync(out).sort()).toEqual(
      ['manifest.json', 'curves.json', 'confusion.json', ...tableFormats.map(tableFile)].sort(),
    );
    const table = JSON.parse(readFileSync(join(out, 'table.json'), 'utf8'));
    expect(table).toMatchObject({
      table: 'small',
      corpus: 'mnist-halves',
      synthetic: false,
      columns: ['right-to-left'],
    });
    const autoencoder = table.rows.find((row: { id: string }) => row.id === 'autoencoder');
    expect(autoencoder.cells['right-to-left']).toMatchObject({
      n: 1,
      sd: null,
      published: 68.88,
      unit: 'accuracy_pct',
    });
    expect(table.notes).toContain('A subset: the first 2,000 of 60,000 training examples.');
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(manifest.engine.name).toMatch(/^(ort|wasm)$/);
    expect(manifest.seeds).toEqual([1]);
    expect(manifest.config.origins.seeds).toBe('command line: seeds=[1]');
    expect(manifest.config.values.experiments[0].corpus.train).toBe(2000);
    expect(manifest.stages.length).toBeGreaterThan(5);
  });

  it('prints its JSON alone under --json, and shows a plan under --dry-run', () => {
    const table = JSON.parse(run('table', 'small.yaml', ...fast, '--json'));
    expect(table.rows.length).toBe(3);
    expect(run('table', 'small.yaml', ...fast, '--dry-run')).toMatch(/stored {4}?.*score bimodal-dbn/);
  });
});

describe('runs', () => {
  it('lists what was run and shows a manifest', () => {
    const listed = JSON.parse(run('runs', 'ls', '--json'));
    expect(listed.length).toBeGreaterThan(2);
    expect(listed.every((entry: { complete: boolean }) => entry.complete)).toBe(true);
    const shown = JSON.parse(run('runs', 'show', listed[0].id, '--json'));
    expect(shown.command[0]).toBe('mmx');
    expect(mmx(directory, 'runs', 'show', '19').status).toBe(2);
  });
});

describe('doctor', () => {
  it('says of each engine, and of what recordings need, that it runs, or why not', () => {
    const { engines, tools } = JSON.parse(run('doctor', '--json'));
    const byName = Object.fromEntries(engines.map((engine: { name: string }) => [engine.name, engine]));
    expect(byName.cpu.usable).toBe(true);
    expect(byName.wasm.gflops).toBeGreaterThan(1);
    expect(byName['tfjs-node-gpu'].usable || byName['tfjs-node-gpu'].reason.length > 10).toBe(true);
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(['ffmpeg', 'mouth detector']);
    for (const tool of tools) expect(tool.usable ? tool.description : tool.remedy).toMatch(/\d|install/);
  });

  it('a named engine that does not run is an error, never another engine', () => {
    const { status, stderr } = mmx(directory, 'evaluate', 'one.yaml', ...fast, '--engine', 'tfjs-node-gpu');
    if (status === 0) return; // somebody's machine has it
    expect(status).toBe(1);
    expect(stderr).toContain('tfjs-node-gpu');
    expect(stderr).toContain('npm install @tensorflow/tfjs-node-gpu');
  });
});
