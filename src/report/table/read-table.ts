import { z } from 'zod';
import { byName, count, distinct, list, text } from '../../pipeline/graph/stored-values.js';
import { parseStored, type StoredKind, storedIfThere } from '../../stored-json.js';
import type { Cell, ResultTable } from './table.js';

/** Percent, points, or what else is measured: far from where sums or axes overflow. */
const quantity = z.number().min(-1e9).max(1e9);
const spread = quantity.nonnegative();

/** Rows times columns: what is painted has a place for each, filled or not. */
const mostPlaces = 50_000;

const published = z.object({ pm2sd: spread.nullable(), source: text });

const cell = z
  .object({
    mean: quantity,
    sd: spread.nullable(),
    n: count,
    values: list(quantity).min(1, 'has no values'),
    published: quantity.nullable(),
    published_detail: published.nullable(),
    unit: text,
  })
  .superRefine(({ mean, n, values, published: value, published_detail: detail }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (n !== values.length) wrong('n', `is ${n}, and there are ${values.length} values`);
    const actual = values.reduce((sum, one) => sum + one, 0) / values.length;
    // Values and mean are rounded to six decimals, each for itself.
    if (Math.abs(mean - actual) > 1e-5)
      wrong('mean', `is ${mean}, and that of the values is ${actual.toFixed(6)}`);
    if ((value === null) !== (detail === null)) wrong('published_detail', 'does not go with "published"');
  })
  .transform(
    ({ published: value, published_detail: detail, ...own }): Cell => ({
      ...own,
      published: value === null || detail === null ? null : { value, ...detail },
    }),
  );

const reference = z.object({
  label: text,
  source: text,
  values: byName(z.object({ value: quantity, pm2sd: spread.nullable() })),
});

/** `table.json` (`json.ts`), and the part of `leaderboard.json` that is a table. */
const schema: z.ZodType<ResultTable> = z
  .object({
    table: text,
    title: text,
    corpus: text,
    synthetic: z.boolean(),
    columns: distinct(text, (id) => id, 1000),
    column_labels: list(text),
    rows: distinct(z.object({ id: text, label: text, cells: byName(cell) }), ({ id }) => id),
    references: list(reference),
    notes: list(text),
  })
  .superRefine(({ columns, column_labels: labels, rows, references }, context) => {
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (labels.length !== columns.length) {
      wrong(['column_labels'], `are ${labels.length}, and there are ${columns.length} columns`);
    }
    if ((rows.length + references.length) * columns.length > mostPlaces) {
      wrong(['rows'], `have more than ${mostPlaces} places for cells`);
    }
    const known = new Set(columns);
    for (const [kind, items] of Object.entries({ rows, references })) {
      for (const [index, item] of items.entries()) {
        const [held, within] = 'cells' in item ? [item.cells, 'cells'] : [item.values, 'values'];
        const unknown = Object.keys(held).find((column) => !known.has(column));
        if (unknown !== undefined) wrong([kind, index, within, unknown], 'is no column of the table');
      }
    }
  })
  .transform(({ columns, column_labels: labels, ...rest }) => ({
    ...rest,
    columns: columns.map((id, index) => ({ id, label: labels[index] ?? id })),
  }));

const kind: StoredKind = {
  what: 'a table',
  code: 'claims/damaged',
  hint: 'Compute the table again, or remove its folder to go on without it.',
  // The largest that has been written has 40 kB.
  limit: 2 ** 24,
};

/**
 * The table that a `table.json` or a `leaderboard.json` holds: the inverse of `renderJson`.
 *
 * @param path named in errors
 * @throws MmxError `claims/damaged` when it is no table, saying what is wrong
 */
export const parseTable = (content: string, path: string): ResultTable =>
  parseStored(content, path, schema, kind);

/** As {@link parseTable}, of a file; undefined where there is none. */
export const readTable = (path: string): ResultTable | undefined => storedIfThere(path, schema, kind);
