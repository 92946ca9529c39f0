import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { resolveExperiments } from '../../../src/pipeline/resolve.js';
import { errorOf } from '../../support/errors.js';
import { inEmptyDirectory, write } from '../config/files.js';

inEmptyDirectory();

/** What is wrong with an experiment on recordings nobody has a copy of, besides that. */
function findingsIn(architecture: string, setting: string, rest = ''): readonly string[] {
  write({ 'x.yaml': `corpus: avletters\narchitecture: ${architecture}\nsetting: ${setting}\n${rest}` });
  const { code, message } = errorOf(() => resolveExperiments([loadExperiment('x.yaml')], {}));
  if (code === 'corpora/missing') return [];
  return message.split('\n').filter((line) => /needs? values in \[0, 1\]/.test(line));
}

describe('the visible units of RBMs on real values', () => {
  const gaussian = (...names: string[]) =>
    `rbm: {${names.map((name) => `${name}: {visible: gaussian}`).join(', ')}}\n`;

  it.each([
    ['preprocessed', 'fusion', ''],
    ['preprocessed', 'classic-video', ''],
    ['raw-cca', 'shared-audio-to-video', ''],
    ['rbm', 'classic-video', gaussian('video')],
    ['shallow-bimodal-rbm', 'fusion', gaussian('shallow')],
    ['video-only-shallow-autoencoder', 'cross-modality-video', gaussian('shallow')],
    ['bimodal-dbn', 'fusion', gaussian('audio', 'video')],
    ['stacked-rbm-cca', 'fusion', gaussian('audio', 'video')],
    ['bimodal-deep-autoencoder', 'fusion', 'autoencoder: {initialise: random}\n'],
    ['video-only-shallow-autoencoder', 'cross-modality-video', 'autoencoder: {initialise: random}\n'],
  ])(
    'are of no concern where none is trained, and right where they are gaussian: %s in %s',
    (architecture, setting, rest) => {
      expect(findingsIn(architecture, setting, rest)).toEqual([]);
    },
  );

  it.each([
    ['rbm', 'classic-video', '', ['video']],
    ['rbm', 'fusion', gaussian('audio'), ['video']],
    ['shallow-bimodal-rbm', 'fusion', gaussian('audio', 'video'), ['shallow']],
    ['bimodal-dbn', 'fusion', gaussian('video'), ['audio']],
    ['rbm-cca', 'fusion', gaussian('shallow', 'joint'), ['audio', 'video']],
    ['video-only-deep-autoencoder', 'cross-modality-video', '', ['audio', 'video']],
    ['raw-cca', 'fusion', 'features: {beside: [audio]}\n', ['audio']],
  ])('are named where they are binary: %s in %s %s', (architecture, setting, rest, names) => {
    const findings = findingsIn(architecture, setting, rest);
    expect(findings).toHaveLength(names.length);
    for (const name of names) {
      const seen = name === 'shallow' ? 'audio' : name;
      expect(findings.join('\n')).toContain(
        `binary visible units need values in [0, 1]; ${seen} of avletters has real ones`,
      );
    }
  });
});

it('cross-entropy is refused for real values, in shallow autoencoders too', () => {
  const loss = 'autoencoder: {initialise: random, loss: cross-entropy}\n';
  for (const depth of ['deep', 'shallow']) {
    expect(findingsIn(`video-only-${depth}-autoencoder`, 'cross-modality-video', loss)).toEqual([
      expect.stringContaining('cross-entropy needs values in [0, 1]; audio of avletters has real ones'),
    ]);
  }
  expect(findingsIn('raw-cca', 'fusion', loss)).toEqual([]);
});

describe('pairs of canonical variates', () => {
  const refused = (architecture: string, rest: string): string => {
    write({ 'x.yaml': `corpus: mnist-halves\narchitecture: ${architecture}\nsetting: fusion\n${rest}` });
    return errorOf(() => resolveExperiments([loadExperiment('x.yaml')], {})).message;
  };

  it.each([
    ['raw-cca', 'cca: {dimensions: 1000}', 392],
    ['rbm-cca', 'cca: {dimensions: 1000}', 500],
    ['rbm-cca', 'cca: {dimensions: 1000}\nrbm: {left: {hidden: 30}}', 30],
    ['stacked-rbm-cca', 'cca: {dimensions: 1000}\nrbm: {left: {hidden: 30}, left_above: {hidden: 20}}', 50],
  ])('are at most as many as the narrower view is wide: %s %s', (architecture, rest, most) => {
    expect(refused(architecture, rest)).toContain(`there are at most ${most} pairs`);
  });
});
