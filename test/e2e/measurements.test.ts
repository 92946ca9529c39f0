import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';
import { runPython } from '../support/python.js';
import { skippedIf } from '../support/skipped.js';
import { type ReadScalar, readScalars } from '../support/tfevents.js';

/** A python with TensorBoard: `MMX_PYTHON`, else `python3`. */
const python = [process.env.MMX_PYTHON, 'python3'].find(
  (one) => one !== undefined && spawnSync(one, ['-c', 'import tensorboard']).status === 0,
);

let directory: string;
let id: string;

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('measurements');
  writeFileSync(join(directory, 'small.yaml'), smallTable);
  const { status, stderr } = mmx(directory, 'table', 'small.yaml', '--log', 'tensorboard');
  expect(status, stderr).toBe(0);
  expect(stderr).toContain('logged: tensorboard --logdir results/tensorboard');
  id = readdirSync(join(directory, 'results/runs/manifests'))[0]?.replace('.json', '') ?? '';
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function scalarsIn(root: string): ReadonlyMap<string, readonly ReadScalar[]> {
  const folder = join(directory, root, id);
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('tfevents'))
      .map((name) => [name, readScalars(readFileSync(join(folder, name)))]),
  );
}

/** Without the times, in one order: a run logs its stages as they get on. */
const inOrder = (files: ReadonlyMap<string, readonly ReadScalar[]>): unknown =>
  [...files]
    .flatMap(([name, scalars]) => scalars.map(({ tag, step, value }) => `${name} ${tag} ${step} ${value}`))
    .sort();

const tableCells = () =>
  (
    JSON.parse(readFileSync(join(directory, 'results/tables/small/table.json'), 'utf8')) as {
      rows: { id: string; cells: Record<string, { values: number[] }> }[];
    }
  ).rows;

