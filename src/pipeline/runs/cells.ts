import { architecturesOf, isSeeded } from '../../architectures/index.js';
import type { Resolved } from '../../config/index.js';
import { type Experiment, experimentSchema } from '../../config/schema.js';
import { corporaOfCopy } from '../../corpora/copies.js';
import { corpora } from '../../corpora/registry.js';
import { type EngineName, engineIdentity } from '../../engine/types.js';
import { MmxError } from '../../errors.js';
import type { SeededValues } from '../../evaluation/compare.js';
import { nameOfRecorded } from '../../evaluation/settings.js';
import { isRecord } from '../../json.js';
import { storedProblem } from '../../stored-json.js';
import { type IdentityContext, stageHash } from '../graph/identity.js';
import type { StageSpec } from '../graph/stage.js';
import { stagesOf } from '../plan/experiment.js';
import { type LocalCorpora, resolveExperiments } from '../plan/resolve.js';
import { stageVersions } from '../stages/index.js';
import type { ArtifactStore } from '../store/store.js';
import type { RecordedExperiment, RunManifest } from './manifest.js';
import { measuredValues, unitOf } from './results.js';

/** What one cell of a recorded run measured. */
export interface RunCell extends SeededValues {
  /** `row/column` of a table; `architecture/setting` of a plain experiment. */
  readonly name: string;
  /** `accuracy_pct` or that of another metric, or `percent` of something that is not better when it is more. */
  readonly unit: string;
  /** The resolved experiment; null where no manifest tells. */
  readonly experiment: RecordedExperiment | null;
  /** The stored results behind the values, in their order; none of a table that was read from its file. */
  readonly results: readonly StageSpec[];
}

/** The engine of a run and the versions of the stages as they are now: what its artifacts are found by. */
export function identityOf(manifest: RunManifest): IdentityContext {
  const isRounded = experimentsOf(manifest).some(({ tf32 }) => tf32 === true);
  return {
    engine: engineIdentity(manifest.engine.name as EngineName, isRounded),
    versions: stageVersions,
  };
}

/**
 * What a run measured, read from the store: the experiments in its manifest are turned into stages once more, and
 * the results looked up by their identities. Points of a sweep that failed are left out.
 *
 * @param file of the manifest, named in errors
 * @param local where the user's copies of corpora lie now, over where they lay when the run was made
 * @throws MmxError `runs/cells` when the manifest does not say which cells it has, `runs/version` when its stages were
 *   computed by another version of mmx, `store/*` when a result is no longer stored
 */
export function cellsOfRun(
  manifest: RunManifest,
  file: string,
  store: ArtifactStore,
  local: LocalCorpora = {},
): readonly RunCell[] {
  const names = cellNames(manifest, file);
  const data = { ...dataOfCommand(manifest.command), ...local };
  const configs = configsOf(manifest, file);
  const identity = identityOf(manifest);
  const recorded = new Set(manifest.stages.map(({ hash }) => hash));
  const failed = new Set(
    manifest.stages.filter(({ end }) => end === 'failed' || end === 'skipped').map(({ hash }) => hash),
  );
  return resolveExperiments(configs, data).flatMap((resolved, index) => {
    const { experiment } = resolved;
    const name = names[index] ?? '';
    const seeds = isSeededRecord(experiment) ? experiment.seeds : null;
    const results = (seeds ?? experiment.seeds.slice(0, 1)).map((seed) => stagesOf(resolved, seed).result);
    if (results.some((spec) => failed.has(stageHash(spec, identity)))) return [];
    const values = results.map((spec) => {
      const hash = resultHash(spec, identity, recorded, `${name} in ${file}`);
      return meanOf(measuredValues(store, hash, experiment.measure, resolved.classes));
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
export const experimentsOf = ({ config }: RunManifest): readonly RecordedExperiment[] =>
  config.values.experiments ?? [];

/**
 * The experiments a manifest resolves to, as this version can compute with them, in the order of its cells.
 *
 * @param file of the manifest, named in errors
 * @throws MmxError `runs/version` when one has another form now
 */
export const configsOf = (manifest: RunManifest, file: string): readonly Resolved<Experiment>[] =>
  experimentsOf(manifest).map((recorded, index) => ({
    value: asOfNow(recorded, index, file),
    origins: {},
    files: [file],
  }));

/** A recorded experiment as this version can compute with it. @throws MmxError `runs/version` */
function asOfNow(recorded: RecordedExperiment, index: number, file: string): Experiment {
  const { data, error } = experimentSchema.safeParse(recorded);
  if (data) return data;
  throw new MmxError(
    'runs/version',
    `experiment ${index + 1} in ${file} does not fit this version of mmx: ${storedProblem(error.issues[0])}`,
    { exitCode: 2, hint: 'name the folder of its table.json instead, or run it again' },
  );
}

/** True when a seed makes a difference. */
export function isSeededRecord({ corpus, architecture, features }: RecordedExperiment): boolean {
  const found = architecturesOf(modalitiesOf(corpus)).find(({ name }) => name === architecture);
  return isSeeded(found ?? { seeded: true }, features?.beside ?? []);
}

/** Of a corpus of this version of mmx, in order; none of another. A corpus of the user's own has those of its `inputs`. */
function modalitiesOf({ name, inputs }: RecordedExperiment['corpus']): readonly string[] {
  const known = Object.hasOwn(corpora, name) ? corpora[name] : undefined;
  if (known?.kind === 'listed' && known.inputs.length === 0 && isRecord(inputs)) return Object.keys(inputs);
  return known?.modalities.map((one) => one.name) ?? [];
}

/** Draws of the noise of one seed are no more seeds: their mean is the seed's value. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `--data name=DIR` of a recorded command line, by corpus. */
export function dataOfCommand(command: readonly string[]): Record<string, string> {
  const found = command.flatMap((word, index): [string, string][] => {
    const text = word === '--data' ? command[index + 1] : /^--data=(.*)$/s.exec(word)?.[1];
    const [name, ...rest] = text?.split('=') ?? [];
    const directory = rest.join('=');
    return name && rest.length > 0 ? corporaOfCopy(name).map((corpus) => [corpus, directory]) : [];
  });
  return Object.fromEntries(found);
}

function cellNames({ config }: RunManifest, file: string): readonly string[] {
  const { config: asked, cells, experiments = [] } = config.values;
  if (asked === undefined) throw withoutCells(file);
  if (cells?.length === experiments.length) return cells.map(({ row, column }) => `${row}/${column}`);
  const { rows = [], columns = [], architecture: only } = asked;
  if (rows.length > 0 && rows.length * columns.length === experiments.length) {
    return rows.flatMap((row) => columns.map((column) => `${row.id}/${column.id}`));
  }
  if (only === undefined) throw withoutCells(file);
  const used = new Map<string, number>();
  return experiments.map(({ architecture, setting, corpus }) => {
    const name = `${architecture}/${nameOfRecorded(setting, modalitiesOf(corpus))}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  });
}

const withoutCells = (file: string): MmxError =>
  new MmxError('runs/cells', `${file} does not say which cells the results of the run belong to`, {
    exitCode: 2,
    hint: 'name the folder that holds the table.json of one of its tables',
  });
