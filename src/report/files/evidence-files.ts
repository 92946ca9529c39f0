import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../json.js';
import { type CurvePoint, type TrainingCurves, thinned } from '../../pipeline/evidence/curves.js';
import type { Answers, Evidence, KeptEvidence } from '../../pipeline/evidence/evidence.js';
import { count, figure, list, text } from '../../pipeline/graph/stored-values.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { type StoredKind, storedIfThere } from '../../stored-json.js';
import { jsonText } from '../table/json.js';
import type { NamedContent } from './file-set.js';

/**
 * Training curves and confusion matrices beside a table, so that a report is complete where the artifacts are not: in a
 * fresh clone, on another machine.
 */

export const curvesName = 'curves.json';
export const confusionName = 'confusion.json';

/** Points of all curves of a file together; a chart of 320 pixels shows fewer of each than the most a curve may have. */
const mostPoints = 20_000;
const mostPointsOfCurve = 200;
/** Counts in all matrices of a file together. */
const mostCounts = 100_000;

/** The files for what there is; none for what there is not. Equal evidence gives equal bytes. */
export function evidenceFiles({
  curves,
  answers,
}: Pick<Evidence, 'curves' | 'answers'>): readonly NamedContent[] {
  return [
    ...(curves.length === 0 ? [] : [{ name: curvesName, content: jsonText(curvesContent(curves)) }]),
    ...(answers.length === 0 ? [] : [{ name: confusionName, content: jsonText(confusionContent(answers)) }]),
  ];
}

function curvesContent(curves: readonly TrainingCurves[]): Json {
  const lines = curves.reduce((sum, one) => sum + one.lines.length, 0);
  const points = Math.max(2, Math.min(mostPointsOfCurve, Math.floor(mostPoints / lines)));
  const { kept, leftOut } = within(mostPoints, curves, (one) => points * one.lines.length);
  return {
    format: 1,
    curves: kept.map(({ model, quantity, lines: all }) => ({
      model,
      quantity,
      lines: all.map((line) => {
        const shown = thinned(line, points);
        return {
          epochs: shown.map(({ epoch }) => epoch),
          values: shown.map(({ value }) => Number(value.toPrecision(6))),
        };
      }),
    })),
    left_out: leftOut,
  };
}

function confusionContent(answers: readonly Answers[]): Json {
  const { kept, leftOut } = within(mostCounts, answers, ({ classes }) => classes.length ** 2);
  return {
    format: 1,
    confusion: kept.map(({ classifier, runs, classes, confusion, unanswerable }) => ({
      classifier,
      runs,
      classes,
      confusion,
      unanswerable,
    })),
    left_out: leftOut,
  };
}

/** The first items that are within a bound together. */
function within<T>(
  bound: number,
  items: readonly T[],
  sizeOf: (item: T) => number,
): { readonly kept: readonly T[]; readonly leftOut: number } {
  let size = 0;
  const kept = items.filter((item) => {
    size += sizeOf(item);
    return size <= bound;
  });
  return { kept, leftOut: items.length - kept.length };
}

const curvesSchema = z.looseObject({
  format: z.literal(1, 'is of another version of mmx'),
  curves: list(
    z.looseObject({
      model: text,
      quantity: z.enum(['reconstruction error', 'loss']),
      lines: list(
        z
          .looseObject({
            epochs: list(count, mostPointsOfCurve).min(1, 'has no epochs'),
            values: list(figure, mostPointsOfCurve),
          })
          .refine(({ epochs, values }) => epochs.length === values.length, {
            message: 'does not have a value for each epoch',
            path: ['values'],
          })
          .transform(({ epochs, values }): readonly CurvePoint[] =>
            epochs.map((epoch, index) => ({ epoch, value: values[index] ?? 0 })),
          ),
        mostPoints,
      ).min(1, 'has no lines'),
    }),
    mostPoints,
  ),
});

const mostClasses = 400;

const confusionSchema = z.looseObject({
  format: z.literal(1, 'is of another version of mmx'),
  confusion: list(
    z
      .looseObject({
        classifier: text,
        runs: count,
        classes: list(text, mostClasses),
        confusion: list(list(count, mostClasses), mostClasses),
        unanswerable: list(count, mostClasses).nullable(),
      })
      .refine(
        ({ classes, confusion, unanswerable }) =>
          [confusion, ...confusion, ...(unanswerable === null ? [] : [unanswerable])].every(
            (counts) => counts.length === classes.length,
          ),
        { message: 'does not have a count for each class' },
      ),
    mostCounts,
  ),
});

/** Points and counts are bounded, and take some ten bytes each. */
const limit = 2 ** 23;

const kindOf = (what: string): StoredKind => ({
  what,
  code: 'report/evidence',
  hint: 'The command that wrote it writes it anew; without that file the report goes without what is in it.',
  limit,
});

/**
 * What lies beside a table, of the same run: files that its manifest does not record are of another.
 *
 * @throws MmxError `report/evidence` when a file is damaged
 */
export function keptEvidence(directory: string, manifest: RunManifest | null): KeptEvidence | null {
  const { files = {} } = manifest ?? {};
  const read = <T>(name: string, schema: z.ZodType<T>, what: string): T | undefined =>
    Object.hasOwn(files, name) ? storedIfThere(join(directory, name), schema, kindOf(what)) : undefined;
  const curves = read(curvesName, curvesSchema, 'a file of training curves');
  const answers = read(confusionName, confusionSchema, 'a file of confusion matrices');
  if (curves === undefined && answers === undefined) return null;
  return { curves: curves?.curves ?? [], answers: answers?.confusion ?? [] };
}
