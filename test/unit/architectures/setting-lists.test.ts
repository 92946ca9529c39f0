import { beforeAll, describe, expect, it } from 'vitest';
import { architecturesOf, unusable } from '../../../src/architectures/index.js';
import { useEngine } from '../../../src/engine/registry.js';
import { type SettingLists, settingOfLists, settingsOf } from '../../../src/evaluation/settings.js';
import { stagesOf } from '../../../src/pipeline/plan/experiment.js';
import type { Score, Units } from '../../../src/pipeline/stages/parameters.js';
import { errorOf } from '../../support/errors.js';
import { resolvedOf, StageRunner, withBelow } from '../../support/stages.js';
import { addModalityCorpora } from '../../support/three-modalities.js';

beforeAll(async () => {
  addModalityCorpora();
  await useEngine('auto', { threads: 1 });
});

const names = ['a', 'b', 'c'];
const architectures = architecturesOf(names);

const lists = (learn: string, train: string, test: string): SettingLists => ({
  learn: [...learn],
  train: [...train],
  test: [...test],
});

/** Architectures that can be used with such lists; modalities are single letters. */
function usableWith(asked: SettingLists): string[] {
  const setting = settingOfLists(asked, names);
  return architectures.filter((one) => unusable(one, setting) === undefined).map(({ name }) => name);
}

function reasonOf(architecture: string, asked: SettingLists, beside: readonly string[] = []): string {
  const found = architectures.find(({ name }) => name === architecture);
  if (!found) throw new Error(`no ${architecture}`);
  return unusable(found, settingOfLists(asked, names), beside) ?? 'none';
}

const joint = ['shallow-bimodal-rbm', 'bimodal-dbn', 'bimodal-deep-autoencoder', 'contrastive'];
const cca = ['raw-cca', 'rbm-cca', 'stacked-rbm-cca'];
const apart = ['preprocessed', 'rbm'];
const only = (modality: string): string[] => [
  `${modality}-only-deep-autoencoder`,
  `${modality}-only-shallow-autoencoder`,
];

describe('architectures of three modalities fit lists', () => {
  it.each<[string, SettingLists, string[]]>([
    ['two of three, all the way', lists('ab', 'ab', 'ab'), [...apart, ...joint, ...cca, 'fusion-network']],
    ['one of two learnt', lists('ac', 'a', 'a'), [...joint, ...cca, ...only('a')]],
    ['one of all learnt', lists('abc', 'b', 'b'), [...joint, ...only('b')]],
    ['two of all learnt', lists('abc', 'ab', 'ab'), joint],
    ['from one to another of two', lists('bc', 'b', 'c'), [...joint, ...cca]],
    ['from two to the third', lists('abc', 'ab', 'c'), joint],
    ['two with one in common', lists('abc', 'ab', 'bc'), joint],
    ['from one to all', lists('abc', 'a', 'abc'), joint],
    ['one absent of three', lists('abc', 'abc', 'ab'), [...joint, 'fusion-network']],
    ['one absent of two', lists('ab', 'ab', 'b'), [...joint, 'fusion-network']],
  ])('%s', (_, asked, expected) => {
    expect(usableWith(asked).sort()).toEqual([...expected, 'stacked-autoencoder'].sort());
  });

  it('say why not', () => {
    expect(reasonOf('rbm', lists('abc', 'ab', 'ab'))).toBe(
      "it learns nothing from c, so 'learn a+b+c, train a+b, test a+b' would repeat 'learn a+b, train a+b, test a+b'",
    );
    expect(reasonOf('rbm', lists('abc', 'a', 'a'))).toContain("would repeat 'classic-a'");
    expect(reasonOf('preprocessed', lists('abc', 'a', 'abc'))).toBe(
      'the classifier is not trained on its features of b, c',
    );
    expect(reasonOf('rbm', lists('ab', 'a', 'b'))).toContain('do not share a space');
    expect(reasonOf('rbm', lists('ab', 'ab', 'b'))).toContain('fewer features for one modality');
    expect(reasonOf('raw-cca', lists('abc', 'a', 'b'))).toBe(
      'CCA needs two modalities, but the setting learns from a, b, c',
    );
    expect(reasonOf('rbm-cca', lists('ab', 'a', 'ab'))).toContain('more features for both modalities');
    expect(reasonOf('a-only-deep-autoencoder', lists('bc', 'b', 'b'))).toBe(
      'it encodes only a, which the setting does not learn from',
    );
    expect(reasonOf('a-only-deep-autoencoder', lists('abc', 'b', 'b'), ['b'])).toBe(
      'it encodes only a, which the setting does not show it',
    );
    expect(reasonOf('a-only-deep-autoencoder', lists('abc', 'ab', 'ab'), ['b'])).toBe('none');
    expect(reasonOf('fusion-network', lists('abc', 'ab', 'ab'))).toBe(
      "it learns from what it is trained on, so 'learn a+b+c, train a+b, test a+b' would repeat 'learn a+b, train a+b, test a+b'",
    );
    expect(reasonOf('fusion-network', lists('abc', 'ab', 'bc'))).toBe(
      'it is trained on a, b only and cannot use c',
    );
  });
});

