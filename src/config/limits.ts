/**
 * What a configuration may amount to. Anybody may have written it, so everything that could make it slow or large is
 * counted before the work is done. All are far beyond the largest configuration that is of use.
 */

/** Bytes of a file. */
export const mostBytes = 1 << 20;
/** Lexical units of a file or an override: the parser takes time and memory for each, right or wrong. */
export const mostLexemes = 50_000;
/** Maps and lists in one another. */
export const mostLevels = 32;
/** Values of all files of a configuration together, aliases written out. */
export const mostValues = 10_000;
/** Files of a configuration. */
export const mostFiles = 200;
/** Times that a file is laid over another. */
export const mostExtensions = 1000;
/** `key=value` of a command line. */
export const mostOverrides = 1000;
/** Cells of a table or a sweep. */
export const mostCells = 2000;
/** Values written in all cells together, each cell an experiment of its own. */
export const mostCellValues = 200_000;
/** Seeds of all cells together. */
export const mostRuns = 10_000;
/** Values that a sweep varies, and paths that one name in braces stands for. */
export const mostParameters = 32;

/** Counts values of several sources together. */
export class ValueCount {
  #left = mostValues;

  /** @returns whether there was room for one more */
  add(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}
