import type { ResolvedSweep } from '../../config/index.js';
import type { Corpus } from '../../corpora/corpus.js';
import type { Json } from '../../json.js';
import { type CellScores, collectTable } from '../table/collect.js';
import type { ResultTable } from '../table/table.js';
import { round } from '../text/round.js';

/** What the points of a sweep came to in cross-validation, best first, and which of them is taken in each column. */
export interface Leaderboard {
  /** A row a point. Of a column in which the point failed there is no cell. */
  readonly table: ResultTable;
  readonly parameters: readonly {
    /** As written in the sweep: `rbm.{left,right}.hidden`. */
    readonly name: string;
    /** Heading: `hidden`. */
    readonly short: string;
  }[];
  /** By row id. */
  readonly points: Readonly<Record<string, LeaderboardPoint>>;
  /** Row id by column id; none where every point failed. */
  readonly chosen: Readonly<Record<string, string>>;
}

export interface LeaderboardPoint {
  /** In the order of the parameters. */
  readonly values: readonly Json[];
  readonly texts: readonly string[];
  /** By column id, from 1; none where it failed. */
  readonly ranks: Readonly<Record<string, number>>;
  /** By column id: why it failed. */
  readonly failures: Readonly<Record<string, string>>;
}

/** Why a point has no value in a column. */
export interface CellFailure {
  readonly row: string;
  readonly column: string;
  readonly reason: string;
}

export const chosenMark = '★';

/**
 * Ranks the points of each column by their mean accuracy; on a tie the earlier point is before the later. The first of a
 * column is taken. Rows are in the order of their mean rank over the columns, a failure counting as the last rank.
 */
export function collectLeaderboard(
  sweep: ResolvedSweep,
  scores: readonly CellScores[],
  failures: readonly CellFailure[],
  corpora: readonly Corpus[],
  notes: readonly string[],
): Leaderboard {
  const table = collectTable(sweep, scores, corpora, notes);
  const ranksOf = new Map(table.columns.map(({ id }) => [id, ranksIn(table, id)]));
  const last = table.rows.length + 1;
  const meanRank = (row: string): number =>
    [...ranksOf.values()].reduce((sum, ranks) => sum + (ranks.get(row) ?? last), 0) / ranksOf.size;
  const byColumn = <T>(value: (column: string) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      table.columns.flatMap(({ id }): [string, T][] => {
        const found = value(id);
        return found === undefined ? [] : [[id, found]];
      }),
    );
  const points = sweep.points.map(({ id, values, texts }): [string, LeaderboardPoint] => [
    id,
    {
      values: values as readonly Json[],
      texts,
      ranks: byColumn((column) => ranksOf.get(column)?.get(id)),
      failures: byColumn((column) => failures.find((one) => one.row === id && one.column === column)?.reason),
    },
  ]);
  return {
    table: { ...table, rows: [...table.rows].sort((a, b) => meanRank(a.id) - meanRank(b.id)) },
    parameters: sweep.parameters.map(({ name, short }) => ({ name, short })),
    points: Object.fromEntries(points),
    chosen: byColumn((column) => [...(ranksOf.get(column) ?? [])].find(([, rank]) => rank === 1)?.[0]),
  };
}

/** Rank by row id, of the rows that have a value; the table's rows are in the order of the points. */
function ranksIn(table: ResultTable, column: string): ReadonlyMap<string, number> {
  const valued = table.rows.flatMap(({ id, cells }) => {
    const cell = cells[column];
    // Rounded as written: equal means must be equal, whatever the last bits of their sums.
    return cell ? [{ id, mean: round(cell.mean) }] : [];
  });
  const ranked = valued.sort((a, b) => b.mean - a.mean);
  return new Map(ranked.map(({ id }, index) => [id, index + 1]));
}

/** Why points failed, and in which columns unless in all: a sentence a reason, in the order of the rows. */
export function failureSentences({ table, points }: Leaderboard): readonly string[] {
  const failed = new Map<
    string,
    { readonly where: string; readonly reason: string; readonly ids: string[] }
  >();
  for (const { id } of table.rows) {
    const failures = points[id]?.failures ?? {};
    for (const reason of new Set(Object.values(failures))) {
      const labels = table.columns
        .filter((column) => failures[column.id] === reason)
        .map(({ label }) => label);
      const where = labels.length === table.columns.length ? '' : ` (${labels.join(', ')})`;
      const key = JSON.stringify([where, reason]);
      const known = failed.get(key);
      if (known) known.ids.push(id);
      else failed.set(key, { where, reason, ids: [id] });
    }
  }
  return [...failed.values()].map(({ where, reason, ids }) => `${ids.join(', ')}${where} failed: ${reason}`);
}
