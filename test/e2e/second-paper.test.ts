import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { papers } from '../../src/papers/index.js';
import { doe2020 } from '../fixtures/papers/doe2020/index.js';
import { filesShown } from '../support/documents.js';
import { assertBuilt, emptyDirectory, mmxIn, type Outcome, projectRoot } from '../support/mmx.js';

/*
 * The example of docs/extending.md, followed to the letter in a copy of the installation: its files are written where the
 * document says, the paper is entered in the registry, and nothing else is changed.
 */

const shown = filesShown('docs/extending.md', 'A paper');
const own = 'src/papers/doe2020/index.ts';
const registry = 'src/papers/index.ts';
const data = [...shown].filter(([path]) => !path.startsWith('src/'));

let installation = '';
let directory = '';
const mmx = (...args: string[]): Outcome => mmxIn(installation, directory, ...args);
const results = 'results/reproduce/doe2020';
const read = (...path: string[]): string => readFileSync(join(directory, results, ...path), 'utf8');

/** The registry of the build with the paper in it, as the document's has it in the source. */
function enter(): void {
  const path = join(installation, 'dist/papers/index.js');
  const built = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    `import { doe2020 } from './doe2020/index.js';\n${built.replace(/(papers = \[.*?)\]/s, '$1, doe2020]')}`,
  );
}

