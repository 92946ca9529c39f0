import { colourAllowed, type Paint, painter } from '../text/colour.js';
import { padEnd, wrap } from '../text/columns.js';
import { drawsBoxes } from '../text/encoding.js';
import { footnotes, legend, oneLine, syntheticMark } from './layout.js';
import type { ResultTable } from './table.js';
import { arrange, type Panel, type PanelColumn } from './terminal-columns.js';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns that a line may take. Numbers are never broken: one column of the table can need more. */
  readonly width: number;
}

/** Colour and width for a stream: its own width between 60 and 120, and 100 where it is no terminal. */
export function terminalOptions(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TerminalOptions {
  const columns = stream.isTTY === true ? (stream.columns ?? 100) : 100;
  return { colour: colourAllowed(stream, environment), width: Math.min(120, Math.max(60, columns)) };
}

/**
 * A table for a terminal: a box with ours, the published number and the difference side by side, the best of each
 * column in bold, other work under a rule. A table that is too wide is cut into panels, one under the other.
 * Ends in a newline; prints nothing itself.
 */
export function renderTerminal(table: ResultTable, options: TerminalOptions): string {
  const paint = painter(options.colour);
  const { panels, showSeedCount } = arrange(table, options.width);
  const lines = panels.flatMap((panel) => drawPanel(table, panel, paint));
  return framed(table, lines, { ...options, showSeedCount });
}

/** Lines of a table under its title and over its notes. */
export function framed(
  table: ResultTable,
  drawn: readonly string[],
  options: TerminalOptions & { readonly showSeedCount: boolean },
): string {
  const paint = painter(options.colour);
  const mark = `[${syntheticMark}]`;
  const title = wrap(oneLine(table.title), options.width - (table.synthetic ? mark.length + 2 : 0));
  const lines = title.map((line) => paint(line, 'bold'));
  if (table.synthetic) lines.push(`${lines.pop() ?? ''}  ${paint(mark, 'yellow')}`);
  const subtitle = wrap(`${oneLine(table.corpus)} · ${legend(table, options)}`, options.width);
  lines.push(...subtitle.map((line) => paint(line, 'dim')), '', ...drawn);
  const notes = footnotes(table).flatMap((note) =>
    wrap(oneLine(note), options.width - 2).map((line, index) => `${index === 0 ? '• ' : '  '}${line}`),
  );
  if (notes.length > 0) lines.push('', ...notes.map((line) => paint(line, 'dim')));
  const text = `${lines.join('\n')}\n`;
  return drawsBoxes() ? text : plainSigns(text);
}

function drawPanel(table: ResultTable, panel: Panel, paint: Paint): readonly string[] {
  const { labelWidth, columns } = panel;
  const { rule, line: fieldsLine } = box([labelWidth, ...columns.map((column) => column.width)], paint);
  const line = (label: string, fields: readonly string[]): string => fieldsLine([label, ...fields]);
  const noLabel = ' '.repeat(labelWidth);

  const lines = [rule('┌', '┬', '┐')];
  const height = Math.max(0, ...columns.map((column) => column.heading.length));
  for (let index = 0; index < height; index++) {
    const headings = columns.map((column) =>
      paint(padEnd(column.heading[index] ?? '', column.width), 'bold'),
    );
    lines.push(line(noLabel, headings));
  }
  if (columns.some((column) => column.subColumns.length > 1)) {
    const names = columns.map((column) =>
      join(
        column,
        column.subColumns.map((sub) => paint(sub.name.padStart(sub.width), 'dim')),
      ),
    );
    lines.push(line(noLabel, names));
  }
  lines.push(rule('├', '┼', '┤'));
  let ruled = table.rows.length === 0;
  [...table.rows, ...table.references].forEach((row, index) => {
    const reference = index >= table.rows.length;
    if (reference && columns.every((column) => isBlank(column, index))) return;
    if (reference && !ruled) lines.push(rule('├', '┼', '┤'));
    ruled ||= reference;
    const fields = columns.map((column) =>
      join(
        column,
        column.subColumns.map(({ fields }) =>
          paint(fields[index]?.text ?? '', ...(fields[index]?.styles ?? [])),
        ),
      ),
    );
    const blanks = columns.map((column) => ' '.repeat(column.width));
    wrap(oneLine(row.label), labelWidth).forEach((label, wrapped) => {
      const padded = padEnd(label, labelWidth);
      lines.push(line(reference ? paint(padded, 'dim') : padded, wrapped === 0 ? fields : blanks));
    });
  });
  lines.push(rule('└', '┴', '┘'));
  return lines;
}

/** The lines of a box: rules between its parts, and fields, each as wide as its column. */
export function box(
  widths: readonly number[],
  paint: Paint,
): {
  readonly rule: (left: string, middle: string, right: string) => string;
  readonly line: (fields: readonly string[]) => string;
} {
  const drawn = drawsBoxes() ? (line: string): string => line : plainBox;
  const bar = paint(drawn('│'), 'dim');
  return {
    rule: (left, middle, right) =>
      paint(drawn(left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right), 'dim'),
    line: (fields) => `${bar} ${fields.join(` ${bar} `)} ${bar}`,
  };
}

/** What mmx itself writes around numbers, in ASCII and as wide. Names are left as they are. */
const plainSigns = (text: string): string =>
  text.replace(/[−–·]/g, '-').replaceAll('•', '*').replaceAll('±', '+/-');

/** Lines of a box in ASCII. */
const plainBox = (line: string): string =>
  line
    .replace(/[┌┬┐├┼┤└┴┘]/g, '+')
    .replaceAll('─', '-')
    .replaceAll('│', '|');

/** Whether a column has nothing to say in a row: a reference without a number for it. */
function isBlank(column: PanelColumn, row: number): boolean {
  return column.subColumns.every((sub) => (sub.fields[row]?.text ?? '').trim() === '');
}

/** The painted texts of a column's sub-columns, as wide as the column. */
function join(column: PanelColumn, texts: readonly string[]): string {
  const used = column.subColumns.reduce((sum, sub) => sum + sub.width, 2 * (texts.length - 1));
  return ' '.repeat(column.width - used) + texts.join('  ');
}
