import { ownNumber } from '../table/cells.js';
import { mainUnit, oneLine } from '../table/layout.js';
import { box, framed, type TerminalOptions } from '../table/terminal.js';
import { ours } from '../table/terminal-columns.js';
import { type Paint, painter } from '../text/colour.js';
import { cut, displayWidth, padEnd, padStart, wrap } from '../text/columns.js';
import { chosenMark, failureSentences, type Leaderboard } from './leaderboard.js';

/** More would scroll the best off the screen: the rest is in the files. */
const mostRows = 30;

/** Columns of a heading; the files have all of it. */
const widestHeading = 40;

interface Column {
  readonly heading: string;
  /** Lines of each row. */
  readonly fields: readonly (readonly string[])[];
  readonly pad: (text: string, width: number) => string;
  /** Ids of the rows in bold. */
  readonly bold?: ReadonlySet<string>;
}

/**
 * A leaderboard for a terminal, best point first, the chosen ones marked. Where it is too wide, the values of a point
 * share a column. Failed points are explained under the box.
 */
export function renderLeaderboardTerminal(board: Leaderboard, options: TerminalOptions): string {
  const { table, chosen } = board;
  const taken = new Set(Object.values(chosen));
  const shown = table.rows.filter(({ id }, index) => index < mostRows || taken.has(id));
  const left = table.rows.length - shown.length;
  const best = { ...board, table: { ...table, rows: shown } };
  const apart = [idColumn(best), ...valueColumns(best), ...scoreColumns(best)];
  const columns =
    widthOf(apart) <= options.width
      ? apart
      : [idColumn(best), joinedValues(best, options.width), ...scoreColumns(best)];
  const paint = painter(options.colour);
  const notes = [
    ...(left > 0 ? [`${left} more points are in leaderboard.md.`] : []),
    ...failureSentences(best),
    ...table.notes,
  ];
  return framed(
    { ...table, notes },
    draw(
      columns,
      shown.map(({ id }) => id),
      paint,
    ),
    {
      ...options,
      showSeedCount: true,
    },
  );
}

const idColumn = ({ table }: Leaderboard): Column => ({
  heading: 'point',
  fields: table.rows.map(({ id }) => [cut(oneLine(id), widestHeading)]),
  pad: padEnd,
});

const valueColumns = ({ table, parameters, points }: Leaderboard): Column[] =>
  parameters.map(({ short }, index) => ({
    heading: cut(oneLine(short), widestHeading),
    fields: table.rows.map(({ id }) => [oneLine(points[id]?.texts[index] ?? '')]),
    pad: padStart,
  }));

function joinedValues(board: Leaderboard, width: number): Column {
  const room = width - widthOf([idColumn(board), ...scoreColumns(board)]) - 3;
  return {
    heading: 'values',
    fields: board.table.rows.map(({ label }) => wrap(oneLine(label), Math.max(12, room))),
    pad: padEnd,
  };
}

function scoreColumns({ table, chosen }: Leaderboard): Column[] {
  const main = mainUnit(table);
  return table.columns.map(({ id: column, label }) => {
    const bold = chosen[column];
    return {
      heading: cut(oneLine(label), widestHeading),
      fields: table.rows.map(({ id, cells }) => {
        const cell = cells[column];
        if (!cell) return ['failed'];
        return [`${bold === id ? `${chosenMark} ` : ''}${ours(ownNumber(cell, main), true).join('')}`];
      }),
      pad: padStart,
      ...(bold === undefined ? {} : { bold: new Set([bold]) }),
    };
  });
}

const widthIn = ({ heading, fields }: Column): number =>
  Math.max(...[heading, ...fields.flat()].map(displayWidth));

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthIn(column) + 3, 1);

function draw(columns: readonly Column[], rows: readonly string[], paint: Paint): readonly string[] {
  const widths = columns.map(widthIn);
  const { rule, line } = box(widths, paint);
  const body = rows.flatMap((id, row) => {
    const height = Math.max(...columns.map(({ fields }) => fields[row]?.length ?? 0));
    return Array.from({ length: height }, (_, index) =>
      line(
        columns.map(({ fields, pad, bold }, at) => {
          const text = pad(fields[row]?.[index] ?? '', widths[at] ?? 0);
          return bold?.has(id) === true ? paint(text, 'bold') : text;
        }),
      ),
    );
  });
  const headings = columns.map(({ heading, pad }, at) => paint(pad(heading, widths[at] ?? 0), 'bold'));
  return [rule('┌', '┬', '┐'), line(headings), rule('├', '┼', '┤'), ...body, rule('└', '┴', '┘')];
}
