import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { measuredRun } from '../../../../src/cli/commands/runs/compare/measured-run.js';
import { ngiam2011 } from '../../../../src/papers/ngiam2011/index.js';
import { type ArtifactOrigin, ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { checkClaims } from '../../../../src/report/claims/check-claims.js';
import { compareClaims, comparisonText } from '../../../../src/report/claims/compare.js';
import { readClaimTables } from '../../../../src/report/claims/files.js';
import { renderClaimsJson } from '../../../../src/report/claims/json.js';
import { renderClaimsMarkdown } from '../../../../src/report/claims/markdown.js';
import { parseClaims } from '../../../../src/report/claims/read-claims.js';
import { score } from '../../../fuzz/targets/valid-stored.js';
import { everyDamage, faultOf } from '../../../support/every-damage.js';
import { claimTables } from '../claims/fixture.js';
import { faults, manifest, report, stage, store, temporary, writeTable } from '../html/fixture.js';
import { cell } from '../table/fixture.js';

/*
 * One file of each kind, as mmx writes it, with every single field in turn missing or something else. Whoever reads it
 * must give a result, or say in a sentence which file is not what it should be.
 */

let folder: string;
beforeEach(() => {
  folder = temporary();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is wrong with how damaged files are read. */
function faultsOf(path: string, read: () => unknown): string[] {
  const whole: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const found: string[] = [];
  let tried = 0;
  for (const { what, text } of everyDamage(whole)) {
    tried += 1;
    writeFileSync(path, text);
    const fault = faultOf(read, path);
    if (fault !== undefined) found.push(`${what}: ${fault}`);
  }
  expect(tried).toBeGreaterThan(50);
  return found;
}

function page(artifacts?: ArtifactStore): string {
  const html = report(folder, artifacts);
  const wrong = faults(html);
  if (wrong.length > 0) throw new Error(`the page: ${wrong.slice(0, 3).join('; ')}`);
  return html;
}

const table = {
  table: 'small',
  title: 'A table',
  corpus: 'mnist-halves',
  synthetic: false,
  columns: [{ id: 'a', label: 'A' }],
  rows: [{ id: 'one', label: 'One', cells: { a: cell([60, 61, 62], [59.5, 1.5, 'ngiam2011-icml']) } }],
  references: [{ label: 'Other', source: 'corrnet2016', values: { a: { value: 70, pm2sd: 2 } } }],
  notes: ['A note.'],
};

const run = () =>
  manifest({
    config: {
      file: 'a.yaml',
      values: {
        config: { table: 'a', rows: [{ id: 'one', label: 'One' }], columns: [{ id: 'a', label: 'A' }] },
        cells: [{ row: 'one', column: 'a' }],
        experiments: [
          {
            corpus: { name: 'mnist-halves' },
            architecture: 'bimodal-dbn',
            setting: 'fusion',
            seeds: [1, 2, 3],
            rbm: { joint: { hidden: 7 } },
            features: { beside: ['left'] },
          },
        ],
      },
      origins: { 'rbm.joint': 'a.yaml:1:1' },
      files: { 'a.yaml': 'ab'.repeat(32) },
      overrides: ['a=1'],
    },
    stages: [stage('rbm', 'rbm left, seed 1')],
  });

it('table.json, in a report and in a comparison', () => {
  writeTable(folder, table, run());
  const path = join(folder, 'table.json');
  const fault = [...faultsOf(path, page)];
  writeTable(folder, table, run());
  expect([...fault, ...faultsOf(path, () => measuredRun(folder, undefined))]).toEqual([]);
});

it('table.json, where claims are checked', () => {
  for (const [name, one] of claimTables()) {
    mkdirSync(join(folder, name));
    writeTable(join(folder, name), one);
  }
  const read = () => {
    const claims = checkClaims(ngiam2011, readClaimTables(folder, ngiam2011));
    expect(renderClaimsJson(claims)).not.toContain('\u001b');
    return renderClaimsMarkdown(claims);
  };
  expect(faultsOf(join(folder, 'units', 'table.json'), read)).toEqual([]);
});

it('claims.json, in a report and as a reference', () => {
  writeTable(folder, table);
  const path = join(folder, 'claims.json');
  const claims = checkClaims(ngiam2011, claimTables());
  // One of each is as good as all of them.
  const [first] = claims.claims.map((claim) => ({ ...claim, tests: claim.tests.slice(0, 1) }));
  const few = { ...claims, claims: first === undefined ? [] : [first] };
  const content = (): void => writeFileSync(path, renderClaimsJson(few));
  content();
  const inReport = faultsOf(path, page);
  content();
  const compared = faultsOf(
    path,
    () => comparisonText(compareClaims(claims, parseClaims(readFileSync(path, 'utf8'), path))).length,
  );
  expect([...inReport, ...compared]).toEqual([]);
});

it('manifest.json, in a report and in a comparison', () => {
  writeTable(folder, table, run());
  const path = join(folder, 'manifest.json');
  const inReport = faultsOf(path, page);
  writeTable(folder, table, run());
  const compared = faultsOf(path, () => measuredRun(folder, undefined));
  expect([...inReport, ...compared]).toEqual([]);
});

const frames = 'f0'.repeat(32);
const origin: Partial<ArtifactOrigin> = {
  parameters: { corpus: { train: 'train', tests: ['test'], classes: ['ga', 'ba'] }, seed: 1 },
  inputs: { train: frames, test: 'f1'.repeat(32) },
};

it.each<[string, string, string, object]>([
  ['of an RBM', 'rbm', 'rbm left, seed 1', { shape: {}, curve: [{ epoch: 1, reconstruction: 3 }] }],
  ['of an autoencoder', 'autoencoder', 'autoencoder, seed 1', { shape: {}, curve: [{ epoch: 1, loss: 3 }] }],
  ['of a score', 'score', 'score x, fusion, seed 1', score],
])('the result %s, in a report', (_, kind, label, result) => {
  const made = stage(kind, label);
  writeTable(folder, table, manifest({ stages: [made] }));
  const directory = join(folder, '.store');
  const artifacts = new ArtifactStore(directory);
  const found: string[] = [];
  store(artifacts, made, {}, origin);
  for (const { what, text } of everyDamage(result)) {
    replaceResult(artifacts, made.hash, text);
    const fault = faultOf(() => page(artifacts), made.hash);
    if (fault !== undefined) found.push(`${what}: ${fault}`);
  }
  expect(found).toEqual([]);
});

it.each(['rbm', 'score'])('the record of an artifact of kind %s, in a report', (kind) => {
  const made = stage(kind, `${kind} left, seed 1`);
  writeTable(folder, table, manifest({ stages: [made] }));
  const artifacts = new ArtifactStore(join(folder, '.store'));
  const parameters = {
    ...(origin.parameters as object),
    ...(kind === 'rbm'
      ? { corpus: { frames: ['train'] }, name: 'left', visible: { of: 'modalities', modalities: ['left'] } }
      : {}),
  };
  const result = kind === 'rbm' ? { curve: [{ epoch: 1, reconstruction: 2 }] } : score;
  store(artifacts, made, result, { ...origin, parameters });
  const path = join(artifacts.pathOf(made.hash), 'artifact.json');
  expect(faultsOf(path, () => page(artifacts))).toEqual([]);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Puts a text in the place of an artifact's result, with its size and checksum in the record. */
function replaceResult(artifacts: ArtifactStore, hash: string, text: string): void {
  const path = join(artifacts.pathOf(hash), 'artifact.json');
  const record = JSON.parse(readFileSync(path, 'utf8'));
  record.files['result.json'] = { bytes: Buffer.byteLength(text), sha256: sha256(text) };
  writeFileSync(path, JSON.stringify(record));
  writeFileSync(join(artifacts.pathOf(hash), 'result.json'), text);
}
