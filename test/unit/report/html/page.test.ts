import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { paperNamed } from '../../../../src/papers/find.js';
import { ngiam2011 } from '../../../../src/papers/ngiam2011/index.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { checkClaims } from '../../../../src/report/claims/check-claims.js';
import { renderClaimsJson } from '../../../../src/report/claims/json.js';
import { parseClaims } from '../../../../src/report/claims/read-claims.js';
import { barsText } from '../../../../src/report/html/bars-figure.js';
import { collectResults } from '../../../../src/report/html/collect-results.js';
import { configRows } from '../../../../src/report/html/config-values.js';
import { renderReport } from '../../../../src/report/html/page.js';
import type { ReportedPaper } from '../../../../src/report/paper.js';
import { errorOf } from '../../../support/errors.js';
import { claimTables } from '../claims/fixture.js';
import { tricky, wide } from '../table/fixture.js';
import { experiment, faults, manifest, report, stage, temporary, the, words, writeTable } from './fixture.js';

const reference = join(import.meta.dirname, '../../../../results/reference');

let folder: string;
beforeEach(() => {
  folder = temporary();
});

/** The rows of the first table of results, as texts. */
const rowsOf = (html: string): readonly (readonly string[])[] =>
  [
    ...(/<table class="results">[\s\S]*?<\/table>/.exec(html)?.[0] ?? '').matchAll(/<tr[^>]*>(.*?)<\/tr>/gs),
  ].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, field = '']) => words(field).trim()),
  );

