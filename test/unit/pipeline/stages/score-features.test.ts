import { beforeAll, describe, expect, it } from 'vitest';
import { autoencoderArtifact, rbmArtifact } from '../../../../src/architectures/pieces/artifacts.js';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { fitLinearSvm, predict } from '../../../../src/evaluation/svm/index.js';
import { type Matrix, matrix } from '../../../../src/matrix.js';
import type { Artifact } from '../../../../src/pipeline/graph/stage.js';
import { extractorOf } from '../../../../src/pipeline/stages/extractor.js';
import type { Score, ScoreParameters } from '../../../../src/pipeline/stages/parameters.js';
import { madeFrames, runStage } from '../../../support/stages.js';

beforeAll(() => useEngine('auto', { threads: 1 }));

const scoreOf = ({ json }: Artifact): Score => json as unknown as Score;
const random = (purpose: string, rows: number, columns: number): Matrix =>
  matrix(rows, columns, gaussians({ seed: 2, purpose, step: 0 }, rows * columns));

const modalities = [
  { modality: 'audio', visible: 4 },
  { modality: 'video', visible: 3 },
];
const rbm = (purpose: string, visible: number, hidden: number): Artifact =>
  rbmArtifact(
    { visible, hidden, units: 'gaussian', sigma: 1 },
    {
      weights: random(`${purpose}/w`, visible, hidden).data,
      visibleBias: new Float32Array(visible),
      hiddenBias: random(`${purpose}/b`, 1, hidden).data,
    },
    [],
  );
const pieces = {
  audio: rbm('audio', 4, 5),
  video: rbm('video', 3, 2),
  joint: rbm('joint', 7, 6),
  beside_audio: rbm('beside', 4, 8),
};

const parameters: ScoreParameters = {
  corpus: { train: 'train', tests: ['test_0'], classes: ['a', 'b'] },
  architecture: { family: 'bimodal-dbn', encodes: ['audio', 'video'] },
  modalities,
  setting: { name: 'fusion', supervisedTraining: ['audio', 'video'], testing: ['audio', 'video'] },
  features: { unimodal: 'posterior', joint: 'posterior', normalise: 'none', absent: 'zero', beside: [] },
  weighting: 0,
  evaluation: {
    protocol: 'train-test',
    pooling: [1],
    folds: 2,
    standardise: 'none',
    classifier: { c: 0.1, cv_folds: 2, cv_examples: 'all', tolerance: 1e-6, bias: true },
  },
  seed: 1,
};

describe('a class that has test examples alone', () => {
  it('is never answered, and counts as wrong', async () => {
    const train = random('train', 20, 3);
    const test = random('test', 6, 3);
    const frames = (inputs: Matrix, labels: readonly number[]): Artifact =>
      madeFrames({
        inputs: { audio: inputs },
        windows: labels.map(() => 1),
        labels,
        classes: ['a', 'b', 'c'],
      });
    const labels = [0, 1, 2, 1, 2, 0];
    const { json } = await runStage(
      'score',
      {
        ...parameters,
        architecture: { family: 'preprocessed', encodes: ['audio', 'video'] },
        modalities: [{ modality: 'audio', visible: 3 }],
        corpus: { train: 'train', tests: ['test_0'], classes: ['a', 'b', 'c'] },
        setting: { name: 'classic-audio', supervisedTraining: ['audio'], testing: ['audio'] },
      },
      {
        train: frames(
          train,
          [...new Array(20).keys()].map((i) => i % 2),
        ),
        test_0: frames(test, labels),
      },
    );
    const { confusion, accuracy, tested } = json as unknown as Score;
    expect(tested).toBe(6);
    expect(confusion.map((row) => row.reduce((a, b) => a + b, 0))).toEqual([2, 2, 2]);
    expect(confusion.map((row) => row[2])).toEqual([0, 0, 0]);
    const right = (confusion[0]?.[0] ?? 0) + (confusion[1]?.[1] ?? 0);
    expect(accuracy).toBeCloseTo((100 * right) / 6, 9);
  });
});

