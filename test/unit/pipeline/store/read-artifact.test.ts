import { expect, it } from 'vitest';
import { autoencoderOf, ccaOf, rbmOf } from '../../../../src/architectures/pieces/artifacts.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { framesFactsOf } from '../../../../src/pipeline/data/frames.js';
import { frontEndOf, learntClipsOf } from '../../../../src/pipeline/data/front-end.js';
import { testParts, trainingPart, unlabelledRows } from '../../../../src/pipeline/data/rows.js';
import { readFrom } from '../../../../src/pipeline/graph/read-artifact.js';
import type { Artifact, TensorData } from '../../../../src/pipeline/graph/stage.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { everyDamage, faultOf } from '../../../support/every-damage.js';

/*
 * Artifacts whose checksums are right and whose content is not: stages, comparisons and exports must say which it is, or
 * give a result.
 */

const hash = 'ab'.repeat(32);
const f32 = (...shape: number[]): TensorData => ({ shape, data: new Float32Array(sizeOf(shape)) });
const f64 = (...shape: number[]): TensorData => ({ shape, data: new Float64Array(sizeOf(shape)) });
const i32 = (...values: number[]): TensorData => ({ shape: [values.length], data: Int32Array.from(values) });
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const facts = { classes: ['a'], ids: ['1', '2'], keepsApart: null, repeated: [] };
const labelled = { train: 'train', tests: ['train'], classes: ['a', 'b'] };

const kinds: Readonly<
  Record<string, [tensors: Record<string, TensorData>, json: object, read: (artifact: Artifact) => unknown]>
> = {
  rbm: [
    { weights: f32(3, 2), visible_bias: f32(3), hidden_bias: f32(2) },
    { shape: { visible: 3, hidden: 2, units: 'binary', sigma: 1 }, curve: [] },
    (artifact) => rbmOf(artifact).dispose(),
  ],
  autoencoder: [
    {
      'joint.weights': f32(3, 2),
      'joint.bias': f32(2),
      'decoder.left.weights': f32(2, 3),
      'decoder.left.bias': f32(3),
    },
    {
      shape: {
        depth: 'shallow',
        inputs: [{ modality: 'left', visible: 3, hidden: 2 }],
        outputs: [{ modality: 'left', visible: 3, hidden: 2 }],
        joint: 2,
        loss: 'squared-error',
      },
      curve: [],
    },
    (artifact) => autoencoderOf(artifact).dispose(),
  ],
  cca: [
    { mean_x: f64(3), mean_y: f64(2), project_x: f64(3, 1), project_y: f64(2, 1), correlations: f64(1) },
    { dimensions: 1, correlations: [0.5] },
    ccaOf,
  ],
  'front-end': [
    { audio_mean: f32(6), audio_components: f32(2, 6), audio_eigenvalues: f64(2) },
    {
      learnt: [
        {
          source: { name: 'cuave', fingerprint: 'f', preset: null, seed: null, scale: null, train: null },
          sound: ['d'],
          pictures: [],
        },
      ],
      audio: { floor: 0.1, explained: 0.9, count: 3 },
    },
    (artifact) => [frontEndOf(artifact), learntClipsOf(artifact)],
  ],
  frames: [
    {
      clips: i32(0, 1, 2),
      labels: i32(0, -1),
      speakers: i32(0, 0),
      audio_frames: f32(5, 4),
      audio_starts: i32(0, 2),
      audio_window: i32(3),
    },
    facts,
    async (artifact) => {
      const context = { inputs: { train: artifact }, local: {} };
      const [test] = await testParts(labelled, context);
      const rows = await unlabelledRows({ frames: ['train'] }, ['audio'], context);
      const parts = [await trainingPart(labelled, context), test, { inputs: rows }];
      for (const one of parts) {
        const audio = one?.inputs.audio;
        if (audio && 'copyRow' in audio) {
          for (let row = 0; row < audio.rows; row++) audio.copyRow(row, new Float32Array(audio.columns), 0);
        }
      }
      return framesFactsOf(artifact);
    },
  ],
};

it.each(Object.entries(kinds))('%s', async (kind, [tensors, json, read]) => {
  await useEngine('cpu');
  const store = new ArtifactStore(temporaryDirectory());
  const engine = { name: 'cpu', description: '', versions: {} };
  const origin = { kind, version: 1, label: kind, parameters: {}, inputs: {}, engine, seconds: 1 };
  store.save(hash, { tensors, json: JSON.parse(JSON.stringify(json)) }, origin);
  await read(store.load(hash));
  // As `load` gives it.
  const folder = store.pathOf(hash);
  const found: string[] = [];
  const look = async (what: string, shown: Record<string, TensorData>, text: string): Promise<void> => {
    let failure: unknown;
    try {
      await read(readFrom(folder, { tensors: shown, json: JSON.parse(text) }));
      return;
    } catch (error) {
      failure = error;
    }
    const fault = faultOf(() => {
      throw failure;
    }, folder);
    if (fault !== undefined) found.push(`${what}: ${fault}`);
  };
  for (const { what, text } of everyDamage(json)) await look(what, tensors, text);
  for (const name of Object.keys(tensors)) {
    for (const odd of [undefined, f32(), f32(1), f32(2, 1, 3), f64(4), i32(-7, 99), i32(), f32(100, 100)]) {
      const { [name]: _, ...others } = tensors;
      await look(`${name} of ${odd?.shape}`, odd ? { ...others, [name]: odd } : others, JSON.stringify(json));
    }
  }
  expect(found).toEqual([]);
});

it('an artifact of a store is named by its folder', () => {
  const store = new ArtifactStore(temporaryDirectory());
  const engine = { name: 'cpu', description: '', versions: {} };
  const origin = { kind: 'rbm', version: 1, label: 'x', parameters: {}, inputs: {}, engine, seconds: 1 };
  store.save(hash, { tensors: {}, json: {} }, origin);
  expect(() => rbmOf(store.load(hash))).toThrow(`${store.pathOf(hash)} cannot be used: shape is missing.`);
});
