import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../src/config/problems.js';
import { MmxError } from '../../../../src/errors.js';
import { resolveExperiments } from '../../../../src/pipeline/plan/resolve.js';
import { errorOf } from '../../../support/errors.js';
import { Recordings, voice } from '../../../support/recordings.js';
import { configOf, resolvedOf } from '../../../support/stages.js';

const mouths = 'corpus: {name: talking-mouth, preset: mcgurk, scale: 0.01}\n';
const layers =
  'rbm: {audio: {visible: gaussian}, video: {visible: gaussian}, shallow: {visible: gaussian}}\n';
const experiment = (rest: string, corpus = mouths): string =>
  `${corpus}${layers}${corpus === mouths ? '' : ''}${rest}`;

const halves = 'corpus: mnist-halves\narchitecture: bimodal-dbn\nsetting: fusion\n';
const dbn = experiment('architecture: bimodal-dbn\nsetting: fusion\n');

/** Line of the first line that holds a text. */
const lineOf = (text: string, part: string): number =>
  text.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('what does not fit together', () => {
  it.each([
    [
      'a corpus to stand in for that nobody knows',
      `${dbn}unlabelled: [{name: talking-mouth, stands_in_for: cuav}]\n`,
      'unlabelled',
      "there is no corpus 'cuav'; did you mean 'cuave'?",
    ],
    [
      'a modality beside that the setting does not show',
      experiment('architecture: bimodal-dbn\nsetting: cross-modality-video\nfeatures: {beside: [audio]}\n'),
      'beside',
      "'cross-modality-video' does not show audio in supervised training and in testing",
    ],
    [
      'a modality beside that is shown on one side only',
      experiment('architecture: bimodal-dbn\nsetting: shared-audio-to-video\nfeatures: {beside: [audio]}\n'),
      'beside',
      "'shared-audio-to-video' does not show audio",
    ],
    ...(
      [
        ['learn', 'learn: [left, rigth], train: [left]', 'rigth', 'right'],
        ['train', 'train: [lift]', 'lift', 'left'],
        ['test', 'train: [left], test: [righ]', 'righ', 'right'],
      ] as const
    ).map(([part, lists, name, meant]): [string, string, string, string] => [
      `a modality in the list \`${part}\` that the corpus does not have`,
      `corpus: mnist-halves\narchitecture: contrastive\nsetting: {${lists}}\n`,
      'setting',
      `there is no modality '${name}' for mnist-halves (left, right); did you mean '${meant}'? Known: left, right`,
    ]),
    [
      'a test of a modality that is not learnt from',
      'corpus: mnist-halves\narchitecture: contrastive\nsetting: {learn: [left], train: [left], test: [right]}\n',
      'setting',
      '`setting.test` shows right, but no features are learnt from it: `setting.learn` has left',
    ],
    [
      'training on a modality that is not learnt from',
      'corpus: mnist-halves\narchitecture: contrastive\nsetting: {learn: [left], train: [right]}\n',
      'setting',
      '`setting.train` shows right, but no features are learnt from it: `setting.learn` has left',
    ],
    [
      'lists that an architecture cannot be used with',
      'corpus: mnist-halves\narchitecture: rbm\nsetting: {train: [left], test: [right, left]}\n',
      'setting',
      "'rbm' cannot be used in 'learn left+right, train left, test left+right': the classifier is not trained on its features of right",
    ],
    [
      'a modality beside that does not exist',
      experiment('architecture: bimodal-dbn\nsetting: fusion\nfeatures: {beside: [vidoe]}\n'),
      'beside',
      "there is no modality 'vidoe'; did you mean 'video'?",
    ],
    [
      'an unknown corpus to learn from',
      `${dbn}unlabelled: [avleters]\n`,
      'unlabelled',
      "did you mean 'avletters'?",
    ],
    [
      'a corpus to learn from that is not made of clips',
      `${dbn}unlabelled: [mnist-halves]\n`,
      'unlabelled',
      'only corpora of clips can be pooled, and mnist-halves is none',
    ],
    [
      'clips to learn from beside plain examples',
      `${halves}unlabelled: [talking-mouth]\n`,
      'unlabelled',
      'only corpora of clips can be pooled, and mnist-halves is none',
    ],
    [
      'noise where there is no sound',
      `${halves}evaluation: {noise: {snr: 0}}\n`,
      'noise',
      'mnist-halves has no sound to add noise to',
    ],
    [
      'noise in folds of the test part',
      `${dbn}evaluation: {noise: {snr: 0}, protocol: test-folds}\n`,
      'noise',
      'noise cannot be added in folds of the test part: use `protocol: train-test` or `train-folds`',
    ],
    [
      'unimodal units of an RBM for each modality',
      experiment('architecture: rbm\nsetting: fusion\nmeasure: unimodal-units\n'),
      'measure',
      "'rbm' has no bimodal units",
    ],
    [
      'answers to a class that the corpus does not have',
      `${halves}measure: {of: '12', answer: '1'}\n`,
      'measure',
      "there is no class '12'",
    ],
    [
      'answers that are no class',
      `${halves}measure: {of: none, answer: ga}\n`,
      'measure',
      "there is no class 'ga'",
    ],
    [
      'targets to choose from for the joint layer',
      `${mouths}architecture: bimodal-dbn\nsetting: fusion
rbm:
  audio: {visible: gaussian, sparsity: {target: [0.01, 0.05]}}
  video: {visible: gaussian}
  joint: {sparsity: {target: [0.03, 0.05]}}
`,
      'joint',
      'a list of targets is cross-validated for the RBM of a modality (audio, video) only',
    ],
    [
      'an RBM of nothing',
      `${mouths}architecture: bimodal-dbn\nsetting: fusion
rbm:
  audio: {visible: gaussian}
  video: {visible: gaussian}
  vidoe: {hidden: 3}
`,
      'vidoe',
      "there is no RBM 'vidoe' for talking-mouth; did you mean 'video'?",
    ],
    [
      'binary units on real values',
      `${mouths}architecture: rbm\nsetting: fusion
rbm:
  audio: {visible: gaussian}
  video: {visible: binary}
`,
      'video: {',
      'binary visible units need values in [0, 1]',
    ],
    ...['video-only-deep-autoencoder', 'video-only-shallow-autoencoder', 'bimodal-deep-autoencoder'].map(
      (architecture): [string, string, string, string] => [
        `cross-entropy of real values (${architecture})`,
        experiment(
          `architecture: ${architecture}\nsetting: cross-modality-video\nautoencoder: {loss: cross-entropy}\n`,
        ),
        'loss',
        'cross-entropy needs values in [0, 1], but audio of talking-mouth is real-valued',
      ],
    ),
    [
      'clips held out',
      experiment('architecture: rbm\nsetting: fusion\n', mouths.replace('scale: 0.01', 'held_out: 3')),
      'held_out',
      'set evaluation.protocol: train-folds',
    ],
  ])('%s', (_, text, key, message) => {
    const error = errorOf(() => resolvedOf(text));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(message);
    expect(error.message).toMatch(new RegExp(`experiment\\.yaml:${lineOf(text, key)}:\\d+`));
    // One problem, told once.
    expect(error.message.match(/experiment\.yaml/g)).toHaveLength(1);
  });

  it('is told of all experiments at once, and once where they share it', () => {
    const configs = [
      configOf(`${halves}evaluation: {noise: {snr: 0}}\n`),
      configOf(`${dbn}unlabelled: [avleters]\n`),
    ];
    const [first] = configs;
    if (!first) throw new Error('two configs');
    const { message } = errorOf(() => resolveExperiments([...configs, first], {}));
    expect(message.match(/no sound to add noise to/g)).toHaveLength(1);
    expect(message).toContain("there is no corpus 'avleters'; did you mean 'avletters'? Known: ");
    const unlike = errorOf(() => resolveExperiments([configOf(`${dbn}unlabelled: [cifar]\n`)], {}));
    expect(unlike.message).toContain("there is no corpus 'cifar'. Known: ");
  });

  it('is nothing where it does fit', () => {
    const fitting = [
      dbn,
      `${dbn}features: {beside: [audio]}\n`,
      `${dbn}measure: unimodal-units\n`,
      `${dbn}measure: {of: none, answer: ba}\n`,
      dbn.replace('audio: {', 'audio: {sparsity: {target: [0.01, 0.05]}, '),
      experiment('architecture: rbm\nsetting: fusion\nautoencoder: {loss: cross-entropy}\n'),
    ];
    for (const text of fitting) expect(resolvedOf(text).classes).toEqual(['ga', 'ba', 'da']);
  });
});

