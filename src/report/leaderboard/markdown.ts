import { ownNumber } from '../table/cells.js';
import { mainUnit } from '../table/layout.js';
import { captioned, escapeMarkdown, grid, ours } from '../table/markdown.js';
import { chosenMark, type Leaderboard } from './leaderboard.js';

/** A leaderboard in GitHub's Markdown: a column a value that was swept, then one a column of the sweep. */
export function renderLeaderboardMarkdown(board: Leaderboard): string {
  const { table, parameters, points, chosen } = board;
  const main = mainUnit(table);
  const anyFailed = Object.values(points).some(({ failures }) => Object.keys(failures).length > 0);
  const header = [
    'point',
    ...parameters.map(({ short }) => escapeMarkdown(short)),
    ...table.columns.map(({ label }) => escapeMarkdown(label)),
    ...(anyFailed ? ['why it failed'] : []),
  ];
  const rows = table.rows.map(({ id, cells }) => {
    const { values = [], texts = [], failures = {} } = points[id] ?? {};
    return [
      id,
      // A number that begins a line would be an item of a list: here it does not.
      ...texts.map((text, index) => (typeof values[index] === 'number' ? text : escapeMarkdown(text))),
      ...table.columns.map((column) => {
        const cell = cells[column.id];
        if (!cell) return 'failed';
        const isChosen = chosen[column.id] === id;
        return `${isChosen ? `${chosenMark} ` : ''}${ours(ownNumber(cell, main), isChosen)}`;
      }),
      ...(anyFailed ? [[...new Set(Object.values(failures))].map(escapeMarkdown).join('; ')] : []),
    ];
  });
  return captioned(table, grid([header, ...rows]));
}
