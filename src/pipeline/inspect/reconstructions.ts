import { MmxError } from '../../errors.js';
import { concatRows, type Matrix } from '../../matrix.js';
import type { Present } from '../../models/present.js';
import type { Reconstructor } from '../../models/reconstructors.js';
import { frontEndOptions } from '../data/clips.js';
import { frontEndOf } from '../data/front-end.js';
import { type PartRows, presentOf, rowsOf } from '../data/rows.js';
import { spread } from '../data/spread.js';
import { stageHash } from '../graph/identity.js';
import type { ResolvedExperiment } from '../plan/experiment.js';
import type { PreparedRun } from '../plan/prepare.js';
import { loadPieces } from '../stages/extractor.js';
import type { ArtifactStore } from '../store/store.js';
import { type DrawnModality, type ModalityViews, viewOfShape, viewsOfClips } from './modality-views.js';
import {
  firstOfEachClass,
  frontEndSpec,
  type InspectedModel,
  loadInspected,
  testedRows,
  waysOfShowing,
} from './tested-rows.js';

/** What a model makes of test examples that it is shown one modality of, or several. */
export interface Reconstructions {
  readonly examples: readonly Example[];
  readonly ways: readonly Way[];
  /** Classes beyond those that have an example here. */
  readonly classesLeftOut: number;
  /** Rows that `explained` is measured on. */
  readonly measured: number;
  readonly part: 'train' | 'test';
}

/** A test example: of a clip, the window in its middle. */
interface Example {
  readonly label: string;
  /** Every modality that can be drawn, in the order of the corpus. */
  readonly truth: readonly DrawnModality[];
}

/** One way of showing examples to the model. */
interface Way {
  readonly shown: readonly string[];
  /** Of each example the modalities that the model gives back. */
  readonly made: readonly (readonly DrawnModality[])[];
  /** Share of the variance of each modality given back that is explained, over the test rows; negative is worse than the mean. */
  readonly explained: Readonly<Record<string, number>>;
}

/** Examples that are drawn at most: one a class. */
const mostExamples = 12;
/** Rows that are measured at most, evenly spread. */
const mostMeasured = 500;

/** Why an experiment has no reconstructions to draw, as the end of a sentence; undefined when it has. */
export function noReconstructions({
  architecture,
  corpus,
  modalities,
}: ResolvedExperiment): string | undefined {
  if (!architecture.kind.reconstructor) {
    return `'${architecture.name}' gives back nothing of what it is shown`;
  }
  if (corpus.kind === 'clips') return undefined;
  const drawn = modalities.some(({ name, shape }) => viewOfShape(name, shape ?? [], { sequences: true }));
  return drawn ? undefined : `no modality of ${corpus.name} is a picture or a sequence of frames`;
}

/**
 * Shows the first test example of each class to a stored model, in each way that it can be shown, and draws what it makes
 * of them.
 *
 * @throws MmxError `store/*` for an artifact that is not stored; `figure/*` when there is nothing to draw
 */
export async function reconstructionsOf(
  resolved: ResolvedExperiment,
  model: InspectedModel,
  { identity, local }: Pick<PreparedRun, 'identity' | 'local'>,
  store: ArtifactStore,
): Promise<Reconstructions> {
  const { architecture, classes } = resolved;
  const inputs = loadInspected(model, identity, store);
  const part = await testedRows(model, inputs, local);
  const views = viewsOf(resolved, model, identity, store);
  const { chosen, classesLeftOut } = chosenExamples(part, classes);
  const measured = spread(
    Array.from({ length: part.count }, (_, row) => row),
    mostMeasured,
  );
  const [truth, measuredTruth] = [
    pick(
      part,
      model.modalities,
      chosen.map(({ row }) => row),
    ),
    pick(part, model.modalities, measured),
  ];
  const { pieces, dispose } = loadPieces(model.parameters, inputs);
  try {
    const reconstruct = architecture.kind.reconstructor?.(pieces);
    if (!reconstruct) throw new Error(`${architecture.name} has no reconstructions`);
    const encoded = model.modalities.filter((name) => architecture.encodes.includes(name));
    const ways = waysOfShowing(encoded).map((shown) =>
      wayOf(shown, reconstruct, { truth, measuredTruth, views }),
    );
    const given = ways.filter(({ explained }) => Object.keys(explained).length > 0);
    if (given.length === 0) {
      throw new MmxError(
        'figure/undrawable',
        `nothing that '${architecture.name}' gives back is a picture or a spectrogram`,
        { exitCode: 2 },
      );
    }
    return {
      examples: chosen.map(({ label }, index) => ({
        label,
        truth: model.modalities.flatMap((modality) => drawnRow(views, modality, truth[modality], index)),
      })),
      ways: given,
      classesLeftOut,
      measured: measured.length,
      part: model.part,
    };
  } finally {
    dispose();
  }
}

