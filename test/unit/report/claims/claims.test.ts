import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../../src/evaluation/claims/judge.js';
import { ngiam2011 } from '../../../../src/papers/ngiam2011/index.js';
import {
  type ClaimsReport,
  checkClaims,
  type ReportedTest,
} from '../../../../src/report/claims/check-claims.js';
import { renderClaimsJson } from '../../../../src/report/claims/json.js';
import { renderClaimsMarkdown } from '../../../../src/report/claims/markdown.js';
import { renderClaimsTerminal } from '../../../../src/report/claims/terminal.js';
import { publishedFile } from '../../../../src/report/table/published.js';
import { displayWidth } from '../../../../src/report/text/columns.js';
import { claimTables, neededCells } from './fixture.js';

const verdicts = (report: ClaimsReport): string[] => report.claims.map(({ verdict }) => verdict);

function testNamed(report: ClaimsReport, label: string): ReportedTest {
  const found = report.claims.flatMap(({ tests }) => tests).find(({ test }) => test.label === label);
  if (found === undefined) throw new Error(`no test is called ${label}`);
  return found;
}

describe('the nine claims', () => {
  it('are numbered, with tests of distinct names on the tables of the paper', () => {
    expect(ngiam2011.claims.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { tests } of ngiam2011.claims) {
      expect(new Set(tests.map(({ label }) => label)).size).toBe(tests.length);
      expect(tests.length).toBeGreaterThan(0);
      for (const cell of tests.flatMap(cellsOf)) expect(ngiam2011.tables).toContain(cell.table);
    }
    expect(new Set(neededCells.map(({ table }) => table))).toEqual(new Set(ngiam2011.tables));
  });

  it('all hold on tables made to hold them', () => {
    const report = checkClaims(ngiam2011, claimTables());
    expect(verdicts(report)).toEqual(new Array(9).fill('reproduced'));
    expect(report).toMatchObject({
      corpora: ['talking-mouth'],
      synthetic: true,
      tables: [...ngiam2011.tables],
      counts: { reproduced: 9, 'not reproduced': 0, 'not testable': 0 },
    });
  });

  it.each([
    [1, 'table1a/rbm/video', [60, 61, 62]],
    [1, 'table1b/preprocessed/video', [55]],
    [2, 'controls/without-audio-reconstruction/digits', [68, 69, 67]],
    [2, 'controls/shallow/letters', [64.5, 66, 65]],
    [3, 'table2/audio-only-deep-autoencoder/clean', [97, 97.1, 97.2]],
    [4, 'table2/bimodal-deep-autoencoder/clean', [95.5, 96, 96.5]],
    [4, 'table2/bimodal-deep-autoencoder/noisy', new Array(15).fill(70)],
    [5, 'table2/video-only-deep-autoencoder-and-audio-rbm/noisy', new Array(15).fill(84)],
    [6, 'table3/bimodal-deep-autoencoder-mixed/ba', [70, 71, 69]],
    [6, 'table3/bimodal-dbn-mixed/da', [80, 81, 82]],
    [6, 'table3/rbm-mixed/da', [80, 81, 82]],
    [7, 'table4/rbm-cca/seeing-to-hear', [49, 50, 51]],
    [7, 'table4/bimodal-deep-autoencoder/seeing-to-hear', [13, 14, 15]],
    [7, 'table4/rbm-cca/hearing-to-see', [40, 41, 42]],
    [8, 'controls/without-zeroed-examples/letters', [59, 60, 61]],
    [8, 'controls/without-zeroed-examples/seeing-to-hear', [20, 21, 22]],
    [9, 'units/shallow-bimodal-rbm/unimodal', [40, 41, 42]],
    [9, 'units/bimodal-dbn/unimodal', [60, 61, 62]],
  ])('claim %i falls with %s, and it alone or those that share the cell', (number, name, values) => {
    const report = checkClaims(ngiam2011, claimTables({ [name]: values }));
    expect(report.claims[number - 1]?.verdict).toBe('not reproduced');
    const [table, row, column] = name.split('/');
    const touched = ngiam2011.claims.filter(({ tests }) =>
      tests
        .flatMap(cellsOf)
        .some((cell) => cell.table === table && cell.row === row && cell.column === column),
    );
    const fallen = report.claims.filter(({ verdict }) => verdict !== 'reproduced');
    expect(touched.map((claim) => claim.number)).toEqual(
      expect.arrayContaining(fallen.map(({ claim }) => claim.number)),
    );
  });

  it('cannot be tested without their tables, and only the published effects are left', () => {
    const report = checkClaims(ngiam2011, new Map());
    expect(verdicts(report)).toEqual(new Array(9).fill('not testable'));
    expect(report).toMatchObject({ corpora: [], synthetic: false, tables: [] });
    expect(testNamed(report, 'digits: video-only AE > video RBM').published?.difference).toBeCloseTo(3.3, 10);
  });

  it('are told apart by what is missing', () => {
    const tables = claimTables({ 'table2/audio-only-deep-autoencoder/clean': null });
    tables.delete('units');
    const report = checkClaims(ngiam2011, tables);
    const untestable = report.claims.filter(({ verdict }) => verdict === 'not testable');
    expect(untestable.map(({ claim }) => claim.number)).toEqual([3, 9]);
    expect(untestable[0]?.tests[0]?.missing).toEqual(['table2 has no row audio-only-deep-autoencoder']);
    expect(untestable[1]?.tests[0]?.missing).toEqual(['units is absent']);
  });

  it('say why a table was left out on purpose', () => {
    const tables = claimTables();
    tables.delete('table3');
    const report = checkClaims(
      ngiam2011,
      tables,
      new Map([['table3', 'no open recordings of McGurk material']]),
    );
    expect(report.counts).toEqual({ reproduced: 8, 'not reproduced': 0, 'not testable': 1 });
    const why = 'table3 is left out: no open recordings of McGurk material';
    const terminal = renderClaimsTerminal(report, { colour: false, width: 100 });
    expect(terminal).toMatch(/McGurk effect {2}not testable/);
    expect(terminal).toContain(`missing: ${why}`);
    expect(renderClaimsMarkdown(report)).toContain(`Missing: ${why}.`);
    expect(JSON.parse(renderClaimsJson(report)).claims[5].tests[0].missing).toEqual([why]);
  });

  it('average noise draws within a seed', () => {
    const { effect } = testNamed(checkClaims(ngiam2011, claimTables()), 'noisy: bimodal AE > audio RBM');
    expect(effect?.counts).toEqual([3, 3]);
  });
});

