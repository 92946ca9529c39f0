/** Stored JSON as mmx writes it, small: what is damaged to make inputs. */

import { MmxError } from '../../../src/errors.js';
import { ngiam2011 } from '../../../src/papers/ngiam2011/index.js';
import { serialiseError } from '../../../src/pipeline/run/errors.js';
import type { RunEvent } from '../../../src/pipeline/run/events.js';
import type { ManifestStage, RunManifest } from '../../../src/pipeline/runs/manifest.js';
import { checkClaims } from '../../../src/report/claims/check-claims.js';
import { renderClaimsJson } from '../../../src/report/claims/json.js';
import { renderJson } from '../../../src/report/table/json.js';
import { summarise } from '../../../src/report/table/summary.js';
import type { ResultTable } from '../../../src/report/table/table.js';

/** What a `score` stage stores. */
export const score = {
  accuracy: 75,
  folds: [75],
  c: [1],
  crossValidation: [{ c: 1, accuracy: 70 }],
  confusion: [
    [3, 1],
    [1, 3],
  ],
  answers: [1, 2],
  dimensions: 3,
  trained: 8,
  tested: 8,
};

export const hashes = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));
export const [rbmHash = '', scoreHash = '', frontEndHash = '', framesHash = ''] = hashes;

const cell = (values: readonly number[], published: number | null = null) => ({
  ...summarise(values),
  values,
  published: published === null ? null : { value: published, pm2sd: 1.5, source: 'ngiam2011-icml' },
  unit: 'accuracy_pct',
});

/** Of the ids that claims look for. */
export const table: ResultTable = {
  table: 'units',
  title: 'A table & what it says',
  corpus: 'mnist-halves',
  synthetic: true,
  columns: [
    { id: 'unimodal', label: 'left→right' },
    { id: 'b', label: 'B' },
  ],
  rows: [
    { id: 'bimodal-dbn', label: 'One', cells: { unimodal: cell([60, 61.5, 62], 59.5), b: cell([50]) } },
    { id: 'bimodal-deep-autoencoder', label: 'Two', cells: { unimodal: cell([70, 71.5, 72]) } },
  ],
  references: [{ label: 'Other', source: 'corrnet2016', values: { unimodal: { value: 70, pm2sd: null } } }],
  notes: ['No copy of cuave was given.', 'A note.'],
};

export const tableText = renderJson(table);

export const leaderboardText = JSON.stringify({
  ...JSON.parse(tableText),
  parameters: ['rbm.hidden'],
  chosen: { unimodal: 'bimodal-dbn' },
});

export const claimsText = renderClaimsJson(checkClaims(ngiam2011, new Map([['units', table]])));

const stage = (hash: string, kind: string, label: string): ManifestStage => ({
  hash,
  kind,
  label,
  end: 'ran',
  seconds: 12.25,
  created: '2026-01-02T03:04:05.000Z',
  engine: 'cpu',
});

const experiment = {
  corpus: { name: 'mnist-halves' },
  architecture: 'bimodal-dbn',
  setting: 'fusion',
  seeds: [1, 2, 3],
  rbm: { joint: { hidden: 7 } },
  features: { beside: [] },
};

export const manifest: RunManifest = {
  format: 1,
  command: ['mmx', 'table', 'a.yaml', '--data', 'cuave=nowhere'],
  mmx: '1.0.0',
  commit: null,
  node: 'v20.0.0',
  platform: 'linux-x64',
  cpu: 'A processor',
  cores: 4,
  memoryBytes: 8e9,
  engine: {
    name: 'cpu',
    description: 'an engine',
    versions: { core: '4.22.0' },
    declined: [{ name: 'ort', reason: 'engine ort: koffi is not installed' }],
  },
  launcher: 'local',
  jobs: 2,
  threads: 1,
  config: {
    file: 'a.yaml',
    values: {
      config: { table: 'a', rows: [{ id: 'bimodal-dbn' }], columns: [{ id: 'unimodal' }] },
      cells: [{ row: 'bimodal-dbn', column: 'unimodal' }],
      experiments: [experiment],
    },
    origins: { architecture: 'a.yaml:1:1', 'rbm.joint': 'default' },
    files: { 'a.yaml': 'ab'.repeat(32) },
    overrides: ['seeds=[1,2,3]'],
  },
  seeds: [1, 2, 3],
  started: '2026-01-02T03:04:05.678Z',
  ended: '2026-01-02T03:05:05.678Z',
  seconds: 60,
  peakRssBytes: 1e8,
  stages: [
    stage(frontEndHash, 'front-end', 'front end'),
    stage(framesHash, 'frames', 'frames of cuave, train'),
    stage(rbmHash, 'rbm', 'rbm left, seed 1'),
    stage(scoreHash, 'score', 'score bimodal-dbn, fusion, seed 1'),
  ],
};

