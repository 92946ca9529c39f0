import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { architectureKinds } from '../../../src/architectures/index.js';
import { hasPath } from '../../../src/config/validate.js';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import type { Matrix } from '../../../src/matrix.js';
import { ContrastiveNetwork } from '../../../src/models/networks/contrastive-network.js';
import { StackedAutoencoder } from '../../../src/models/networks/stacked-autoencoder.js';
import { restoreValues } from '../../../src/models/networks/values.js';
import { trainContrastive } from '../../../src/training/train-contrastive.js';
import { trainNetwork } from '../../../src/training/train-network.js';
import { trainStackedAutoencoder } from '../../../src/training/train-stacked-autoencoder.js';
import { describeOnCpu } from '../engine/each-engine.js';
import { contrastiveConfig, networkConfig, stackedConfig } from '../models/networks/configs.js';
import { killedAfter, quiet, resumedFrom } from './hosts.js';

const [classes, rows] = [4, 80];

/** Two modalities of different width that show the same of four patterns, each in its own way, in [0, 1]. */
function paired(purpose: string): { readonly a: Matrix; readonly b: Matrix } {
  const modality = (name: string, columns: number): Matrix => {
    const patterns = uniforms({ seed: 4, purpose: `pattern/${name}`, step: 0 }, classes * columns);
    const noise = gaussians({ seed: 4, purpose: `${purpose}/${name}`, step: 0 }, rows * columns, 0.05);
    const data = noise.map((value, i) => {
      const pattern = patterns[(Math.floor(i / columns) % classes) * columns + (i % columns)] ?? 0;
      return Math.min(1, Math.max(0, Math.round(pattern) * 0.8 + 0.1 + value));
    });
    return { rows, columns, data };
  };
  return { a: modality('a', 8), b: modality('b', 12) };
}

const inputs = [
  { modality: 'a', shape: [8] },
  { modality: 'b', shape: [12] },
];

const labelled = {
  inputs: paired('train'),
  labels: Int32Array.from({ length: rows }, (_, row) => row % classes),
  fit: Int32Array.from({ length: rows }, (_, row) => row),
  validation: new Int32Array(),
};

const tensorOf = ({ columns, data }: Matrix): tf.Tensor2D => tf.tensor2d(data, [rows, columns]);

const labelOf = (row: number): number => row % classes;

/** Rows whose nearest class mean is that of their own class. */
function nearestMeans(train: number[][], test: number[][]): number {
  const means = Array.from({ length: classes }, (_, label) => {
    const own = train.filter((__, row) => labelOf(row) === label);
    return (own[0] ?? []).map((___, i) => own.reduce((sum, row) => sum + (row[i] ?? 0), 0) / own.length);
  });
  const right = test.filter((row, i) => {
    const distances = means.map((mean) => Math.hypot(...mean.map((value, j) => value - (row[j] ?? 0))));
    return distances.indexOf(Math.min(...distances)) === labelOf(i);
  });
  return right.length / test.length;
}