describe('features beside others', () => {
  const present = { audio: random('a', 30, 4), video: random('v', 30, 3) };
  const extracted = (changed: Partial<ScoreParameters>): Matrix => {
    const { extract, dispose } = extractorOf({ ...parameters, ...changed }, pieces);
    const features = extract(present);
    dispose();
    return features;
  };
  const beside = { ...parameters.features, beside: ['audio'] };

  it('are those of both, one after the other', () => {
    const own = extracted({});
    const both = extracted({ features: beside });
    expect([own.columns, both.columns]).toEqual([6, 6 + 8]);
    const { data, hidden } = { data: pieces.beside_audio.tensors.weights?.data ?? [], hidden: 8 };
    const bias = pieces.beside_audio.tensors.hidden_bias?.data ?? [];
    for (let row = 0; row < 30; row++) {
      expect(both.data.slice(14 * row, 14 * row + 6)).toEqual(own.data.slice(6 * row, 6 * row + 6));
      for (let unit = 0; unit < hidden; unit++) {
        let drive = bias[unit] ?? 0;
        for (let i = 0; i < 4; i++) {
          drive += (present.audio.data[4 * row + i] ?? 0) * (data[i * hidden + unit] ?? 0);
        }
        expect(both.data[14 * row + 6 + unit]).toBeCloseTo(1 / (1 + Math.exp(-drive)), 5);
      }
    }
  });

  it('are brought to unit length together', () => {
    const both = extracted({ features: { ...beside, normalise: 'l2' } });
    for (let row = 0; row < 30; row++) {
      const squares = both.data.slice(14 * row, 14 * row + 14).map((value) => value * value);
      expect(squares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
  });

  it('let an autoencoder of one modality be used with the other shown', () => {
    const { features, setting } = parameters;
    const shape = {
      inputs: [{ modality: 'video', visible: 3, hidden: 2 }],
      outputs: [
        { modality: 'audio', visible: 4, hidden: 5 },
        { modality: 'video', visible: 3, hidden: 2 },
      ],
      joint: 6,
      loss: 'squared-error' as const,
    };
    const tensors = {
      'encoder.video.weights': random('e', 3, 2).data,
      'encoder.video.bias': new Float32Array(2),
      'joint.weights': random('j', 2, 6).data,
      'joint.bias': new Float32Array(6),
      'unjoint.weights': random('u', 6, 7).data,
      'unjoint.bias': new Float32Array(7),
      'decoder.audio.weights': random('da', 5, 4).data,
      'decoder.audio.bias': new Float32Array(4),
      'decoder.video.weights': random('dv', 2, 3).data,
      'decoder.video.bias': new Float32Array(3),
    };
    const asked: ScoreParameters = {
      ...parameters,
      architecture: { family: 'single-input-deep-autoencoder', encodes: ['video'] },
      features: { ...features, beside: ['audio'] },
      setting,
    };
    const inputs = {
      autoencoder: autoencoderArtifact(shape, tensors, []),
      beside_audio: pieces.beside_audio,
    };
    const { extract, dispose } = extractorOf(asked, inputs);
    const heard = extract(present);
    const other = extract({ ...present, audio: random('b', 30, 4) });
    dispose();
    expect(heard.columns).toBe(14);
    for (let row = 0; row < 30; row++) {
      const [from, to] = [14 * row, 14 * row + 6];
      // Sound changes what stands beside, and nothing of the autoencoder's own.
      expect(other.data.slice(from, to)).toEqual(heard.data.slice(from, to));
      expect(other.data.slice(to, to + 8)).not.toEqual(heard.data.slice(to, to + 8));
    }
  });
});

describe('standardised features', () => {
  const part = (name: string, clips: number, shift: number) => {
    const labels = Array.from({ length: clips }, (_, i) => i % 2);
    const rows = (modality: string, columns: number, scale: number): Matrix => {
      const { data } = random(`${name}/${modality}`, clips, columns);
      // The last input says the class, faintly beside what the others say.
      return matrix(
        clips,
        columns,
        data.map((value, i) => {
          const isLast = i % columns === columns - 1;
          const sign = Math.floor(i / columns) % 2 === 0 ? -1 : 1;
          return isLast ? shift + 0.02 * (sign + 0.6 * value) : scale * value + shift;
        }),
      );
    };
    const inputs = { audio: rows('audio', 3, 20), video: rows('video', 3, 5) };
    return {
      inputs,
      labels: Int32Array.from(labels),
      frames: madeFrames({ inputs, windows: labels.map(() => 1), labels, classes: ['a', 'b'] }),
    };
  };
  const [train, test] = [part('train', 60, 3), part('test', 40, 3.01)];
  const plain: ScoreParameters = {
    ...parameters,
    architecture: { family: 'preprocessed', encodes: ['audio', 'video'] },
    modalities: [
      { modality: 'audio', visible: 3 },
      { modality: 'video', visible: 3 },
    ],
  };
  const score = async (
    standardise: 'none' | 'training' | 'presence',
    [supervisedTraining, testing]: readonly [readonly string[], readonly string[]],
  ): Promise<Score> =>
    scoreOf(
      await runStage(
        'score',
        {
          ...plain,
          setting: { name: 'any', supervisedTraining, testing },
          evaluation: { ...plain.evaluation, standardise },
        },
        { train: train.frames, test_0: test.frames },
      ),
    );

  /** Each column to mean 0 and variance 1 by the first matrix, in double precision. */
  function scaledBy(by: Matrix, x: Matrix): Matrix {
    const column = ({ data, columns }: Matrix, j: number): number[] =>
      [...data].filter((_, i) => i % columns === j);
    const scaling = Array.from({ length: by.columns }, (_, j) => {
      const values = column(by, j);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      return { mean, deviation: Math.sqrt(variance) };
    });
    const data = x.data.map((value, i) => {
      const { mean, deviation } = scaling[i % x.columns] ?? { mean: 0, deviation: 1 };
      return (value - mean) / deviation;
    });
    return matrix(x.rows, x.columns, data);
  }
  const accuracyOf = (fit: Matrix, held: Matrix): number => {
    const model = fitLinearSvm(fit, train.labels, { c: 0.1, classes: 2, tolerance: 1e-6, bias: true });
    const predicted = predict(model, held);
    return (100 * test.labels.filter((label, i) => label === predicted[i]).length) / test.labels.length;
  };

  it.each(['audio', 'video'] as const)('by the training examples: %s', async (seen) => {
    const [fit, held] = [train.inputs[seen], test.inputs[seen]];
    const plainly = await score('none', [[seen], [seen]]);
    expect(plainly.accuracy).toBeCloseTo(accuracyOf(fit, held), 9);
    for (const how of ['training', 'presence'] as const) {
      const scaled = await score(how, [[seen], [seen]]);
      expect(scaled.accuracy).toBeCloseTo(accuracyOf(scaledBy(fit, fit), scaledBy(fit, held)), 9);
      // What is faint is heard once all inputs are as loud.
      expect(scaled.accuracy).toBeGreaterThan(plainly.accuracy + 5);
    }
  });

  it('each side of a shared setting by its own modality, with presence', async () => {
    const sides = [['audio'], ['video']] as const;
    const { audio, video } = train.inputs;
    const presence = await score('presence', sides);
    const training = await score('training', sides);
    expect(presence.accuracy).toBeCloseTo(
      accuracyOf(scaledBy(audio, audio), scaledBy(video, test.inputs.video)),
      9,
    );
    expect(training.accuracy).toBeCloseTo(
      accuracyOf(scaledBy(audio, audio), scaledBy(audio, test.inputs.video)),
      9,
    );
  });
});
