import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

const recordings = join(projectRoot, '..', 'shared', 'data', 'fsdd');
const layers = `
rbm:
  audio: {hidden: 40, visible: gaussian, epochs: 2, learning_rate: 0.002}
  video: {hidden: 40, visible: gaussian, epochs: 2, learning_rate: 0.002}
  joint: {hidden: 30, epochs: 2}
autoencoder: {epochs: 2, loss: squared-error}
evaluation: {classifier: {c: 0.01}}
`;

let directory = '';
const evaluate = (
  ...args: string[]
): { accuracy: { mean: number }; scores: { dimensions: number; tested: number }[] } => {
  const { status, stdout, stderr } = mmx(directory, 'evaluate', ...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout)[0];
};

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('clips');
});

describe('a corpus of clips', () => {
  it('goes from sound and pictures to an accuracy, in every kind of architecture', () => {
    const corpus =
      'corpus: {name: talking-mouth, preset: digits, scale: 0.1, train: 120, test: 60}\nfront_end: {audio: {dimensions: 20}, video: {dimensions: 8}}';
    writeFileSync(
      join(directory, 'mouth.yaml'),
      `${corpus}\narchitecture: bimodal-deep-autoencoder\nsetting: cross-modality-video\n${layers}`,
    );
    const autoencoder = evaluate('mouth.yaml');
    // 30 features, averaged over the whole clip and over three slices of it.
    expect(autoencoder.scores[0]).toMatchObject({ dimensions: 4 * 30, tested: 60 });
    const preprocessed = evaluate('mouth.yaml', 'architecture=preprocessed', 'setting=classic-audio');
    expect(preprocessed.scores[0]?.dimensions).toBe(4 * 10 * 20);
    expect(preprocessed.accuracy.mean).toBeGreaterThan(20); // ten digits: guessing gives 10
    const shared = evaluate(
      'mouth.yaml',
      'architecture=rbm-cca',
      'setting=shared-audio-to-video',
      'cca.dimensions=10',
    );
    expect(shared.scores[0]?.dimensions).toBe(4 * 10);
  }, 400_000);

  it('says how to name a copy when there is none, and refuses what has no sense', () => {
    writeFileSync(
      join(directory, 'letters.yaml'),
      `corpus: avletters\narchitecture: rbm\nsetting: classic-video\n${layers}`,
    );
    const missing = mmx(directory, 'evaluate', 'letters.yaml');
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('--data avletters=DIR');
    const gone = mmx(directory, 'evaluate', 'letters.yaml', '--data', 'avletters=nowhere');
    expect(gone.stderr).toContain('avletters: nowhere does not exist');
    const binary = mmx(directory, 'evaluate', 'mouth.yaml', 'rbm.video.visible=binary');
    expect(binary.status).toBe(2);
    expect(binary.stderr).toContain('binary visible units need values in [0, 1]');
    const preset = mmx(directory, 'evaluate', 'mouth.yaml', 'corpus.preset=digit');
    expect(preset.stderr).toContain("there is no preset 'digit' of talking-mouth; did you mean 'digits'?");
  });

  it.skipIf(!existsSync(recordings))('reads real speech (needs ../shared/data/fsdd)', () => {
    writeFileSync(
      join(directory, 'fsdd.yaml'),
      `corpus: {name: fsdd, train: 200, test: 100}\narchitecture: rbm\nsetting: classic-audio\n${layers}`,
    );
    const { accuracy, scores } = evaluate('fsdd.yaml', '--data', `fsdd=${recordings}`);
    expect(scores[0]?.tested).toBe(100);
    expect(accuracy.mean).toBeGreaterThan(15);
    const check = mmx(directory, 'data', 'check', 'fsdd', '--data', `fsdd=${recordings}`);
    expect(check.stdout).toMatch(/\busable\n$/);
  });
});
