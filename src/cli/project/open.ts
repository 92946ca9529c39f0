import { dirname, isAbsolute, join } from 'node:path';
import type { Command } from 'commander';
import { MmxError } from '../../errors.js';
import { findProject } from './find.js';
import {
  foldersOf,
  type Place,
  type Places,
  setPlaces,
  usualPlaces,
  usualResults,
  usualStore,
} from './places.js';

/** Commands that neither read nor write folders of a project: a file with a mistake in it must not stop them. */
const outside: ReadonlySet<string> = new Set(['mmx completion', 'mmx init', 'mmx config schema']);

/** Commands on recorded runs: what the command of a run named comes before what the project names. */
const onRuns = 'mmx runs';

/**
 * Settles where a command reads and writes, before its action runs: `--store` and `--data`, then the project's file, then the
 * usual folders. Copies of corpora that the project names are added to the command's `--data`.
 *
 * @throws ConfigError for what is wrong in the project's file
 */
export async function openProject(command: Command): Promise<void> {
  setPlaces(usualPlaces);
  const name = nameOf(command);
  const file = outside.has(name) ? undefined : findProject();
  const { store, data } = command.opts<{ store?: string; data?: Readonly<Record<string, string>> }>();
  const written = file === undefined ? undefined : await readProject(file);
  const root = file === undefined ? '.' : dirname(file);
  const results = written?.results ?? { path: join(root, usualResults), from: 'default' };
  const given = Object.entries(data ?? {}).map(
    ([corpus, path]) => [corpus, { path, from: '--data' }] as const,
  );
  const settled: Places = {
    file,
    root,
    results,
    store:
      store === undefined
        ? (written?.store ?? { path: usualStore(results.path), from: 'default' })
        : { path: store, from: '--store' },
    data: { ...written?.data, ...Object.fromEntries(given) },
  };
  setPlaces(settled);
  const takesData = command.options.some(({ long }) => long === '--data');
  if (!takesData || name.startsWith(onRuns) || Object.keys(settled.data).length === 0) return;
  command.setOptionValueWithSource('data', foldersOf(settled), 'config');
}

/** Loaded when there is a file: help and completion load no schema. */
async function readProject(file: string): Promise<Partial<Pick<Places, 'results' | 'store' | 'data'>>> {
  const [{ loadProject }, { configErrorAt, placeOf }, { corporaNamed }] = await Promise.all([
    import('../../config/project.js'),
    import('../../config/resolved.js'),
    import('../options/corpora.js'),
  ]);
  const project = loadProject(file);
  const { results, store, data = {} } = project.value;
  const placeAt = (key: string, path: string): Place => ({
    path: isAbsolute(path) ? path : join(dirname(file), path),
    from: placeOf(project, key),
  });
  const copies = Object.entries(data).flatMap(([copy, path]) => {
    const key = `data.${copy}`;
    const corpora = orAt(
      (message, hint) => configErrorAt(project, key, message, hint),
      () => corporaNamed(copy),
    );
    return corpora.map((corpus) => [corpus, placeAt(key, path)] as const);
  });
  return {
    ...(results === undefined ? {} : { results: placeAt('results', results) }),
    ...(store === undefined ? {} : { store: placeAt('store', store) }),
    data: Object.fromEntries(copies),
  };
}

/** What `work` throws, told at a place of the file. */
function orAt<T>(at: (message: string, hint: string | undefined) => MmxError, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MmxError ? at(error.message, error.hint) : error;
  }
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
