import { basename, join, relative } from 'node:path';
import { loadExperiment } from '../../../config/index.js';
import { MmxError } from '../../../errors.js';
import { stageHash } from '../../../pipeline/graph/identity.js';
import type { Artifact, StageSpec } from '../../../pipeline/graph/stage.js';
import {
  type ExportedPart,
  exportedParts,
  type FeatureSource,
  featureSource,
} from '../../../pipeline/inspect/export-features.js';
import {
  type ExportedFile,
  writeFeatureCsv,
  writeNpy,
  writeWeights,
} from '../../../pipeline/inspect/export-files.js';
import { type PreparedExperiment, type PreparedRun, prepareRun } from '../../../pipeline/plan/prepare.js';
import { replaceFile } from '../../../pipeline/store/files.js';
import type { ArtifactStore } from '../../../pipeline/store/store.js';
import { availability } from '../../options/corpora.js';
import { filesAndOverrides, threadsOf } from '../../options/run.js';
import { labelled, print, printJson } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { openStore } from '../../project/store.js';
import { checkOutFolders } from '../../run/out-folders.js';
import { computeStages, showPlan } from '../../run/stages.js';
import type { ExportFlags } from './command.js';

/** The work of `mmx export`. */
export async function runExport(config: string, words: readonly string[], flags: ExportFlags): Promise<void> {
  const { files, overrides } = filesAndOverrides([config, ...words], flags);
  const [file, second] = files;
  if (file === undefined || second !== undefined) {
    throw new MmxError(
      'cli/usage',
      `one experiment at a time: '${second}' is neither an override (key=value) nor the experiment`,
      { exitCode: 2 },
    );
  }
  const experiment = loadExperiment(file, overrides, availability(flags.data));
  const prepared = await prepareRun([experiment], flags.data ?? {}, threadsOf(flags));
  const [one] = prepared.experiments;
  if (!one) throw new Error('one experiment was prepared');
  const sources = one.runs.map(({ seed }) => ({ seed, source: featureSource(one.resolved, seed) }));
  const targets = sources.flatMap(({ source }) => needed(source, flags));
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  const name = basename(file).replace(/\.ya?ml$/, '');
  const directory = flags.out ?? join(resultsDirectory(), 'export', name);
  const out = [directory];
  if (flags.compute) {
    await computeStages(prepared, targets, flags, { name, config: experiment, overrides, out });
  } else checkOutFolders(out);
  const store = openStore();
  requireStored(targets, prepared, store);

  const seeds: object[] = [];
  for (const { seed, source } of sources) {
    seeds.push(await exportSeed(seed, source, { prepared, one, store, flags, directory }));
  }
  const { engine } = prepared;
  const description = {
    format: 1,
    command: ['mmx', ...process.argv.slice(2)],
    config: { file, overrides, values: experiment.value },
    corpus: one.resolved.corpus.name,
    synthetic: one.resolved.corpus.synthetic,
    classes: one.resolved.classes,
    engine: { name: engine.name, description: engine.description, versions: engine.versions },
    seeds,
  };
  const path = join(directory, 'export.json');
  replaceFile(path, [Buffer.from(`${JSON.stringify(description, null, 2)}\n`)]);
  if (flags.json) {
    printJson({ directory, ...description });
    return;
  }
  const written = [path, ...writtenBy(seeds).map((one) => join(directory, one))];
  print(...labelled('written: ', written));
}

const needed = ({ pieces, inputs }: FeatureSource, { features }: ExportFlags): StageSpec[] =>
  Object.values(features ? { ...inputs, ...pieces } : pieces);

/** @throws MmxError `export/missing` naming what was not computed yet */
function requireStored(targets: readonly StageSpec[], { identity }: PreparedRun, store: ArtifactStore): void {
  const missing = targets.filter((spec) => !store.has(stageHash(spec, identity)));
  const [first] = missing;
  if (!first) return;
  const labels = [...new Set(missing.map(({ label }) => label))];
  const more = labels.length > 3 ? ` and ${labels.length - 3} more` : '';
  throw new MmxError(
    'export/missing',
    `these stages are not stored for the engine ${identity.engine}: ${labels.slice(0, 3).join('; ')}${more}`,
    { exitCode: 2, hint: 'compute them with mmx evaluate of the same experiment, or add --compute' },
  );
}

interface Place {
  readonly prepared: PreparedRun;
  readonly one: PreparedExperiment;
  readonly store: ArtifactStore;
  readonly flags: ExportFlags;
  readonly directory: string;
}

/** Writes the files of one seed. @returns what `export.json` says of it */
async function exportSeed(seed: number, source: FeatureSource, place: Place): Promise<object> {
  const { prepared, one, store, flags, directory } = place;
  const folder = join(directory, `seed-${seed}`);
  const within = <T extends ExportedFile>(written: T): T => ({
    ...written,
    file: relative(directory, written.file),
  });
  const weights = Object.entries(source.pieces).map(([role, spec]) => {
    const hash = stageHash(spec, prepared.identity);
    const artifact = store.load(hash);
    const path = join(folder, 'weights', `${role}.safetensors`);
    const written = within(writeWeights(path, artifact, store.record(hash)));
    const tensors = Object.entries(artifact.tensors).map(([name, { shape }]) => [name, shape]);
    return { role, stage: hash, label: spec.label, ...written, tensors: Object.fromEntries(tensors) };
  });
  if (!flags.features) return { seed, weights };
  const inputs: Record<string, Artifact> = {};
  for (const [role, spec] of Object.entries(source.inputs)) {
    inputs[role] = store.load(stageHash(spec, prepared.identity));
  }
  const features: object[] = [];
  for await (const part of exportedParts(source, inputs, prepared.local, one.resolved.classes)) {
    const path = join(folder, 'features', part.name);
    features.push({
      part: part.name,
      modalities: part.modalities,
      shape: [part.features.rows, part.features.columns],
      ...filesOf(part, path, flags, within),
    });
  }
  const { evaluation } = source.parameters;
  const scaling = `none applied; the classifier scales by '${evaluation.standardise}'`;
  return { seed, weights, setting: one.resolved.setting.name, scaling, features };
}

function filesOf(
  part: ExportedPart,
  path: string,
  { csv }: ExportFlags,
  within: (written: ExportedFile) => ExportedFile,
): object {
  const { rows, columns, data } = part.features;
  return {
    npy: within(writeNpy(`${path}.npy`, { shape: [rows, columns], data })),
    labels: within(writeNpy(`${path}.labels.npy`, { shape: [rows], data: part.labels })),
    ...(csv ? { csv: within(writeFeatureCsv(`${path}.csv`, part)) } : {}),
  };
}

/** Paths of all files that the description names, in its order. */
function writtenBy(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'file' && typeof member === 'string' ? [member] : writtenBy(member),
  );
}