describe('what a run measured', () => {
  it('is logged for TensorBoard while it runs, and exported to the same files and numbers', () => {
    const { status } = mmx(directory, 'runs', 'export', id, '--format', 'tensorboard', '--out', 'exported');
    expect(status).toBe(0);
    const [logged, exported] = [scalarsIn('results/tensorboard'), scalarsIn('exported')];
    expect([...logged.keys()].sort()).toEqual([...exported.keys()].sort());
    expect(inOrder(logged)).toEqual(inOrder(exported));
    const [, first] = [...logged].find(([name]) => name.startsWith('seed-1')) ?? [];
    const curve = first?.filter(({ tag }) => tag === 'rbm left (392 → 60)/reconstruction') ?? [];
    expect(curve.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(curve[3]?.value).toBeLessThan(curve[0]?.value ?? 0);
    for (const { id: row, cells } of tableCells()) {
      const [accuracy] = first?.filter(({ tag }) => tag === `${row}/right-to-left/accuracy`) ?? [];
      expect(accuracy?.value).toBeCloseTo(cells['right-to-left']?.values[0] ?? Number.NaN, 4);
    }
  });

  it('is logged of stages that were stored before too, into a folder of the user', () => {
    const { status } = mmx(directory, 'table', 'small.yaml', '--log', 'tensorboard=logs', '--quiet');
    expect(status).toBe(0);
    const [again = ''] = readdirSync(join(directory, 'logs'));
    const folder = join(directory, 'logs', again, 'seed-2');
    const tags = readScalars(readFileSync(join(folder, readdirSync(folder)[0] ?? ''))).map(({ tag }) => tag);
    expect(tags).toContain('autoencoder/right-to-left/accuracy');
    const wrong = mmx(directory, 'table', 'small.yaml', '--log', 'wandb');
    expect(wrong.stderr).toContain('It must look like tensorboard or tensorboard=DIR.');
    expect(wrong.status).toBe(2);
  });

  it.skipIf(python === undefined)(
    `is read by TensorBoard itself${skippedIf(python === undefined, 'no Python with tensorboard')}`,
    () => {
      const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1]).Reload()
print(json.dumps([[tag, e.step, e.value] for tag in found.Tags()['scalars'] for e in found.Scalars(tag)]))`;
      const read = runPython(python as string, script, join(directory, 'results/tensorboard', id, 'seed-1'));
      const own = [...scalarsIn('results/tensorboard')].filter(([name]) => name.startsWith('seed-1'));
      const expected = own.flatMap(([, scalars]) =>
        scalars.map(({ tag, step, value }) => [tag, step, value]),
      );
      const sorted = (list: unknown) => (list as unknown[]).map((one) => JSON.stringify(one)).sort();
      expect(sorted(read)).toEqual(sorted(expected));
    },
    60_000,
  );

  it('is exported as CSV, a line a measurement', () => {
    const { stdout, status } = mmx(directory, 'runs', 'export', id.slice(0, 15), '--format', 'csv');
    expect(status).toBe(0);
    expect(stdout).toBe(`written: results/measurements/${id}.csv\n`);
    const lines = parse(readFileSync(join(directory, `results/measurements/${id}.csv`)), {
      columns: true,
    }) as Record<string, string>[];
    const curve = lines.filter(
      ({ stage, seed, metric }) =>
        stage === 'bimodal-deep-autoencoder (joint 30)' && seed === '2' && metric === 'loss',
    );
    expect(curve.map(({ step }) => step)).toEqual(['1', '2', '3', '4']);
    const [{ identity = '', cells } = {}] = curve;
    expect(cells).toBe('autoencoder/right-to-left');
    const result = JSON.parse(
      readFileSync(
        join(directory, 'results/runs/store', identity.slice(0, 2), identity, 'result.json'),
        'utf8',
      ),
    ) as { curve: { loss: number }[] };
    expect(curve.map(({ value }) => Number(value))).toEqual(result.curve.map(({ loss }) => loss));
  });

  it('is exported as a file store of MLflow: a run a cell and seed', () => {
    const { status } = mmx(directory, 'runs', 'export', id, '--format', 'mlflow');
    expect(status).toBe(0);
    const root = join(directory, 'results/mlruns');
    const [experiment = ''] = readdirSync(root);
    const meta = (...path: string[]): Record<string, unknown> =>
      parseYaml(readFileSync(join(root, experiment, ...path, 'meta.yaml'), 'utf8'));
    expect(meta()).toMatchObject({ experiment_id: experiment, name: 'small', lifecycle_stage: 'active' });
    const runs = readdirSync(join(root, experiment)).filter((name) => name !== 'meta.yaml');
    expect(runs).toHaveLength(6);
    const seen = runs.map((run) => {
      const read = (...path: string[]) => readFileSync(join(root, experiment, run, ...path), 'utf8');
      expect(run).toMatch(/^[0-9a-f]{32}$/);
      expect(meta(run)).toMatchObject({ run_id: run, run_uuid: run, experiment_id: experiment, status: 3 });
      expect(read('params', 'rbm.left.hidden')).toBe('60');
      expect(read('tags', 'mmx.run')).toBe(id);
      expect(existsSync(join(root, experiment, run, 'artifacts'))).toBe(true);
      const lines = read('metrics', 'rbm left _392 _ 60_', 'reconstruction').trimEnd().split('\n');
      expect(lines.map((line) => line.split(' ')[2])).toEqual(['1', '2', '3', '4']);
      for (const line of lines) expect(line).toMatch(/^\d{13} \d+\.\d+ \d$/);
      return `${read('tags', 'mmx.cell')} ${read('params', 'seed')} ${read('metrics', 'accuracy').split(' ')[1]}`;
    });
    const expected = tableCells().flatMap(({ id: row, cells }) =>
      (cells['right-to-left']?.values ?? []).map(
        (value, index) => `${row}/right-to-left ${index + 1} ${value}`,
      ),
    );
    expect(seen.sort()).toEqual(expected.sort());
  });

  it('is counted where it is no longer stored', () => {
    rmSync(join(directory, 'results/runs/store'), { recursive: true });
    const { status, stderr } = mmx(directory, 'runs', 'export', id, '--format', 'csv');
    expect(stderr).toContain(`the results of ${id} are no longer stored`);
    expect(status).toBe(1);
  });
});
