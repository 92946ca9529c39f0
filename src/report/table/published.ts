import { type Dirent, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CsvError } from 'csv-parse/sync';
import { editDistance } from '../../edit-distance.js';
import { MmxError } from '../../errors.js';
import { type CsvRow, csvRows, readCsvText } from '../../formats/csv.js';
import { packageRoot } from '../../package-root.js';

/** One number of one publication; a line of `results/published/<paper>/published.csv`. */
export interface PublishedNumber {
  /** Key of the publication, e.g. `corrnet2016`; its reference is in the README.md beside the file. */
  readonly source: string;
  readonly table: string;
  readonly corpus: string;
  readonly method: string;
  readonly condition: string;
  readonly value: number;
  /** The printed ±2 s.d., null where the publication prints none. */
  readonly pm2sd: number | null;
  /** `accuracy_pct` or that of another metric, `percent` or `points_vs_<method>`. */
  readonly unit: string;
  readonly note: string;
}

/** The fields that together name one published number. */
const keyFields = ['source', 'table', 'corpus', 'method', 'condition'] as const;
type KeyField = (typeof keyFields)[number];
/** What to look for; a field that is absent or undefined is open. */
export type PublishedQuery = { readonly [Field in KeyField]?: string | undefined };

const columns = [...keyFields, 'value', 'pm_2sd', 'unit', 'note'] as const;
type Column = (typeof columns)[number];

/** The folder of this installation's published numbers, whether run from `src/` or `dist/`: one folder a paper. */
const publishedFolder = (): string => join(packageRoot(), 'results', 'published');

/** The file of a folder of published numbers, which is absolute or begins at the package's root. */
export const publishedFile = (folder: string): string => resolve(packageRoot(), folder, 'published.csv');

/**
 * Every file of published numbers of this installation, by the names of their folders.
 *
 * @throws MmxError `published/unreadable` when there is no folder of them
 */
export function publishedFiles(): readonly string[] {
  const folder = publishedFolder();
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(relative(process.cwd(), folder) || folder, cause);
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.sort().map((name) => publishedFile(join(folder, name)));
}

/**
 * Reads files of published numbers, those of this installation when none are named.
 *
 * @throws MmxError `published/unreadable` when a file cannot be read, `published/malformed` with
 * `file:line` at the first bad line: wrong header or number of fields, an empty key, a value that is no
 * number, a line that repeats the key of another
 */
export function loadPublished(
  files: string | readonly string[] = publishedFiles(),
): readonly PublishedNumber[] {
  const placeOfKey = new Map<string, { readonly shown: string; readonly line: number }>();
  return [files].flat().flatMap((file) => {
    const shown = relative(process.cwd(), file) || file;
    const [header, ...rows] = readRows(file, shown);
    if (header === undefined || header.record.join() !== columns.join()) {
      throw malformed(shown, 1, `the header must be "${columns.join()}"`);
    }
    return rows.map(({ record, line }) => {
      const number = toPublishedNumber(record, shown, line);
      const key = describe(number);
      const earlier = placeOfKey.get(key);
      if (earlier !== undefined) {
        const where = earlier.shown === shown ? '' : ` of ${earlier.shown}`;
        throw malformed(shown, line, `it repeats ${key} of line ${earlier.line}${where}`);
      }
      placeOfKey.set(key, { shown, line });
      return number;
    });
  });
}

let installed: readonly PublishedNumber[] | undefined;

/**
 * The one published number that agrees with every given field, compared exactly.
 *
 * @param numbers where to look; the numbers of this installation when absent
 * @throws MmxError `published/not-found` with the nearest lines, or `published/ambiguous` with those that
 * match
 */
