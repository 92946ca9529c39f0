import type { ResolvedSweep } from '../../config/index.js';
import { checkExperiments, findingsIn } from '../../pipeline/plan/resolve.js';
import type { CellFailure } from '../../report/leaderboard/leaderboard.js';

/**
 * The cells whose values go together, by index, and why the others' do not.
 *
 * @throws ConfigError when those of a whole column do not: then it is not the point that is wrong
 */
export function sortOut(sweep: ResolvedSweep): {
  readonly usable: readonly number[];
  readonly refused: readonly CellFailure[];
} {
  const found = sweep.cells.map(({ experiment }) => findingsIn(experiment));
  for (const { id } of sweep.value.columns) {
    const own = [...sweep.cells.keys()].filter((index) => sweep.cells[index]?.column === id);
    const isRefused = own.every((index) => (found[index]?.length ?? 0) > 0);
    if (isRefused) checkExperiments(own.flatMap((index) => sweep.cells[index]?.experiment ?? []));
  }
  return {
    usable: [...found.keys()].filter((index) => found[index]?.length === 0),
    refused: sweep.cells.flatMap(({ row, column }, index) => {
      const reason = found[index]?.map(({ path, message }) => `${path}: ${message}`).join('; ');
      return reason ? [{ row, column, reason }] : [];
    }),
  };
}
