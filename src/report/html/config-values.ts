import { isRecord } from '../../json.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';

export interface ConfigRow {
  /** Dotted. */
  readonly path: string;
  /** As JSON; where cells of a table differ, each value once. */
  readonly value: string;
  /** Null where the manifest does not say: early ones have origins of the table alone. */
  readonly origin: string | null;
}

/** Every value of a run's experiments with where it came from, in the order of the configuration. */
export function configRows({ config }: Pick<RunManifest, 'config'>): readonly ConfigRow[] {
  const { experiments = [] } = config.values;
  const found = new Map<string, Set<string>>();
  for (const experiment of experiments) {
    for (const [path, value] of leavesOf(experiment, '')) {
      found.set(path, (found.get(path) ?? new Set()).add(value));
    }
  }
  return [...found].map(([path, distinct]) => ({
    path,
    value: [...distinct].join(' or '),
    origin: originOf(path, config.origins),
  }));
}

/** Values that are not taken apart: scalars, and lists of them. */
function leavesOf(value: unknown, path: string): readonly (readonly [path: string, value: string])[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(value) && value.some((one) => isRecord(one))) {
    return value.flatMap((one: unknown, index) => leavesOf(one, below(String(index))));
  }
  if (!isRecord(value)) return [[path, JSON.stringify(value) ?? 'null']];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, below(key)));
}

/** Its own, else that of what it is part of, or of the first of a list. */
function originOf(path: string, origins: Readonly<Record<string, string>>): string | null {
  for (let whole = path; whole !== ''; whole = whole.slice(0, Math.max(0, whole.lastIndexOf('.')))) {
    const origin = ownOf(origins, whole);
    if (origin !== null) return origin;
  }
  return ownOf(origins, `${path}.0`);
}

/** Paths are made of keys of the configuration, and one may be called as a member that every object has. */
const ownOf = (origins: Readonly<Record<string, string>>, path: string): string | null =>
  Object.hasOwn(origins, path) ? (origins[path] ?? null) : null;
