import { z } from 'zod';
import { kebabName as id, layerShape } from './layer-schema.js';
import { text } from './numbers.js';

/**
 * The table document: an experiment's keys at the top level, shared by all cells, and rows and columns that
 * each change some of them.
 */

/** Names of published tables look like numbers: `4`, `1a`, `4.7`. */
const textOrNumber = z
  .union([text(), z.number()], { error: 'must be a text' })
  .transform((value): string => String(value));

const published = z
  .strictObject({
    source: text().optional().describe('Paper: a `source` in results/published'),
    table: textOrNumber.optional().describe('Table of that paper'),
    corpus: text().optional().describe('Corpus, as named in results/published'),
    method: text().optional().describe('Method, as named in results/published'),
    condition: text().optional().describe('Condition, as named in results/published'),
  })
  .describe('Published number that is shown beside ours');

const cell = z
  .strictObject({ published: published.optional(), ...layerShape })
  .describe('Changes in this cell only');

const column = z.strictObject({
  id: id.describe('Name in `table.json`'),
  label: text().describe('Heading of the column'),
  published: published.optional(),
  ...layerShape,
});

const row = z.strictObject({
  id: id.describe('Name in `table.json`'),
  label: text().describe('Label of the row, in the first column'),
  published: published.optional(),
  columns: z
    .array(id, 'must be a list of column ids')
    .min(1, 'must name at least one column')
    .optional()
    .describe('Columns of this row; all when absent'),
  cells: z.record(z.string(), cell).optional().describe('Changes in single cells, by column id'),
  ...layerShape,
});

const reference = z
  .strictObject({
    label: text().describe('Label of the row, in the first column'),
    source: text().describe('Paper: a `source` in results/published'),
    table: textOrNumber.optional().describe('Table of that paper'),
    corpus: text().optional().describe('Corpus, as named in results/published'),
    method: text().describe('Method, as named in results/published'),
  })
  .describe('Row that holds published numbers only');

export const tableShape = {
  table: id.describe('Name of the table and of its folder'),
  title: text().describe('Caption'),
  notes: z
    .array(text(), 'must be a list of sentences')
    .default([])
    .describe('Notes that a reader needs, printed below the table'),
  columns: z.array(column, 'must be a list of columns').min(1, 'must have at least one column'),
  rows: z.array(row, 'must be a list of rows').min(1, 'must have at least one row'),
  references: z
    .array(reference, 'must be a list of rows of published numbers')
    .default([])
    .describe('Rows of other work, printed below ours'),
};

export const tableKeys: readonly string[] = Object.keys(tableShape);

/** Keys of a row, a column or a cell that are not an experiment's. */
export const layoutKeys: readonly string[] = ['id', 'label', 'published', 'columns', 'cells'];

export const tableSchema = z.strictObject({ ...tableShape, ...layerShape });
export const publishedSchema = published;

/** Which published number stands beside ours: keys of `results/published/*.csv`. */
export interface PublishedQuery extends PartialQuery {
  readonly source: string;
  readonly method: string;
}

/** What a row, a column or a cell contributes to a {@link PublishedQuery}. */
export type PartialQuery = Readonly<z.output<typeof published>>;

/** A row of published numbers only; with a column's `published` it makes the query of one number. */
export type ReferenceConfig = Readonly<z.output<typeof reference>>;

/** A table without its experiments, which are in its cells. */
export interface TableConfig {
  readonly table: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly columns: readonly TableItem[];
  readonly rows: readonly TableItem[];
  readonly references: readonly ReferenceConfig[];
}

/** A row or a column. */
export interface TableItem {
  readonly id: string;
  readonly label: string;
  readonly published?: PartialQuery | undefined;
}