beforeAll(() => {
  assertBuilt();
  installation = emptyDirectory('installation');
  directory = emptyDirectory('second-paper');
  for (const part of ['bin', 'configs', 'datasets', 'dist', 'package.json', 'results/published']) {
    cpSync(join(projectRoot, part), join(installation, part), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(installation, 'node_modules'), 'dir');
  const module = `export const doe2020 = ${JSON.stringify(doe2020)};\n`;
  for (const [path, content] of [...data, ['dist/papers/doe2020/index.js', module] as const]) {
    mkdirSync(dirname(join(installation, path)), { recursive: true });
    writeFileSync(join(installation, path), content);
  }
  enter();
});
afterAll(() => {
  for (const folder of [installation, directory]) rmSync(folder, { recursive: true, force: true });
});

describe('the example of a paper in docs/extending.md', () => {
  it('shows every file of it, and the registry with one entry more', () => {
    expect([...shown.keys()]).toEqual([
      'configs/doe2020/both.yaml',
      'configs/doe2020/alone.yaml',
      'configs/doe2020/reproduce.yaml',
      'results/published/doe2020/published.csv',
      'results/published/doe2020/README.md',
      own,
      registry,
    ]);
    const source = readFileSync(join(projectRoot, registry), 'utf8');
    const entered = source
      .replace(/^/, "import { doe2020 } from './doe2020/index.js';\n")
      .replace(`[${papers.map(({ name }) => name).join(', ')}]`, (list) => list.replace(']', ', doe2020]'));
    expect(shown.get(registry)).toBe(entered);
  });

  it('is the one whose types are checked', () => {
    const checked = readFileSync(join(projectRoot, 'test/fixtures/papers/doe2020/index.ts'), 'utf8');
    const moved = checked
      .replaceAll('../../../../src/papers/', '../')
      .replaceAll('../../../../src/', '../../');
    expect(shown.get(own)).toBe(moved);
  });
});

describe('a second paper', () => {
  it('is computed, judged and written as the first is', () => {
    const { status, stdout, stderr } = mmx('reproduce', 'doe2020', '--quiet');
    expect(stderr).not.toContain('mmx:');
    expect(status).toBe(0);
    expect(stdout).toContain('The one claim of Doe and Roe (2020)');
    expect(stdout).toContain('1 claim: 1 reproduced, 0 not reproduced, 0 not testable');
    expect(stdout).not.toMatch(/Ngiam|deep autoencoder/);
    expect(readdirSync(join(directory, results)).sort()).toEqual(
      ['README.md', 'alone', 'both', 'claims.json', 'claims.md', 'manifest.json'].sort(),
    );
    const [pixels] = JSON.parse(read('both', 'table.json')).rows;
    expect(pixels.cells['both-halves']).toMatchObject({ published: 91.5, unit: 'accuracy_pct' });
    for (const name of ['table.csv', 'table.md', 'table.tex', 'table.svg', 'manifest.json']) {
      expect(read('alone', name).length).toBeGreaterThan(100);
    }
    const readme = read('README.md');
    expect(readme).toMatch(/^# Doe and Roe, Both Halves of a Digit \(2020\)\n/);
    expect(readme).toContain('### 1. Two halves say more than one: reproduced');
    expect(readme).not.toContain('Figure');
  }, 120_000);

  it('is judged on its own numbers, and says in claims.json whose claims they are', () => {
    const claims = JSON.parse(read('claims.json'));
    expect(claims).toMatchObject({ paper: 'doe2020', tables: ['both', 'alone'] });
    const [test] = claims.claims[0].tests;
    const mean = (table: string, column: string): number =>
      JSON.parse(read(table, 'table.json')).rows[0].cells[column].mean;
    expect(test.effect).toBeCloseTo(mean('both', 'both-halves') - mean('alone', 'left-half'), 4);
    expect(test.published).toEqual({ effect: 7.25, sources: ['doe2020'] });
  });

  it('is known to mmx check by its folder, by a reference, and by name', () => {
    const again = mmx('check', results, '--json');
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(read('claims.json')));
    expect(mmx('check', '--paper', 'doe2020').stdout).toContain('The one claim of Doe and Roe (2020)');
    const reference = join(directory, 'reference.json');
    writeFileSync(reference, read('claims.json'));
    rmSync(join(directory, results, 'claims.json'));
    const against = mmx('check', results, '--against', reference, '--out', results);
    expect([against.status, against.stdout]).toEqual([0, expect.stringContaining('1 of the 1 claims')]);
    const other = mmx('check', results, '--paper', 'ngiam2011', '--against', reference);
    expect(other.status).toBe(2);
    expect(other.stderr).toBe(
      `mmx: ${reference} has claims of Doe and Roe (2020), but the tested claims are of Ngiam et al. (2011).\n`,
    );
  }, 60_000);

  it('is a run whose manifest is read again, and which says that its cells are those of its tables', () => {
    const listed = mmx('runs', 'ls');
    expect([listed.status, listed.stderr]).toEqual([0, '']);
    const { values } = JSON.parse(read('manifest.json')).config;
    expect(values.experiments).toHaveLength(2);
    expect(values).not.toHaveProperty('cells');
    const compared = mmx('runs', 'compare', results, results);
    expect(compared.status).toBe(2);
    expect(compared.stderr).toContain('name the folder that holds the table.json of one of its tables');
  });

  it('has a page', () => {
    const { status } = mmx('report', results, '--out', 'report.html');
    expect(status).toBe(0);
    const page = readFileSync(join(directory, 'report.html'), 'utf8');
    expect(page).toContain('The one claim of Doe and Roe (2020)');
    expect(page).not.toMatch(/Ngiam|deep autoencoder/);
  }, 60_000);

  it('is named by help, completion and errors', () => {
    expect(mmx('reproduce', '--help').stdout).toMatch(/doe2020, ngiam2011, ngiam2011-open/);
    expect(mmx('check', '--help').stdout).toContain('(choices: "ngiam2011", "doe2020")');
    const completion = mmx('completion', 'bash').stdout;
    expect(completion).toMatch(/reproduce.*doe2020/);
    expect(completion).toMatch(/check --paper.*ngiam2011 doe2020/);
    const figure = mmx('figure', 'any.yaml', '--paper', 'doe2020');
    expect(figure.status).toBe(2);
    expect(figure.stderr).toBe(
      'mmx: Doe and Roe (2020) has no figure\n  → mmx draws no figure of this paper.\n',
    );
  }, 60_000);

  it('leaves the first as it was', () => {
    const checked = mmx('check', join(projectRoot, 'results/reference/ngiam2011'), '--json');
    expect(JSON.parse(checked.stdout)).not.toHaveProperty('paper');
    expect(JSON.parse(checked.stdout).claims).toHaveLength(9);
  });
});
