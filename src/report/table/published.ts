import { join, relative } from 'node:path';
import { CsvError, type Info, parse } from 'csv-parse/sync';
import { editDistance } from '../../edit-distance.js';
import { MmxError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import { readPlainText } from '../../read-file.js';

/** One number of one publication; a line of `results/published/published.csv`. */
export interface PublishedNumber {
  /** Key of the publication, e.g. `corrnet2016`; references are in `results/published/README.md`. */
  readonly source: string;
  readonly table: string;
  readonly corpus: string;
  readonly method: string;
  readonly condition: string;
  readonly value: number;
  /** The printed ±2 s.d., null where the publication prints none. */
  readonly pm2sd: number | null;
  /** `accuracy_pct`, `percent` or `points_vs_<method>`. */
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

/** `results/published/published.csv` of this installation, whether run from `src/` or `dist/`. */
export function publishedFile(): string {
  return join(packageRoot(), 'results', 'published', 'published.csv');
}

/**
 * Reads a file of published numbers.
 *
 * @throws MmxError `published/unreadable` when the file cannot be read, `published/malformed` with
 * `file:line` at the first bad line: wrong header or number of fields, an empty key, a value that is no
 * number, a line that repeats the key of another
 */
export function loadPublished(file: string = publishedFile()): readonly PublishedNumber[] {
  const shown = relative(process.cwd(), file) || file;
  const records = readRecords(file, shown);
  const header = records[0];
  if (header === undefined || header.record.join() !== columns.join()) {
    throw malformed(shown, 1, `the header must be "${columns.join()}"`);
  }
  const lineOfKey = new Map<string, number>();
  return records.slice(1).map(({ record, line }) => {
    const number = toPublishedNumber(record, shown, line);
    const key = describe(number);
    const earlier = lineOfKey.get(key);
    if (earlier !== undefined) throw malformed(shown, line, `it repeats ${key} of line ${earlier}`);
    lineOfKey.set(key, line);
    return number;
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

interface Line {
  readonly record: readonly string[];
  readonly line: number;
}

/** Those of this paper and its successors have 10 kB. */
const mostBytes = 2 ** 24;

function readRecords(file: string, shown: string): readonly Line[] {
  let text: string;
  try {
    text = readPlainText(file, mostBytes);
  } catch (cause) {
    throw new MmxError('published/unreadable', `The published numbers cannot be read from ${shown}.`, {
      hint: 'The file belongs to the package; reinstall it or restore the file.',
      cause,
    });
  }
  try {
    // `info` adds the number of the line on which a record ends, which csv-parse's types leave out.
    const parsed: unknown = parse(text, { info: true, relax_column_count: true, skip_empty_lines: true });
    return (parsed as { record: string[]; info: Info }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }));
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
