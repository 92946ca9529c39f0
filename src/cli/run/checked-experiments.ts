import {
  type ConfigKind,
  type LoadOptions,
  loadExperiment,
  loadSweep,
  loadTable,
  type ResolvedExperiment,
} from '../../config/index.js';
import { uniform } from '../../engine/noise.js';
import { checkExperiments } from '../../pipeline/plan/resolve.js';
import { checkPublished } from '../../report/table/collect.js';
import { sortOut } from './usable-cells.js';

/**
 * The experiments of a file, after what the commands that compute them look at before they read a corpus.
 *
 * @throws ConfigError, or MmxError, for what is wrong with them
 */
export function checkedExperiments(
  file: string,
  kind: Exclude<ConfigKind, 'reproduction'>,
  options: LoadOptions,
): readonly ResolvedExperiment[] {
  if (kind === 'sweep') {
    const sweep = loadSweep(file, [], options, uniform);
    const { usable } = sortOut(sweep);
    checkExperiments(usable.flatMap((index) => sweep.cells[index]?.experiment ?? []));
    return sweep.cells.map(({ experiment }) => experiment);
  }
  if (kind === 'experiment') {
    const experiment = loadExperiment(file, [], options);
    checkExperiments([experiment]);
    return [experiment];
  }
  const table = loadTable(file, [], options);
  const experiments = table.cells.map(({ experiment }) => experiment);
  checkExperiments(experiments);
  checkPublished(table);
  return experiments;
}
