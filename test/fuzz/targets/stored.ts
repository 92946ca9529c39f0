/** JSON that mmx wrote, read again: manifests, tables, claims, journals, records of Slurm, artifacts. */

import { createHash } from 'node:crypto';
import { measuredRun } from '../../../src/cli/commands/runs/compare/measured-run.js';
import { useEngine } from '../../../src/engine/registry.js';
import { encodeSafetensors } from '../../../src/formats/safetensors.js';
import { paperNamed } from '../../../src/papers/find.js';
import { ngiam2011 } from '../../../src/papers/ngiam2011/index.js';
import type { TensorData } from '../../../src/pipeline/graph/stage.js';
import { RunProgress } from '../../../src/pipeline/run/progress.js';
import {
  graphOf,
  readArray,
  readRecord,
  readStatus,
  slurmRecords,
} from '../../../src/pipeline/run/slurm/record.js';
import { JournalReader } from '../../../src/pipeline/runs/journal.js';
import { readManifest } from '../../../src/pipeline/runs/manifest.js';
import { liveRuns } from '../../../src/pipeline/runs/marks.js';
import { ArtifactStore } from '../../../src/pipeline/store/store.js';
import { checkClaims } from '../../../src/report/claims/check-claims.js';
import { compareClaims, comparisonText } from '../../../src/report/claims/compare.js';
import { readClaimTables } from '../../../src/report/claims/files.js';
import { renderClaimsJson } from '../../../src/report/claims/json.js';
import { parseClaims, readClaims } from '../../../src/report/claims/read-claims.js';
import { collectResults } from '../../../src/report/html/collect-results.js';
import { renderReport } from '../../../src/report/html/page.js';
import { RunMeter } from '../../../src/report/progress/meter.js';
import { createProgress } from '../../../src/report/progress/progress.js';
import { damagedFile, oddlyThere, utf8 } from '../core/inputs.js';
import type { Random } from '../core/random.js';
import { check, type Entry, type Target, type Verdict } from '../core/target.js';
import { damagedTree, type Tree, treeOf } from '../core/tree.js';
import { damagedJson, jsonOf } from '../core/write.js';
import {
  arrayFile,
  artifacts,
  claimsText,
  framesHash,
  frontEndHash,
  journal,
  leaderboardText,
  manifest,
  rbmHash,
  record,
  scoreHash,
  status,
  tableText,
} from './valid-stored.js';

const parsed = (text: string): Tree => treeOf(JSON.parse(text));

/** Parts of any of them are grafted into the others. */
const every: readonly Tree[] = [
  ...[tableText, leaderboardText, claimsText].map(parsed),
  ...[manifest, record, status, arrayFile, ...journal, ...Object.values(artifacts)].map(treeOf),
];

/** The document with some of its values damaged, or its text. */
function damagedDocument(document: Tree, random: Random): Uint8Array {
  if (random.chance(0.02)) return utf8(damagedJson(document, random));
  const text = damagedJson(random.chance(0.85) ? damagedTree(document, every, random) : document, random);
  return random.chance(0.15) ? damagedFile(text, [text], random) : utf8(text);
}

const noStore = new ArtifactStore('no-store');

