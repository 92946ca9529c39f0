import type { ChanceTest, Claim, ClaimTest, ModalTest } from '../../evaluation/claims/claim.js';
import {
  type Answer,
  directions,
  type FusionRow,
  fusion,
  fusionRows,
  mcGurk,
  shared,
  sharedControl,
  stimuli,
  type Task,
  tasks,
  units,
  video,
  videoControl,
  zeroedControl,
} from './cells.js';

/** One row of Table 2 above each of the others. */
function bestOf(best: FusionRow, column: 'clean' | 'noisy'): readonly ClaimTest[] {
  return (Object.keys(fusionRows) as FusionRow[])
    .filter((row) => row !== best)
    .map((row) => ({
      kind: 'above',
      label: `${column}: ${fusionRows[best]} > ${fusionRows[row]}`,
      above: fusion(best, column),
      below: fusion(row, column),
    }));
}

function audioReconstruction(task: Task): readonly ClaimTest[] {
  const full = videoControl(task, 'video-only-deep-autoencoder');
  const without = videoControl(task, 'without-audio-reconstruction');
  const shallow = videoControl(task, 'shallow');
  return [
    {
      kind: 'above',
      label: `${task}: video-only AE > no audio reconstruction`,
      above: full,
      below: without,
    },
    { kind: 'above', label: `${task}: video-only AE > shallow AE`, above: full, below: shallow },
    { kind: 'above', label: `${task}: shallow AE > no audio reconstruction`, above: shallow, below: without },
  ];
}

function modal(
  label: string,
  architecture: Parameters<typeof mcGurk>[0],
  stimulus: keyof typeof stimuli,
  answer: Answer,
  expected: boolean,
): ModalTest {
  return {
    kind: 'modal',
    label: `${label}: ${stimuli[stimulus]} is ${expected ? 'mostly' : 'not mostly'} /${answer}/`,
    answers: mcGurk(architecture, stimulus),
    answer,
    expected,
  };
}

/** Table 4 and the last control are measured on spoken digits. */
const digitClasses = 10;
/** "Mostly": more than half. */
const half = { constant: 50 };

/**
 * The nine claims of Ngiam et al. (2011). In labels AE is a deep autoencoder, and "+ RBM" the features of the audio
 * RBM beside it.
 */
