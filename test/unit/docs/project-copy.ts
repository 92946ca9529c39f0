import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadReproduction, loadTable, type ResolvedTable } from '../../../src/config/index.js';
import { corpusNamed } from '../../../src/corpora/registry.js';
import { ngiam2011 } from '../../../src/papers/ngiam2011/index.js';
import { checkClaims } from '../../../src/report/claims/check-claims.js';
import { writeClaims } from '../../../src/report/claims/files.js';
import { writeTable } from '../../../src/report/files/write.js';
import { collectTable } from '../../../src/report/table/collect.js';
import type { ResultTable } from '../../../src/report/table/table.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a script of docs/, on the project itself or on a copy of it. */
export function runScript(
  name: string,
  ...args: string[]
): { readonly status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'docs', name), ...args], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** Documents, configs and results of the project without those of its reproductions, in a new folder. */
export function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mmx-docs-'));
  for (const path of [
    'README.md',
    'bench/README.md',
    'docs',
    'configs',
    'results/published',
    'results/reference',
  ]) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !/results.reference.ngiam2011(-amd-epyc|-intel-xeon)?$/.test(source),
    });
  }
  return folder;
}

/** The tables that `mmx reproduce ngiam2011` computes without copies of the corpora, by folder. */
export function paperTables(): ReadonlyMap<string, ResolvedTable> {
  const configs = join(root, 'configs', 'ngiam2011');
  const { tables } = loadReproduction(join(configs, 'reproduce.yaml'));
  const load = (file: string): ResolvedTable =>
    loadTable(join(configs, file), [], { hasCorpus: (name) => name === 'talking-mouth' });
  return new Map(Object.entries(tables).map(([folder, file]) => [folder, load(file)]));
}

/** Of each cell, by its place in the table: three seeds about a whole number. */
export const meanAt = (index: number): number => 10 + 3 * index;

/**
 * Writes tables and claims of made-up scores into a copy, in the very form `mmx reproduce` gives them.
 *
 * @param moved points that a cell is above its usual mean, by its place
 */
export function addReproduction(
  folder: string,
  { name: reproduction = 'ngiam2011', cpu = 'Abacus', moved = (_index: number): number => 0 } = {},
): string {
  const target = join(folder, 'results', 'reference', reproduction);
  const results = new Map<string, ResultTable>();
  let stage = 0;
  for (const [name, table] of paperTables()) {
    const scores = table.cells.map(({ row, column }, index) => {
      const mean = meanAt(index) + moved(index);
      return { row, column, values: [mean - 0.5, mean, mean + 0.5] };
    });
    const result = collectTable(table, scores, [corpusNamed('talking-mouth')]);
    results.set(name, result);
    writeTable(result, join(target, name));
    const manifest = {
      command: ['mmx', 'reproduce', 'ngiam2011'],
      cores: 2,
      cpu,
      engine: { name: 'beads' },
      jobs: 2,
      seeds: [1, 2, 3],
      config: { values: { experiments: [{ scale: 'reference' }] } },
      // Ten minutes that all tables share, and ten of its own on each of two cores.
      stages: [
        { hash: 'shared', seconds: 1200 },
        { hash: `own ${stage++}`, seconds: 1200 },
      ],
    };
    writeFileSync(join(target, name, 'manifest.json'), JSON.stringify(manifest));
  }
  writeClaims(checkClaims(ngiam2011, results), target);
  writeFileSync(join(target, 'figure4.png'), '');
  return target;
}
