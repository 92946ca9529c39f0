import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, smallTable, startMmx } from '../support/mmx.js';

const formats = ['table.md', 'table.csv', 'table.json', 'table.tex'];
const kills = 10;

beforeAll(assertBuilt);

function directoryWithTable(name: string): string {
  const directory = emptyDirectory(name);
  writeFileSync(join(directory, 'small.yaml'), smallTable);
  return directory;
}

const tablesOf = (directory: string): string[] =>
  formats.map((file) => readFileSync(join(directory, 'results/tables/small', file), 'utf8'));

it(`a table killed at ${kills} random moments, and run to the end each time, has the same bytes`, async () => {
  const reference = directoryWithTable('reference');
  const started = performance.now();
  const whole = mmx(reference, 'table', 'small.yaml', '--jobs', '2', '--quiet');
  expect(whole.stderr + whole.stdout).toContain('Bimodal DBN');
  expect(whole.status).toBe(0);
  const duration = performance.now() - started;
  const expected = tablesOf(reference);

  let killed = 0;
  let interruptedInside = 0;
  for (let kill = 0; kill < kills; kill++) {
    const directory = directoryWithTable('killed');
    // Spread over the run, with a random part: the first while the engine loads, the last near the end.
    const moment = duration * ((kill + Math.random()) / kills);
    const child = startMmx(directory, 'table', 'small.yaml', '--jobs', '2', '--quiet');
    await sleep(moment);
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      killed++;
      await once(child, 'exit');
    }
    await sleep(300); // orphaned workers notice that their parent is gone
    interruptedInside += checkpointsIn(directory) > 0 ? 1 : 0;
    const again = mmx(directory, 'table', 'small.yaml', '--jobs', kill % 2 === 0 ? '2' : '1', '--quiet');
    expect(again.stderr, `killed after ${moment.toFixed(0)} ms`).not.toContain('mmx:');
    expect(again.status).toBe(0);
    expect(tablesOf(directory), `killed after ${moment.toFixed(0)} ms`).toEqual(expected);
  }
  // A run that was over before its kill, as the last may be, shows nothing.
  expect(killed).toBeGreaterThanOrEqual(kills - 2);
  // Not one kill inside a stage would mean that resuming inside stages was not tested.
  expect(interruptedInside).toBeGreaterThan(0);
}, 600_000);

function checkpointsIn(directory: string): number {
  const checkpoints = join(directory, 'results/runs/checkpoints');
  mkdirSync(checkpoints, { recursive: true });
  return readdirSync(checkpoints).length;
}

it('the same table computed twice has the same bytes, and the second run of one directory computes nothing', () => {
  const [first, second] = [directoryWithTable('first'), directoryWithTable('second')];
  for (const directory of [first, second]) {
    expect(mmx(directory, 'table', 'small.yaml', '--quiet', 'seeds=[3]').status).toBe(0);
  }
  expect(tablesOf(second)).toEqual(tablesOf(first));
  const again = mmx(first, 'table', 'small.yaml', '--quiet', 'seeds=[3]');
  expect(again.status).toBe(0);
  const manifest = JSON.parse(readFileSync(join(first, 'results/tables/small/manifest.json'), 'utf8'));
  expect(new Set(manifest.stages.map((stage: { end: string }) => stage.end))).toEqual(
    new Set(['reused', 'unneeded']),
  );
}, 120_000);
