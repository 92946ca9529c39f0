import { z } from 'zod';
import { experimentShape, overlayShape } from './schema.js';

/**
 * The keys beside an experiment's own that say what is laid over it: `scales`, by name, and `stand_in`, for
 * want of the corpus. They are the configuration language's and no part of the resolved experiment.
 */

/** The form of names that become ids, files and headings. */
export const kebabName = z
  .string({ error: 'must be a name in kebab-case' })
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'must be a name in kebab-case: lower-case letters and digits joined by single hyphens',
  );

const mostScales = 20;

const scales = z
  .record(kebabName, z.strictObject(overlayShape).omit({ scale: true }).meta({ id: 'scale' }))
  .refine((named) => Object.keys(named).length <= mostScales, `must have at most ${mostScales} scales`)
  .describe('Changes by name: `scale: <name>` applies them over everything except the command line');

const standInSummary = 'Changes applied when there is no copy of the corpus; the scale is applied over them';

const standIn = z
  .strictObject(overlayShape)
  .meta({ id: 'stand_in' })
  .describe(`${standInSummary}; the corpus given here replaces the whole corpus`);

/** What a table's body, rows, columns and cells, and files that others extend, may set. */
export const layerShape = { ...overlayShape, scales: scales.optional(), stand_in: standIn.optional() };

/** The same two keys once all layers are merged: now a stand-in must name its corpus. */
export const languageShape = {
  scales: scales.optional(),
  stand_in: z
    .strictObject({ ...overlayShape, corpus: experimentShape.corpus })
    .describe(standInSummary)
    .optional(),
};

export const languageKeys: readonly string[] = Object.keys(languageShape);
export const languageSchema = z.strictObject(languageShape);

/** All that the document of one experiment may say. */
export const documentSchema = z.strictObject({ ...experimentShape, ...languageShape });
