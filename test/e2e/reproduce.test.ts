import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/** Two tables of the paper and its figure, at a scale that takes seconds. */
let directory = '';
const configs = join(projectRoot, 'configs/ngiam2011');
const quick = [
  'unlabelled=[]',
  'seeds=[1]',
  'corpus.train=30',
  'corpus.test=20',
  'rbm.audio.epochs=1',
  'rbm.video.epochs=1',
  'rbm.joint.epochs=1',
  'rbm.shallow.epochs=1',
  'autoencoder.epochs=1',
  'evaluation.classifier.c=0.01',
];

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('reproduce');
  writeFileSync(
    join(directory, 'mine.yaml'),
    `reproduce: mine
title: Two tables
tables:
  table1b: ${configs}/table1b.yaml
  units: ${configs}/units.yaml
figure4: ${configs}/figure4.yaml
`,
  );
});

/** A picture that decodes and shows something. */
function expectPicture(file: string): void {
  const { width, height, data } = PNG.sync.read(readFileSync(file));
  expect(width * height).toBeGreaterThan(10_000);
  const colours = new Set<number>();
  for (let i = 0; i < data.length; i += 4) {
    colours.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
  }
  expect(colours.size).toBeGreaterThan(50);
}

describe('mmx reproduce', () => {
  const folder = (): string => join(directory, 'results/reproduce/mine-smoke');
  const read = (...path: string[]): string => readFileSync(join(folder(), ...path), 'utf8');

  it('computes tables, figure and claims in one run', () => {
    const { status, stdout, stderr } = mmx(
      directory,
      'reproduce',
      'mine.yaml',
      ...quick,
      '--smoke',
      '--quiet',
    );
    expect(stderr).not.toContain('mmx:');
    expect(status).toBe(0);
    expect(stdout).toMatch(/9 claims: \d reproduced, \d not reproduced, \d not testable/);
    expect(readdirSync(folder()).sort()).toEqual(
      ['README.md', 'claims.json', 'claims.md', 'figure4.png', 'manifest.json', 'table1b', 'units'].sort(),
    );
    expectPicture(join(folder(), 'figure4.png'));
    const units = JSON.parse(read('units', 'table.json'));
    expect(units.rows.map((row: { id: string }) => row.id)).toEqual([
      'shallow-bimodal-rbm',
      'bimodal-dbn',
      'bimodal-deep-autoencoder',
    ]);
    for (const { cells } of units.rows) {
      // 64 joint units: so many of them are unimodal.
      const [value] = cells.unimodal.values as number[];
      expect(((value ?? NaN) * 64) / 100).toBeCloseTo(Math.round(((value ?? NaN) * 64) / 100), 4);
      expect(cells.unimodal.unit).toBe('percent');
    }
    const table = JSON.parse(read('table1b', 'table.json'));
    expect(table).toMatchObject({ corpus: 'talking-mouth', synthetic: true });
    expect(table.notes.join('\n')).toContain('No copy of cuave was given (--data cuave=DIR)');
    const readme = read('README.md');
    expect(readme).toMatch(/^# Two tables\n/);
    for (const link of ['table1b/table.svg', 'units/table.svg', 'figure4.png']) {
      expect(readme).toContain(`(${link})`);
      expect(readFileSync(join(folder(), link)).length).toBeGreaterThan(100);
    }
  }, 400_000);

  it('leaves what mmx check reads to the same end', () => {
    const check = mmx(directory, 'check', folder(), '--json');
    expect(check.status).toBe(0);
    expect(JSON.parse(check.stdout)).toEqual(JSON.parse(read('claims.json')));
    const { counts } = JSON.parse(check.stdout) as { counts: Record<string, number> };
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(9);
    // Most claims are about tables that are not there.
    expect(counts.not_testable).toBeGreaterThan(3);
    expect(mmx(directory, 'check', folder(), '--strict').status).toBe(1);
    // Claims that are written there again on their own are still those that the manifest records.
    const claims = readFileSync(join(folder(), 'claims.json'), 'utf8');
    writeFileSync(join(folder(), 'claims.json'), claims.replace('"counts"', '"Counts"'));
    const report = ['report', folder(), '--out', 'report.html'];
    expect(mmx(directory, ...report).stderr).toMatch(
      /claims\.json does not have the checksum that .* records/,
    );
    expect(mmx(directory, 'check', folder(), '--out', folder()).status).toBe(0);
    expect(mmx(directory, ...report).status).toBe(0);
  }, 60_000);

  it('draws the same figure alone, from what is stored', () => {
    const figure = ['figure', join(configs, 'figure4.yaml'), ...quick, 'scale=smoke', '--quiet'];
    const plan = JSON.parse(mmx(directory, ...figure, '--dry-run', '--json').stdout);
    expect(plan.counts.run).toBe(0);
    const { status, stdout } = mmx(directory, ...figure, '--out', 'drawn', '--json');
    expect(status).toBe(0);
    const [written] = JSON.parse(stdout).written as string[];
    const file = join(directory, written ?? '');
    expectPicture(file);
    expect(readFileSync(file).equals(readFileSync(join(folder(), 'figure4.png')))).toBe(true);
  }, 60_000);
});
