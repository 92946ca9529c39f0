import {
  cellUnit,
  decimal,
  digitsOf,
  mainUnit,
  oneLine,
  publishedDecimal,
  unitSymbol,
} from '../table/layout.js';
import type { Cell, ReferenceRow, ResultTable, TableColumn, TableRow } from '../table/table.js';
import { colours, layout } from './bar-style.js';
import { type Scale, scaleOver } from './scale.js';
import { element, escaped, label, vertical } from './svg.js';

/** What stands on one line of a panel. */
export interface Line {
  readonly row: TableRow | ReferenceRow;
  readonly label: readonly string[];
  readonly top: number;
  readonly height: number;
}

/** A published number. */
interface Mark {
  readonly value: number;
  readonly pm2sd: number | null;
}

/** Where a panel lies, in pixels; what it says of its axis goes below. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly bottom: number;
}

/**
 * One column of a table: a bar for each line that has a cell, beginning at zero.
 *
 * @param chance accuracy in percent of guessing; drawn where the column is in percent
 */
export function panel(
  table: ResultTable,
  column: TableColumn,
  lines: readonly Line[],
  { left, top, width, bottom }: Area,
  chance: number | undefined,
): string {
  const cells = table.rows.flatMap((row) => row.cells[column.id] ?? []);
  const percent = cells.every(({ unit }) => unitSymbol(unit) === '%');
  const reach = [
    ...cells.flatMap((cell) => [...ends(cell.mean, spread(cell)), ...markEnds(cell.published)]),
    ...table.references.flatMap((row) => markEnds(row.values[column.id] ?? null)),
    ...(percent ? [100] : []),
  ];
  const scale = scaleOver(reach, left, left + width - layout.numbers);
  const grid = scale.ticks.flatMap((tick) => {
    const x = scale.at(tick);
    const text = String(Number(tick.toFixed(6))).replace('-', '−');
    return [
      vertical(x, top, bottom, { stroke: tick === 0 ? colours.chance : colours.grid }),
      label(x, bottom + 15, text, { 'font-size': 11, fill: colours.faint, 'text-anchor': 'middle' }),
    ];
  });
  const guessing =
    chance === undefined || !percent
      ? []
      : [
          vertical(scale.at(chance), top, bottom, {
            stroke: colours.chance,
            'stroke-dasharray': '4 3',
            class: 'chance',
          }),
        ];
  const right = left + width;
  const main = mainUnit(table);
  const marks = lines.map((line) => {
    const { row } = line;
    const ours = 'cells' in row ? (row.cells[column.id] ?? null) : null;
    const published = 'cells' in row ? (ours?.published ?? null) : (row.values[column.id] ?? null);
    if (ours === null && published === null) return '';
    const middle = line.top + line.height / 2;
    return element(
      'g',
      { 'data-row': 'cells' in row ? row.id : row.label, 'data-column': column.id },
      element('title', {}, escaped(spoken(row.label, column.label, ours, published, main))),
      ...(ours === null ? [] : [bar(ours, scale, middle)]),
      ...(published === null ? [] : [tick(published, scale, middle)]),
      // Above the tick, which would hide what it is to be compared with.
      ...(ours === null ? [] : [whisker(ours, scale, middle)]),
      ...numbers(ours, published, main, right, middle),
    );
  });
  return element('g', {}, ...grid, ...guessing, ...marks);
}

function bar({ mean }: Cell, scale: Scale, middle: number): string {
  const [zero, end] = [scale.at(0), scale.at(mean)];
  return element('rect', {
    class: 'ours',
    x: Math.min(zero, end),
    y: middle - layout.bar / 2,
    width: Math.abs(end - zero),
    height: layout.bar,
    fill: colours.ours,
  });
}

function whisker(cell: Cell, scale: Scale, middle: number): string {
  const pm = spread(cell);
  if (pm === null) return '';
  const stroke = { stroke: colours.ink, 'stroke-width': 1.3 };
  const [low, high] = ends(cell.mean, pm);
  const [x1, x2] = [scale.at(low), scale.at(high)];
  return [
    element('line', { class: 'whisker', x1, x2, y1: middle, y2: middle, ...stroke }),
    vertical(x1, middle - 4, middle + 4, stroke),
    vertical(x2, middle - 4, middle + 4, stroke),
  ].join('');
}

function tick({ value, pm2sd }: Mark, scale: Scale, middle: number): string {
  const x = scale.at(value);
  const [top, bottom] = [middle - layout.bar / 2 - 3, middle + layout.bar / 2 + 4];
  const mark = vertical(x, top, bottom, { class: 'published', stroke: colours.published, 'stroke-width': 3 });
  if (pm2sd === null) return mark;
  const [low, high] = ends(value, pm2sd);
  const y = bottom - 0.75;
  const spreadLine = { class: 'published-spread', stroke: colours.published, 'stroke-width': 1.5 };
  return mark + element('line', { x1: scale.at(low), x2: scale.at(high), y1: y, y2: y, ...spreadLine });
}

/** Both numbers at the panel's right edge, ours above the published one. */
function numbers(
  ours: Cell | null,
  published: Mark | null,
  main: string,
  right: number,
  middle: number,
): readonly string[] {
  const style = { 'font-size': 12, 'text-anchor': 'end' };
  const both = ours !== null && published !== null;
  const unit = ours === null ? null : cellUnit(ours, main);
  return [
    ...(ours === null
      ? []
      : [
          label(
            right,
            middle + (both ? -2 : 4),
            decimal(ours.mean, '−', digitsOf(ours)) + (unit === null ? '' : ` ${unit}`),
            {
              ...style,
              'font-weight': 600,
            },
          ),
        ]),
    ...(published === null
      ? []
      : [
          label(right, middle + (both ? 11 : 4), publishedDecimal(published.value), {
            ...style,
            fill: colours.publishedText,
          }),
        ]),
  ];
}

/** What a reader hears, or sees when pointing at a bar. */
function spoken(
  row: string,
  column: string,
  ours: Cell | null,
  published: Mark | null,
  main: string,
): string {
  const pm = (half: number | null, digits = 1): string =>
    half === null ? '' : ` ± ${decimal(half, '−', digits)}`;
  const parts = [
    ...(ours === null
      ? []
      : [
          `ours ${decimal(ours.mean, '−', digitsOf(ours))}${pm(spread(ours), digitsOf(ours))} ${cellUnit(ours, main) ?? unitSymbol(main)}, ` +
            `${ours.n} seed${ours.n === 1 ? '' : 's'}`,
        ]),
    ...(published === null ? [] : [`published ${publishedDecimal(published.value)}${pm(published.pm2sd)}`]),
  ];
  return `${oneLine(row)}, ${oneLine(column)}: ${parts.join('; ')}`;
}

/** Two standard deviations, null for a single value. */
export function spread({ sd }: Cell): number | null {
  return sd === null ? null : 2 * sd;
}

function ends(value: number, pm: number | null): readonly [low: number, high: number] {
  return [value - (pm ?? 0), value + (pm ?? 0)];
}

function markEnds(mark: Mark | null): readonly number[] {
  return mark === null ? [] : ends(mark.value, mark.pm2sd);
}
