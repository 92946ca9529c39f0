import { basename, join } from 'node:path';
import {
  kindOf,
  type ResolvedExperiment as LoadedExperiment,
  loadExperiment,
  loadTable,
} from '../../../config/index.js';
import { MmxError } from '../../../errors.js';
import { canonicalJson } from '../../../json.js';
import { stageHash } from '../../../pipeline/graph/identity.js';
import { embeddingOf, noEmbedding } from '../../../pipeline/inspect/embedding.js';
import { noReconstructions, reconstructionsOf } from '../../../pipeline/inspect/reconstructions.js';
import {
  type InspectedModel,
  inspectedModel,
  stagesOfInspected,
} from '../../../pipeline/inspect/tested-rows.js';
import type { ResolvedExperiment } from '../../../pipeline/plan/experiment.js';
import { type PreparedRun, prepareRun } from '../../../pipeline/plan/prepare.js';
import type { ArtifactStore } from '../../../pipeline/store/store.js';
import type { FigureKind } from '../../../report/figures/figure-kinds.js';
import type { DrawnModel, ModelFigure } from '../../../report/figures/model-figure.js';
import { paintEmbedding } from '../../../report/figures/paint-embedding.js';
import { paintReconstructions } from '../../../report/figures/paint-reconstructions.js';
import { rasterise } from '../../../report/figures/rasterise.js';
import type { NamedContent } from '../../../report/files/file-set.js';
import { writeTogether } from '../../../report/files/write.js';
import { availability } from '../../options/corpora.js';
import { fileAndOverrides, threadsOf } from '../../options/run.js';
import { print, printJson, say } from '../../output.js';
import { resultsDirectory } from '../../project/places.js';
import { computeStages, showPlan } from '../../run/stages.js';
import type { FigureFlags } from './work.js';

/** How a figure of one model comes about. */
interface Kind {
  /** Why an experiment has none, as the end of a sentence. */
  readonly obstacle: (resolved: ResolvedExperiment) => string | undefined;
  readonly draw: (
    resolved: ResolvedExperiment,
    model: InspectedModel,
    prepared: PreparedRun,
    store: ArtifactStore,
    drawn: DrawnModel,
    flags: FigureFlags,
  ) => Promise<ModelFigure>;
}

const kinds: Readonly<Record<FigureKind, Kind>> = {
  reconstructions: {
    obstacle: noReconstructions,
    draw: async (resolved, model, prepared, store, drawn) =>
      paintReconstructions(await reconstructionsOf(resolved, model, prepared, store), drawn),
  },
  embedding: {
    obstacle: noEmbedding,
    draw: async (resolved, model, prepared, store, drawn, { method }) =>
      paintEmbedding(await embeddingOf(resolved, model, prepared, store, method), drawn),
  },
};

/** Pixels of the PNG to one of the SVG. */
const pngScale = 2;

/** A model that is drawn once, whatever settings it serves. */
interface Subject {
  readonly resolved: ResolvedExperiment;
  readonly model: InspectedModel;
  readonly seed: number;
  readonly settings: string[];
}

/** Draws a figure of each model of an experiment or of a table, of its first seed. */
export async function runModelFigure(
  name: FigureKind,
  config: string,
  words: readonly string[],
  flags: FigureFlags,
): Promise<void> {
  const { file, overrides } = fileAndOverrides('experiment or table', [config, ...words], flags);
  const loaded = experimentsOf(file, overrides, flags);
  const prepared = await prepareRun(loaded, flags.data ?? {}, threadsOf(flags));
  const kind = kinds[name];
  const { subjects, refused } = subjectsOf(prepared, kind, name);
  const targets = subjects.flatMap(({ model }) => stagesOfInspected(model));
  if (flags.dryRun) {
    showPlan(prepared, targets, flags);
    return;
  }
  const directory = flags.out ?? join(resultsDirectory(), 'figures');
  const [first] = loaded;
  if (!first) throw new Error('a table has at least one cell');
  const { store } = await computeStages(prepared, targets, flags, {
    name: `${name}-${basename(file).replace(/\.ya?ml$/, '')}`,
    config: first,
    overrides,
    out: [directory],
  });
  const files: NamedContent[] = [];
  for (const { resolved, model, seed, settings } of subjects) {
    const { corpus, architecture, classes } = resolved;
    const { svg, record } = await kind.draw(
      resolved,
      model,
      prepared,
      store,
      {
        corpus: corpus.name,
        synthetic: corpus.synthetic,
        architecture: architecture.name,
        settings,
        seed,
        classes,
      },
      flags,
    );
    const method = flags.method === 'umap' ? '-umap' : '';
    const own = uniqueName(`${name}${method}-${architecture.name}-${settings[0]}`, files);
    files.push(
      { name: `${own}.svg`, content: svg },
      { name: `${own}.png`, content: await rasterise(svg, pngScale) },
      { name: `${own}.json`, content: `${JSON.stringify(record, null, 2)}\n` },
    );
  }
  const written = writeTogether(directory, files);
  if (flags.json) printJson({ written, refused });
  else {
    for (const reason of flags.quiet ? [] : refused) say(`left out: ${reason}`);
    for (const path of written) print(`written: ${path}`);
  }
}

/** The experiment of a file, or those of the cells of a table. */
function experimentsOf(
  file: string,
  overrides: readonly string[],
  flags: FigureFlags,
): readonly LoadedExperiment[] {
  const options = availability(flags.data);
  return kindOf(file) === 'table'
    ? loadTable(file, overrides, options).cells.map(({ experiment }) => experiment)
    : [loadExperiment(file, overrides, options)];
}

/**
 * Models that are drawn, each once: cells that differ in what is shown while it is trained and tested share theirs.
 *
 * @throws MmxError `figure/none` when there is none
 */
function subjectsOf(
  { experiments, identity }: PreparedRun,
  { obstacle }: Kind,
  name: FigureKind,
): { readonly subjects: readonly Subject[]; readonly refused: readonly string[] } {
  const subjects = new Map<string, Subject>();
  const refused = new Set<string>();
  for (const { resolved, runs } of experiments) {
    const reason = obstacle(resolved);
    if (reason !== undefined) {
      refused.add(reason);
      continue;
    }
    const seed = runs[0]?.seed ?? 1;
    const model = inspectedModel(resolved, seed);
    const { features } = model.parameters;
    const key = canonicalJson({
      architecture: resolved.architecture.name,
      pieces: Object.values(model.pieces).map((spec) => stageHash(spec, identity)),
      inputs: Object.values(model.inputs).map((spec) => stageHash(spec, identity)),
      features: { ...features, beside: [] },
      // The features of what is not learnt differ by what is shown alone.
      shown: Object.keys(model.pieces).length === 0 ? resolved.setting.name : null,
    });
    const known = subjects.get(key);
    if (known) known.settings.push(resolved.setting.name);
    else subjects.set(key, { resolved, model, seed, settings: [resolved.setting.name] });
  }
  if (subjects.size > 0) return { subjects: [...subjects.values()], refused: [...refused] };
  throw new MmxError('figure/none', `There is no figure of ${name} to draw: ${[...refused].join('; ')}.`, {
    exitCode: 2,
    hint: 'mmx data info CORPUS lists the architectures',
  });
}

/** A name that no file has yet. */
function uniqueName(base: string, files: readonly NamedContent[]): string {
  const taken = (name: string): boolean => files.some((one) => one.name === `${name}.json`);
  let name = base;
  for (let count = 2; taken(name); count++) name = `${base}-${count}`;
  return name;
}
