import { CsvError, type Info, parse } from 'csv-parse/sync';
import { UnreadFile } from '../read-file.js';
import { lineNotUtf8, readUtf8, type TextFailure } from './text.js';

/** How a file of CSV is read, and what is said of one that cannot be. */
export interface CsvFile {
  /** Bytes it may have. */
  readonly limit: number;
  /** Makes the error about a file that cannot be read: `problem` ends a sentence that begins with the file. */
  readonly unread: (problem: string, cause: UnreadFile) => Error;
  /** Makes the error about a file that is not usable. */
  readonly unusable: TextFailure;
}

/** What a table should be, for the sentences about one that is not. */
export interface CsvKind extends CsvFile {
  /** Columns it must have, in lower case. */
  readonly columns: readonly string[];
  readonly optional?: readonly string[];
  /** Columns of other names are left out; otherwise they are refused. */
  readonly leavesOthersOut?: boolean;
  /** Bytes that a line may have; {@link LONGEST_LINE} when absent. */
  readonly longestLine?: number;
}

/** The fields of a line, its heading's too. */
export interface CsvRow {
  readonly record: readonly string[];
  /** Counted from 1: where a line of several ends. */
  readonly line: number;
}

/** A line of a table, by column; a column that is not there is empty. */
export interface CsvLine<Column extends string> {
  readonly record: Readonly<Partial<Record<Column, string>>>;
  /** Counted from 1. */
  readonly line: number;
}

/** Bytes of a line: two paths of the greatest length that systems allow, and all the rest. */
export const LONGEST_LINE = 65_536;

/** Reads a table with a heading. Lines beginning with `#` and empty ones are passed over. Throws as `kind` says. */
export function readCsv<Column extends string>(file: string, kind: CsvKind): readonly CsvLine<Column>[] {
  return parseCsv(readCsvText(file, kind), kind);
}

/** The text of a file of CSV. Throws as `kind` says. */
export function readCsvText(file: string, kind: CsvFile): string {
  let text: string;
  try {
    text = readUtf8(file, kind.limit, kind.unusable);
  } catch (cause) {
    throw cause instanceof UnreadFile ? kind.unread(cause.message, cause) : cause;
  }
  const line = lineNotUtf8(text);
  if (line !== null) throw kind.unusable(`line ${line} is not UTF-8`, 'save it again as UTF-8');
  return text;
}

/** Parses what {@link readCsv} reads. */
export function parseCsv<Column extends string>(text: string, kind: CsvKind): readonly CsvLine<Column>[] {
  const { columns, optional = [], leavesOthersOut = false, longestLine = LONGEST_LINE, unusable } = kind;
  const expected = `its first line must be: ${columns.join(',')}`;
  checkSeparator(text, unusable);
  let rows: readonly CsvRow[];
  try {
    rows = csvRows(text, { longestLine });
  } catch (error) {
    if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') {
      throw unusable(
        `line ${String(error.lines)} is longer than ${longestLine} bytes`,
        'or a quotation mark opens a field there and is never closed',
      );
    }
    throw unusable((error as Error).message.slice(0, 300));
  }
  const [heading, ...lines] = rows;
  if (heading === undefined) throw unusable('it has no lines', expected);
  const names = heading.record.map((name) => name.toLowerCase());
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0) throw unusable(`it has no column '${missing.join("', '")}'`, expected);
  const known = [...columns, ...optional];
  const unknown = leavesOthersOut ? undefined : names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw unusable(`its column '${unknown.slice(0, 60)}' is unknown`, `known: ${known.join(', ')}`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw unusable(`it has the column '${twice}' twice`, expected);
  return lines.map(({ record, line }) => ({
    record: Object.fromEntries(
      names.map((name, index) => [name, record[index] ?? '']),
    ) as CsvLine<Column>['record'],
    line,
  }));
}

/**
 * Every line of a text but empty ones and those beginning with `#`, blanks around fields left out.
 *
 * @param ofAnyLength lines may have other numbers of fields than the first
 * @throws CsvError of csv-parse, whose `lines` counts from 1
 */
export function csvRows(
  text: string,
  { ofAnyLength = false, longestLine = LONGEST_LINE } = {},
): readonly CsvRow[] {
  // `info` adds the number of the line on which a record ends, which csv-parse's types leave out.
  const read: unknown = parse(text, {
    bom: true,
    info: true,
    skip_empty_lines: true,
    trim: true,
    comment: '#',
    comment_no_infix: true,
    max_record_size: longestLine,
    relax_column_count: ofAnyLength,
  });
  return (read as { record: readonly string[]; info: Info }[]).map(({ record, info }) => ({
    record,
    line: info.lines,
  }));
}

/** Spreadsheets write semicolons where a comma is a decimal sign, and tabs when asked for text. */
function checkSeparator(text: string, unusable: CsvKind['unusable']): void {
  const heading = /^(?!\s*(?:#|$)).*$/m.exec(text.slice(0, LONGEST_LINE))?.[0] ?? '';
  if (heading.includes(',')) return;
  const found = (
    [
      ['semicolons', ';'],
      ['tabs', '\t'],
    ] as const
  ).find(([, sign]) => heading.includes(sign));
  if (found !== undefined) {
    throw unusable(`its columns are separated by ${found[0]}`, 'save it again as CSV with commas');
  }
}
