/**
 * Artifacts as those read them who did not compute them, reports and comparisons. Checksums say that a file is as it was
 * written, and nothing of who wrote it: results, parameters and shapes are checked as those of other files are.
 */

import { join } from 'node:path';
import { z } from 'zod';
import type { RbmStageParameters } from '../../architectures/pieces/rbm.js';
import { frontEnd } from '../../config/front-end-schema.js';
import { storedProblem } from '../../stored-json.js';
import type { FrontEndStageParameters } from '../data/parameters.js';
import { pointsOf, type StoredCurve } from '../evidence/curves.js';
import type { EpochMeans } from '../graph/stage.js';
import { bounded, count, epochMeans, list, text } from '../graph/stored-values.js';
import type { Score, Units } from '../stages/parameters.js';
import { recordFile, resultFile } from './artifact-record.js';
import { ArtifactError } from './damage.js';
import type { ArtifactStore } from './store.js';

const percent = z.number().min(0).max(100);

/** Classes that a matrix of counts may have. */
const mostClasses = 10_000;

const score: z.ZodType<Score> = z
  .object({
    accuracy: percent,
    draws: list(percent).exactOptional(),
    folds: list(percent),
    c: list(z.number().positive()),
    crossValidation: list(z.object({ c: z.number().positive(), accuracy: percent })),
    confusion: list(list(count, mostClasses), mostClasses),
    answers: list(count, mostClasses).exactOptional(),
    dimensions: count,
    trained: count,
    tested: count,
  })
  .superRefine(({ confusion, answers }, context) => {
    const classes = confusion.length;
    const wrong = (path: (string | number)[]) =>
      context.addIssue({
        code: 'custom',
        path,
        message: `does not have a count for each of ${classes} classes`,
      });
    for (const [index, row] of confusion.entries()) if (row.length !== classes) wrong(['confusion', index]);
    if (answers !== undefined && answers.length !== classes) wrong(['answers']);
  });

const unimodalUnits = z.object({ unimodal: percent, histogram: list(count) });
const units: z.ZodType<Units> = z.object({
  hidden: count,
  variance: unimodalUnits,
  weights: unimodalUnits,
  activation: unimodalUnits,
});

/** What a classifier came to. @throws ArtifactError `store/corrupted` when it is no such result; as `ArtifactStore.loadResult` */
export const scoreIn = (store: ArtifactStore, hash: string): Score => checked(store, hash, score, 'a score');

/** What was counted of hidden units. @throws as {@link scoreIn} */
export const unitsIn = (store: ArtifactStore, hash: string): Units =>
  checked(store, hash, units, 'a count of units');

const learnt = z.object({ curve: list(epochMeans).optional() });

/** All that any model observed while it learnt; none of a stage that learns nothing by epochs. @throws as {@link scoreIn} */
export const epochsIn = (store: ArtifactStore, hash: string): readonly EpochMeans[] =>
  checked(store, hash, learnt, 'the result of a stage').curve ?? [];

/** What a model minimised while it learnt; undefined of a result without a curve. @throws as {@link scoreIn} */
export function trainingCurveIn(store: ArtifactStore, hash: string): StoredCurve | undefined {
  const epochs = epochsIn(store, hash);
  const [first] = epochs;
  if (first === undefined) return undefined;
  const [observation, quantity] =
    'reconstruction' in first
      ? (['reconstruction', 'reconstruction error'] as const)
      : (['loss', 'loss'] as const);
  const points = pointsOf(epochs, observation);
  if (points.length === epochs.length) return { quantity, points };
  const at = epochs.findIndex((means) => means[observation] === undefined);
  throw corrupted(
    store,
    hash,
    resultFile,
    `is not the result of a model: curve[${at}] has no ${observation}`,
  );
}

const rbmParameters: z.ZodType<Pick<RbmStageParameters, 'visible'> & { corpus: SeenData }> = z.object({
  corpus: z.union([
    z.object({ frames: z.array(text).min(1).max(100_000) }),
    z.object({ listed: text }),
    z.object({ name: text }),
  ]),
  visible: z.object({ of: z.enum(['modalities', 'posteriors']), modalities: list(text, 100) }),
});

/** What an RBM has learnt from: roles of inputs, a listed corpus, or a corpus of plain examples. */
export type SeenData =
  | { readonly frames: readonly string[] }
  | { readonly listed: string }
  | { readonly name: string };

/** What an RBM sees. @throws ArtifactError `store/corrupted` when the record says nothing of the kind */
export const rbmParametersIn = (store: ArtifactStore, hash: string) =>
  fitting(rbmParameters, store.record(hash).parameters, store, hash, recordFile, 'the record of an RBM');

const examplesParameters = z.object({ kind: text, options: z.json() });

/** How rows of a modality of a listed corpus were read. @throws as {@link rbmParametersIn} */
export const examplesParametersIn = (store: ArtifactStore, hash: string) =>
  fitting(
    examplesParameters,
    store.record(hash).parameters,
    store,
    hash,
    recordFile,
    'the record of rows of examples',
  );

const frontEndParameters: z.ZodType<Pick<FrontEndStageParameters, 'sound' | 'frontEnd'>> = z.object({
  sound: z.enum(['waveform', 'features']).nullable(),
  frontEnd,
});

/** What a front end was fitted for. @throws as {@link rbmParametersIn} */
export const frontEndParametersIn = (store: ArtifactStore, hash: string) =>
  fitting(
    frontEndParameters,
    store.record(hash).parameters,
    store,
    hash,
    recordFile,
    'the record of a front end',
  );

const labelledData = z.object({
  corpus: z.object({ train: text, tests: list(text), classes: list(text, mostClasses) }),
});

/** Of which inputs a classifier was made, where those are frames of clips; undefined where they are not. */
export const labelledDataOf = (parameters: unknown) => labelledData.safeParse(parameters).data?.corpus;

function checked<T>(store: ArtifactStore, hash: string, schema: z.ZodType<T>, what: string): T {
  return fitting(bounded(schema), store.loadResult(hash), store, hash, resultFile, what);
}

function fitting<T>(
  schema: z.ZodType<T>,
  value: unknown,
  store: ArtifactStore,
  hash: string,
  file: string,
  what: string,
): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw corrupted(store, hash, file, `is not ${what}: ${storedProblem(error.issues[0])}`);
}

const corrupted = (store: ArtifactStore, hash: string, file: string, what: string): ArtifactError =>
  new ArtifactError('store/corrupted', `${join(store.pathOf(hash), file)} ${what}.`, hash);
