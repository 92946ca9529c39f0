import type { Checked } from './check.js';
import type { Recomputed } from './recompute.js';

/** A reference with what was found of it. */
export interface Found {
  readonly checked: Checked;
  /** Absent where it was not computed again. */
  readonly recomputed?: Recomputed;
}

export const hasDifferences = ({ checked, recomputed }: Found): boolean =>
  checked.differing > 0 || (recomputed?.differing ?? 0) > 0;

/** Lines: what differs, then one line a reference, then the sums. */
export function reportLines(found: readonly Found[]): readonly string[] {
  const differences = found.flatMap(({ checked, recomputed }) => [
    ...checked.differences,
    ...(recomputed?.differences ?? []),
  ]);
  const isRecomputed = found.some(({ recomputed }) => recomputed !== undefined);
  const rows = [
    ['reference', 'stages', 'same', 'differing', 'skipped', ...(isRecomputed ? ['results'] : []), ''],
    ...found.map((one) => rowOf(one, isRecomputed)),
  ];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((field, at) =>
        at === 0 || at === row.length - 1 ? field.padEnd(widths[at] ?? 0) : field.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const sum = (key: 'stages' | 'same' | 'differing' | 'skipped'): number =>
    found.reduce((total, { checked }) => total + checked[key], 0);
  return [
    ...differences,
    ...(differences.length > 0 ? [''] : []),
    ...table,
    `${found.length} references, ${sum('stages')} stages: ${sum('same')} same, ${sum('differing')} differing, ${sum('skipped')} skipped`,
  ];
}

function rowOf({ checked, recomputed }: Found, isRecomputed: boolean): string[] {
  const { name, stages, same, differing, skipped, reason = '' } = checked;
  return [
    name,
    ...[stages, same, differing, skipped].map(String),
    ...(isRecomputed ? [resultsOf(recomputed)] : []),
    reason,
  ];
}

function resultsOf(recomputed: Recomputed | undefined): string {
  if (recomputed === undefined) return '';
  const { same, differing } = recomputed;
  return differing === 0 ? `${same} same` : `${differing} of ${same + differing} differ`;
}