describe('corpora to learn from', () => {
  const copy = new Recordings();
  copy.wav('5_jo_9.wav', voice(5));
  afterAll(() => rmSync(copy.path, { recursive: true }));

  it('are left out where they may be and there is no copy of them', () => {
    const text = `${dbn}unlabelled: [{name: fsdd, optional: true}, {name: cuave, optional: true}]\n`;
    const without = resolvedOf(text).clips;
    expect(without?.leftOut).toEqual(['fsdd', 'cuave']);
    expect(without?.sources.map(({ source }) => source.name)).toEqual(['talking-mouth']);
    const withOne = resolvedOf(text, { fsdd: copy.path }).clips;
    expect(withOne?.leftOut).toEqual(['cuave']);
    expect(withOne?.sources.map(({ source }) => source.name)).toEqual(['fsdd', 'talking-mouth']);
    expect(withOne?.labelled.source.name).toBe('talking-mouth');
  });

  it('must be there where they may not be left out', () => {
    const error = errorOf(() => resolvedOf(`${dbn}unlabelled: [fsdd]\n`));
    expect(error).toBeInstanceOf(MmxError);
    expect(error).toMatchObject({ code: 'corpora/missing', exitCode: 2 });
    expect(error.hint).toContain('--data fsdd=DIR');
  });

  it('count once where the evaluated corpus is listed too', () => {
    const text = `${dbn}unlabelled: [{name: talking-mouth, preset: mcgurk, scale: 0.01}, {name: talking-mouth, preset: letters, scale: 0.1}]\n`;
    const presets = resolvedOf(text).clips?.sources.map(({ source }) => source.preset);
    expect(presets?.sort()).toEqual(['letters', 'mcgurk']);
  });

  it('stand in for a corpus only where there is no copy of it', () => {
    const text = `${dbn}unlabelled: [{name: fsdd, optional: true}, {name: talking-mouth, preset: letters, scale: 0.1, stands_in_for: fsdd}]\n`;
    const pooled = (data = {}): (string | null)[] | undefined =>
      resolvedOf(text, data).clips?.sources.map(({ source }) => source.preset ?? source.name);
    expect(pooled()?.sort()).toEqual(['letters', 'mcgurk']);
    const withCopy = resolvedOf(text, { fsdd: copy.path }).clips;
    expect(withCopy?.sources.map(({ source }) => source.preset ?? source.name).sort()).toEqual([
      'fsdd',
      'mcgurk',
    ]);
    // It was not missed.
    expect(withCopy?.leftOut).toEqual([]);
  });

  it('count once where they are listed twice', () => {
    const letters = '{name: talking-mouth, preset: letters, scale: 0.1}';
    const sources = resolvedOf(`${dbn}unlabelled: [${letters}, ${letters}]\n`).clips?.sources;
    expect(sources?.map(({ source }) => source.preset).sort()).toEqual(['letters', 'mcgurk']);
  });
});
