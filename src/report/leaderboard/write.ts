import { assertConsistent, writeTogether } from '../write.js';
import { renderLeaderboardCsv } from './csv.js';
import { renderLeaderboardJson } from './json.js';
import type { Leaderboard } from './leaderboard.js';
import { renderLeaderboardMarkdown } from './markdown.js';

/**
 * Writes `leaderboard.md`, `.csv` and `.json`, and other files beside them, and returns their paths. All are on the disk
 * before the first takes its name.
 *
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeLeaderboard(
  board: Leaderboard,
  directory: string,
  beside: readonly { readonly name: string; readonly content: string }[] = [],
): readonly string[] {
  assertConsistent(board.table);
  return writeTogether(directory, [
    { name: 'leaderboard.md', content: renderLeaderboardMarkdown(board) },
    { name: 'leaderboard.csv', content: renderLeaderboardCsv(board) },
    { name: 'leaderboard.json', content: renderLeaderboardJson(board) },
    ...beside,
  ]);
}
