import { type ResolvedSweep, type ResolvedTable, rangeText } from '../../../config/index.js';
import { chosenMark, type Leaderboard } from '../../../report/leaderboard/leaderboard.js';
import { decimal } from '../../../report/table/layout.js';

/** What a reader of a leaderboard must know: which points there were, and how one of them was taken. */
export function sweepNotes({ value, parameters, points, cells }: ResolvedSweep): readonly string[] {
  const { sweep, columns } = value;
  const kind = sweep.random
    ? `${points.length} points drawn at random (seed ${sweep.seed ?? 1})`
    : `a grid of ${points.length} point${points.length === 1 ? '' : 's'}`;
  const ranges = parameters.map(({ name, short }, index) => {
    const parameter = parameters[index];
    const range = parameter ? rangeText(parameter, sweep) : '';
    return `${short === name ? name : `${short} (${name})`}: ${range}`;
  });
  const folds = cells[0]?.experiment.value.evaluation;
  const order = columns.length > 1 ? ' Points are in the order of their mean rank over the columns.' : '';
  return [
    `Points: ${kind}. ${ranges.join('; ')}.`,
    ...(folds?.protocol === 'train-folds'
      ? [`Compared in ${folds.folds} folds of the training part, in which the classifier is cross-validated.`]
      : []),
    `${chosenMark} Chosen${columns.length > 1 ? ' in its column' : ''}: the highest mean, of equal ones the earlier point.${order}`,
  ];
}

/**
 * The chosen points as a table of one row: each column is that of the sweep, on the test part.
 *
 * @param cells those of the chosen points, in the order of the columns
 */
export function testTable(
  { value, origins, files }: ResolvedSweep,
  { table, chosen }: Leaderboard,
  cells: ResolvedTable['cells'],
): ResolvedTable {
  const row = 'chosen';
  const choices = value.columns.map(({ id, label }) => {
    const point = table.rows.find((one) => one.id === chosen[id]);
    const compared = point?.cells[id];
    return `${label}: ${point?.id} (${point?.label}), ${compared ? decimal(compared.mean) : ''} % when it was chosen.`;
  });
  return {
    value: {
      table: `${value.table}-test`,
      title: `${value.title}: the chosen points on the test part`,
      notes: [
        ...value.notes,
        ...choices,
        'Chosen inside the training part, then learnt anew from all of it and evaluated once on the test part.',
      ],
      columns: value.columns,
      rows: [{ id: row, label: 'Chosen point' }],
      references: [],
    },
    origins,
    files,
    cells: cells.map((cell) => ({ ...cell, row })),
  };
}