const { hash, kind, label } = stage(rbmHash, 'rbm', 'rbm left');
const ofStage = { hash, kind, label };
const events: readonly RunEvent[] = [
  { type: 'run-start', run: 2, reused: 1, cost: 3, jobs: 1 },
  { type: 'submitted', run: 'r', stages: 1, arrays: 1, found: 0 },
  { type: 'stage-start', ...ofStage, cost: 1 },
  { type: 'stage-progress', ...ofStage, progress: { done: 1, total: 2, note: 'half' } },
  { type: 'warning', message: 'careful', label },
  { type: 'stage-done', ...ofStage, cost: 1, seconds: 3 },
  { type: 'stage-skipped', ...ofStage, because: 'rbm right' },
  { type: 'run-end', seconds: 3 },
];
const failed = { type: 'stage-failed', ...ofStage, error: serialiseError(new MmxError('a/b', 'It failed.')) };

/** Lines of a journal. */
export const journal: readonly object[] = [...events.slice(0, -1), failed, ...events.slice(-1)].map(
  (event, index) => ({ at: 1000 + index, event }),
);

/** Of a run whose folder is `runs/slurm/r`. */
export const record = {
  id: 'r',
  command: ['mmx', 'table', 'a.yaml'],
  launcher: 'slurm',
  host: 'login',
  pid: 77,
  started: '2026-01-02T03:04:05.678Z',
  hashes: [rbmHash, scoreHash],
  targets: [scoreHash],
  stages: [
    { ...ofStage, cost: 2, inputs: {} },
    { hash: scoreHash, kind: 'score', label: 'score', cost: 1, inputs: { left: rbmHash } },
  ],
  tasks: [{ hash: rbmHash, job: '12', index: 0, directory: 'runs/slurm/r' }],
};

export const status = {
  task: '12_0',
  node: 'n1',
  state: 'running',
  restarts: 0,
  started: 5,
  updated: 6,
  progress: { done: 1, total: 2, note: 'x' },
  warnings: ['w'],
};

export const arrayFile = {
  setup: {
    store: 'store',
    checkpointDirectory: 'checkpoints',
    checkpointSeconds: 30,
    logDirectory: 'logs',
    engine: 'cpu',
    threads: 1,
    local: { cuave: 'nowhere' },
  },
  worker: 'worker.js',
  jobs: { 0: { ...ofStage, version: 1, parameters: { seed: 1 }, inputs: {} } },
};

/** Of artifacts: what they were made of, and what came of it. */
export const artifacts: Readonly<Record<string, { parameters: object; inputs: object; result: object }>> = {
  [rbmHash]: {
    parameters: {
      corpus: { frames: ['frames'] },
      name: 'audio',
      visible: { of: 'modalities', modalities: ['audio'] },
      seed: 1,
    },
    inputs: { frames: framesHash },
    result: {
      shape: {},
      curve: [
        { epoch: 1, reconstruction: 3 },
        { epoch: 2, reconstruction: 2.5 },
      ],
    },
  },
  [scoreHash]: {
    parameters: { corpus: { train: 'train', tests: ['train'], classes: ['ga', 'ba'] }, seed: 1 },
    inputs: { train: framesHash, audio: rbmHash },
    result: score,
  },
  [frontEndHash]: {
    parameters: { sources: [], sound: 'waveform', frontEnd: { audio: { dimensions: 3, frames: 2 } } },
    inputs: {},
    result: { learnt: [], audio: { floor: 0.1, explained: 0.9, count: 10 } },
  },
  [framesHash]: { parameters: {}, inputs: { front_end: frontEndHash }, result: {} },
};
