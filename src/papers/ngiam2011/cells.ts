import type { CellReference, PublishedKey } from '../../evaluation/claims/claim.js';

/**
 * The cells of our tables, whose row and column ids are those of `configs/ngiam2011/`, each with the published number
 * of the same quantity.
 */

/** The tables that the claims are about, in the order of the paper. */
export const claimTableNames = [
  'table1a',
  'table1b',
  'table2',
  'table3',
  'table4',
  'controls',
  'units',
] as const;

const icml = 'ngiam2011-icml';

const published = (
  table: string,
  corpus: string,
  method: string,
  condition: string,
  source = icml,
): PublishedKey => ({ source, table, corpus, method, condition });

/** Tables 1a (letters) and 1b (digits), with the paper's corpus for each. */
const videoTables = {
  letters: { table: 'table1a', number: '1a', corpus: 'avletters' },
  digits: { table: 'table1b', number: '1b', corpus: 'cuave' },
} as const;
export type Task = keyof typeof videoTables;
export const tasks: readonly Task[] = ['letters', 'digits'];

const videoMethods = {
  preprocessed: 'baseline-preprocessed-video',
  rbm: 'rbm-video',
  'video-only-deep-autoencoder': 'video-only-deep-autoencoder',
} as const;

export function video(task: Task, row: keyof typeof videoMethods): CellReference {
  const { table, number, corpus } = videoTables[task];
  return {
    table,
    row,
    column: 'video',
    published: published(number, corpus, videoMethods[row], 'video'),
    deterministic: row === 'preprocessed',
  };
}

export const fusionRows = {
  'audio-rbm': 'audio RBM',
  'video-only-deep-autoencoder': 'video-only AE',
  'bimodal-deep-autoencoder': 'bimodal AE',
  'bimodal-deep-autoencoder-and-audio-rbm': 'bimodal AE + RBM',
  'video-only-deep-autoencoder-and-audio-rbm': 'video-only AE + RBM',
} as const;
export type FusionRow = keyof typeof fusionRows;

export function fusion(row: FusionRow, column: 'clean' | 'noisy'): CellReference {
  return {
    table: 'table2',
    row,
    column,
    published: published('2', 'cuave', row.replace('-and-', '+'), column === 'noisy' ? 'noisy-0db' : 'clean'),
    ...(column === 'noisy' ? { seedsFrom: 'clean' } : {}),
  };
}

const control = (column: string, row: string, key: PublishedKey | null): CellReference => ({
  table: 'controls',
  row,
  column,
  published: key,
});

const videoControls = {
  'without-audio-reconstruction': 'video-only-deep-autoencoder without audio reconstruction',
  shallow: 'video-only shallow autoencoder',
} as const;

/** Published in points against the video-only deep autoencoder, but for that itself. */
export function videoControl(
  task: Task,
  row: 'video-only-deep-autoencoder' | keyof typeof videoControls,
): CellReference {
  if (row === 'video-only-deep-autoencoder') return control(task, row, video(task, row).published);
  return control(task, row, published('4.7', videoTables[task].corpus, videoControls[row], 'video'));
}

/** The bimodal deep autoencoder with and without training examples that lack a modality, given video. */
export function zeroedControl(
  task: Task,
  row: 'bimodal-deep-autoencoder' | 'without-zeroed-examples',
): CellReference {
  const { number, corpus } = videoTables[task];
  const method = 'bimodal-deep-autoencoder';
  const key =
    row === method
      ? published(number, corpus, method, 'video')
      : published(
          'fn6',
          corpus,
          `${method} without zeroed-modality examples`,
          'video',
          'ngiam2010-nips-workshop',
        );
  return control(task, row, key);
}

/** The paper prints no number: "at chance". */
export const sharedControl = (direction: Direction): CellReference =>
  control(direction, 'without-zeroed-examples', null);

export const answers = ['ga', 'ba', 'da'] as const;
export type Answer = (typeof answers)[number];
export const stimuli = { ga: 'V/ga/+A/ga/', ba: 'V/ba/+A/ba/', mixed: 'V/ga/+A/ba/' } as const;

/** The answers of one classifier to one stimulus, in the order of {@link answers}. */
export function mcGurk(
  architecture: 'bimodal-deep-autoencoder' | 'bimodal-dbn' | 'rbm',
  stimulus: keyof typeof stimuli,
): readonly CellReference[] {
  return answers.map((column) => ({
    table: 'table3',
    row: `${architecture}-${stimulus}`,
    column,
    published:
      architecture === 'bimodal-deep-autoencoder'
        ? published('3', 'stanford-mcgurk', architecture, `${stimuli[stimulus]} -> ${column}`)
        : null,
  }));
}

export type Direction = 'hearing-to-see' | 'seeing-to-hear';
export const directions: readonly Direction[] = ['hearing-to-see', 'seeing-to-hear'];
const sharedCondition = {
  'hearing-to-see': 'train audio / test video',
  'seeing-to-hear': 'train video / test audio',
} as const;

export function shared(
  row: 'raw-cca' | 'rbm-cca' | 'bimodal-deep-autoencoder',
  column: Direction,
): CellReference {
  return {
    table: 'table4',
    row,
    column,
    published: published('4', 'cuave', row, sharedCondition[column]),
    deterministic: row === 'raw-cca',
  };
}

/** Percent of a model's hidden units that are unimodal. */
export const units = (row: string): CellReference => ({
  table: 'units',
  row,
  column: 'unimodal',
  published: null,
});
