import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, launchMmx, mmx, smallTable } from '../support/mmx.js';
import { until } from '../support/until.js';

beforeAll(assertBuilt);

function directoryWithTable(): string {
  const directory = emptyDirectory('watch');
  // One seed, and long enough to be looked at.
  writeFileSync(
    join(directory, 'small.yaml'),
    smallTable.replaceAll('epochs: 4', 'epochs: 20').replace('seeds: [1, 2]', 'seeds: [1]'),
  );
  return directory;
}

async function underWay(directory: string): Promise<void> {
  const checkpoints = join(directory, 'results/runs/checkpoints');
  await until('a checkpoint', () => existsSync(checkpoints) && readdirSync(checkpoints).length > 0);
}

it('a run of another terminal can be watched to its end', async () => {
  const directory = directoryWithTable();
  const run = launchMmx(directory, {}, 'table', 'small.yaml', '--jobs', '2', '--quiet');
  await underWay(directory);
  const { stdout } = mmx(directory, 'runs', 'watch', '--json');
  const seen = JSON.parse(stdout) as { id: string; running: { label: string; fraction: number }[] };
  expect(seen).toMatchObject({ launcher: 'local', stages: 8, failed: [] });
  expect(seen.running.length).toBeGreaterThan(0);
  for (const { label, fraction } of seen.running) {
    expect(label).toMatch(/rbm|autoencoder|cca|score/);
    expect(fraction).toBeGreaterThanOrEqual(0);
  }
  expect(mmx(directory, 'runs', 'ls').stdout).toContain(
    `${seen.id}  in progress  local  mmx table small.yaml`,
  );
  const watched = await launchMmx(directory, {}, 'runs', 'watch', seen.id).ended;
  expect((await run.ended).status).toBe(0);
  expect(watched.stdout).toContain('8 stages to run in 2 processes, 0 stored');
  expect(watched.stdout).toMatch(/done {5}rbm left \(392 → 60\), seed 1 .*\[\d+\/8/);
  expect(watched.status).toBe(0);
  expect(mmx(directory, 'runs', 'watch').stdout).toContain('no run is in progress here');
  expect(readdirSync(join(directory, 'results/runs/running'))).toEqual([]);
}, 120_000);

it('a run of another terminal can be cancelled, and continued', async () => {
  const directory = directoryWithTable();
  const run = launchMmx(directory, {}, 'table', 'small.yaml', '--jobs', '2');
  await underWay(directory);
  expect(mmx(directory, 'runs', 'cancel', '2').stdout).toMatch(/process \d+ stops at its next checkpoints/);
  const { status, stderr } = await run.ended;
  expect(stderr).toMatch(/Interrupted by SIGTERM with \d+ of 8 stages done/);
  expect(status).toBe(143);
  expect(mmx(directory, 'table', 'small.yaml', '--quiet').status).toBe(0);
  const none = mmx(directory, 'runs', 'cancel', '2');
  expect(none.stderr).toContain("no run in progress begins with '2'");
  expect(none.status).toBe(2);
}, 120_000);

it('a run that was killed is told to go on no longer', async () => {
  const directory = directoryWithTable();
  const run = launchMmx(directory, {}, 'table', 'small.yaml', '--jobs', '2', '--quiet');
  await underWay(directory);
  const watching = launchMmx(directory, {}, 'runs', 'watch');
  await until('the run that is watched', () => watching.stderr().includes('mmx table'));
  run.process.kill('SIGKILL');
  expect((await watching.ended).stdout).toMatch(/has stopped. If results are missing, run its command again/);
}, 120_000);
