import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../src/pipeline/runs/manifest.js';
import { buildStandIn, standInEnvironment } from '../support/cuda-stand-in/build.js';
import { assertBuilt, emptyDirectory, mmxWith, type Outcome, projectRoot } from '../support/mmx.js';

const standIn = buildStandIn();
const without = { MMX_LIBCUDA: '/nowhere/libcuda.so.1' };
const tiny = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 600, test: 200}
architecture: bimodal-deep-autoencoder
setting: fusion
seeds: [1]
rbm:
  left: {hidden: 16, epochs: 1}
  right: {hidden: 16, epochs: 1}
  joint: {hidden: 8, epochs: 1}
autoencoder: {epochs: 1}
evaluation: {protocol: test-folds, classifier: {c: 1}}
`;

let directory = '';
const evaluate = (environment: Record<string, string>, ...args: string[]): Outcome =>
  mmxWith(environment, directory, 'evaluate', 'one.yaml', ...args);

/** The record of the run that was started last. */
function manifest(): RunManifest {
  const folder = join(directory, 'results', 'runs', 'manifests');
  const newest = readdirSync(folder).sort().at(-1) ?? '';
  return JSON.parse(readFileSync(join(folder, newest), 'utf8')) as RunManifest;
}

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('cuda');
  writeFileSync(join(directory, 'one.yaml'), tiny);
});

describe('without a GPU', () => {
  it('--engine cuda is an error that says why, and auto goes on with a line', () => {
    const strict = evaluate(without, '--engine', 'cuda');
    expect(strict.status).toBe(1);
    expect(strict.stderr).toMatch(
      /^mmx: engine cuda: MMX_LIBCUDA=\/nowhere\/libcuda.so.1 cannot be loaded \(.*\)\n {2}→ .*\n$/,
    );
    const auto = evaluate(without);
    expect(auto.status).toBe(0);
    expect(auto.stderr).toMatch(/^engine (ort|wasm): .* \(not cuda: MMX_LIBCUDA=.* cannot be loaded .*\)$/m);
    expect(manifest().engine).toMatchObject({ declined: [{ name: 'cuda' }, {}, {}] });
  });
});

// The stand-in computes what a GPU would, on the CPU: what is seen here is the whole way from the config to the score.
describe.skipIf(standIn === undefined)(
  `on a stand-in for a GPU${standIn === undefined ? ': needs g++ on Linux' : ''}`,
  () => {
    it('trains and scores as the CPU does, under its own name, and keeps TF32 apart', () => {
      const environment = { ...standInEnvironment(standIn ?? ''), MMX_STAND_IN_BYTES: String(2 ** 30) };
      const accuracy = ({ stdout }: Outcome): number => JSON.parse(stdout)[0].scores[0].accuracy;
      const gpu = evaluate(environment, '--engine', 'cuda', '--jobs', '1', '--json');
      expect(gpu.status, gpu.stderr).toBe(0);
      expect(manifest()).toMatchObject({
        engine: { name: 'cuda', versions: { gpu: 'stand-in on the CPU' } },
        jobs: 1,
      });
      expect(manifest().stages.map(({ engine }) => engine)).toContain('cuda');
      const cpu = evaluate({}, '--engine', 'wasm', '--json');
      expect(Math.abs(accuracy(gpu) - accuracy(cpu))).toBeLessThanOrEqual(2);

      const records = join(directory, 'results', 'runs', 'manifests');
      const computed = readdirSync(records);
      const again = evaluate(environment, '--engine', 'cuda', '--json');
      // A run that computes nothing leaves no record of its own: the earlier one says that it was asked for again.
      expect(readdirSync(records)).toHaveLength(computed.length);
      expect(again.stdout).toBe(gpu.stdout);
      const rounded = evaluate(environment, '--engine', 'cuda', 'tf32=true', '--json');
      expect(rounded.status, rounded.stderr).toBe(0);
      expect(manifest().engine.description).toMatch(/, TF32$/);
      expect(manifest().stages.every(({ end }) => end === 'ran')).toBe(true);
    });
  },
);
