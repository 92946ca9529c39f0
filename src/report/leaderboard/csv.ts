import type { CsvField } from '../../csv-field.js';
import { csvText } from '../table/csv.js';
import { round } from '../text/round.js';
import type { Leaderboard } from './leaderboard.js';

/**
 * A leaderboard in long form, one line a point and column, with a field for each value that was swept (lists and maps as
 * JSON). A failed point has a line too: no numbers, and why in `error`. As `table.csv` in all else.
 */
export function renderLeaderboardCsv({ table, parameters, points, chosen }: Leaderboard): string {
  const header = [
    ...['table', 'point', 'column', 'rank', 'chosen'],
    ...parameters.map(({ name }) => name),
    ...['mean', 'sd', 'pm2sd', 'n', 'values', 'unit', 'error', 'corpus', 'synthetic'],
  ];
  const records = table.columns.flatMap((column) =>
    table.rows.map((row): CsvField[] => {
      const point = points[row.id];
      const cell = row.cells[column.id];
      const spread = cell?.sd ?? null;
      return [
        table.table,
        row.id,
        column.id,
        point?.ranks[column.id] ?? null,
        chosen[column.id] === row.id,
        ...(point?.values ?? []).map(
          (value): CsvField => (typeof value === 'object' ? JSON.stringify(value) : value),
        ),
        cell ? round(cell.mean) : null,
        spread === null ? null : round(spread),
        spread === null ? null : round(2 * spread),
        cell?.n ?? null,
        cell?.values.map(round) ?? null,
        cell?.unit ?? null,
        point?.failures[column.id] ?? null,
        table.corpus,
        table.synthetic,
      ];
    }),
  );
  return csvText([header, ...records]);
}
