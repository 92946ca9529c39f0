import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, launchMmx, mmx, type RunningMmx, smallTable } from '../support/mmx.js';
import { until } from '../support/until.js';

const formats = ['table.md', 'table.csv', 'table.json', 'table.tex'];
const kills = 10;
const oneSeed = smallTable.replace('seeds: [1, 2]', 'seeds: [1]');

beforeAll(assertBuilt);

function directoryWithTable(name: string, table = smallTable): string {
  const directory = emptyDirectory(name);
  writeFileSync(join(directory, 'small.yaml'), table);
  return directory;
}

const tablesOf = (directory: string): string[] =>
  formats.map((file) => readFileSync(join(directory, 'results/tables/small', file), 'utf8'));

it(`a table killed at ${kills} random moments, and run to the end each time, has the same bytes`, async () => {
  const reference = directoryWithTable('reference', oneSeed);
  const started = performance.now();
  const whole = await tableOfTwoProcesses(reference).ended;
  expect(whole.stdout).toContain('Bimodal DBN');
  expect(whole.status, whole.stderr).toBe(0);
  const lines = linesOf(whole.stderr);
  const line = (performance.now() - started) / lines;
  const expected = tablesOf(reference);

  let killed = 0;
  let interruptedInside = 0;
  for (let kill = 0; kill < kills; kill++) {
    const directory = directoryWithTable('killed', oneSeed);
    // Spread over the run, each at a random place of its share: after so many lines of progress and a while more. Counted
    // by lines, because the machine may do the same work in half the time or twice.
    const after = Math.floor((lines * (kill + Math.random())) / kills);
    const run = tableOfTwoProcesses(directory);
    let over = false;
    run.process.once('exit', (_, signal) => {
      over = true;
      killed += signal === 'SIGKILL' ? 1 : 0;
    });
    await until(`line ${after} of ${lines}`, () => over || linesOf(run.stderr()) >= after);
    await sleep(line * Math.random());
    run.process.kill('SIGKILL');
    await run.ended;
    await sleep(300); // orphaned workers notice that their parent is gone
    interruptedInside += checkpointsIn(directory) > 0 ? 1 : 0;
    const again = mmx(directory, 'table', 'small.yaml', '--jobs', kill % 2 === 0 ? '2' : '1', '--quiet');
    expect(again.stderr, `killed after line ${after}`).not.toContain('mmx:');
    expect(again.status).toBe(0);
    expect(tablesOf(directory), `killed after line ${after}`).toEqual(expected);
  }
  // The last may come when the run is over, and show nothing.
  expect(killed).toBeGreaterThanOrEqual(kills - 1);
  // Not one kill inside a stage would mean that resuming inside stages was not tested.
  expect(interruptedInside).toBeGreaterThan(0);
}, 600_000);

const tableOfTwoProcesses = (directory: string): RunningMmx =>
  launchMmx(directory, {}, 'table', 'small.yaml', '--jobs', '2');

/** Stages that began or ended, by the progress that a run wrote. */
const linesOf = (stderr: string): number => stderr.match(/^(start|done) /gm)?.length ?? 0;

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
