import { z } from 'zod';
import { layerShape } from './layer-schema.js';
import { flag, integerFrom, nonNegativeInteger, positiveInteger, text } from './numbers.js';
import { tableShape } from './table-schema.js';

/**
 * The sweep document: an experiment's keys at the top level, shared by all points, `sweep`, which says what the points
 * differ in and how they are compared, and, as in a table, columns that are compared apart.
 */

const pathPattern = /^[a-z]\w*(\.([a-z]\w*|\{ *[a-z]\w*( *, *[a-z]\w*)+ *\}))*$/;
const valuePath = z
  .string()
  .regex(pathPattern, 'is not the path of a value, as in cca.ridge or rbm.{left,right}.hidden');

export const isValuePath = (text: string): boolean => pathPattern.test(text);

const values = z
  .array(z.unknown(), 'must be a list of values')
  .min(1, 'must name at least one value')
  .describe('Values to try');

const rangeError = 'must be two numbers, [low, high], the lower first';
const range = z.array(z.number(rangeError), rangeError).length(2, rangeError);
const ordered = (bounds: readonly number[]): boolean => Number(bounds[0]) < Number(bounds[1]);

const drawnFrom = z
  .strictObject({
    uniform: range
      .refine(ordered, rangeError)
      .optional()
      .describe('A number between the two, drawn uniformly'),
    log_uniform: range
      .refine(
        (bounds) => ordered(bounds) && Number(bounds[0]) > 0,
        'must be two numbers above 0, [low, high], the lower first',
      )
      .optional()
      .describe('A number between the two, whose logarithm is drawn uniformly'),
    integer: range
      .refine(
        (bounds) => ordered(bounds) && bounds.every(Number.isSafeInteger),
        'must be two whole numbers, [low, high], the lower first',
      )
      .optional()
      .describe('A whole number from the first to the second, both included, drawn uniformly'),
    choice: values.optional().describe('One value of a list'),
  })
  .refine(
    (one) => Object.values(one).filter((bounds) => bounds !== undefined).length === 1,
    'must have one of the keys uniform, log_uniform, integer and choice',
  )
  .describe('Distribution from which a value is drawn');

const distribution = z
  .union([values, drawnFrom], {
    error: 'must be a list of values, or a map with one of the keys uniform, log_uniform, integer and choice',
  })
  .transform((one): z.output<typeof drawnFrom> => (Array.isArray(one) ? { choice: one } : one));

const select = z
  .strictObject({
    held_out: positiveInteger()
      .optional()
      .describe(
        'For plain examples: number of training examples, the last ones, on which points are compared and from which nothing is learnt',
      ),
    folds: integerFrom(2)
      .optional()
      .describe(
        'Number of folds of the training part in which the classifier is cross-validated to compare points',
      ),
  })
  .describe(
    'How points are compared within the training part: by `held_out` or `folds`. When absent, by `corpus.held_out` of the ' +
      'experiment if it is set, otherwise in `evaluation.folds` folds',
  );

export const sweepSection = z
  .strictObject({
    grid: z
      .record(valuePath, values)
      .optional()
      .describe('Values to try, by the path of the value; every combination is a point'),
    random: z
      .record(valuePath, distribution)
      .optional()
      .describe('Distributions by the path of the value, drawn anew for every point; a list means `choice`'),
    points: positiveInteger().optional().describe('For `random`: number of points; 20 when absent'),
    seed: nonNegativeInteger().optional().describe('For `random`: seed of the draws; 1 when absent'),
    select: select.optional(),
    test: flag()
      .default(false)
      .describe(
        'Whether the chosen point of each column is evaluated on the test part, after the choice (--test)',
      ),
  })
  .describe('Points to compare within the training part (`mmx sweep`)');

const sweepShape = {
  sweep: sweepSection,
  table: tableShape.table.optional(),
  title: text().optional().describe('Caption'),
  notes: tableShape.notes,
  columns: tableShape.columns.optional(),
};

export const sweepSchema = z.strictObject({ ...sweepShape, ...layerShape });

export type SweepSection = Readonly<z.output<typeof sweepSection>>;
export type Distribution = Readonly<z.output<typeof distribution>>;

/** Sections of an experiment that hold hyperparameters, and the keys of those that hold others too. */
export const sweepable: Readonly<Record<string, readonly string[] | 'all'>> = {
  architecture: 'all',
  unlabelled: 'all',
  front_end: 'all',
  rbm: 'all',
  autoencoder: 'all',
  cca: 'all',
  features: 'all',
  evaluation: ['pooling', 'standardise', 'classifier'],
};
