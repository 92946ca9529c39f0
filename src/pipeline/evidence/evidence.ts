import { MmxError } from '../../errors.js';
import type { ManifestStage, RunManifest } from '../runs/manifest.js';
import type { Score } from '../stages/parameters.js';
import { epochsIn, labelledDataOf, scoreIn, trainingCurveIn } from '../store/stage-results.js';
import type { ArtifactRecord, ArtifactStore } from '../store/store.js';
import { hasCurve, pointsOf, type StoredCurve, type TrainingCurves, withoutSeed } from './curves.js';
import { lineages } from './lineage.js';

/** What a classifier answered, over seeds and draws of noise. */
export interface Answers {
  readonly classifier: string;
  readonly runs: number;
  readonly classes: readonly string[];
  /** [true class][answer], counts. */
  readonly confusion: readonly (readonly number[])[];
  /** Counts of the answers to test clips that have no right one; null where there are none. */
  readonly unanswerable: readonly number[] | null;
  readonly tables: readonly string[];
}

/** What the artifact store holds of the stages of some runs. */
export interface Evidence {
  readonly curves: readonly TrainingCurves[];
  readonly answers: readonly Answers[];
  /** Accuracy on validation examples, of the models that are still stored and measure it. No file keeps it. */
  readonly validation: readonly TrainingCurves[];
  /** Models and scores that the runs have made, and how many of them are no longer stored. */
  readonly made: number;
  readonly lacking: number;
  /** What is wrong with artifacts that are damaged, a sentence each. */
  readonly damaged: readonly string[];
  /** Tables whose artifacts are not all stored, and whose curves and answers are those of the files beside them. */
  readonly fromFiles: readonly string[];
}

/** A stage of one or several runs. */
interface Shared extends ManifestStage {
  readonly tables: readonly string[];
}

/** What shows anything: models that report while they learn, and scores. */
const isShown = (kind: string): boolean => kind === 'score' || hasCurve(kind);

/** Curves and answers of one run as its files keep them, without the names of tables. */
export interface KeptEvidence {
  readonly curves: readonly Omit<TrainingCurves, 'tables'>[];
  readonly answers: readonly Omit<Answers, 'tables'>[];
}

/** A table, or whatever else a run has made, with what is known of its stages. */
export interface WithStages {
  readonly name: string;
  readonly manifest: Pick<RunManifest, 'stages'> | null;
  /** What lies beside it; null, or absent, where nothing does. */
  readonly kept?: KeptEvidence | null;
}

/**
 * Training curves and answers of every stage that is still stored; none twice. Of a table with stages that are not, what
 * lies beside it.
 */
export function evidenceOf(reported: readonly WithStages[], store: ArtifactStore): Evidence {
  const isWhole = ({ manifest }: WithStages): boolean =>
    (manifest?.stages ?? []).every(({ kind, hash }) => !isShown(kind) || store.has(hash));
  const fromFiles = reported.filter((one) => (one.kept ?? null) !== null && !isWhole(one));
  const stored = storedEvidence(
    reported.filter((one) => !fromFiles.includes(one)),
    store,
  );
  return {
    ...stored,
    curves: [...stored.curves, ...shared(fromFiles, ({ curves }) => curves)],
    answers: [...stored.answers, ...shared(fromFiles, ({ answers }) => answers)],
    fromFiles: fromFiles.map(({ name }) => name),
  };
}

/** Of several tables, which may have been made of the same models. */
function shared<T extends object>(
  tables: readonly WithStages[],
  of: (kept: KeptEvidence) => readonly T[],
): readonly (T & { readonly tables: readonly string[] })[] {
  const found = new Map<string, { readonly item: T; readonly tables: string[] }>();
  for (const { name, kept } of tables) {
    for (const item of kept ? of(kept) : []) {
      const key = JSON.stringify(item);
      const before = found.get(key) ?? { item, tables: [] };
      found.set(key, before);
      before.tables.push(name);
    }
  }
  return [...found.values()].map(({ item, tables: names }) => ({ ...item, tables: [...new Set(names)] }));
}

