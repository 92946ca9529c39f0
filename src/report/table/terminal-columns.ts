import type { Style } from '../text/colour.js';
import { alignNumbers, displayWidth, padStart, wrap } from '../text/columns.js';
import { drawsBoxes } from '../text/encoding.js';
import { type OwnNumber, type ShownCell, type ShownRows, shownRows } from './cells.js';
import {
  type ColumnGroup,
  columnGroups,
  commonSeedCount,
  decimal,
  missing,
  oneLine,
  publishedDecimal,
  signed,
} from './layout.js';
import type { ResultTable } from './table.js';

/** How a table for the terminal is divided and measured, before anything is drawn. */

export interface Field {
  readonly text: string;
  readonly styles: readonly Style[];
}

export interface SubColumn {
  readonly name: 'ours' | 'paper' | 'diff';
  readonly width: number;
  /** One for every row of ours, then one for every reference row; each `width` wide. */
  readonly fields: readonly Field[];
}

export interface PanelColumn {
  readonly heading: readonly string[];
  /** At least that of the sub-columns with two spaces between them. */
  readonly width: number;
  readonly subColumns: readonly SubColumn[];
}

export interface Panel {
  readonly labelWidth: number;
  readonly columns: readonly PanelColumn[];
}

/** Widths to try for the column of labels, which wrap: the widest with which the table fits. */
const labelWidths = [40, 30, 22, 16];

/**
 * The table as one panel of at most `width` columns, or as few as it takes. The number of seeds leaves the cells
 * where that makes it fit and every cell has the same.
 */
export function arrange(
  table: ResultTable,
  width: number,
): { readonly panels: readonly Panel[]; readonly showSeedCount: boolean } {
  const longest = Math.max(
    1,
    ...[...table.rows, ...table.references].map((row) => displayWidth(oneLine(row.label))),
  );
  const rows = shownRows(table);
  const arrangements = (commonSeedCount(table) === null ? [true] : [true, false]).map((showSeedCount) => ({
    showSeedCount,
    columns: columnGroups(table).map((group, at) => measure(rows, at, group, showSeedCount)),
  }));
  for (const labelWidth of labelWidths) {
    for (const { showSeedCount, columns } of arrangements) {
      const panel = { labelWidth: Math.min(labelWidth, longest), columns };
      if (panelWidth(panel) <= width) return { panels: [panel], showSeedCount };
    }
  }
  const { showSeedCount, columns } = arrangements.at(-1) ?? { showSeedCount: true, columns: [] };
  const labelWidth = Math.min(22, longest);
  const runs = splitEvenly(columns, (run) => panelWidth({ labelWidth, columns: run }) <= width);
  return { panels: runs.map((run) => ({ labelWidth, columns: run })), showSeedCount };
}

function panelWidth(panel: Panel): number {
  return panel.columns.reduce((sum, column) => sum + column.width + 3, panel.labelWidth + 4);
}

/** The fewest runs of items that all fit, as even as can be; an item that fits nowhere stands alone. */
function splitEvenly<T>(
  items: readonly T[],
  fits: (run: readonly T[]) => boolean,
): readonly (readonly T[])[] {
  for (let count = 1; count < items.length; count++) {
    const start = (run: number): number => Math.ceil((run * items.length) / count);
    const runs = Array.from({ length: count }, (_, run) => items.slice(start(run), start(run + 1)));
    if (runs.every(fits)) return runs;
  }
  return items.map((item) => [item]);
}

function measure(
  { own, references }: ShownRows,
  at: number,
  group: ColumnGroup,
  showSeedCount: boolean,
): PanelColumn {
  const cells = own.flatMap(({ cells: all }) => all[at] ?? []);
  const others = references.flatMap(({ cells: all }) => all[at] ?? []);
  const blanks = others.map(() => blank);
  const subColumns = [subColumn('ours', [...cells.map((cell) => ownEntry(cell, showSeedCount)), ...blanks])];
  if (group.paper) subColumns.push(subColumn('paper', [...cells, ...others].map(paperEntry)));
  if (group.difference) subColumns.push(subColumn('diff', [...cells.map(gapEntry), ...blanks]));
  const label = oneLine(group.column.label);
  const longestWord = Math.max(...label.split(' ').map(displayWidth));
  const width = Math.max(
    subColumns.reduce((sum, sub) => sum + sub.width, 2 * (subColumns.length - 1)),
    Math.min(longestWord, 16),
  );
  return { heading: wrap(label, width), width, subColumns };
}

interface Entry {
  readonly parts: readonly string[];
  readonly styles: readonly Style[];
}

const blank: Entry = { parts: [], styles: [] };

function ownEntry({ ours: number, best }: ShownCell, showSeedCount: boolean): Entry {
  if (number === null) return { parts: [missing], styles: ['dim'] };
  return { parts: ours(number, showSeedCount), styles: best ? ['bold'] : [] };
}

function paperEntry({ published }: ShownCell): Entry {
  if (published === null) return blank;
  return { parts: [publishedDecimal(published.value), plusMinus(published.pm2sd)], styles: [] };
}

/** Ours − paper, coloured only where it exceeds the wider of the two spreads. */
function gapEntry({ ours: number, published, difference: gap }: ShownCell): Entry {
  if (gap === null) return blank;
  const spread = Math.max(number?.pm2sd ?? 0, published?.pm2sd ?? 0);
  const text = signed(gap);
  const beyond = Math.abs(gap) > spread && text !== '0.0';
  return { parts: [text], styles: beyond ? [gap < 0 ? 'red' : 'green'] : [] };
}

function subColumn(name: SubColumn['name'], entries: readonly Entry[]): SubColumn {
  const texts = alignNumbers(entries.map((entry) => entry.parts));
  const width = Math.max(name.length, ...texts.map(displayWidth));
  return {
    name,
    width,
    fields: entries.map((entry, row) => ({ text: padStart(texts[row] ?? '', width), styles: entry.styles })),
  };
}

/** `87.9`, ` ± 0.4`, ` (3)`, ` pts`: apart, so that each can be aligned with those above and below. */
export function ours({ mean, pm2sd, n, unit, digits }: OwnNumber, showSeedCount: boolean): readonly string[] {
  return [
    decimal(mean, '−', digits),
    plusMinus(pm2sd, digits),
    showSeedCount ? ` (${n})` : '',
    unit === null ? '' : ` ${unit}`,
  ];
}

function plusMinus(pm2sd: number | null, digits = 1): string {
  const sign = drawsBoxes() ? '±' : '+/-';
  return pm2sd === null ? '' : ` ${sign} ${decimal(pm2sd, '−', digits)}`;
}
