import { isRecord } from '../../json.js';

/** A key whose value is not the same on both sides. */
export interface ConfigDifference {
  /** Dotted, as on the command line. */
  readonly path: string;
  /** Undefined where the side does not have the key. */
  readonly a: unknown;
  readonly b: unknown;
  /** In how many of the pairs it goes from this value to that. */
  readonly cells: number;
}

/** Keys that differ between the sides of pairs of configurations, each change once; a pair with a null side tells nothing. */
export function configDifferences(
  pairs: readonly (readonly [object | null, object | null])[],
): readonly ConfigDifference[] {
  const found = new Map<string, ConfigDifference>();
  for (const [a, b] of pairs) {
    if (a === null || b === null) continue;
    const [left, right] = [leavesOf(a), leavesOf(b)];
    for (const path of new Set([...left.keys(), ...right.keys()])) {
      const change = { path, a: left.get(path), b: right.get(path) };
      const key = [path, JSON.stringify(change.a), JSON.stringify(change.b)].join('\n');
      if (JSON.stringify(change.a) === JSON.stringify(change.b)) continue;
      found.set(key, { ...change, cells: (found.get(key)?.cells ?? 0) + 1 });
    }
  }
  return [...found.values()].sort((one, other) =>
    one.path < other.path ? -1 : one.path > other.path ? 1 : 0,
  );
}

/** Values that are no maps, by path; a list counts as one. */
export function leavesOf(value: object): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (at: unknown, path: readonly string[]): void => {
    if (isRecord(at) && !Array.isArray(at) && Object.keys(at).length > 0) {
      for (const [key, member] of Object.entries(at)) visit(member, [...path, key]);
    } else if (at !== undefined) leaves.set(path.join('.'), at);
  };
  visit(value, []);
  return leaves;
}