/** A report of the working directory. */
function page(store = noStore): string {
  const html = renderReport(collectResults('.', paperNamed), { store, version: '1', name: 'here' });
  check(!/<script|<img(?! src="data:image\/png;base64,)|javascript:"/i.test(html), 'nothing in a page runs');
  check(html.length < 100 * 2 ** 20, 'a page is bounded');
  return html;
}

interface Kind {
  readonly name: string;
  readonly weight: number;
  readonly least: Target['least'];
  /** The file that is damaged. */
  readonly file: string;
  readonly valid: readonly Tree[];
  /** What lies beside it. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly read: () => Verdict;
}

const accepted = (...made: readonly unknown[]): Verdict => {
  check(made.length > 0, 'something was read');
  return 'accepted';
};

const runs = 'runs';
const recordFile = 'runs/running/r.slurm.json';
const markFile = 'runs/running/r.0123abcd-77-89abcdef.tmp';
const statusFile = `runs/slurm/r/${rbmHash}.json`;

const kinds: readonly Kind[] = [
  {
    name: 'manifest',
    weight: 7,
    least: { accepted: 0.1, refused: 0.2 },
    file: 'manifest.json',
    valid: [treeOf(manifest)],
    beside: { 'table.json': tableText },
    read: () => {
      const { stages, seconds, engine } = readManifest('manifest.json');
      check(seconds >= 0 && engine.name.length >= 0, 'times are not negative');
      check(
        stages.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash)),
        'hashes name folders of the store',
      );
      return accepted(page(), measuredRun('.', undefined).cells);
    },
  },
  {
    name: 'table',
    weight: 7,
    least: { accepted: 0.05, refused: 0.3 },
    file: 'table.json',
    valid: [parsed(tableText), parsed(leaderboardText)],
    read: () => {
      const { cells } = measuredRun('.', undefined);
      check(
        cells.every(({ values }) => values.length > 0 && values.every(Number.isFinite)),
        'values are finite',
      );
      return accepted(page());
    },
  },
  {
    name: 'leaderboard',
    weight: 2,
    least: { accepted: 0.05, refused: 0.3 },
    file: 'leaderboard.json',
    valid: [parsed(leaderboardText)],
    read: () => accepted(page()),
  },
  {
    name: 'claim-table',
    weight: 3,
    least: { accepted: 0.05, refused: 0.3 },
    file: 'units/table.json',
    valid: [parsed(tableText)],
    read: () => {
      const claims = checkClaims(ngiam2011, readClaimTables('.', ngiam2011));
      const text = renderClaimsJson(claims);
      return accepted(comparisonText(compareClaims(claims, parseClaims(text, 'claims.json'))));
    },
  },
  {
    name: 'claims',
    weight: 4,
    least: { accepted: 0.05, refused: 0.3 },
    file: 'claims.json',
    valid: [parsed(claimsText)],
    beside: { 'table.json': tableText },
    read: () => {
      const claims = readClaims('claims.json');
      if (claims === undefined) return 'refused';
      const counted = Object.values(claims.counts).reduce((sum, count) => sum + count, 0);
      check(counted === claims.claims.length, 'each claim has a verdict');
      return accepted(page());
    },
  },
  {
    name: 'slurm-record',
    weight: 5,
    least: { accepted: 0.03, refused: 0.3 },
    file: recordFile,
    valid: [treeOf(record)],
    beside: { [statusFile]: JSON.stringify(status) },
    read: () => {
      const found = readRecord(runs, 'r');
      if (found === undefined) return 'refused';
      const progress = new RunProgress(graphOf(found), () => false);
      progress.start(1);
      progress.end();
      for (const { job, directory } of found.tasks) {
        check(/^\d+$/.test(job) && /^runs\/+slurm\//.test(directory), 'tasks are of this directory');
      }
      return accepted(found.tasks.map(readStatus), slurmRecords(runs), liveRuns(runs));
    },
  },
  {
    name: 'slurm-status',
    weight: 3,
    least: { accepted: 0.03, refused: 0.2 },
    file: statusFile,
    valid: [
      treeOf(status),
      treeOf({ ...status, state: 'failed', error: { code: 'a', message: 'b', exitCode: 1 } }),
    ],
    read: () => {
      const found = readStatus({ hash: rbmHash, job: '12', index: 0, directory: 'runs/slurm/r' });
      if (found === undefined) return 'refused';
      check(found.started >= 0 && found.restarts >= 0, 'times are not negative');
      return accepted(found);
    },
  },
  {
    name: 'slurm-array',
    weight: 2,
    least: { accepted: 0.05, refused: 0.2 },
    file: 'runs/slurm/r/array-0.json',
    valid: [treeOf(arrayFile)],
    read: () => {
      const { setup, jobs } = readArray('runs/slurm/r/array-0.json');
      check(
        setup.threads > 0 && Object.values(jobs).every(({ hash }) => hash.length === 64),
        'jobs have hashes',
      );
      return accepted(jobs);
    },
  },
  {
    name: 'mark',
    weight: 2,
    least: { accepted: 0.1, refused: 0.05 },
    file: markFile,
    valid: [treeOf({ ...record, launcher: 'local' })],
    read: () => {
      const [found] = liveRuns(runs);
      if (found === undefined) return 'refused';
      check(found.id.length > 0 && !found.id.includes('/'), 'an id names a file');
      check(Number.isInteger(found.pid) && found.pid >= 0, 'a process has a number');
      return accepted(found.command.join(' '));
    },
  },
];

function targetOf({ name, weight, least, file, valid, beside = {}, read }: Kind): Target {
  return {
    name: `stored/${name}`,
    weight,
    onDisk: true,
    least,
    make(random) {
      const files = new Map<string, Entry>(Object.entries(beside).map(([path, text]) => [path, utf8(text)]));
      files.set(file, damagedDocument(random.pick(valid), random));
      oddlyThere(files, random);
      return { files, words: [] };
    },
    // Of a folder without a table the folder is named.
    names: ({ files }) => [
      ...files.keys(),
      file,
      'no table.json in .',
      'table.json nor a manifest.json',
      ' is in .',
    ],
    run: read,
  };
}

const journalFile = 'events';

const journalTarget: Target = {
  name: 'stored/journal',
  weight: 5,
  onDisk: true,
  least: { accepted: 0.05, refused: 0.2 },
  make(random) {
    const lines = journal.map((line) =>
      random.chance(0.85) ? utf8(JSON.stringify(line)) : damagedDocument(treeOf(line), random),
    );
    // Lines come in any order, and more than once.
    for (let count = random.below(4); count > 0; count--)
      lines.splice(random.below(lines.length), 0, random.pick(lines));
    const end = utf8('\n');
    const files = new Map<string, Entry>([
      [journalFile, Buffer.concat(lines.flatMap((line) => [line, random.chance(0.98) ? end : utf8('')]))],
    ]);
    oddlyThere(files, random);
    return { files, words: [] };
  },
  run() {
    const reader = new JournalReader(journalFile);
    let text = '';
    const stream = { write: (piece: string) => (text += piece) } as unknown as NodeJS.WriteStream;
    let at = 0;
    const show = createProgress({ mode: 'lines', stream, now: () => at, colour: false });
    const meter = new RunMeter(() => at);
    let damaged = false;
    do {
      for (const one of reader.next()) {
        at = one.at;
        damaged ||= one.event.type === 'warning' && one.event.message.startsWith(`${journalFile}:`);
        meter.observe(one.event);
        show(one.event);
      }
    } while (reader.isBehind);
    check(!/NaN|Infinity|undefined/.test(text) || damaged || text.length > 0, 'what is shown is in words');
    check(meter.secondsLeft === undefined || Number.isFinite(meter.secondsLeft), 'the time left is a number');
    return damaged ? 'refused' : 'accepted';
  },
};

const floats = (shape: readonly number[]): TensorData => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5),
});

const tensors: Readonly<Record<string, Readonly<Record<string, TensorData>>>> = {
  [rbmHash]: { weights: floats([6, 2]) },
  [frontEndHash]: {
    audio_mean: floats([12]),
    audio_components: floats([3, 12]),
    audio_eigenvalues: { shape: [3], data: new Float64Array(3).fill(1) },
  },
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A store whose checksums are right, and whose results, parameters or shapes are not. */
const artifactTarget: Target = {
  name: 'stored/artifact',
  weight: 6,
  onDisk: true,
  least: { accepted: 0.05, refused: 0.1 },
  // Weights are taken back through a whitening by an engine.
  prepare: () => useEngine('cpu').then(() => undefined),
  make(random) {
    const files = new Map<string, Entry>([
      ['table.json', utf8(tableText)],
      ['manifest.json', utf8(JSON.stringify(manifest))],
    ]);
    const victim = random.pick([rbmHash, scoreHash, frontEndHash, framesHash, rbmHash, scoreHash]);
    const what = random.pick(['record', 'result', 'result', 'tensors']);
    for (const [hash, { parameters, inputs, result }] of Object.entries(artifacts)) {
      const isVictim = hash === victim;
      const folder = `store/${hash.slice(0, 2)}/${hash}`;
      const document = treeOf(result);
      const resultBytes =
        isVictim && what === 'result' ? damagedDocument(document, random) : utf8(JSON.stringify(result));
      const own = tensors[hash] ?? {};
      const shown = isVictim && what === 'tensors' ? misshapen(own, random) : own;
      const tensorBytes = Buffer.concat(encodeSafetensors(shown));
      const origin = treeOf({
        format: 1,
        hash,
        kind: 'rbm',
        version: 1,
        label: `made, seed ${hash.length}`,
        parameters,
        inputs,
        engine: { name: 'cpu', description: '', versions: {} },
        seconds: 1,
        created: '2026-01-02T03:04:05.678Z',
        files: {
          'result.json': { bytes: resultBytes.length, sha256: sha256(resultBytes) },
          'tensors.safetensors': { bytes: tensorBytes.length, sha256: sha256(tensorBytes) },
        },
      });
      const recordBytes =
        isVictim && what === 'record' ? damagedDocument(origin, random) : utf8(jsonOf(origin));
      files.set(`${folder}/artifact.json`, recordBytes);
      files.set(`${folder}/result.json`, resultBytes);
      files.set(`${folder}/tensors.safetensors`, tensorBytes);
    }
    oddlyThere(files, random);
    return { files, words: [] };
  },
  names: ({ files }) => [...files.keys(), 'no table.json in .'],
  run() {
    const html = page(new ArtifactStore('store'));
    const [, told = ''] = /What is not here<\/h2>(.*)/s.exec(html) ?? [];
    return /artifact|No filters|is not a|holds no|cannot be used/.test(told.slice(0, 20_000))
      ? 'refused'
      : 'accepted';
  },
};

function misshapen(own: Readonly<Record<string, TensorData>>, random: Random): Record<string, TensorData> {
  const changed = Object.entries(own).map(([name, { shape }]): [string, TensorData] => {
    if (random.chance(0.4)) return [name, floats(shape)];
    const sizes = random.pick([[], [0, 3], [3, 0], [1], [12, 1], [3, 5], [2, 3, 2], [7], [4800, 2]]);
    return random.chance(0.3)
      ? [name, { shape: sizes, data: new Int32Array(sizes.reduce((product, size) => product * size, 1)) }]
      : [name, floats(sizes)];
  });
  return Object.fromEntries(changed);
}

export const storedTargets: readonly Target[] = [...kinds.map(targetOf), journalTarget, artifactTarget];
