import { type OwnNumber, type ShownCell, type ShownRow, shownRows } from './cells.js';
import {
  type ColumnGroup,
  columnGroups,
  commonSeedCount,
  decimal,
  footnotes,
  legend,
  oneLine,
  publishedDecimal,
  signed,
  syntheticMark,
} from './layout.js';
import type { ResultTable } from './table.js';

/**
 * A table as a LaTeX float with the rules of `booktabs`, shrunk by `graphicx` when it is wider than the page;
 * it needs no other package. Every text of the table is escaped. A wide table has the number of seeds in its
 * caption instead of its cells, where it is the same for all.
 */
export function renderLatex(table: ResultTable): string {
  const groups = columnGroups(table);
  const { own, references } = shownRows(table);
  const width = 1 + groups.reduce((sum, group) => sum + span(group), 0);
  const showSeedCount = width <= 7 || commonSeedCount(table) === null;
  const mark = table.synthetic ? ` (${syntheticMark})` : '';
  const caption = `${oneLine(table.title)}${mark}. ${oneLine(table.corpus)}; ${legend(table, { showSeedCount })}.`;
  const longest = Math.max(0, ...[...table.rows, ...table.references].map((row) => row.label.length));
  // Long labels wrap; short ones take the width they need.
  const labels = longest > 40 ? 'p{0.3\\linewidth}' : 'l';
  const notes = footnotes(table).map((note) => `  ${escapeLatex(note)}\\par`);
  return [
    '% Needs \\usepackage{booktabs,graphicx}.',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\label{tab:${table.table.replace(/[^A-Za-z0-9:.-]+/g, '-')}}`,
    '  \\small\\setlength{\\tabcolsep}{4pt}',
    '  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%',
    `  \\begin{tabular}{${labels}${'r'.repeat(width - 1)}}`,
    '    \\toprule',
    ...head(groups),
    '    \\midrule',
    ...own.map((row) => rowLine(escapeLatex(row.label), row, '--', showSeedCount)),
    ...(table.rows.length > 0 && table.references.length > 0 ? ['    \\midrule'] : []),
    ...references.map((row) => rowLine(`\\textit{${escapeLatex(row.label)}}`, row, '', showSeedCount)),
    '    \\bottomrule',
    '  \\end{tabular}}',
    ...(notes.length === 0 ? [] : ['', '  \\medskip', '  \\footnotesize\\raggedright', ...notes]),
    '\\end{table}',
    '',
  ].join('\n');
}

function span(group: ColumnGroup): number {
  return 1 + Number(group.paper) + Number(group.difference);
}

function line(fields: readonly string[]): string {
  return `    ${fields.join(' & ')} \\\\`;
}

function head(groups: readonly ColumnGroup[]): readonly string[] {
  const labels = groups.map(
    (group) => `\\multicolumn{${span(group)}}{c}{${escapeLatex(group.column.label)}}`,
  );
  const lines = [line(['', ...labels])];
  if (groups.every((group) => span(group) === 1)) return lines;
  let first = 2;
  const rules = groups.map((group) => {
    const last = first + span(group) - 1;
    const rule = `\\cmidrule(lr){${first}-${last}}`;
    first = last + 1;
    return rule;
  });
  const names = groups.flatMap((group) => [
    'ours',
    ...(group.paper ? ['paper'] : []),
    ...(group.difference ? ['diff'] : []),
  ]);
  return [...lines, `    ${rules.join(' ')}`, line(['', ...names])];
}

function rowLine(label: string, { cells }: ShownRow, absent: string, showSeedCount: boolean): string {
  const fields = cells.flatMap(({ group, ours: number, best, published: paper, difference: gap }) => [
    number === null ? absent : ours(number, best, showSeedCount),
    ...(group.paper ? [published(paper)] : []),
    ...(group.difference ? [gap === null ? '' : `$${signed(gap, '-')}$`] : []),
  ]);
  return line([label, ...fields]);
}

function ours(number: OwnNumber, best: boolean, showSeedCount: boolean): string {
  const shown = (value: number): string => decimal(value, '-', number.digits);
  const mean = number.mean < 0 ? `$${shown(number.mean)}$` : shown(number.mean);
  const value = mean + (number.pm2sd === null ? '' : ` $\\pm$ ${shown(number.pm2sd)}`);
  return [
    best ? `\\textbf{${value}}` : value,
    ...(showSeedCount ? [`(${number.n})`] : []),
    ...(number.unit === null ? [] : [escapeLatex(number.unit)]),
  ].join(' ');
}

function published(number: ShownCell['published']): string {
  if (number === null) return '';
  const value = publishedDecimal(number.value, '-');
  return (
    (value.startsWith('-') ? `$${value}$` : value) +
    (number.pm2sd === null ? '' : ` $\\pm$ ${decimal(number.pm2sd)}`)
  );
}

/**
 * What stands for a character. `[`, `]` and `*` are braced because they would be read as arguments of a
 * preceding `\\`.
 */
const replacements: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ['{', '\\{'],
  ['}', '\\}'],
  ['$', '\\$'],
  ['&', '\\&'],
  ['#', '\\#'],
  ['%', '\\%'],
  ['_', '\\_'],
  ['^', '\\textasciicircum{}'],
  ['~', '\\textasciitilde{}'],
  ['<', '\\textless{}'],
  ['>', '\\textgreater{}'],
  ['|', '\\textbar{}'],
  ['`', '\\textasciigrave{}'],
  ['[', '{[}'],
  [']', '{]}'],
  ['*', '{*}'],
  ['−', '$-$'],
  ['±', '$\\pm$'],
  ['×', '$\\times$'],
  ['·', '$\\cdot$'],
  ['→', '$\\rightarrow$'],
  ['←', '$\\leftarrow$'],
  ['↔', '$\\leftrightarrow$'],
  ['≤', '$\\leq$'],
  ['≥', '$\\geq$'],
  ['≈', '$\\approx$'],
  ['≠', '$\\neq$'],
  ['∞', '$\\infty$'],
  ['°', '$^\\circ$'],
  ['α', '$\\alpha$'],
  ['β', '$\\beta$'],
  ['λ', '$\\lambda$'],
  ['μ', '$\\mu$'],
  ['µ', '$\\mu$'],
  ['ß', '\\ss{}'],
  ['÷', '$\\div$'],
  ['ρ', '$\\rho$'],
  ['σ', '$\\sigma$'],
  ['–', '--'],
  ['—', '---'],
  ['‘', '`'],
  ['’', "'"],
  ['“', '``'],
  ['”', "''"],
  ['…', '\\ldots{}'],
  ['•', '\\textbullet{}'],
]);

/** Characters of Latin-1 that pdfLaTeX's standard fonts (OT1) cannot set: Eth and thorn. */
const unsettable = /[ÐÞðþ]/;

/**
 * Text that LaTeX sets as it is. Western letters with accents are left to LaTeX, which reads UTF-8; what its
 * standard fonts lack becomes its code point (`U+4E2D`) rather than an error or a silent gap.
 */
export function escapeLatex(text: string): string {
  let escaped = '';
  let previous = ' ';
  for (const character of oneLine(text).normalize('NFC')) {
    escaped += escapeCharacter(character, previous);
    previous = character;
  }
  return escaped;
}

function escapeCharacter(character: string, previous: string): string {
  // A straight quote opens after a space or a bracket, and closes elsewhere.
  if (character === '"') return /[\s([{]/.test(previous) ? '``' : "''";
  // Two hyphens would join to a dash.
  if (character === '-' && previous === '-') return '{}-';
  const replacement = replacements.get(character);
  if (replacement !== undefined) return replacement;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f || (code >= 0xc0 && code <= 0xff && !unsettable.test(character))) return character;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
