import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** What is different in every run, and in a run that was interrupted: times, what was reused, memory, paths. */
const volatile = new Set([
  'started',
  'ended',
  'seconds',
  'created',
  'end',
  'peakRssBytes',
  'command',
  'jobs',
  'threads',
  'repeated',
]);

/**
 * Everything that a run has left below `results`, by path: the content of each file, of manifests and records without
 * what no two runs have in common. Manifests of runs count as one, whatever their ids: only runs that ended have one.
 */
export function tracesOf(directory: string): Readonly<Record<string, string>> {
  const traces: Record<string, string> = {};
  for (const entry of readdirSync(join(directory, 'results'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path
      .slice(directory.length + 1)
      .replaceAll(sep, '/')
      .replace(/^(results\/runs\/manifests\/)\d{8}-\d{6}-([\w-]+\.json)$/, '$1RUN-$2');
    const bytes = readFileSync(path);
    traces[name] = /(manifest|artifact|RUN-[\w-]+)\.json$/.test(name)
      ? settled(bytes)
      : bytes.toString('latin1');
  }
  return traces;
}

function settled(json: Buffer): string {
  const text = JSON.stringify(JSON.parse(json.toString('utf8')), (key, value: unknown) =>
    volatile.has(key) ? undefined : value,
  );
  return text;
}

/** Folders of stages whose checkpoints are still there. */
export function checkpointsIn(directory: string): readonly string[] {
  try {
    return readdirSync(join(directory, 'results/runs/checkpoints'));
  } catch {
    return [];
  }
}