describe('the effects in the paper', () => {
  const report = checkClaims(ngiam2011, new Map());
  const published = (label: string): number | undefined => testNamed(report, label).published?.difference;

  // From the lines of results/published/ngiam2011/published.csv, by hand.
  it.each([
    ['letters: video-only AE > video RBM', 64.4 - 54.2],
    ['digits: video RBM > preprocessed video', 65.4 - 58.5],
    ['letters: video-only AE > no audio reconstruction', 14.3],
    ['digits: video-only AE > shallow AE', 2.1],
    ['letters: shallow AE > no audio reconstruction', -5 - -14.3],
    ['clean: audio RBM > bimodal AE + RBM', 95.8 - 94.4],
    ['noisy: bimodal AE > audio RBM', 77.3 - 75.8],
    ['noisy: bimodal AE + RBM > video-only AE + RBM', 82.2 - 76.6],
    ['bimodal AE: V/ga/+A/ga/ is mostly /ga/', 82.6 - 15.2],
    ['bimodal AE: V/ga/+A/ba/ is mostly /da/', 58.7 - 28.3],
    ['seeing-to-hear: RBM-CCA > raw CCA by 10 points', 91.7 - 42.9],
    ['seeing-to-hear: bimodal AE above chance', 24.3 - 10],
    ['hearing-to-see: RBM-CCA > bimodal AE', 57.3 - 30.7],
    ['letters: bimodal AE > without zeroed examples', 59.2 - 50.4],
  ])('%s: %f', (label, difference) => {
    expect(published(label)).toBeCloseTo(difference, 10);
  });

  it('are absent where the paper prints none', () => {
    for (const label of [
      'clean: audio-only AE not above audio RBM',
      'bimodal DBN: V/ga/+A/ba/ is not mostly /da/',
      'hearing-to-see: without zeroed examples at chance',
      'shallow bimodal RBM: more than half are unimodal',
    ]) {
      expect(testNamed(report, label).published).toBeNull();
    }
  });

  it('name lines of the file of published numbers', () => {
    const keys = new Set(
      readFileSync(publishedFile(ngiam2011.published), 'utf8')
        .split('\n')
        .map((line) => line.split(',').slice(0, 5).join()),
    );
    for (const { published } of neededCells) {
      if (published === null) continue;
      const { source, table, corpus, method, condition } = published;
      expect(keys).toContain([source, table, corpus, method, condition].join());
    }
  });

  it('would all be reproduced: the claims are those of the paper', () => {
    for (const { claim, tests } of report.claims) {
      for (const { test, published: effect } of tests) {
        if (effect !== null) expect(effect.difference, `${claim.number}: ${test.label}`).toBeGreaterThan(1);
      }
    }
  });
});

