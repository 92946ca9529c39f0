import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDisk } from '../fixtures/pipeline/place.js';
import {
  assertBuilt,
  emptyDirectory,
  mmx,
  mmxWith,
  type Outcome,
  projectRoot,
  smallTable,
} from '../support/mmx.js';

const configs = join(projectRoot, 'configs/ngiam2011');
const small = smallTable.replace('seeds: [1, 2]', 'seeds: [1]');
const one = `${small.slice(0, small.indexOf('columns:')).replace(/^(table|title):.*\n/gm, '')}
architecture: rbm-cca
setting: shared-right-to-left
`;
const sweep = `${one.replace('setting: shared-right-to-left\n', '')}
table: small
title: A small sweep
columns: [{id: right-to-left, label: right → left, setting: shared-right-to-left}]
sweep: {grid: {cca.ridge: [0.01, 0.1]}, select: {held_out: 500}}
`;
const files = { 'small.yaml': small, 'one.yaml': one, 'sweep.yaml': sweep };
const reproduction = `reproduce: mine
title: One table
tables: {table1b: ${configs}/table1b.yaml}
`;

let directory = '';
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('places');
  const all = { ...files, 'mine.yaml': reproduction, file: 'in the way' };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(directory, name), content);
});

const artifactsIn = (store: string): number =>
  existsSync(store)
    ? readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('artifact.json')).length
    : 0;

function expectRefusal({ status, stdout, stderr }: Outcome, sentence: string, hint: RegExp): void {
  expect(stderr.split('\n')[0]).toBe(`mmx: ${sentence}`);
  expect(stderr.split('\n')[1]).toMatch(hint);
  expect(stdout).toBe('');
  expect(status).toBe(2);
  expect(artifactsIn(join(directory, 'results/runs/store'))).toBe(0);
}

describe('a folder that cannot be written is told of before anything is computed', () => {
  it.each([
    ['table', ['small.yaml']],
    ['sweep', ['sweep.yaml']],
    ['reproduce', ['mine.yaml', '--smoke']],
    ['figure', [`${configs}/figure4.yaml`, 'scale=smoke']],
    ['export', ['one.yaml', '--compute']],
  ] as const)('mmx %s', (command, words) => {
    const outcome = mmx(directory, command, ...words, '--quiet', '--out', 'file/below');
    const sentence = 'file/below cannot be written to: file is not a folder. Nothing was computed.';
    expectRefusal(outcome, sentence, /^ {2}→ .*another folder with --out/);
  });

  it('mmx report', () => {
    const reference = join(projectRoot, 'results/reference/mnist-halves-validation');
    for (const where of [
      ['--out', 'file/x.html'],
      ['--out', 'x.html', '--figures', 'file'],
    ]) {
      const outcome = mmx(directory, 'report', reference, ...where);
      const sentence = 'file cannot be written to: file is not a folder. Nothing was computed.';
      expectRefusal(outcome, sentence, /--out/);
    }
    expect(existsSync(join(directory, 'x.html'))).toBe(false);
  });

  it('mmx evaluate, whose run has no place for its record', () => {
    mkdirSync(join(directory, 'results/runs'), { recursive: true });
    const manifests = join(directory, 'results/runs/manifests');
    rmSync(manifests, { recursive: true, force: true });
    writeFileSync(manifests, 'in the way');
    const { status, stderr } = mmx(directory, 'evaluate', 'one.yaml', '--quiet');
    rmSync(manifests);
    expect(stderr).toBe(
      'mmx: results/runs/manifests cannot be written to: results/runs/manifests is not a folder.\n',
    );
    expect(status).toBe(1);
    expect(artifactsIn(join(directory, 'results/runs/store'))).toBe(0);
  });

  it('a disk that is read-only', (context) => {
    const disk = smallDisk(2 ** 20);
    if ('reason' in disk) return context.skip(disk.reason);
    execFileSync('mount', ['-o', 'remount,ro', disk.directory]);
    const out = join(disk.directory, 'here');
    const outcome = mmx(directory, 'table', 'small.yaml', '--quiet', '--out', out);
    const sentence = `${out} cannot be written: the file system is read-only. Nothing was computed.`;
    expectRefusal(outcome, sentence, /--out/);
  });
});

it('a disk that is full when the results are written leaves the older results whole, and nothing is computed twice', (context) => {
  const disk = smallDisk(2 ** 19);
  if ('reason' in disk) return context.skip(disk.reason);
  const out = join(disk.directory, 'here');
  const table = (...more: string[]) =>
    mmx(directory, 'table', 'small.yaml', '--quiet', '--out', out, ...more);
  expect(table().status).toBe(0);
  const before = contentOf(out);
  // What is left does for a file or two.
  const block = join(disk.directory, 'block');
  const free = Number(execFileSync('stat', ['-f', '-c', '%a', disk.directory])) * 4096;
  writeFileSync(block, Buffer.alloc(free - 8192));
  const refused = table('cca.dimensions=10');
  expect(refused.stderr).toMatch(
    /here\/\S+ cannot be written: the disk is full \(.* needed.*\)\.\n {2}→ Make room/,
  );
  expect(refused.status).toBe(1);
  expect(contentOf(out)).toEqual(before);
  rmSync(block);
  expect(table('cca.dimensions=10').status).toBe(0);
  const { stages } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  expect(stages.filter(({ end }: { end: string }) => end === 'ran')).toEqual([]);
});

const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

it('a clock that is set back during a run gives no negative times', () => {
  const cwd = emptyDirectory('clock');
  writeFileSync(join(cwd, 'one.yaml'), one);
  // Every look at the clock is a minute earlier than the last.
  writeFileSync(
    join(cwd, 'clock.mjs'),
    `const Real = Date;
let back = 0;
const now = () => Real.now() - 60_000 * back++;
globalThis.Date = class extends Real {
  constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
  static now() { return now(); }
};`,
  );
  const started = performance.now();
  const env = { NODE_OPTIONS: `--import ${join(cwd, 'clock.mjs')}` };
  const { status, stderr } = mmxWith(env, cwd, 'evaluate', 'one.yaml', '--jobs', '1');
  const seconds = (performance.now() - started) / 1000;
  expect(status, stderr).toBe(0);
  expect(stderr).not.toMatch(/-\d+(\.\d+)? (s|min|h)/);
  const [name = ''] = readdirSync(join(cwd, 'results/runs/manifests'));
  const manifest = JSON.parse(readFileSync(join(cwd, 'results/runs/manifests', name), 'utf8'));
  expect(manifest.seconds).toBeGreaterThan(0);
  expect(manifest.seconds).toBeLessThan(seconds);
  expect(Date.parse(manifest.ended) - Date.parse(manifest.started)).toBeCloseTo(1000 * manifest.seconds, 0);
  for (const stage of manifest.stages) {
    expect(stage.seconds).toBeGreaterThanOrEqual(0);
    expect(stage.seconds).toBeLessThan(seconds);
  }
});