describe('the report of one table', () => {
  it('has its numbers beside the published ones, under headers', () => {
    writeTable(folder, tricky, manifest());
    const html = report(folder);
    expect(faults(html)).toEqual([]);
    expect(rowsOf(html).slice(2)).toEqual([
      [
        'Single view, "ceiling"',
        '81.5 ± 0.7 (3)',
        '81.62',
        '−0.1',
        '80.1 (1)',
        '80.06',
        '0.0',
        '– does not apply',
        '',
        '',
      ],
      [
        'RBM_CCA *50* dims ~ a_b^2 \\ <tag> `code` [link] — a label long enough to be wrapped',
        ...['87.9 ± 0.4 (3)', '', '', '75.5 ± 74.4 (5)', '91.7 ± 2.4', '−16.2', '100.0 ± 0.0 (2)', '', ''],
      ],
      [
        '- Bimodal deep autoencoder σ=1',
        ...[
          '60.4 ± 0.1 (2)',
          '64.14',
          '−3.8',
          '– does not apply',
          '',
          '',
          '−7.6 ± 1.0 (3) pts',
          '−7.7',
          '+0.1',
        ],
      ],
      ['CorrNet [Chandar et al.] (other work)', '', '77.05', '', '', '78.81 ± 1.5', '', '', '', ''],
      ['[CorrMCNN, Arc 1] (other work)', '', '90.27', '', '', '', '', '', '', ''],
    ]);
    expect(html).toContain('<th scope="colgroup" colspan="3">left→right</th>');
    expect(html.match(/<th scope="row">/g)?.length).toBeGreaterThanOrEqual(5);
    expect(words(html)).toContain('Learnt on the first 10,000 of 60,000 images; C = 1 & 5 folds.');
  });

  it('says plainly that a corpus is synthetic, and only then', () => {
    writeTable(folder, { ...tricky, synthetic: true });
    expect(words(report(folder))).toMatch(/Synthetic corpus\. mnist-halves is generated, not recorded/);
    writeTable(folder, wide);
    expect(words(report(folder))).not.toMatch(/synthetic/i);
  });

  it('lets nothing of the data become markup', () => {
    const evil = '</style><script>alert(1)</script><img src=x onerror="a()">';
    writeTable(
      folder,
      {
        ...tricky,
        title: evil,
        corpus: evil,
        notes: [evil],
        rows: tricky.rows.map((row) => ({ ...row, label: evil })),
        columns: tricky.columns.map((column) => ({ ...column, label: `${evil}" onclick="b()` })),
      },
      manifest({ command: ['mmx', evil], stages: [stage('rbm', evil, { end: 'failed' })] }),
    );
    const html = report(folder);
    expect(faults(html)).toEqual([]);
    expect(html).not.toMatch(/<script|<img|<[^>]* on(error|click)="/);
    expect(words(html)).toContain(evil);
  });

  it('fetches nothing: no address but those of its own parts, and a policy that forbids it', () => {
    writeTable(folder, tricky, manifest());
    const html = report(folder);
    const addresses = [...html.matchAll(/(?:src|href|action|srcset)="([^"]*)"/g)].map(
      ([, address = '']) => address,
    );
    expect(addresses.filter((address) => !/^(#|data:)/.test(address))).toEqual([]);
    expect(html).not.toMatch(/@import|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it('describes the bars by their ends', () => {
    expect(barsText({ ...wide, columns: wide.columns.slice(0, 1) })).toBe(
      'Bar chart of Architectures × settings. left: highest RBM-CCA, 82.0 %, lowest Raw pixels, ' + '70.0 %.',
    );
    writeTable(folder, wide);
    expect(report(folder)).toMatch(/<svg [^>]*role="img" aria-label="Bar chart of Architectures/);
  });

  it('tells how it was computed', () => {
    const run = manifest({
      stages: [
        stage('rbm', 'rbm left, seed 1'),
        stage('score', 'score it', { end: 'reused', seconds: 600, engine: 'ort' }),
      ],
    });
    writeTable(folder, wide, run);
    const said = words(report(folder));
    for (const fact of [
      'mmx table a.yaml rbm.hidden=<7>',
      '9.8.7, commit 0123456789ab',
      'an engine of wasm',
      'engine ort: koffi is not installed',
      'v20.0.0, linux-x64',
      '2026-01-02 03:04 UTC, 60.0 s',
      '2 stages: 1 ran, 1 reused; 10 min of computing',
      'rbm left, seed 1 rbm ran 12.3 wasm',
      'score it score reused 600.0 ort',
      'rbm.epochs 3 or 5 a.yaml:5:3; b.yaml:1:1',
    ]) {
      expect(said).toContain(fact);
    }
  });

  it('names each value of the configuration with its origin, or that of what it is part of', () => {
    expect(configRows(manifest())).toEqual([
      { path: 'corpus.name', value: '"mnist-halves"', origin: 'base.yaml:9:9' },
      { path: 'architecture', value: '"bimodal-dbn"', origin: null },
      { path: 'setting', value: '"fusion"', origin: null },
      { path: 'seeds', value: '[1,2]', origin: null },
      { path: 'rbm.hidden', value: '7', origin: 'command line: rbm.hidden=7' },
      { path: 'rbm.epochs', value: '3 or 5', origin: 'a.yaml:5:3; b.yaml:1:1' },
    ]);
    const { config } = manifest();
    const experiments = [
      { ...experiment, unlabelled: [{ name: 'a', part: { of: 'x' } }], rest: { a: 1, constructor: 2 } },
    ];
    const origins = { 'unlabelled.0': 'here', 'seeds.0': 'there' };
    const rows = configRows({ config: { ...config, values: { experiments }, origins } });
    expect(rows.filter(({ path }) => /unlabelled|seeds|rest/.test(path))).toEqual([
      { path: 'seeds', value: '[1,2]', origin: 'there' },
      { path: 'unlabelled.0.name', value: '"a"', origin: 'here' },
      { path: 'unlabelled.0.part.of', value: '"x"', origin: 'here' },
      { path: 'rest.a', value: '1', origin: null },
      { path: 'rest.constructor', value: '2', origin: null },
    ]);
  });

  it('says in one line what the store lacks, and which stages failed', () => {
    writeTable(
      folder,
      wide,
      manifest({ stages: [stage('rbm', 'x'), stage('score', 'y', { end: 'skipped' })] }),
    );
    const said = words(report(folder));
    expect(said).toContain('None of the 2 models and scores of these runs are in the artifact store');
    expect(said).toContain('stage “y” skipped.');
    expect(said).not.toMatch(/Training curves Means|Confusion matrices Rows/);
  });

  it('gives equal bytes for equal results', () => {
    writeTable(folder, tricky, manifest());
    expect(report(folder)).toBe(report(folder));
  });
});

describe('the report of a reproduction', () => {
  const write = (values: Parameters<typeof claimTables>[0] = {}): void => {
    const tables = claimTables(values);
    for (const [name, table] of tables) writeTable(join(folder, name), table);
    writeFileSync(join(folder, 'claims.json'), renderClaimsJson(checkClaims(ngiam2011, tables)));
    writeFileSync(join(folder, 'README.md'), '# A paper & its tables\n\n# Another heading\n');
  };

  it('has the claims with their verdicts, from claims.json', () => {
    write({ 'table1a/rbm/video': [70, 71, 72] });
    const html = report(folder);
    expect(faults(html)).toEqual([]);
    const said = words(html);
    expect(said).toContain('A paper & its tables');
    expect(said).toContain('9 claims: 8 reproduced, 1 not reproduced, 0 not testable');
    expect(said).toMatch(/1\. Cross-modality learning helps video ✗ not reproduced/);
    expect(said).toMatch(/letters: video-only AE > video RBM −11\.0 ± [\d.]+ \+10\.2 ✗ opposite/);
  });

  it('reads back from claims.json what was written', () => {
    const computed = checkClaims(ngiam2011, claimTables());
    const read = parseClaims(renderClaimsJson(computed), 'claims.json');
    expect(read.counts).toEqual(computed.counts);
    expect(read.claims.map(({ title, verdict, tests }) => [title, verdict, tests.length])).toEqual(
      computed.claims.map(({ claim, verdict, tests }) => [claim.title, verdict, tests.length]),
    );
  });

  it('lists what claims lack', () => {
    write();
    const tables = new Map([...claimTables()].filter(([name]) => name !== 'table3'));
    rmSync(join(folder, 'table3'), { recursive: true });
    writeFileSync(join(folder, 'claims.json'), renderClaimsJson(checkClaims(ngiam2011, tables)));
    expect(words(report(folder))).toMatch(/Claim 6, The McGurk effect, lacks .*table3/);
  });

  it('has figure 4 inside, and says what it shows', () => {
    write();
    const png = readFileSync(join(reference, 'ngiam2011/figure4.png'));
    writeFileSync(join(folder, 'figure4.png'), png);
    const html = report(folder);
    const [, alt = '', width, height] =
      /<img src="data:image\/png;base64,[\w+/=]+" alt="([^"]*)" width="(\d+)" height="(\d+)">/.exec(html) ??
      [];
    expect(alt).toMatch(/^Figure 4: deep units/);
    expect([Number(width), Number(height)]).toEqual([png.readUInt32BE(16), png.readUInt32BE(20)]);
    expect(html).toContain(png.toString('base64'));
    const [group] = collectResults(join(reference, 'ngiam2011'), paperNamed);
    expect(the(group?.figures[0]).figure.describe(the(group).tables)).toContain(
      'of a model with 2277 deep units, learnt for talking-mouth (generated, not recorded)',
    );
  });
});

describe('the report of another paper', () => {
  const other: ReportedPaper = {
    name: 'doe2020',
    cited: 'Doe and Roe (2020)',
    tables: ['one'],
    claims: ngiam2011.claims.slice(0, 1),
    published: ngiam2011.published,
    figures: [1, 2].map((number) => ({
      name: `figure${number}`,
      title: `Figure ${number}`,
      subtitle: 'a <picture>',
      caption: `How to read figure ${number}.`,
      alt: 'A picture',
      describe: (tables) => `Figure ${number} of ${tables.length} tables`,
    })),
  };
  const page = (): string =>
    renderReport(
      collectResults(folder, (name, where) => {
        expect([name, where]).toEqual(['doe2020', join(folder, 'claims.json')]);
        return other;
      }),
      { store: new ArtifactStore(join(folder, '.store')), version: '1.2.3', name: 'folder' },
    );
  const write = (): void => {
    for (const [name, table] of claimTables()) writeTable(join(folder, name), table);
    writeFileSync(join(folder, 'claims.json'), renderClaimsJson(checkClaims(other, claimTables())));
  };

  it('has its claims and its figures, those that are there', () => {
    write();
    const png = readFileSync(join(reference, 'ngiam2011/figure4.png'));
    for (const name of ['figure2.png', 'figure4.png']) writeFileSync(join(folder, name), png);
    const html = page();
    expect(faults(html)).toEqual([]);
    const said = words(html);
    expect(said).toContain('The one claim of Doe and Roe (2020)');
    expect(said).toMatch(/Figure 2: a <picture> How to read figure 2\./);
    expect(html).toContain('alt="Figure 2 of 7 tables"');
    expect(said).not.toMatch(/Figure [14]|audio RBM beside/);
  });

  it('says which figure is no picture', () => {
    write();
    writeFileSync(join(folder, 'figure1.png'), 'text');
    const error = errorOf(page);
    expect(error.code).toBe('report/figure-1');
    expect(error.message).toContain('figure1.png cannot be put into the report: it is not a PNG picture');
    expect(error.hint).toMatch(/leaves out figure 1\.$/);
  });
});

describe('the report of the committed results', () => {
  it('takes a folder of several apart into groups', () => {
    const groups = collectResults(reference, paperNamed);
    expect(groups.map(({ name }) => name)).toEqual([
      ...['reference', 'gpu', 'ngiam2011', 'ngiam2011-amd-epyc', 'ngiam2011-intel-xeon'],
    ]);
    expect(groups[2]?.tables.map(({ name }) => name)).toEqual([
      ...['table1a', 'table1b', 'table2', 'table3', 'table4', 'controls', 'units'],
    ]);
    const html = report(reference);
    expect(faults(html)).toEqual([]);
    expect(words(html)).toContain('Results in folder');
  });

  it('names the corpora that others stood in for, once each', () => {
    const said = words(report(join(reference, 'ngiam2011')));
    const [, rest = ''] = said.split(/What is not here(?!.*What is not here)/);
    expect(rest.match(/No copy of cuave was given/g)).toHaveLength(1);
    expect(rest).toContain('No copy of avletters was given');
  });
});

describe('what cannot be reported', () => {
  it.each([
    ['There is no folder', () => join(folder, 'absent'), 'report/no-results'],
    ['There is no table.json in', () => folder, 'report/no-results'],
  ])('%s', (message, place, code) => {
    expect(() => collectResults(place(), paperNamed)).toThrow(
      expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['table.json', '{', 'is not a table: it is not valid JSON'],
    ['claims.json', '{"corpora": [], "synthetic": true}', 'is not a record of claims: tables is missing'],
    ['manifest.json', '[]', 'is not a run manifest'],
    ['manifest.json', '{"format": 1, "stages": []}', 'is not a run manifest: command is missing'],
    ['figure4.png', 'text', 'cannot be put into the report: it is not a PNG picture'],
  ])('a damaged %s', (name, content, message) => {
    writeTable(folder, wide);
    writeFileSync(join(folder, name), content);
    expect(() => collectResults(folder, paperNamed)).toThrow(`${join(folder, name)} ${message}`);
  });
});
