import { describe, expect, it } from 'vitest';
import { availability } from '../../../../src/cli/options/corpora.js';
import { provenanceNotes } from '../../../../src/cli/run/provenance.js';
import { loadTable } from '../../../../src/config/index.js';
import { prepareRun } from '../../../../src/pipeline/plan/prepare.js';
import { inEmptyDirectory, write } from '../../config/files.js';

inEmptyDirectory();

const table = `table: t
title: T
corpus: {name: talking-mouth, preset: mcgurk, scale: 0.04}
setting: fusion
rbm: {audio: {visible: gaussian, hidden: 7}, video: {visible: gaussian, hidden: 8}, joint: {hidden: 9}, shallow: {hidden: 10, visible: gaussian}}
scales: {tiny: {rbm: {joint: {hidden: 5}}, front_end: {stride: 4}}}
columns: [{id: a, label: A}]
rows:
  - {id: x, label: X, architecture: bimodal-dbn}
  - {id: y, label: Y, architecture: rbm}
`;

async function notesOf(text: string, overrides: readonly string[] = []): Promise<readonly string[]> {
  write({ 't.yaml': text });
  const loaded = loadTable('t.yaml', overrides, availability({}));
  const { experiments } = await prepareRun(
    loaded.cells.map(({ experiment }) => experiment),
    {},
    1,
  );
  return provenanceNotes(loaded, experiments);
}

const learnt = 'Features are learnt from the training parts of: talking-mouth mcgurk (0.04 of its speakers).';

describe('what a reader must know of where numbers come from', () => {
  it('is which corpora features are learnt from, once', async () => {
    expect(await notesOf(table)).toEqual([learnt]);
    const pooled = `${table}unlabelled: [{name: talking-mouth, preset: letters, scale: 1}, {name: talking-mouth, preset: digits}]\n`;
    const [note, ...others] = await notesOf(pooled);
    expect(others).toEqual([]);
    const named = /^Features are learnt from the training parts of: (.*)\.$/.exec(note ?? '')?.[1];
    expect(named?.split('; ').sort()).toEqual([
      'talking-mouth digits',
      'talking-mouth letters',
      'talking-mouth mcgurk (0.04 of its speakers)',
    ]);
  });

  it('is which corpora are not there', async () => {
    const notes = await notesOf(
      `${table}unlabelled: [{name: cuave, optional: true}, {name: timit, optional: true}]\n`,
    );
    expect(notes).toEqual([learnt, 'Not there, so not learnt from: cuave, timit.']);
  });

  it('is which corpus another stands in for', async () => {
    const notes = await notesOf(
      `${table.replace('{name: talking-mouth, preset: mcgurk, scale: 0.04}', '{name: cuave}')}stand_in: {corpus: {name: talking-mouth, preset: mcgurk, scale: 0.04}}\n`,
    );
    expect(notes).toEqual([
      'No copy of cuave was given (--data cuave=DIR): a generated corpus stands in for it.',
      learnt,
    ]);
  });

  it('is a scale that is not the paper’s, with its sizes', async () => {
    expect(await notesOf(table, ['scale=tiny'])).toEqual([
      learnt,
      "Scale 'tiny' (scale=paper is the paper's): hidden units: audio 7, video 8, joint 5, shallow 10; a window every 4 pictures.",
    ]);
    expect(await notesOf(table, ['scale=paper'])).toEqual([learnt]);
  });

  it('is the noise and its draws, of the cells that have it', async () => {
    const noisy = table.replace(
      'architecture: rbm}',
      'architecture: rbm, evaluation: {noise: {snr: -3, draws: 4, training: noisy}}}',
    );
    expect(await notesOf(noisy)).toEqual([
      learnt,
      'Noisy: -3 dB, 4 draws of the noise a seed, classifier trained on noisy sound.',
    ]);
  });

  it('is that no test part was used', async () => {
    const notes = await notesOf(table, ['evaluation.protocol=train-folds']);
    expect(notes).toEqual([learnt, 'Cross-validation inside the training part; the test part was not used.']);
  });

  it('is nothing of plain examples', async () => {
    const halves = `table: t
title: T
corpus: mnist-halves
setting: shared-left-to-right
architecture: raw-cca
columns: [{id: a, label: A}]
rows: [{id: x, label: X}]
`;
    expect(await notesOf(halves)).toEqual([]);
  });
});
