import * as tf from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import { gaussians, type NoiseKey } from './noise.js';
import { affine, bernoulli, columnSumDifference, contrastiveProduct, momentumUpdate } from './operations.js';
import { probe, productSpeed } from './probe.js';
import type { EngineName, EngineOptions, EngineProvider } from './types.js';

/** What `mmx doctor` says of one engine. */
export type EngineReport = UsableEngine | UnusableEngine;

export interface UsableEngine {
  readonly name: EngineName;
  readonly usable: true;
  /** `auto` never takes it. */
  readonly byNameOnly?: boolean;
  readonly description: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Where its native libraries and optional packages lie. */
  readonly loadedFrom: readonly string[];
  /** Speed of a 512 x 1000 by 1000 x 1500 product; on `cpu` of a 64 x 500 by 500 x 500 one. */
  readonly gflops: number;
  /** Milliseconds of one CD-1 update of a Gaussian RBM: batch 100, 400 visible, 1000 hidden units. */
  readonly stepMilliseconds: number;
}

export interface UnusableEngine {
  readonly name: EngineName;
  readonly usable: false;
  readonly reason: string;
  /** The one command or setting that mends it, where there is one. */
  readonly remedy?: string;
}

/**
 * Brings the engines up one after the other and measures them; takes some seconds. The current tfjs backend
 * is another one afterwards: for a process that does nothing else.
 */
export async function inspect(
  providers: readonly EngineProvider[],
  options: EngineOptions = {},
): Promise<EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const provider of providers) reports.push(await inspectOne(provider, options));
  return reports;
}

async function inspectOne(provider: EngineProvider, options: EngineOptions): Promise<EngineReport> {
  const { name } = provider;
  try {
    const { description, threads, versions, loadedFrom = [] } = await provider.load(options);
    const { fault } = probe({ name, backend: tf.getBackend(), description, threads, versions });
    if (fault !== undefined) return { name, usable: false, reason: fault };
    // The plain JavaScript engine needs seconds for what the others do in milliseconds.
    const repeats = name === 'cpu' ? 1 : 10;
    const [m, k, n] = name === 'cpu' ? [64, 500, 500] : [512, 1000, 1500];
    const gflops = productSpeed(m, k, n, repeats);
    return {
      name,
      usable: true,
      ...(provider.byNameOnly === true ? { byNameOnly: true } : {}),
      description,
      threads,
      versions,
      loadedFrom,
      gflops,
      stepMilliseconds: stepTime(repeats),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof MmxError ? error.hint : undefined;
    return { name, usable: false, reason, ...(remedy === undefined ? {} : { remedy }) };
  }
}

const [batch, visible, hidden] = [100, 400, 1000];

/** Median milliseconds of a CD-1 update. */
function stepTime(repeats: number): number {
  const key = (purpose: string, step = 0): NoiseKey => ({ seed: 1, purpose: `inspect/${purpose}`, step });
  const zeros = (shape: number[]): tf.Variable => tf.variable(tf.zeros(shape));
  const v0 = tf.tensor2d(gaussians(key('data'), batch * visible), [batch, visible]);
  const weights = tf.variable(
    tf.tensor2d(gaussians(key('weights'), visible * hidden, 0.01), [visible, hidden]),
  );
  const b = zeros([visible]) as tf.Variable<tf.Rank.R1>;
  const c = zeros([hidden]) as tf.Variable<tf.Rank.R1>;
  const velocities = [zeros([visible, hidden]), zeros([visible]), zeros([hidden])] as const;
  const times: number[] = [];
  for (let step = 0; step <= repeats; step++) {
    const start = performance.now();
    tf.tidy(() => {
      const posterior = affine(v0, weights, c, 'sigmoid');
      const v1 = affine(bernoulli(posterior, key('hidden', step)), weights, b, 'linear', true);
      const h1 = affine(v1, weights, c, 'sigmoid');
      const update = { momentum: 0.9, rate: 1e-3, scale: 1 / batch };
      momentumUpdate(weights, velocities[0], contrastiveProduct(v0, posterior, v1, h1), update);
      momentumUpdate(b, velocities[1], columnSumDifference(v0, v1), update);
      momentumUpdate(c, velocities[2], columnSumDifference(posterior, h1), update);
    });
    // Reading a value waits for a device that computes asynchronously.
    c.dataSync();
    if (step > 0) times.push(performance.now() - start);
  }
  for (const tensor of [v0, weights, b, c, ...velocities]) tensor.dispose();
  times.sort((x, y) => x - y);
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}
