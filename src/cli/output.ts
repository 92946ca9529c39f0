import { printable } from '../report/text/colour.js';
import { visible, visibleJson, visibleLines } from '../visible.js';

/*
 * All that the commands write goes through these functions, and none lets through what a terminal would obey: names, labels
 * and messages come from files of others.
 */

/** Lines for the standard output. Each stays one line, with line ends and what else could not be seen written out. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(shownLines(lines));
}

/** A text of several lines, with what else could not be seen written out. */
export function printText(text: string): void {
  process.stdout.write(ended(visibleLines(text)));
}

/** As {@link printText}, of a text that `painter` has painted. */
export function printPainted(text: string): void {
  process.stdout.write(ended(printable(text)));
}

/** A value as JSON, with what could not be seen escaped. */
export function printJson(value: unknown): void {
  printText(visibleJson(JSON.stringify(value, null, 2)));
}

/** As {@link print}, for people beside the results: never part of what a command prints. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(shownLines(lines));
}

/** As {@link say}, of a text of several lines. */
export function sayText(text: string): void {
  process.stderr.write(ended(visibleLines(text)));
}

/** A label, and items below each other beside it. */
export const labelled = (label: string, items: readonly string[]): readonly string[] =>
  items.map((item, index) => (index === 0 ? label : ' '.repeat(label.length)) + item);

const shownLines = (lines: readonly string[]): string => lines.map((line) => `${visible(line)}\n`).join('');

const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