const small = `
rbm:
  a: {hidden: 6, epochs: 1, batch: 10}
  b: {hidden: 6, epochs: 1, batch: 10}
  c: {hidden: 6, epochs: 1, batch: 10, visible: gaussian}
  a_above: {hidden: 4, epochs: 1, batch: 10}
  b_above: {hidden: 4, epochs: 1, batch: 10}
  joint: {hidden: 5, epochs: 1, batch: 10}
  shallow: {hidden: 5, epochs: 1, batch: 10}
autoencoder: {epochs: 1, batch: 10}
cca: {dimensions: 3, ridge: 0.1}
models:
  contrastive: {epochs: 1, batch: 10}
  stacked-autoencoder: {epochs: 1, batch: 10}
  fusion-network: {epochs: 2, batch: 10}
evaluation: {classifier: {c: 1}}
`;
const experiment = (corpus: string, architecture: string, setting: SettingLists | string): string =>
  `corpus: ${corpus}\narchitecture: ${architecture}\nsetting: ${JSON.stringify(setting)}${small.replace(
    / {2}c: .*\n/,
    (line) => (corpus === 'two' ? '' : line),
  )}`;

const scoreOf = async (text: string): Promise<Score> => {
  const { result } = stagesOf(resolvedOf(text), 1);
  return (await new StageRunner().run(result)).json as unknown as Score;
};

describe('two modalities of three', () => {
  const settings = settingsOf(['a', 'b']).slice(2);
  const pairs = architecturesOf(['a', 'b']).flatMap((architecture) =>
    settings
      .filter((setting) => unusable(architecture, setting) === undefined)
      .map((setting): [string, string, SettingLists] => [
        architecture.name,
        setting.name,
        {
          learn: setting.featureLearning,
          train: setting.supervisedTraining,
          test: setting.testing,
        },
      ]),
  );

  it.each(pairs)('%s gives as %s what it gives of a corpus of the two', async (architecture, name, asked) => {
    const ofThree = await scoreOf(experiment('three', architecture, asked));
    const ofTwo = await scoreOf(experiment('two', architecture, name));
    expect(ofThree).toEqual(ofTwo);
  });
});

describe('three modalities', () => {
  const withoutCrossEntropy = (text: string): string =>
    text.replace('autoencoder: {epochs', 'autoencoder: {loss: squared-error, epochs');

  it.each([
    ['bimodal-dbn', 5],
    ['bimodal-deep-autoencoder', 5],
    ['contrastive', 64],
  ])('are learnt from together by the %s', async (architecture, dimensions) => {
    const text = experiment('three', architecture, lists('abc', 'ab', 'c'));
    const score = await scoreOf(withoutCrossEntropy(text));
    expect(score).toMatchObject({ dimensions, trained: 60, tested: 40 });
  });

  it('are read side by side', async () => {
    const score = await scoreOf(experiment('three', 'rbm', lists('abc', 'abc', 'abc')));
    expect(score.dimensions).toBe(18);
    expect(score.accuracy).toBeGreaterThan(80);
  });

  it('leave out what a setting does not learn from', () => {
    const { result } = stagesOf(resolvedOf(experiment('three', 'bimodal-dbn', lists('ab', 'a', 'b'))), 1);
    expect(withBelow(result).map(({ label }) => label)).toEqual([
      'score bimodal-dbn, learn a+b, train a, test b, seed 1',
      'rbm a (8 → 6), seed 1',
      'rbm b (6 → 6), seed 1',
      'rbm joint (12 → 5), seed 1',
    ]);
  });

  it('may have real values where nothing of them is learnt', () => {
    const binary = (setting: SettingLists): string =>
      experiment('three', 'bimodal-dbn', setting).replace(', visible: gaussian', '');
    expect(() => resolvedOf(binary(lists('ab', 'ab', 'ab')))).not.toThrow();
    expect(errorOf(() => resolvedOf(binary(lists('abc', 'ab', 'ab')))).message).toContain(
      'binary visible units need values in [0, 1], but c of three is real-valued',
    );
  });

  it('have unimodal units where a model learns from two of them', async () => {
    const units = (setting: SettingLists): string =>
      `${experiment('three', 'bimodal-dbn', setting)}measure: unimodal-units\n`;
    const { result } = stagesOf(resolvedOf(units(lists('bc', 'b', 'b'))), 1);
    const { hidden, variance } = (await new StageRunner().run(result)).json as unknown as Units;
    expect(hidden).toBe(5);
    expect(variance.histogram.reduce((sum, count) => sum + count)).toBe(5);
    expect(errorOf(() => resolvedOf(units(lists('abc', 'b', 'b')))).message).toContain(
      "unimodal units are counted for two modalities only; 'cross-modality-b' learns from a, b, c",
    );
  });
});

describe('the identity of a score', () => {
  const hash = (corpus: string, setting: SettingLists | string): unknown =>
    stagesOf(resolvedOf(experiment(corpus, 'contrastive', setting)), 1).result.parameters;

  it('is that of the named setting whose lists are given, in any order', () => {
    expect(hash('three', { train: ['c', 'a', 'b'], test: ['b'] })).toEqual(hash('three', 'fusion-to-b'));
    expect(hash('two', { train: ['b', 'a'] })).toEqual(hash('two', 'fusion'));
    expect(hash('two', { learn: ['b', 'a'], train: ['a'] })).toEqual(hash('two', 'cross-modality-a'));
  });

  it('has lists and no name where there is none', () => {
    expect(hash('three', lists('ba', 'b', 'a'))).toMatchObject({
      setting: { supervisedTraining: ['b'], testing: ['a'] },
      modalities: [
        { modality: 'a', visible: 8 },
        { modality: 'b', visible: 6 },
      ],
    });
    expect(hash('three', lists('ba', 'b', 'a'))).not.toHaveProperty('setting.name');
  });
});