export const ngiam2011Claims: readonly Claim[] = [
  {
    number: 1,
    title: 'Cross-modality learning helps video',
    statement:
      'Features of the video-only deep autoencoder beat those of the video RBM, and these the preprocessed video, ' +
      'on letters and on digits.',
    source: 'section 4.3, Tables 1a and 1b',
    tests: tasks.flatMap((task): readonly ClaimTest[] => [
      {
        kind: 'above',
        label: `${task}: video-only AE > video RBM`,
        above: video(task, 'video-only-deep-autoencoder'),
        below: video(task, 'rbm'),
      },
      {
        kind: 'above',
        label: `${task}: video RBM > preprocessed video`,
        above: video(task, 'rbm'),
        below: video(task, 'preprocessed'),
      },
    ]),
  },
  {
    number: 2,
    title: 'It helps because audio is reconstructed',
    statement:
      'Without audio reconstruction the video-only deep autoencoder falls; a shallow one falls too, but less.',
    source: 'section 4.7',
    tests: tasks.flatMap(audioReconstruction),
  },
  {
    number: 3,
    title: 'Cross-modality learning does not help audio',
    statement: 'Features of the audio-only deep autoencoder do not beat those of the audio RBM.',
    source: 'section 4.3',
    tests: [
      {
        kind: 'not-above',
        label: 'clean: audio-only AE not above audio RBM',
        candidate: {
          table: 'table2',
          row: 'audio-only-deep-autoencoder',
          column: 'clean',
          published: null,
        },
        bound: fusion('audio-rbm', 'clean'),
      },
    ],
  },
  {
    number: 4,
    title: 'Bimodal features help where the sound is noisy',
    statement:
      'With clean sound the audio RBM is best; at 0 dB the bimodal deep autoencoder beats it, and both together ' +
      'are best.',
    source: 'section 4.4, Table 2',
    tests: [
      ...bestOf('audio-rbm', 'clean'),
      {
        kind: 'above',
        label: 'noisy: bimodal AE > audio RBM',
        above: fusion('bimodal-deep-autoencoder', 'noisy'),
        below: fusion('audio-rbm', 'noisy'),
      },
      ...bestOf('bimodal-deep-autoencoder-and-audio-rbm', 'noisy'),
    ],
  },
  {
    number: 5,
    title: 'Bimodal features are more than video beside audio',
    statement:
      'Joined to the audio RBM, the bimodal deep autoencoder beats the video-only one, with clean and with noisy sound.',
    source: 'section 4.4, Table 2',
    tests: (['clean', 'noisy'] as const).map((column) => ({
      kind: 'above',
      label: `${column}: bimodal AE + RBM > video-only AE + RBM`,
      above: fusion('bimodal-deep-autoencoder-and-audio-rbm', column),
      below: fusion('video-only-deep-autoencoder-and-audio-rbm', column),
    })),
  },
  {
    number: 6,
    title: 'The McGurk effect',
    statement:
      'The bimodal deep autoencoder hears a visual /ga/ with a voiced /ba/ as /da/, and the congruent stimuli as what ' +
      'they are; the bimodal DBN and concatenated RBM features do not show the effect.',
    source: 'section 4.5, Table 3',
    tests: [
      modal('bimodal AE', 'bimodal-deep-autoencoder', 'ga', 'ga', true),
      modal('bimodal AE', 'bimodal-deep-autoencoder', 'ba', 'ba', true),
      modal('bimodal AE', 'bimodal-deep-autoencoder', 'mixed', 'da', true),
      modal('bimodal DBN', 'bimodal-dbn', 'mixed', 'da', false),
      modal('concatenated RBMs', 'rbm', 'mixed', 'da', false),
    ],
  },
  {
    number: 7,
    title: 'Representations are shared between the modalities',
    statement:
      'Seeing to hear: CCA on RBM features is far above CCA on raw data, which is above the bimodal deep autoencoder, ' +
      'which is above chance; hearing to see: CCA on RBM features is best.',
    source: 'section 4.6, Table 4',
    tests: [
      {
        kind: 'above',
        label: 'seeing-to-hear: RBM-CCA > raw CCA by 10 points',
        above: shared('rbm-cca', 'seeing-to-hear'),
        below: shared('raw-cca', 'seeing-to-hear'),
        // "Far above": a fifth of the paper's own distance.
        atLeast: 10,
      },
      {
        kind: 'above',
        label: 'seeing-to-hear: raw CCA > bimodal AE',
        above: shared('raw-cca', 'seeing-to-hear'),
        below: shared('bimodal-deep-autoencoder', 'seeing-to-hear'),
      },
      {
        kind: 'above-chance',
        label: 'seeing-to-hear: bimodal AE above chance',
        cell: shared('bimodal-deep-autoencoder', 'seeing-to-hear'),
        classes: digitClasses,
      },
      {
        kind: 'above',
        label: 'hearing-to-see: RBM-CCA > raw CCA',
        above: shared('rbm-cca', 'hearing-to-see'),
        below: shared('raw-cca', 'hearing-to-see'),
      },
      {
        kind: 'above',
        label: 'hearing-to-see: RBM-CCA > bimodal AE',
        above: shared('rbm-cca', 'hearing-to-see'),
        below: shared('bimodal-deep-autoencoder', 'hearing-to-see'),
      },
    ],
  },
  {
    number: 8,
    title: 'Examples with one modality zeroed are needed',
    statement:
      'Trained without examples that lack a modality, the bimodal deep autoencoder loses accuracy on video, and ' +
      'its shared representation falls to chance.',
    source: 'workshop version, footnote 6',
    tests: [
      ...tasks.map(
        (task): ClaimTest => ({
          kind: 'above',
          label: `${task}: bimodal AE > without zeroed examples`,
          above: zeroedControl(task, 'bimodal-deep-autoencoder'),
          below: zeroedControl(task, 'without-zeroed-examples'),
        }),
      ),
      ...directions.map(
        (direction): ChanceTest => ({
          kind: 'at-chance',
          label: `${direction}: without zeroed examples at chance`,
          cell: sharedControl(direction),
          classes: digitClasses,
        }),
      ),
    ],
  },
  {
    number: 9,
    title: 'Deep models connect the modalities, shallow ones do not',
    statement:
      'Hidden units of an RBM on concatenated inputs are mostly unimodal; joint units of the deep models are not.',
    source: 'section 3',
    tests: [
      {
        kind: 'above',
        label: 'shallow bimodal RBM: more than half are unimodal',
        above: units('shallow-bimodal-rbm'),
        below: half,
      },
      {
        kind: 'above',
        label: 'bimodal DBN: less than half are unimodal',
        above: half,
        below: units('bimodal-dbn'),
      },
      {
        kind: 'above',
        label: 'bimodal AE: less than half are unimodal',
        above: half,
        below: units('bimodal-deep-autoencoder'),
      },
    ],
  },
];
