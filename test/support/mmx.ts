import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The real binary, as a user would start it. It runs the build in dist/, which `npm ci` makes. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const binary = join(projectRoot, 'bin', 'mmx.js');

/** The program and its first argument. */
export const mmxCommand: readonly string[] = [process.execPath, binary];

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function assertBuilt(): void {
  if (!existsSync(join(projectRoot, 'dist', 'cli', 'main.js'))) {
    throw new Error('dist/ is missing: run `npm run build` before the end-to-end tests');
  }
}

export const emptyDirectory = (name: string): string => mkdtempSync(join(tmpdir(), `mmx-${name}-`));

export function mmx(cwd: string, ...args: string[]): Outcome {
  return mmxWith({}, cwd, ...args);
}

/** With more environment variables. */
export const mmxWith = (more: Readonly<Record<string, string>>, cwd: string, ...args: string[]): Outcome =>
  outcomeOf(binary, more, cwd, args);

/** Of a copy of the installation. */
export const mmxIn = (installation: string, cwd: string, ...args: string[]): Outcome =>
  outcomeOf(join(installation, 'bin', 'mmx.js'), {}, cwd, args);

function outcomeOf(
  program: string,
  more: Readonly<Record<string, string>>,
  cwd: string,
  args: readonly string[],
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...environment, ...more },
    timeout: 600_000,
  });
  return { status, stdout, stderr };
}

/** A run of the binary that goes on while the test does something else. */
export interface RunningMmx {
  readonly process: ChildProcess;
  /** What it has written to the standard error so far. */
  readonly stderr: () => string;
  readonly ended: Promise<Outcome>;
}

export function launchMmx(cwd: string, env: NodeJS.ProcessEnv, ...args: string[]): RunningMmx {
  const child = spawn(process.execPath, [binary, ...args], {
    cwd,
    env: { ...environment, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (status) => resolve({ status, ...written }));
  });
  return { process: child, stderr: () => written.stderr, ended };
}

const environment = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };

/** A table that takes seconds: real MNIST, few examples, small layers. */
export const smallTable = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
table: small
title: A small table
corpus: {name: mnist-halves, train: 3000, test: 1000}
seeds: [1, 2]
checkpoint_seconds: 0.05
rbm:
  left: {hidden: 60, epochs: 4}
  right: {hidden: 60, epochs: 4}
  joint: {hidden: 30, epochs: 4}
autoencoder: {epochs: 4}
cca: {dimensions: 20}
evaluation:
  protocol: test-folds
  classifier: {c: 1}
columns:
  - {id: right-to-left, label: right → left, setting: shared-right-to-left, published: {condition: right->left}}
rows:
  - {id: dbn, label: Bimodal DBN, architecture: bimodal-dbn}
  - id: autoencoder
    label: Bimodal deep autoencoder
    architecture: bimodal-deep-autoencoder
    published: {source: corrnet2016, method: multimodal-autoencoder}
  - {id: rbm-cca, label: RBM-CCA, architecture: rbm-cca}
`;
