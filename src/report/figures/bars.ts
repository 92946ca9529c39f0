import { decimal, mainQuantity, mainUnit, oneLine, syntheticMark } from '../table/layout.js';
import type { ResultTable, TableColumn } from '../table/table.js';
import { wrap } from '../text/columns.js';
import { type Line, panel, spread } from './bar-panel.js';
import { colours, layout } from './bar-style.js';
import { documentOf } from './document.js';
import { element, label, vertical } from './svg.js';

export interface BarsOptions {
  /** Accuracy in percent of guessing, drawn as a line in every column. */
  readonly chance?: number;
}

/**
 * A table as bars: one panel a column, one bar a row with a whisker of ±2 s.d. over the seeds, and a tick where a number
 * was published, with a thin line for its own spread. Rows of other work have ticks only. A cell that is absent leaves a
 * gap.
 *
 * @returns an SVG document 800 pixels wide; its text is set in the fonts of whoever looks at it
 */
export function paintBars(table: ResultTable, options: BarsOptions = {}): string {
  const { width, margin } = layout;
  const title = wrap(oneLine(table.title), 76);
  const parts: string[] = [];
  let y = margin + 16;
  for (const text of title) {
    parts.push(label(margin, y, text, { 'font-size': 17, 'font-weight': 600 }));
    y += 21;
  }
  const corpus = oneLine(table.corpus) + (table.synthetic ? ` · ${syntheticMark}` : '');
  parts.push(label(margin, y, corpus, { 'font-size': 13, fill: colours.faint }));
  y += 22;
  parts.push(legendOf(table, options, y));
  y += 18;

  const bands = Math.ceil(table.columns.length / layout.across);
  const across = Math.ceil(table.columns.length / Math.max(1, bands));
  for (let from = 0; from < table.columns.length; from += across) {
    const painted = band(table, table.columns.slice(from, from + across), across, y, options);
    parts.push(painted.svg);
    y = painted.bottom;
  }
  const height = y + margin - 10;
  return documentOf(oneLine(table.title), width, height, ...parts);
}

/** Panels side by side, with the labels of their rows on the left. */
function band(
  table: ResultTable,
  columns: readonly TableColumn[],
  across: number,
  top: number,
  { chance }: BarsOptions,
): { readonly svg: string; readonly bottom: number } {
  const { margin, textLine, labels, gap } = layout;
  const panelWidth = (layout.width - 2 * margin - labels - (across - 1) * gap) / across;
  const heads = columns.map((column) => wrap(oneLine(column.label), Math.floor(panelWidth / 7.6)));
  const headBottom = top + Math.max(...heads.map((head) => head.length)) * textLine + 10;
  const lines = linesFrom(table, columns, headBottom);
  const last = lines.at(-1);
  const bottom = last === undefined ? headBottom : last.top + last.height;
  const parts = lines.map(({ row, label: texts, top: upper, height }) => {
    const first = upper + height / 2 - ((texts.length - 1) * textLine) / 2 + 4;
    const style = { 'font-size': 13, fill: 'cells' in row ? colours.ink : colours.faint };
    return texts.map((text, index) => label(margin, first + index * textLine, text, style)).join('');
  });
  for (const [index, column] of columns.entries()) {
    const left = margin + labels + index * (panelWidth + gap);
    for (const [line, text] of [...(heads[index] ?? [])].reverse().entries()) {
      parts.push(
        label(left, headBottom - 8 - line * textLine, text, { 'font-size': 13, 'font-weight': 600 }),
      );
    }
    parts.push(panel(table, column, lines, { left, top: headBottom, width: panelWidth, bottom }, chance));
  }
  return { svg: parts.join(''), bottom: bottom + 34 };
}

function legendOf(table: ResultTable, { chance }: BarsOptions, y: number): string {
  const cells = table.rows.flatMap((row) => Object.values(row.cells));
  const { margin } = layout;
  const parts: string[] = [];
  let x = margin;
  const entry = (symbol: string, text: string): void => {
    parts.push(element('g', { transform: `translate(${x} ${y - 4})` }, symbol));
    parts.push(label(x + 36, y, text, { 'font-size': 13 }));
    x += 36 + text.length * 7 + 14;
  };
  const spreads = cells.some((cell) => spread(cell) !== null);
  const unit = mainQuantity(mainUnit(table));
  const swatch = { x: 0, y: -5, width: 24, height: 10, fill: colours.ours };
  const whisker = element('path', {
    d: 'M14 0h14M14 -4v8M28 -4v8',
    stroke: colours.ink,
    'stroke-width': 1.3,
    fill: 'none',
  });
  entry(
    element('rect', swatch) + (spreads ? whisker : ''),
    `ours, ${unit}${spreads ? ', mean ± 2 s.d. over seeds' : ''}`,
  );
  const published =
    cells.some((cell) => cell.published !== null) ||
    table.references.some((row) => Object.keys(row.values).length > 0);
  if (published) {
    entry(
      vertical(14, -8, 8, { stroke: colours.published, 'stroke-width': 3 }),
      `published${table.synthetic ? ', of other data' : ''}`,
    );
  }
  if (chance !== undefined) {
    entry(
      vertical(14, -8, 8, { stroke: colours.chance, 'stroke-dasharray': '4 3' }),
      `chance, ${decimal(chance)} %`,
    );
  }
  return element('g', { class: 'legend' }, ...parts);
}

/** The rows that say something in at least one of the columns, each as high as its label needs. */
function linesFrom(table: ResultTable, columns: readonly TableColumn[], top: number): readonly Line[] {
  const held = ({ id }: TableColumn, values: Readonly<Record<string, unknown>>): boolean =>
    values[id] !== undefined;
  let y = top + 4;
  return [
    ...table.rows.filter(({ cells }) => columns.some((column) => held(column, cells))),
    ...table.references.filter(({ values }) => columns.some((column) => held(column, values))),
  ].map((row) => {
    const texts = wrap(oneLine(row.label), layout.labelCharacters);
    const height = Math.max(32, texts.length * layout.textLine + 8);
    const line = { row, label: texts, top: y, height };
    y += height;
    return line;
  });
}
