import { summarise } from '../../../../src/report/table/summary.js';
import { accuracyUnit, type Cell, type ResultTable } from '../../../../src/report/table/table.js';

/** Made-up numbers: a cell from its values, with what was published for it. */
export function cell(
  values: readonly number[],
  published: readonly [value: number, pm2sd: number | null, source: string] | null = null,
  unit = accuracyUnit,
): Cell {
  const detail = published && { value: published[0], pm2sd: published[1], source: published[2] };
  return { ...summarise(values), values, published: detail, unit };
}

/** Everything that can go wrong in a format: specials of each, absent cells, one seed, other units, no ASCII. */
export const tricky: ResultTable = {
  table: 'tricky_table',
  title: 'Transfer between halves: 100% of “MNIST” & $5 {x} #1',
  corpus: 'mnist-halves',
  synthetic: false,
  columns: [
    { id: 'left-to-right', label: 'left→right' },
    { id: 'right-to-left', label: 'right→left' },
    { id: 'fusion', label: 'both | fused' },
  ],
  rows: [
    {
      id: 'single-view',
      label: 'Single view, "ceiling"',
      cells: {
        'left-to-right': cell([81.2, 81.4, 81.9], [81.62, null, 'corrnet2016']),
        'right-to-left': cell([80.1], [80.06, null, 'corrnet2016']),
      },
    },
    {
      id: 'rbm-cca',
      label: 'RBM_CCA *50* dims ~ a_b^2 \\ <tag> `code` [link] — a label long enough to be wrapped',
      cells: {
        'left-to-right': cell([87.94, 87.7, 88.1]),
        'right-to-left': cell([89.4, 89.2, 89.6, 100, 9.5], [91.7, 2.4, 'ngiam2011-icml']),
        fusion: cell([100, 100]),
      },
    },
    {
      id: '=bimodal-deep-autoencoder',
      label: '- Bimodal deep autoencoder\nσ=1',
      cells: {
        'left-to-right': cell([60.1 + 0.2, 60.4], [64.14, null, 'corrnet2016']),
        fusion: cell([-7.7, -8.1, -7.1], [-7.7, null, 'ngiam2011-icml'], 'points_vs_fusion'),
      },
    },
  ],
  references: [
    {
      label: 'CorrNet [Chandar et al.]',
      source: 'corrnet2016',
      values: {
        'left-to-right': { value: 77.05, pm2sd: null },
        'right-to-left': { value: 78.81, pm2sd: 1.5 },
      },
    },
    {
      label: '[CorrMCNN, Arc 1]',
      source: 'corrmcnn2017',
      values: { 'left-to-right': { value: 90.27, pm2sd: null } },
    },
  ],
  notes: ['Learnt on the first 10,000 of 60,000 images; C = 1 & 5 folds.', '# Not a heading, 1st of all.'],
};

/** Seven columns, nothing published: the shape of architectures × settings. */
export const wide: ResultTable = {
  table: 'settings',
  title: 'Architectures × settings',
  corpus: 'mnist-halves',
  synthetic: false,
  columns: [
    'left',
    'right',
    'fusion',
    'cross-modality left',
    'cross-modality right',
    'shared left→right',
    'shared right→left',
  ].map((label, index) => ({ id: `setting-${index + 1}`, label })),
  rows: ['Raw pixels', 'Shallow bimodal RBM', 'Bimodal deep autoencoder', 'RBM-CCA'].map((label, row) => ({
    id: `row-${row + 1}`,
    label,
    cells: Object.fromEntries(
      [0, 1, 2, 3, 4, 5, 6]
        .filter((column) => (row + column) % 5 !== 4)
        .map((column) => {
          const middle = 70 + 4 * row + 1.5 * column;
          return [`setting-${column + 1}`, cell([middle - 0.3, middle + 0.1, middle + 0.2])];
        }),
    ),
  })),
  references: [],
  notes: [],
};