function storedEvidence(reported: readonly WithStages[], store: ArtifactStore): Omit<Evidence, 'fromFiles'> {
  const all = new Map<string, Shared>();
  for (const { name, manifest } of reported) {
    for (const stage of manifest?.stages ?? []) {
      const before = all.get(stage.hash);
      const tables = [...new Set([...(before?.tables ?? []), name])];
      const cells = [...new Set([...(before?.cells ?? []), ...(stage.cells ?? [])])];
      all.set(stage.hash, { ...stage, tables, ...(cells.length === 0 ? {} : { cells }) });
    }
  }
  const stages = [...all.values()].filter(({ kind }) => isShown(kind));
  const lineageOf = lineages(store);
  const curves = new Map<string, TrainingCurves>();
  const answers = new Map<string, NamedAnswers>();
  const validation = new Map<string, TrainingCurves>();
  const damaged: string[] = [];
  let lacking = 0;
  for (const stage of stages) {
    if (!store.has(stage.hash)) {
      lacking += 1;
      continue;
    }
    try {
      const key = lineageOf(stage.hash);
      if (stage.kind === 'score') {
        const data = dataOf(store.record(stage.hash), all);
        answers.set(key, joinedAnswers(answers.get(key), stage, scoreIn(store, stage.hash), data));
      } else {
        const curve = trainingCurveIn(store, stage.hash);
        if (curve && curve.points.length > 0) {
          curves.set(key, joinedCurves(curves.get(key), stage, curve));
        }
        const points = pointsOf(epochsIn(store, stage.hash), 'validationAccuracy');
        if (points.length > 0) {
          const measured = { quantity: 'validation accuracy', points } as const;
          validation.set(key, joinedCurves(validation.get(key), stage, measured));
        }
      }
    } catch (error) {
      // The rest of the report is as good as before.
      if (!(error instanceof MmxError)) throw error;
      damaged.push(error.message);
    }
  }
  return {
    curves: [...curves.values()],
    answers: named([...answers.values()]),
    validation: [...validation.values()],
    made: stages.length,
    lacking,
    damaged,
  };
}

function joinedCurves(
  before: TrainingCurves | undefined,
  { label, tables }: Shared,
  { quantity, points }: Pick<TrainingCurves, 'quantity'> & Pick<StoredCurve, 'points'>,
): TrainingCurves {
  return {
    model: withoutSeed(label),
    quantity,
    lines: [...(before?.lines ?? []), points],
    tables: [...new Set([...(before?.tables ?? []), ...tables])],
  };
}

interface Data {
  readonly classes: readonly string[] | null;
  readonly text: string;
}

/** What a classifier was trained and tested on: in the inputs of its stage, not always in its label. */
function dataOf({ parameters, inputs }: ArtifactRecord, stages: ReadonlyMap<string, Shared>): Data {
  const corpus = labelledDataOf(parameters);
  if (corpus === undefined) return { classes: null, text: '' };
  const { classes } = corpus;
  const [train, test, ...others] = [corpus.train, ...corpus.tests].flatMap((role) => {
    const hash = inputs[role];
    return hash === undefined ? [] : [stages.get(hash)?.label.replace(/^frames of /, '') ?? hash.slice(0, 8)];
  });
  if (train === undefined || test === undefined) return { classes, text: '' };
  const name = train.replace(/, train$/, '');
  if (test === `${name}, test`) return { classes, text: name };
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return { classes, text: `${train} → ${test}${more}` };
}

function joinedAnswers(
  before: NamedAnswers | undefined,
  { label, tables, cells }: Shared,
  { confusion, answers: unanswerable }: Score,
  { classes, text }: Data,
): NamedAnswers {
  return {
    classifier: withoutSeed(label).replace(/^score /, ''),
    runs: (before?.runs ?? 0) + 1,
    classes: classes?.length === confusion.length ? classes : confusion.map((_, index) => String(index)),
    confusion: confusion.map((row, truth) => summed(row, before?.confusion[truth])),
    unanswerable: unanswerable === undefined ? null : summed(unanswerable, before?.unanswerable ?? undefined),
    tables: [...new Set([...(before?.tables ?? []), ...tables])],
    data: text,
    cells: [...new Set([...(before?.cells ?? []), ...(cells ?? [])])],
  };
}

/** Answers, with what tells classifiers of one name apart. */
interface NamedAnswers extends Answers {
  readonly data: string;
  /** Labels of the cells of tables that show them. */
  readonly cells: readonly string[];
}

/**
 * Classifiers of one name are told apart by the labels of their cells, or where none are known by their data; and by a
 * number where these are the same too.
 */
function named(answers: readonly NamedAnswers[]): readonly Answers[] {
  const used = new Map<string, number>();
  return answers.map(({ data, cells, ...one }) => {
    const alone = answers.filter(({ classifier }) => classifier === one.classifier).length === 1;
    const further = cells.length > 0 ? cells.join('; ') : data;
    const name = alone || further === '' ? one.classifier : `${one.classifier} (${further})`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return { ...one, classifier: count === 1 ? name : `${name}, variant ${count}` };
  });
}

function summed(counts: readonly number[], before: readonly number[] | undefined): readonly number[] {
  return counts.map((count, index) => count + (before?.[index] ?? 0));
}
