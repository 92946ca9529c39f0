import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../src/pipeline/run/slurm/record.js';
import type { ArtifactRecord } from '../../src/pipeline/store/store.js';
import { tableFile, tableFormats } from '../../src/report/table/formats.js';
import {
  assertBuilt,
  emptyDirectory,
  launchMmx,
  mmx,
  type Outcome,
  type RunningMmx,
  smallTable,
} from '../support/mmx.js';
import { missingForSlurm, SlurmCluster } from '../support/slurm.js';
import { until } from '../support/until.js';

const files = tableFormats.map(tableFile);

/** One stage of it takes some ten seconds: long enough to be killed in the middle. */
const slowTable = smallTable
  .replace('left: {hidden: 60, epochs: 4}', 'left: {hidden: 100, epochs: 150}')
  .replace('seeds: [1, 2]', 'seeds: [1]')
  .replace(/ {2}- id: autoencoder[\s\S]*$/, '');

const missing = missingForSlurm.join(', ');

describe.skipIf(missing !== '')(
  `on a real Slurm (needs slurm-wlm and munge; missing: ${missing || 'none'})`,
  // When Slurm starts, preempts and forgets is its own to decide, and on a busy machine it can take a stage past the moment
  // that a test waits for.
  { retry: 2 },
  () => {
    let cluster: SlurmCluster;
    let slowTables: readonly string[];

    beforeAll(async () => {
      assertBuilt();
      cluster = await SlurmCluster.start();
      const directory = directoryWith('slow-local', slowTable);
      expect(mmx(directory, 'table', 'small.yaml', '--quiet').status).toBe(0);
      slowTables = tablesOf(directory);
    }, 120_000);

    afterAll(() => cluster?.stop(), 60_000);

    const onSlurm = (directory: string, ...args: string[]): RunningMmx =>
      launchMmx(directory, cluster.environment, 'table', 'small.yaml', '--launcher', 'slurm', ...args);
    const command = (directory: string, ...args: string[]): Promise<Outcome> =>
      launchMmx(directory, cluster.environment, ...args).ended;

    it('a table of three seeds, made by two nodes at a time, has the bytes of a local one', async () => {
      const table = smallTable.replace('seeds: [1, 2]', 'seeds: [1, 2, 3]');
      const local = directoryWith('local', table);
      const directory = directoryWith('slurm', table);
      const run = onSlurm(directory);
      const reference = mmx(local, 'table', 'small.yaml', '--quiet', '--threads', '1');
      expect(reference.status).toBe(0);

      await until('a stage that is done', () => statusesIn(directory).some(({ state }) => state === 'done'));
      const [id = ''] = readdirSync(join(directory, 'results/runs/slurm'));
      expect((await command(directory, 'runs', 'ls')).stdout).toMatch(
        new RegExp(`^${id} {2}in progress {2}slurm`),
      );
      const { stdout } = await command(directory, 'runs', 'watch', '--json');
      const seen = JSON.parse(stdout) as { id: string; launcher: string; stages: number; stored: number };
      expect(seen).toMatchObject({ id, launcher: 'slurm' });
      // What nobody needs any more, because what it was for is stored, counts as neither.
      expect(seen.stages + seen.stored).toBeLessThanOrEqual(8 * 3);
      expect(seen.stages).toBeGreaterThan(0);
      expect(seen.stored).toBeGreaterThan(0);
      const watched = command(directory, 'runs', 'watch', id.slice(0, 12));

      const { status, stderr } = await run.ended;
      expect(stderr).toContain('24 stages submitted as 8 job arrays');
      expect(status, stderr).toBe(0);
      expect(tablesOf(directory)).toEqual(tablesOf(local));
      expect(numbersOf(directory)).toEqual(numbersOf(local));
      expect((await watched).stdout).toMatch(/done {5}score rbm-cca, shared-right-to-left, seed 3/);

      const statuses = statusesIn(directory);
      expect(new Set(statuses.map(({ node }) => node))).toEqual(new Set(['n0', 'n1']));
      expect(
        statuses.some((one) => statuses.some((other) => one.node < other.node && overlap(one, other))),
      ).toBe(true);
      // The mark of the run is gone with it.
      expect((await command(directory, 'runs', 'watch')).stdout).toContain('no run is in progress');
    }, 300_000);

    it('a stage whose process, and then whose whole job, is killed (SIGKILL) goes on from its checkpoint', async () => {
      const directory = directoryWith('killed', slowTable);
      const run = onSlurm(directory);
      await stageUnderWay(directory);
      const worker = processOf(directory, 'pipeline/run/worker.js');
      process.kill(worker, 'SIGKILL');
      await until('the second run of the stage', () =>
        /was killed by SIGKILL.* It is run once more/.test(run.stderr()),
      );
      await until('its process', () => processOf(directory, 'pipeline/run/worker.js') > 0);
      await sleep(1000);
      process.kill(processOf(directory, 'cli/run/slurm-task.js'), 'SIGKILL');
      const { status, stderr } = await run.ended;
      expect(stderr).toMatch(/ended as FAILED and left no result; its log is .*It is submitted once more/);
      expect(status, stderr).toBe(0);
      expect(tablesOf(directory)).toEqual(slowTables);
      expect(logsOf(directory)).toMatch(/rbm left[\s\S]*going on from a checkpoint/);
    }, 300_000);

    it('preemption puts a stage back into the queue, where it goes on from its checkpoint', async () => {
      const directory = directoryWith('preempted', slowTable);
      // Submitted and left; the same command waits for what is in the queue and does not submit it again.
      const left = await onSlurm(directory, '--no-wait').ended;
      expect(left.stdout).toContain('is in the queue of Slurm');
      expect(left.status).toBe(0);
      const run = onSlurm(directory);
      await stageUnderWay(directory);
      cluster.command('sbatch', '-p', 'high', '-N', '2', '-o', '/dev/null', '--wrap', 'sleep 1');
      const { status, stderr } = await run.ended;
      expect(stderr).toMatch(/[34] stages in the queue already/);
      expect(stderr).toContain('It is back in the queue');
      expect(status, stderr).toBe(0);
      expect(tablesOf(directory)).toEqual(slowTables);
      expect(logsOf(directory)).toMatch(
        /SIGTERM: stopping at the next checkpoint[\s\S]*restart 1\n.*going on from a checkpoint/,
      );
    }, 300_000);

    it('scancel ends the run and leaves a store that the same command completes', async () => {
      const directory = directoryWith('cancelled', slowTable);
      const run = onSlurm(directory);
      await stageUnderWay(directory);
      cluster.command('scancel', '--me');
      const cancelled = await run.ended;
      expect(cancelled.stderr).toMatch(/Interrupted by scancel with \d of 4 stages done/);
      expect(cancelled.status).toBe(1);
      expect(existsSync(join(directory, 'results/tables/small'))).toBe(false);
      expect(existsSync(join(directory, 'results/runs/checkpoints'))).toBe(true);

      // Once more, and cancelled by mmx; then to the end, in processes of this machine.
      const again = onSlurm(directory);
      await until('a running stage', () => statusesIn(directory).some(({ state }) => state === 'running'));
      const { stdout } = await command(directory, 'runs', 'cancel', '2');
      expect(stdout).toMatch(/of its stages were in the queue, and are cancelled/);
      expect((await again.ended).status).toBe(1);
      expect(cluster.command('squeue', '-h', '-t', 'pending')).toBe('');
      const whole = mmx(directory, 'table', 'small.yaml');
      expect(whole.status, whole.stderr).toBe(0);
      expect(tablesOf(directory)).toEqual(slowTables);
    }, 300_000);

    it('says which stage failed and where the log of its job is', async () => {
      const directory = directoryWith('failed', slowTable);
      const quick = 'rbm.left.epochs=1';
      const first = await onSlurm(directory, quick).ended;
      expect(first.status, first.stderr).toBe(0);
      const store = join(directory, 'results/runs/store');
      const joint = recordsIn(store).find(({ kind, label }) => kind === 'rbm' && label.includes('joint'));
      // Of the same length: it is found by whoever reads it, which is the task.
      const tensors = join(store, joint?.hash.slice(0, 2) ?? '', joint?.hash ?? '', 'tensors.safetensors');
      const bytes = readFileSync(tensors);
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
      writeFileSync(tensors, bytes);
      const { status, stderr } = await onSlurm(directory, quick, 'evaluation.classifier.c=2').ended;
      expect(status).toBe(1);
      expect(stderr).toMatch(/^mmx: Stage "score bimodal-dbn.*" failed: A stored artifact is damaged/m);
      const log = /The log of its job \d+_0 is (\S+\.log)\./.exec(stderr)?.[1] ?? '';
      expect(readFileSync(join(directory, log), 'utf8')).toContain('A stored artifact is damaged');
      // The task has set it aside, so the same command mends it.
      const again = await onSlurm(directory, quick, 'evaluation.classifier.c=2').ended;
      expect(again.status, again.stderr).toBe(0);
    }, 120_000);

    it('passes on what Slurm says of options it does not take', async () => {
      const directory = directoryWith('refused', slowTable);
      const { status, stderr } = await onSlurm(directory, '--slurm', 'partition=nowhere').ended;
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^mmx: Slurm did not take the jobs: .*invalid partition.*\n {2}→ Their options come from --slurm/im,
      );
      expect(cluster.command('squeue', '-h')).toBe('');
      expect((await command(directory, 'runs', 'ls')).stdout).toContain('no runs yet');
    }, 60_000);
  },
);

