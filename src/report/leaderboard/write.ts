import type { RunManifest } from '../../pipeline/runs/manifest.js';
import type { NamedContent } from '../files/file-set.js';
import { assertConsistent, writeTogether } from '../files/write.js';
import { renderLeaderboardCsv } from './csv.js';
import { renderLeaderboardJson } from './json.js';
import type { Leaderboard } from './leaderboard.js';
import { renderLeaderboardMarkdown } from './markdown.js';

/** What is written together with a leaderboard. */
export interface BesideLeaderboard {
  readonly beside?: readonly NamedContent[];
  /** Of the run that computed it. */
  readonly manifest?: RunManifest<unknown>;
}

/**
 * Writes `leaderboard.md`, `.csv` and `.json`, and what goes beside them, as `writeTogether` does, and returns their paths.
 *
 * @throws MmxError `store/*`, saying which path and why
 */
export function writeLeaderboard(
  board: Leaderboard,
  directory: string,
  { beside = [], manifest }: BesideLeaderboard = {},
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
