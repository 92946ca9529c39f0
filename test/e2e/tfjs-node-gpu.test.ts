import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingLibraries } from '../../src/engine/shared-libraries.js';
import { assertBuilt, emptyDirectory, mmxWith, type Outcome, projectRoot } from '../support/mmx.js';

const fixture = join(projectRoot, 'test/fixtures/tfjs-node-gpu');
const toolkit = [
  ...['libcudart.so.11.0', 'libcublas.so.11', 'libcublasLt.so.11', 'libcufft.so.10'],
  ...['libcurand.so.10', 'libcusolver.so.11', 'libcusparse.so.11', 'libcudnn.so.8'],
];

/** Why the CUDA libraries cannot be stood in for here; undefined when they can. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (spawnSync('cc', ['--version']).status !== 0) return 'needs a C compiler';
  if (missingLibraries(['libcuda.so.1', ...toolkit]).length <= toolkit.length)
    return 'has an NVIDIA driver or CUDA 11';
  return undefined;
}

const reason = obstacle();

/** The real binary beside a stand-in for the package and for the libraries it opens. */
describe.skipIf(reason !== undefined)(`tfjs-node-gpu, installed${reason ? `: ${reason}` : ''}`, () => {
  let directory = '';
  const libraries = (): string => join(directory, 'lib');
  const evaluate = (engine: string, environment: Readonly<Record<string, string>>): Outcome =>
    mmxWith(
      {
        MMX_PACKAGES: directory,
        LD_LIBRARY_PATH: libraries(),
        STAND_IN_SM: '86',
        ...environment,
      },
      directory,
      ...['evaluate', 'one.yaml', '--engine', engine],
    );
  const provide = (...names: readonly string[]): void => {
    rmSync(libraries(), { recursive: true, force: true });
    mkdirSync(libraries());
    for (const name of names) {
      const source = name === 'libcuda.so.1' ? join(fixture, 'cuda.c') : join(directory, 'empty.c');
      const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', join(libraries(), name), source]);
      expect(status, String(stderr)).toBe(0);
    }
  };

  beforeAll(() => {
    assertBuilt();
    directory = emptyDirectory('tfjs-node-gpu');
    const scope = join(directory, 'node_modules', '@tensorflow');
    mkdirSync(scope, { recursive: true });
    cpSync(fixture, join(scope, 'tfjs-node-gpu'), { recursive: true });
    for (const shared of ['tfjs-core', 'tfjs-backend-cpu']) {
      symlinkSync(join(projectRoot, 'node_modules', '@tensorflow', shared), join(scope, shared), 'dir');
    }
    writeFileSync(join(directory, 'empty.c'), 'int stand_in;\n');
    writeFileSync(
      join(directory, 'one.yaml'),
      `extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 200, test: 100}
architecture: raw-cca
setting: shared-left-to-right
cca: {dimensions: 5}
evaluation: {protocol: test-folds, classifier: {c: 1}}
`,
    );
    // As Node.js 23 and later.
    writeFileSync(
      join(directory, 'newer-node.mjs'),
      "import util from 'node:util';\nfor (const name of ['isArray', 'isNullOrUndefined']) delete util[name];\n",
    );
  });

  it('refuses without a driver', () => {
    provide();
    const { status, stderr } = evaluate('tfjs-node-gpu', { STAND_IN: 'gpu' });
    expect(status).toBe(1);
    expect(stderr).toContain('engine tfjs-node-gpu: there is no NVIDIA driver (libcuda.so.1 is missing)');
    expect(stderr).not.toContain('stand-in');
  });

  it('refuses with the names of the libraries that are missing, and auto goes on in one line', () => {
    provide('libcuda.so.1', ...toolkit.filter((name) => !/cudnn|cudart/.test(name)));
    const said = 'TensorFlow 2.9.1 cannot use the GPU without libcudart.so.11.0, libcudnn.so.8';
    const strict = evaluate('tfjs-node-gpu', { STAND_IN: 'gpu' });
    expect(strict.status).toBe(1);
    expect(strict.stderr).toContain(`mmx: engine tfjs-node-gpu: ${said}\n`);
    expect(strict.stderr).toContain('conda install -c conda-forge cudatoolkit=11.2 cudnn=8.1');
    const auto = evaluate('auto', { STAND_IN: 'gpu' });
    expect(auto.status).toBe(0);
    const lines = auto.stderr.split('\n').filter((line) => line.includes('tfjs-node-gpu'));
    expect(lines).toEqual([
      expect.stringMatching(/^engine (ort|wasm): .*not .*tfjs-node-gpu: TensorFlow 2\.9\.1/),
    ]);
    expect(lines[0]).toContain(said);
  });

  it('refuses a GPU that TensorFlow has no kernels for', () => {
    provide('libcuda.so.1', ...toolkit);
    const { status, stderr } = evaluate('tfjs-node-gpu', { STAND_IN: 'gpu', STAND_IN_SM: '90' });
    expect(status).toBe(1);
    expect(stderr).toContain('has no kernels for Stand-in GPU (compute capability 9.0)');
    expect(stderr).toContain('use --engine cuda');
  });

  it.each([
    ['no-gpu', 'TensorFlow lists no GPU among its devices'],
    ['idle-gpu', 'TensorFlow lists a GPU but does not compute on it (products run at'],
  ])('refuses TensorFlow on the CPU: %s', (pretence, message) => {
    provide('libcuda.so.1', ...toolkit);
    const { status, stderr } = evaluate('tfjs-node-gpu', { STAND_IN: pretence });
    expect(status).toBe(1);
    expect(stderr).toContain(`engine tfjs-node-gpu: ${message}`);
  });

  it('takes one that computes, on a Node.js without the old type tests, and says so in the manifest', () => {
    provide('libcuda.so.1', ...toolkit);
    const newer = { NODE_OPTIONS: `--import=${join(directory, 'newer-node.mjs')}` };
    const { status, stdout, stderr } = evaluate('tfjs-node-gpu', { STAND_IN: 'gpu', ...newer });
    expect(stderr).not.toContain('mmx:');
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain('stand-in: ');
    const listed = JSON.parse(mmxWith({}, directory, 'runs', 'ls', '--json').stdout) as { id: string }[];
    const engines = listed.map(
      ({ id }) => JSON.parse(mmxWith({}, directory, 'runs', 'show', id, '--json').stdout).engine,
    );
    expect(engines).toContainEqual(
      expect.objectContaining({
        name: 'tfjs-node-gpu',
        backend: 'tensorflow',
        description: 'TensorFlow through @tensorflow/tfjs-node-gpu 4.22.0 on the GPU',
      }),
    );
  });
});
