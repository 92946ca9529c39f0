import { displayWidth, padEnd, padStart } from '../text/columns.js';
import { type OwnNumber, type ShownCell, type ShownRow, shownRows } from './cells.js';
import {
  columnGroups,
  decimal,
  footnotes,
  legend,
  missing,
  oneLine,
  publishedDecimal,
  signed,
  syntheticMark,
} from './layout.js';
import type { ResultTable } from './table.js';

/**
 * A table in GitHub's Markdown, with its columns aligned so that the source reads well too: every column is
 * followed by what was published for it and by the difference; other work comes last, in italics.
 */
export function renderMarkdown(table: ResultTable): string {
  const groups = columnGroups(table);
  const header = ['', ...groups.flatMap((group) => [escapeMarkdown(group.column.label), ...beside(group)])];
  const { own, references } = shownRows(table);
  const line = (label: string, { cells }: ShownRow, absent: string): readonly string[] => [
    label,
    ...cells.flatMap(({ group, ours: number, best, published: paper, difference: gap }) => [
      number === null ? absent : ours(number, best),
      ...(group.paper ? [published(paper)] : []),
      ...(group.difference ? [gap === null ? '' : signed(gap)] : []),
    ]),
  ];
  const rows = own.map((row) => line(escapeMarkdown(row.label), row, missing));
  const others = references.map((row) => line(`*${escapeMarkdown(row.label)}*`, row, ''));
  return captioned(table, grid([header, ...rows, ...others]));
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
export function ours({ mean, pm2sd, n, unit, digits }: OwnNumber, best: boolean): string {
  const shown = (value: number): string => decimal(value, '−', digits);
  const value = shown(mean) + (pm2sd === null ? '' : ` ± ${shown(pm2sd)}`);
  return `${best ? `**${value}**` : value} (${n})${unit === null ? '' : ` ${escapeMarkdown(unit)}`}`;
}

function published(number: ShownCell['published']): string {
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
