import type { Experiment, Measure } from '../config/index.js';
import { corpora } from '../corpora/registry.js';
import { MmxError } from '../errors.js';
import type { SeededValues } from '../evaluation/compare.js';
import { isRecord } from '../json.js';
import { architecturesOf } from '../models/architectures.js';
import { stagesOf } from './experiment.js';
import { type IdentityContext, stageHash } from './identity.js';
import type { RunManifest } from './manifest.js';
import { type LocalCorpora, resolveExperiments } from './resolve.js';
import { measuredValues } from './results.js';
import type { StageSpec } from './stage.js';
import { stageImplementations } from './stages/index.js';
import type { ArtifactStore } from './store.js';

/** What one cell of a recorded run measured. */
export interface RunCell extends SeededValues {
  /** `row/column` of a table; `architecture/setting` of a plain experiment. */
  readonly name: string;
  /** `accuracy_pct`, or `percent` of something that is not better when it is more. */
  readonly unit: string;
  /** The resolved experiment; null where no manifest tells. */
  readonly experiment: Experiment | null;
  /** The stored results behind the values, in their order; none of a table that was read from its file. */
  readonly results: readonly StageSpec[];
}

/** The engine of a run and the versions of the stages as they are now: what its artifacts are found by. */
export const identityOf = ({ engine }: RunManifest): IdentityContext => ({
  engine: engine.name,
  versions: Object.fromEntries(
    Object.values(stageImplementations).map(({ kind, version }) => [kind, version]),
  ),
});

/**
 * What a run measured, read from the store: the experiments in its manifest are turned into stages once more, and
 * the results looked up by their identities. Points of a sweep that failed are left out.
 *
 * @param local where the user's copies of corpora lie now, over where they lay when the run was made
 * @throws MmxError `runs/cells` when the manifest does not say which cells it has, `runs/version` when its stages were
 *   computed by another version of mmx, `store/*` when a result is no longer stored
 */
export function cellsOfRun(
  manifest: RunManifest,
  store: ArtifactStore,
  local: LocalCorpora = {},
): readonly RunCell[] {
  const names = cellNames(manifest);
  const experiments = experimentsOf(manifest);
  const data = { ...dataOfCommand(manifest.command), ...local };
  const configs = experiments.map((value) => ({ value, origins: {}, files: [manifest.config.file] }));
  const identity = identityOf(manifest);
  const recorded = new Set(manifest.stages.map(({ hash }) => hash));
  const failed = new Set(
    manifest.stages.filter(({ end }) => end === 'failed' || end === 'skipped').map(({ hash }) => hash),
  );
  return resolveExperiments(configs, data).flatMap((resolved, index) => {
    const { experiment } = resolved;
    const name = names[index] ?? '';
    const seeds = isSeeded(experiment) ? experiment.seeds : null;
    const results = (seeds ?? experiment.seeds.slice(0, 1)).map((seed) => stagesOf(resolved, seed).result);
    if (results.some((spec) => failed.has(stageHash(spec, identity)))) return [];
    const values = results.map((spec) => {
      const hash = resultHash(spec, identity, recorded, name);
      return meanOf(measuredValues(store.loadResult(hash), experiment.measure, resolved.classes));
    });
    return [{ name, unit: unitOf(experiment.measure), seeds, values, experiment, results }];
  });
}

function resultHash(
  spec: StageSpec,
  identity: IdentityContext,
  recorded: ReadonlySet<string>,
  cell: string,
): string {
  const hash = stageHash(spec, identity);
  if (recorded.has(hash)) return hash;
  throw new MmxError(
    'runs/version',
    `the results of ${cell} cannot be found: the run was made by another version of mmx, or its corpus has changed`,
    { exitCode: 2, hint: 'name the folder of its table.json instead, or run it again' },
  );
}

/** The experiments a manifest resolves to, in the order of its cells. */
export function experimentsOf({ config }: RunManifest): readonly Experiment[] {
  const { values } = config;
  const experiments = isRecord(values) ? values.experiments : undefined;
  return Array.isArray(experiments) ? (experiments as unknown as Experiment[]) : [];
}

/** True when a seed makes a difference. Manifests of earlier versions may lack keys. */
export function isSeeded(experiment: Experiment): boolean {
  const { corpus, architecture } = experiment;
  const { features }: { readonly features?: { readonly beside?: readonly string[] } } = experiment;
  const known = Object.hasOwn(corpora, corpus.name) ? corpora[corpus.name] : undefined;
  const [a, b] = known?.modalities ?? [];
  const found =
    a && b ? architecturesOf([a.name, b.name]).find(({ name }) => name === architecture) : undefined;
  return (found?.seeded ?? true) || (features?.beside ?? []).length > 0;
}

export const unitOf = (measure: Measure): string => (measure === 'accuracy' ? 'accuracy_pct' : 'percent');

/** Draws of the noise of one seed are no more seeds: their mean is the seed's value. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `--data name=DIR` of a recorded command line. */
export function dataOfCommand(command: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  command.forEach((word, index) => {
    const text = word === '--data' ? command[index + 1] : /^--data=(.*)$/.exec(word)?.[1];
    const [name, ...rest] = text?.split('=') ?? [];
    if (name && rest.length > 0) found[name] = rest.join('=');
  });
  return found;
}

function cellNames(manifest: RunManifest): readonly string[] {
  const { values } = manifest.config;
  const experiments = experimentsOf(manifest);
  if (!isRecord(values) || !isRecord(values.config)) throw withoutCells();
  const { config, cells } = values;
  if (Array.isArray(cells)) {
    return (cells as { row: string; column: string }[]).map(({ row, column }) => `${row}/${column}`);
  }
  const idsOf = (items: unknown): string[] =>
    Array.isArray(items) ? (items as { id: string }[]).map(({ id }) => id) : [];
  const [rows, columns] = [idsOf(config.rows), idsOf(config.columns)];
  if (rows.length > 0 && rows.length * columns.length === experiments.length) {
    return rows.flatMap((row) => columns.map((column) => `${row}/${column}`));
  }
  if (typeof config.architecture !== 'string') throw withoutCells();
  const names = experiments.map(({ architecture, setting }) => `${architecture}/${setting}`);
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name}#${before + 1}`;
  });
}

const withoutCells = (): MmxError =>
  new MmxError('runs/cells', 'the record of this run does not say which cells its results belong to', {
    exitCode: 2,
    hint: 'name the folder that holds the table.json of one of its tables',
  });
