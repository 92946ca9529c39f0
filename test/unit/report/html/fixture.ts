import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperNamed } from '../../../../src/papers/find.js';
import type { ManifestStage, RunManifest } from '../../../../src/pipeline/runs/manifest.js';
import { type ArtifactOrigin, ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { collectResults } from '../../../../src/report/html/collect-results.js';
import { renderReport } from '../../../../src/report/html/page.js';
import { renderJson } from '../../../../src/report/table/json.js';
import type { ResultTable } from '../../../../src/report/table/table.js';

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'mmx-report-'));

export function stage(kind: string, label: string, of: Partial<ManifestStage> = {}): ManifestStage {
  const hash = Buffer.from(`${kind} ${label}`).toString('hex').padEnd(64, '0').slice(-64);
  return {
    hash,
    kind,
    label,
    end: 'ran',
    seconds: 12.25,
    created: '2026-01-02T03:04:05.000Z',
    engine: 'wasm',
    ...of,
  };
}

/** As far as manifests of every version tell of one. */
export const experiment = {
  corpus: { name: 'mnist-halves' },
  architecture: 'bimodal-dbn',
  setting: 'fusion',
  seeds: [1, 2],
};

export function manifest(of: Partial<RunManifest> = {}): RunManifest {
  return {
    format: 1,
    command: ['mmx', 'table', 'a.yaml', 'rbm.hidden=<7>'],
    mmx: '9.8.7',
    commit: '0123456789abcdef',
    node: 'v20.0.0',
    platform: 'linux-x64',
    cpu: 'A processor',
    cores: 4,
    memoryBytes: 8e9,
    engine: {
      name: 'wasm',
      description: 'an engine of wasm',
      versions: { core: '4.22.0' },
      declined: [{ name: 'ort', reason: 'engine ort: koffi is not installed' }],
    },
    jobs: 2,
    threads: 1,
    config: {
      file: 'a.yaml',
      values: {
        config: { table: 'a', title: 'A' },
        experiments: [
          { ...experiment, rbm: { hidden: 7, epochs: 3 } },
          { ...experiment, rbm: { hidden: 7, epochs: 5 } },
        ],
      },
      origins: {
        title: 'a.yaml:2:8',
        'rbm.hidden': 'command line: rbm.hidden=7',
        'rbm.epochs': 'a.yaml:5:3; b.yaml:1:1',
        'corpus.name': 'base.yaml:9:9',
        'nowhere.to.be': 'default',
      },
      files: { 'a.yaml': 'ab'.repeat(32) },
      overrides: ['rbm.hidden=<7>'],
    },
    seeds: [1, 2],
    started: '2026-01-02T03:04:05.678Z',
    ended: '2026-01-02T03:05:05.678Z',
    seconds: 60,
    peakRssBytes: 1e8,
    stages: [],
    ...of,
  };
}

export function writeTable(directory: string, table: ResultTable, run?: RunManifest): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'table.json'), renderJson(table));
  if (run) writeFileSync(join(directory, 'manifest.json'), JSON.stringify(run));
}

/** Puts the result of a stage where a report looks for it. */
export function store(
  artifacts: ArtifactStore,
  { hash, kind, label }: ManifestStage,
  json: object,
  of: Partial<ArtifactOrigin> = {},
): void {
  artifacts.save(
    hash,
    { tensors: {}, json: JSON.parse(JSON.stringify(json)) },
    {
      kind,
      version: 1,
      label,
      parameters: {},
      inputs: {},
      engine: { name: 'wasm', description: '', versions: {} },
      seconds: 1,
      ...of,
    },
  );
}

export const report = (
  directory: string,
  artifacts = new ArtifactStore(join(directory, 'no-store')),
): string =>
  renderReport(collectResults(directory, paperNamed), { store: artifacts, version: '1.2.3', name: 'folder' });

/** Elements that are not closed, or closed by another, and ids that repeat or that a link lacks. */
export function faults(html: string): readonly string[] {
  const open: string[] = [];
  const found: string[] = [];
  const alone = new Set(['meta', 'link', 'img', 'br', 'col']);
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '').replace('<!doctype html>', '');
  for (const [whole, close, name = '', self] of body.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    if (close) {
      const last = open.pop();
      if (last !== name) found.push(`${whole} closes <${last}>`);
    } else if (!self && !alone.has(name)) open.push(name);
  }
  if (open.length > 0) found.push(`left open: ${open.join(', ')}`);
  const ids = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? '');
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`two ids ${id}`);
  for (const [, target = ''] of body.matchAll(/href="#([^"]*)"/g)) {
    if (!ids.includes(target)) found.push(`nothing is called ${target}`);
  }
  return found;
}

/** What a reader reads, without markup. */
export const words = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');

/** What must be there. */
export function the<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}
