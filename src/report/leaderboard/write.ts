import { assertConsistent, type BesideTable, writeTogether } from '../files/write.js';
import { renderLeaderboardCsv } from './csv.js';
import { renderLeaderboardJson } from './json.js';
import type { Leaderboard } from './leaderboard.js';
import { renderLeaderboardMarkdown } from './markdown.js';

/**
 * Writes `leaderboard.md`, `.csv` and `.json`, and what goes beside them, as `writeTogether` does, and returns their paths.
 *
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeLeaderboard(
  board: Leaderboard,
  directory: string,
  { beside = [], manifest }: BesideTable = {},
): readonly string[] {
  assertConsistent(board.table);
  const contents = [
    { name: 'leaderboard.md', content: renderLeaderboardMarkdown(board) },
    { name: 'leaderboard.csv', content: renderLeaderboardCsv(board) },
    { name: 'leaderboard.json', content: renderLeaderboardJson(board) },
    ...beside,
  ];
  return writeTogether(directory, contents, manifest);
}
