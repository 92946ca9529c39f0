import { displayWidth, padEnd, padStart } from '../text/columns.js';
import {
  bestRows,
  cellUnit,
  columnGroups,
  decimal,
  difference,
  footnotes,
  legend,
  mainUnit,
  missing,
  oneLine,
  publishedDecimal,
  signed,
  syntheticMark,
} from './layout.js';
import type { Cell, ResultTable } from './table.js';

/**
 * A table in GitHub's Markdown, with its columns aligned so that the source reads well too: every column is
 * followed by what was published for it and by the difference; other work comes last, in italics.
 */
export function renderMarkdown(table: ResultTable): string {
  const groups = columnGroups(table);
  const main = mainUnit(table);
  const header = ['', ...groups.flatMap((group) => [escapeMarkdown(group.column.label), ...beside(group)])];
  const best = new Map(groups.map(({ column }) => [column.id, bestRows(table, column.id)]));
  const rows = table.rows.map((row) => [
    escapeMarkdown(row.label),
    ...groups.flatMap(({ column, paper, difference: compared }) => {
      const cell = row.cells[column.id];
      const value =
        cell === undefined ? missing : ours(cell, main, best.get(column.id)?.has(row.id) === true);
      const gap = cell === undefined ? null : difference(table, cell);
      return [
        value,
        ...(paper ? [published(cell?.published ?? null)] : []),
        ...(compared ? [gap === null ? '' : signed(gap)] : []),
      ];
    }),
  ]);
  const references = table.references.map((row) => [
    `*${escapeMarkdown(row.label)}*`,
    ...groups.flatMap(({ column, paper, difference: compared }) => [
      '',
      ...(paper ? [published(row.values[column.id] ?? null)] : []),
      ...(compared ? [''] : []),
    ]),
  ]);
  return captioned(table, grid([header, ...rows, ...references]));
}

/** Lines of a table under its title and over its notes. */
export function captioned(table: ResultTable, lines: readonly string[]): string {
  const mark = table.synthetic ? ` (${syntheticMark})` : '';
  const notes = footnotes(table).map((note) => `- ${escapeMarkdown(note)}`);
  return [
    `**${escapeMarkdown(table.title)}**${mark}  `,
    `${escapeMarkdown(table.corpus)} · ${escapeMarkdown(legend(table, { showSeedCount: true }))}`,
    '',
    ...lines,
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n');
}

function beside(group: { readonly paper: boolean; readonly difference: boolean }): readonly string[] {
  return [...(group.paper ? ['paper'] : []), ...(group.difference ? ['diff'] : [])];
}

/** `87.9 ± 0.4 (3)`. */
export function ours(cell: Cell, main: string, best: boolean): string {
  const spread = cell.sd === null ? '' : ` ± ${decimal(2 * cell.sd)}`;
  const value = decimal(cell.mean) + spread;
  const unit = cellUnit(cell, main);
  return `${best ? `**${value}**` : value} (${cell.n})${unit === null ? '' : ` ${escapeMarkdown(unit)}`}`;
}

function published(number: { readonly value: number; readonly pm2sd: number | null } | null): string {
  if (number === null) return '';
  return publishedDecimal(number.value) + (number.pm2sd === null ? '' : ` ± ${decimal(number.pm2sd)}`);
}

/** Columns to which the cells of a table are padded; of a longer one the line is longer. */
const widest = 400;

/** Labels to the left, numbers to the right. */
export function grid(lines: readonly (readonly string[])[]): readonly string[] {
  const [header = [], ...body] = lines;
  const widths = header.map((_, at) =>
    Math.min(widest, Math.max(3, ...lines.map((fields) => displayWidth(fields[at] ?? '')))),
  );
  const draw = (fields: readonly string[]): string =>
    `| ${widths.map((width, at) => (at === 0 ? padEnd : padStart)(fields[at] ?? '', width)).join(' | ')} |`;
  const rule = widths.map((width, at) =>
    at === 0 ? `:${'-'.repeat(width - 1)}` : `${'-'.repeat(width - 1)}:`,
  );
  return [draw(header), `| ${rule.join(' | ')} |`, ...body.map(draw)];
}

/** Text that GitHub shows as it is: no emphasis, code, link, HTML, mathematics, heading, list or cell border. */
export function escapeMarkdown(text: string): string {
  return (
    oneLine(text)
      .replace(/&(?=#?\w+;)/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/[\\`*_~[\]|$]/g, '\\$&')
      // Addresses become links without brackets too.
      .replace(/\b(https?|ftp|mailto|xmpp)(?=:)/gi, '$1\\')
      .replace(/\bwww(?=\.)/gi, '$&\\')
      .replace(/^[#>+-]/, '\\$&')
      .replace(/^(\d+)([.)])/, '$1\\$2')
  );
}