export function findPublished(query: PublishedQuery, numbers?: readonly PublishedNumber[]): PublishedNumber {
  installed ??= numbers === undefined ? loadPublished() : undefined;
  const all = numbers ?? installed ?? [];
  const matches = all.filter((number) =>
    keyFields.every((field) => query[field] === undefined || query[field] === number[field]),
  );
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  const asked = keyFields.flatMap((field) =>
    query[field] === undefined ? [] : [`${field}=${query[field]}`],
  );
  const question = asked.length === 0 ? 'an empty query' : asked.join(', ');
  if (matches.length > 1) {
    const open = keyFields.filter((field) => new Set(matches.map((number) => number[field])).size > 1);
    throw new MmxError(
      'published/ambiguous',
      `${matches.length} published numbers match ${question}: ${list(matches)}.`,
      { exitCode: 2, hint: `Say which one by its ${open.join(' and ')}.` },
    );
  }
  const nearest = [...all].sort((a, b) => distance(query, a) - distance(query, b)).slice(0, 3);
  throw new MmxError('published/not-found', `No published number matches ${question}.`, {
    exitCode: 2,
    hint: nearest.length === 0 ? 'The list is empty.' : `The nearest are ${list(nearest)}.`,
  });
}

/** Those of this paper and its successors have 10 kB. */
const mostBytes = 2 ** 24;

function readRows(file: string, shown: string): readonly CsvRow[] {
  const text = readCsvText(file, {
    limit: mostBytes,
    unread: (_, cause) => unreadable(shown, cause),
    unusable: (problem) => malformed(shown, 1, problem),
  });
  try {
    return csvRows(text, { ofAnyLength: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === 'number' ? cause.lines : 1;
    throw malformed(shown, line, `it is not valid CSV (${cause.message})`);
  }
}

function toPublishedNumber(record: readonly string[], shown: string, line: number): PublishedNumber {
  if (record.length !== columns.length) {
    throw malformed(shown, line, `it has ${record.length} fields where ${columns.length} belong`);
  }
  const text = (column: Column): string => record[columns.indexOf(column)] ?? '';
  const required = (column: Column): string => {
    if (text(column).trim() === '') throw malformed(shown, line, `"${column}" is empty`);
    return text(column);
  };
  const number = (column: Column): number => {
    const value = Number(required(column));
    if (!Number.isFinite(value))
      throw malformed(shown, line, `"${column}" is "${text(column)}", not a number`);
    return value;
  };
  const pm2sd = text('pm_2sd') === '' ? null : number('pm_2sd');
  if (pm2sd !== null && pm2sd < 0) throw malformed(shown, line, `"pm_2sd" is ${pm2sd}, below zero`);
  return {
    source: required('source'),
    table: required('table'),
    corpus: required('corpus'),
    method: required('method'),
    condition: required('condition'),
    value: number('value'),
    pm2sd,
    unit: required('unit'),
    note: text('note'),
  };
}

function unreadable(shown: string, cause: unknown): MmxError {
  return new MmxError('published/unreadable', `The published numbers cannot be read from ${shown}.`, {
    hint: 'The file belongs to the package; reinstall it or restore the file.',
    cause,
  });
}

function malformed(shown: string, line: number, what: string): MmxError {
  return new MmxError(
    'published/malformed',
    // Cut here: the place comes last.
    `Line ${line} of the published numbers is wrong: ${what.slice(0, 400)} (${shown}:${line}).`,
    {
      hint: 'The columns are explained in results/published/README.md.',
    },
  );
}

function describe(number: PublishedNumber): string {
  return keyFields.map((field) => number[field]).join(' / ');
}

function list(numbers: readonly PublishedNumber[]): string {
  const shown = numbers.slice(0, 5).map((number) => `"${describe(number)}"`);
  const rest = numbers.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Sum over the given fields of the edit distance as a share of the longer text: 0 when all agree. */
function distance(query: PublishedQuery, number: PublishedNumber): number {
  let sum = 0;
  for (const field of keyFields) {
    const wanted = query[field];
    if (wanted === undefined) continue;
    const longer = Math.max(wanted.length, number[field].length);
    sum += longer === 0 ? 0 : editDistance(wanted, number[field]) / longer;
  }
  return sum;
}
