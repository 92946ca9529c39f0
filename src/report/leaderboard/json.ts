import type { Json } from '../../json.js';
import { jsonText, tableContent } from '../table/json.js';
import type { Leaderboard } from './leaderboard.js';

/**
 * `leaderboard.json`: what `table.json` holds (so that whatever reads a table reads a leaderboard), and beside it
 * `parameters` (the paths that were swept), `chosen` (row id by column id), and in each row `values` (by path), `ranks`
 * and `failures` (by column id).
 */
export function renderLeaderboardJson(board: Leaderboard): string {
  return jsonText(leaderboardContent(board));
}

export function leaderboardContent({ table, parameters, points, chosen }: Leaderboard): {
  readonly [key: string]: Json;
} {
  const { rows, ...content } = tableContent(table);
  const withPoints = (rows as readonly { readonly [key: string]: Json }[]).map((row): Json => {
    const { values = [], ranks = {}, failures = {} } = points[String(row.id)] ?? {};
    const byName = Object.fromEntries(parameters.map(({ name }, index) => [name, values[index] ?? null]));
    return { ...row, values: byName, ranks, failures };
  });
  return { ...content, parameters: parameters.map(({ name }) => name), chosen, rows: withPoints };
}
