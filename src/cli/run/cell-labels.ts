import type { Resolved, ResolvedTable } from '../../config/index.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import type { PreparedRun } from '../../pipeline/plan/prepare.js';

/**
 * Of the results of a table, by hash, the labels of the cells that they belong to: `CCA, left to right`. Empty where the
 * configuration is no table, or where the run has the experiments of several.
 *
 * @param hashes of the targets, in their order
 */
export function cellLabels(
  config: Resolved<unknown>,
  { experiments }: PreparedRun,
  targets: readonly StageSpec[],
  hashes: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>();
  if (!('cells' in config)) return labels;
  const { cells, value } = config as ResolvedTable;
  if (cells.length !== experiments.length) return labels;
  const labelOf = (list: readonly { readonly id: string; readonly label: string }[], id: string): string =>
    list.find((one) => one.id === id)?.label ?? id;
  const hashOf = new Map(targets.map((spec, index) => [spec, hashes[index] ?? '']));
  experiments.forEach(({ runs }, index) => {
    const { row, column } = cells[index] ?? { row: '', column: '' };
    const label = `${labelOf(value.rows, row)}, ${labelOf(value.columns, column)}`;
    for (const { stages } of runs) {
      const hash = hashOf.get(stages.result);
      if (hash === undefined) continue;
      const own = labels.get(hash) ?? [];
      labels.set(hash, own.includes(label) ? own : [...own, label]);
    }
  });
  return labels;
}