it('where there is no Slurm, says so and leaves with 2', async () => {
  const directory = directoryWith('none', slowTable);
  const run = launchMmx(
    directory,
    { PATH: '/nowhere' },
    'table',
    'small.yaml',
    '--launcher',
    'slurm',
    '--quiet',
  );
  const { status, stderr } = await run.ended;
  expect(stderr).toMatch(/^mmx: s\w+ was not found: there is no Slurm on this machine\.\n {2}→ /);
  expect(status).toBe(2);
}, 60_000);

function directoryWith(name: string, table: string): string {
  const directory = emptyDirectory(name);
  writeFileSync(join(directory, 'small.yaml'), table);
  return directory;
}

const tablesOf = (directory: string): string[] =>
  files.map((file) => readFileSync(join(directory, 'results/tables/small', file), 'utf8'));

/** What the tasks of all runs of a directory have said of themselves. */
function statusesIn(directory: string): TaskStatus[] {
  const runs = join(directory, 'results/runs/slurm');
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((run) =>
    readdirSync(join(runs, run))
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(join(runs, run, name), 'utf8')) as TaskStatus),
  );
}

function logsOf(directory: string): string {
  const runs = join(directory, 'results/runs/slurm');
  return readdirSync(runs)
    .flatMap((run) =>
      readdirSync(join(runs, run))
        .filter((name) => name.endsWith('.log'))
        .map((name) => join(runs, run, name)),
    )
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}

