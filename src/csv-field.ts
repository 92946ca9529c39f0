import { visible } from './visible.js';

export type CsvField = string | number | boolean | null | readonly number[];

/**
 * A field of a CSV file (RFC 4180) for people and other tools: on one line, with what could not be seen written out. Null is
 * an empty one, numbers of a list have semicolons between them. Text that a spreadsheet would run as a formula has an
 * apostrophe before it; numbers are written as they are.
 */
export function csvField(value: CsvField): string {
  if (value === null) return '';
  if (typeof value === 'object') return value.join(';');
  return typeof value === 'string' ? exactField(visible(value)) : String(value);
}

/** As {@link csvField}, of a text that is read again: {@link plainField} gives it back as it was. */
export function exactField(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text of a parsed field, without the apostrophe. */
export function plainField(field: string): string {
  return formula.test(field) && field.startsWith("'") ? field.slice(1) : field;
}

/**
 * What spreadsheets take for the beginning of a formula; in full width some do too. Also after apostrophes, so that each
 * text has a field of its own.
 */
const formula = /^'*[=+\-@＝＋－＠\t\r]/;