describe('the formats', () => {
  const tables = claimTables({
    'table1a/rbm/video': [50, 38, 39],
    'table2/audio-only-deep-autoencoder/clean': null,
    'units/bimodal-dbn/unimodal': [60, 61, 62],
  });
  const report = checkClaims(ngiam2011, tables);

  it.each([60, 80, 100, 120])('fit a terminal of %i columns', (width) => {
    const text = renderClaimsTerminal(report, { colour: false, width });
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    for (const { claim, tests } of report.claims) {
      expect(text).toContain(claim.title.slice(0, 20));
      expect(text.split('✓').length + text.split('✗').length).toBeGreaterThan(tests.length);
    }
    expect(text).toContain('[synthetic corpus]');
    expect(text).toContain('9 claims: 6 reproduced, 2 not reproduced, 1 not testable');
  });

  it('give a test one line at 100 columns', () => {
    const lines = renderClaimsTerminal(report, { colour: false, width: 100 }).split('\n');
    const labels = report.claims.flatMap(({ tests }) => tests.map(({ test }) => test.label));
    for (const label of labels) {
      const found = lines.filter((line) => line.trim().startsWith(`${label}  `));
      // Claims 4 and 5 share a test.
      expect(found).toHaveLength(labels.filter((other) => other === label).length);
      for (const line of found) expect(line).toMatch(/(✓ reproduced|✗ [a-z ]+|– not testable)$/);
    }
    const of = (label: string): string | undefined => lines.find((line) => line.includes(label));
    expect(of('digits: video-only AE > video RBM')).toMatch(/\+10\.0 ± \d\.\d +\+3\.3 {2}✓ reproduced$/);
    expect(of('letters: video RBM > preprocessed')).toMatch(/\+2\.3 ± 7\.7 +\+8\.0 {2}✗ within the noise$/);
    expect(of('bimodal DBN: less than half')).toMatch(/−11\.0 ± 1\.2 +✗ opposite$/);
    expect(of('missing:')).toContain('table2 has no row audio-only-deep-autoencoder');
  });

  it('colour the verdicts only where allowed', () => {
    const coloured = renderClaimsTerminal(report, { colour: true, width: 100 });
    expect(coloured).toContain('\u001b[32m✓ reproduced');
    expect(coloured).toContain('\u001b[31m✗ opposite');
    expect(coloured).toContain('\u001b[33m– not testable');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape codes are what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(
      renderClaimsTerminal(report, { colour: false, width: 100 }),
    );
  });

  it('are Markdown with one table of verdicts and one for each claim', () => {
    const text = renderClaimsMarkdown(report);
    expect(text.match(/^### /gm)).toHaveLength(9);
    expect(text).toContain(
      '| 9 | Deep models connect the modalities, shallow ones do not | not reproduced |',
    );
    expect(text).toContain('| bimodal DBN: less than half are unimodal | −11.0 ± 1.2 |  | ✗ opposite |');
    expect(text).toContain('Missing: table2 has no row audio-only-deep-autoencoder.');
    expect(text).toContain('(synthetic corpus)');
    for (const line of text.split('\n').filter((one) => one.startsWith('|'))) {
      expect(line.split(/(?<!\\)\|/).length).toSatisfy((fields: number) => fields === 5 || fields === 6);
    }
  });

  it('are JSON with every number behind a verdict', () => {
    const content = JSON.parse(renderClaimsJson(report));
    expect(content).toMatchObject({
      corpora: ['talking-mouth'],
      synthetic: true,
      counts: { reproduced: 6, not_reproduced: 2, not_testable: 1 },
    });
    expect(content.claims).toHaveLength(9);
    expect(content.claims[0].tests[0]).toEqual({
      label: 'letters: video-only AE > video RBM',
      kind: 'above',
      above: 'table1a/video-only-deep-autoencoder/video',
      below: 'table1a/rbm/video',
      at_least: null,
      verdict: 'reproduced',
      reason: null,
      effect: expect.closeTo(17.666667, 6),
      standard_error: expect.any(Number),
      sd: expect.any(Number),
      method: 'paired',
      n: [3, 3],
      threshold: expect.any(Number),
      published: { effect: 10.2, sources: ['ngiam2011-icml'] },
      missing: [],
    });
    const first = content.claims[0].tests[0];
    expect(first.threshold).toBeCloseTo(2 * first.standard_error, 5);
    expect(first.standard_error).toBeCloseTo(first.sd / Math.sqrt(3), 5);
    expect(renderClaimsJson(checkClaims(ngiam2011, tables))).toBe(renderClaimsJson(report));
  });

  it('say that the effects in the paper are of other recordings, unless they are of these', () => {
    const sentence =
      /Other recordings than the paper's, which are avletters, cuave, stanford-mcgurk\. .* no yardstick/;
    const text = (corpus: string): string =>
      renderClaimsMarkdown({ ...checkClaims(ngiam2011, claimTables({}, false)), corpora: [corpus] });
    expect(text('grid-digits').replaceAll('\\', '')).toMatch(sentence);
    expect(text('cuave')).not.toMatch(/Other recordings/);
    expect(renderClaimsMarkdown(checkClaims(ngiam2011, claimTables()))).not.toMatch(/Other recordings/);
  });

  it('say nothing of synthetic corpora on recorded ones', () => {
    const recorded = checkClaims(ngiam2011, claimTables({}, false));
    expect(recorded.synthetic).toBe(false);
    expect(renderClaimsTerminal(recorded, { colour: false, width: 100 })).not.toMatch(/synthetic/i);
    expect(renderClaimsMarkdown(recorded)).not.toMatch(/synthetic/i);
  });
});