function recordsIn(store: string): ArtifactRecord[] {
  return readdirSync(store)
    .filter((name) => name.length === 2)
    .flatMap((prefix) =>
      readdirSync(join(store, prefix)).map((hash) => join(store, prefix, hash, 'artifact.json')),
    )
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as ArtifactRecord);
}

/** Checksums of all stored numbers, by what they are of. */
const numbersOf = (directory: string): Record<string, unknown> =>
  Object.fromEntries(
    recordsIn(join(directory, 'results/runs/store')).map(({ hash, files }) => [hash, files]),
  );

const overlap = (one: TaskStatus, other: TaskStatus): boolean =>
  one.started < other.updated && other.started < one.updated;

/** Waits until the long stage has a checkpoint and more work before it. */
async function stageUnderWay(directory: string): Promise<void> {
  const checkpoints = join(directory, 'results/runs/checkpoints');
  await until(
    'a checkpoint of the long stage',
    () =>
      existsSync(checkpoints) &&
      readdirSync(checkpoints).length > 0 &&
      statusesIn(directory).some(
        ({ state, progress }) => state === 'running' && progress !== undefined && progress.total > 1000,
      ),
  );
}

/** The process of this directory that runs a module; 0 when there is none. */
function processOf(directory: string, module: string): number {
  const found = readdirSync('/proc').filter((pid) => {
    try {
      if (!/^\d+$/.test(pid)) return false;
      const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PWD=${directory}\0`);
      return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(module);
    } catch {
      return false;
    }
  });
  return Number(found[0] ?? 0);
}