function wayOf(
  shown: readonly string[],
  reconstruct: Reconstructor,
  {
    truth,
    measuredTruth,
    views,
  }: { readonly truth: Present; readonly measuredTruth: Present; readonly views: ModalityViews },
): Way {
  const only = (present: Present): Present =>
    Object.fromEntries(Object.entries(present).filter(([modality]) => shown.includes(modality)));
  const made = reconstruct(only(truth));
  const measured = reconstruct(only(measuredTruth));
  const [first] = Object.values(truth);
  const names = Object.keys(made).filter((modality) => views.has(modality));
  return {
    shown,
    made: Array.from({ length: first?.rows ?? 0 }, (_, index) =>
      names.flatMap((modality) => drawnRow(views, modality, made[modality], index)),
    ),
    explained: Object.fromEntries(
      names.map((modality) => [
        modality,
        explainedShare(
          drawnValues(views, modality, measuredTruth[modality]),
          drawnValues(views, modality, measured[modality]),
        ),
      ]),
    ),
  };
}

/** 1 − Σ (x − x̂)² / Σ (x − mean)², the mean that of each value over the rows; 0 where nothing varies. */
export function explainedShare(truth: readonly Float32Array[], made: readonly Float32Array[]): number {
  const columns = truth[0]?.length ?? 0;
  let [error, total] = [0, 0];
  for (let column = 0; column < columns; column++) {
    const mean = truth.reduce((sum, row) => sum + (row[column] as number), 0) / truth.length;
    truth.forEach((row, index) => {
      const value = row[column] as number;
      error += (value - (made[index]?.[column] ?? Number.NaN)) ** 2;
      total += (value - mean) ** 2;
    });
  }
  return total === 0 ? 0 : 1 - error / total;
}

function chosenExamples({ labels, clips }: PartRows, classes: readonly string[]) {
  const found = firstOfEachClass(labels, classes.length, 1).flatMap(([example], label) =>
    example === undefined ? [] : [{ example, label: classes[label] ?? '' }],
  );
  const middle = (example: number): number =>
    clips ? Math.floor(((clips[example] ?? 0) + (clips[example + 1] ?? 0) - 1) / 2) : example;
  return {
    chosen: found.slice(0, mostExamples).map(({ example, label }) => ({ label, row: middle(example) })),
    classesLeftOut: classes.length - Math.min(found.length, mostExamples),
  };
}

/** Rows of the modalities, those named. */
function pick(part: PartRows, modalities: readonly string[], rows: readonly number[]): Present {
  return Object.fromEntries(
    Object.entries(presentOf(part, modalities)).map(([modality, all]) => [
      modality,
      concatRows(rows.map((row) => rowsOf(all, row, row + 1))),
    ]),
  );
}

function drawnRow(
  views: ModalityViews,
  modality: string,
  rows: Matrix | undefined,
  row: number,
): readonly DrawnModality[] {
  const view = views.get(modality);
  if (!view || !rows) return [];
  const drawn = view.draw({
    rows: 1,
    columns: rows.columns,
    data: rows.data.slice(row * rows.columns, (row + 1) * rows.columns),
  });
  if (drawn.frames.every(({ data }) => data.every(Number.isFinite))) return [drawn];
  throw new MmxError(
    'figure/not-finite',
    `the reconstruction of ${modality} contains values that are not finite: the model diverged`,
    {
      hint: 'train it again with a smaller learning rate',
    },
  );
}

/** All values of each row as they are drawn. */
function drawnValues(
  views: ModalityViews,
  modality: string,
  rows: Matrix | undefined,
): readonly Float32Array[] {
  return Array.from({ length: rows?.rows ?? 0 }, (_, row) => {
    const [drawn] = drawnRow(views, modality, rows, row);
    return Float32Array.from((drawn?.frames ?? []).flatMap(({ data }) => [...data]));
  });
}

/** What rows of each modality look like; @throws MmxError `figure/undrawable` when none of them looks like anything */
function viewsOf(
  { corpus, clips, modalities, experiment }: ResolvedExperiment,
  model: InspectedModel,
  identity: PreparedRun['identity'],
  store: ArtifactStore,
): ModalityViews {
  if (clips) {
    const frontEnd = frontEndSpec(Object.values(model.inputs));
    const fitted = frontEndOf(store.load(stageHash(frontEnd, identity)));
    return viewsOfClips(fitted, frontEndOptions(experiment.front_end), clips.sound, { mean: true });
  }
  const shapes = corpus.kind === 'examples' ? corpus.shapes : undefined;
  return new Map(
    modalities.flatMap(({ name, shape }) => {
      const view = viewOfShape(name, shape ?? shapes?.[name] ?? [], { sequences: true });
      return view ? [[name, view] as const] : [];
    }),
  );
}