describeOnCpu('training without labels', () => {
  it('contrastive: a classifier that saw one modality knows the other, and training resumes', async () => {
    const config = contrastiveConfig({
      encoder: { kind: 'dense', layers: [12] },
      projection: { hidden: [], dimensions: 6 },
      epochs: 10,
      batch: 16,
      temperature: 0.3,
      optimiser: { name: 'adam', learning_rate: 0.02 },
    });
    const data = paired('train');
    const train = (host = quiet) => trainContrastive(data, inputs, config, 1, host);
    const whole = await train();
    expect(whole.curve.at(-1)?.loss).toBeLessThan(0.8 * (whole.curve[0]?.loss ?? 0));
    const killed = killedAfter(7);
    await expect(train(killed)).rejects.toThrow('killed');
    expect(await train(resumedFrom(killed.saved()))).toEqual(whole);
    const network = new ContrastiveNetwork(inputs, config, { seed: 2, purpose: 'other' });
    const heardAsSeen = (): number =>
      tf.tidy(() => {
        const seen = network.representation({ a: tensorOf(data.a) }).arraySync();
        return nearestMeans(seen, network.representation({ b: tensorOf(paired('test').b) }).arraySync());
      });
    expect(heardAsSeen()).toBeLessThan(0.7);
    restoreValues(network, whole.values);
    expect(heardAsSeen()).toBeGreaterThan(0.95);
    network.dispose();
    await expect(trainContrastive(data, inputs, { ...config, batch: 1 }, 1, quiet)).rejects.toMatchObject({
      message: 'contrastive: a minibatch of 1 has nothing to compare',
      hint: 'use a models.contrastive.batch of at least 2; larger batches train better',
    });
  });

  it('stacked autoencoder: reconstructs one modality from the other, and training resumes', async () => {
    const config = stackedConfig({
      shares: [0.8, 0.4],
      modality_dropout: 0.3,
      epochs: 15,
      batch: 10,
      optimiser: { name: 'adam', learning_rate: 0.03 },
    });
    const data = paired('train');
    const train = (host = quiet) => trainStackedAutoencoder(data, inputs, config, 1, host);
    const whole = await train();
    const killed = killedAfter(11);
    await expect(train(killed)).rejects.toThrow('killed');
    expect(await train(resumedFrom(killed.saved()))).toEqual(whole);
    const network = new StackedAutoencoder(inputs, config, { seed: 2, purpose: 'other' });
    restoreValues(network, whole.values);
    const errors = tf.tidy(() => {
      const { a, b } = paired('test');
      const { b: found } = network.reconstruct({ a: tensorOf(a) });
      const mean = tf.mean(tensorOf(b), 0);
      return [found as tf.Tensor, mean].map(
        (guess) => tf.mean(tf.abs(tf.sub(tensorOf(b), guess))).dataSync()[0],
      );
    });
    expect(errors[0]).toBeLessThan(0.5 * (errors[1] ?? 0));
    network.dispose();
  });

  it('stacked autoencoder: the defaults learn, and inputs beyond [0, 1] are refused', async () => {
    const data = paired('train');
    const config = stackedConfig({ epochs: 20, batch: 10, shares: [0.8, 0.4] });
    const { curve } = await trainStackedAutoencoder(data, inputs, config, 1, quiet);
    expect(curve.at(-1)?.loss).toBeLessThan(0.9 * (curve[0]?.loss ?? 0));
    const white = { ...data, b: { ...data.b, data: data.b.data.map((value) => value - 0.5) } };
    await expect(trainStackedAutoencoder(white, inputs, config, 1, quiet)).rejects.toMatchObject({
      code: 'training/out-of-range',
      message: expect.stringMatching(/inputs in \[0, 1\]; training example 1 of b holds -0\.\d+$/),
    });
  });

  it('names in its advice a key that the architecture has', async () => {
    const optimiser = { name: 'sgd', learning_rate: 1e30 } as const;
    const schedule = { batch: 8, epochs: 9, optimiser };
    const runs = [
      trainContrastive(paired('train'), inputs, contrastiveConfig(schedule), 1, quiet),
      trainStackedAutoencoder(paired('train'), inputs, stackedConfig(schedule), 1, quiet),
      trainNetwork(labelled, inputs, classes, networkConfig(schedule), 1, quiet),
    ];
    const named = (await Promise.allSettled(runs)).map((run) => {
      const { hint = '' } = run.status === 'rejected' ? run.reason : {};
      return /^try a smaller models\.([\w-]+)\.(\S+) \(it is 1e\+30\)$/.exec(hint)?.slice(1) ?? [hint];
    });
    expect(named.map(([family]) => family)).toEqual(['contrastive', 'stacked-autoencoder', 'fusion-network']);
    for (const [family, path = ''] of named) {
      const { options } = architectureKinds.find((kind) => kind.family === family) ?? {};
      expect(options && hasPath(options, path.split('.')), `${family}: ${path}`).toBe(true);
    }
  });
});
