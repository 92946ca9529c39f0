import {
  bestRows,
  type ColumnGroup,
  cellUnit,
  columnGroups,
  commonSeedCount,
  decimal,
  difference,
  footnotes,
  legend,
  mainUnit,
  missing,
  publishedDecimal,
  signed,
} from '../table/layout.js';
import type { Cell, ResultTable } from '../table/table.js';
import { list, type Markup, scrollBox, symbol, tag, text, unseen } from './markup.js';

/** Our numbers with the published ones beside them, as a table that says which header each number is under. */
export function tableOf(table: ResultTable): Markup {
  const groups = columnGroups(table);
  const main = mainUnit(table);
  const showSeedCount = commonSeedCount(table) === null;
  const best = new Map(groups.map(({ column }) => [column.id, bestRows(table, column.id)]));
  const hasBest = [...best.values()].some(({ size }) => size > 0);
  const rows = table.rows.map((row) =>
    tag(
      'tr',
      {},
      tag('th', { scope: 'row' }, text(row.label)),
      ...groups.flatMap(({ column, paper, difference: compared }) => {
        const cell = row.cells[column.id];
        const isBest = best.get(column.id)?.has(row.id) === true;
        const gap = cell === undefined ? null : difference(table, cell);
        return [
          tag('td', { class: isBest ? 'ours best' : 'ours' }, ours(cell, main, isBest, showSeedCount)),
          ...(paper ? [tag('td', { class: 'paper' }, published(cell?.published ?? null))] : []),
          ...(compared ? [tag('td', { class: 'gap' }, gap === null ? '' : signed(gap))] : []),
        ];
      }),
    ),
  );
  const references = table.references.map((row) =>
    tag(
      'tr',
      { class: 'reference' },
      tag('th', { scope: 'row' }, text(row.label), ' ', unseen('(other work)')),
      ...groups.flatMap(({ column, paper, difference: compared }) => [
        tag('td', { class: 'ours' }, ''),
        ...(paper ? [tag('td', { class: 'paper' }, published(row.values[column.id] ?? null))] : []),
        ...(compared ? [tag('td', { class: 'gap' }, '')] : []),
      ]),
    ),
  );
  return [
    // Not the caption: that is as wide as the table, and would scroll with it.
    tag(
      'p',
      { class: 'legend' },
      text(`${legend(table, { showSeedCount })}${hasBest ? ' · bold: best of its column' : ''}`),
    ),
    scrollBox(
      `Table: ${table.title}`,
      tag(
        'table',
        { class: 'results' },
        tag('caption', {}, unseen(table.title)),
        header(groups),
        tag('tbody', {}, ...rows),
        ...(references.length === 0 ? [] : [tag('tbody', {}, ...references)]),
      ),
    ),
    tag('div', { class: 'notes' }, list(footnotes(table).map(text))),
  ].join('');
}

/** One line where nothing was published, else ours, paper and difference under each column. */
function header(groups: readonly ColumnGroup[]): Markup {
  const beside = groups.some(({ paper }) => paper);
  const top = groups.map(({ column, paper, difference: compared }) => {
    const span = 1 + Number(paper) + Number(compared);
    return span === 1
      ? tag('th', { scope: 'col', rowspan: beside ? 2 : undefined }, text(column.label))
      : tag('th', { scope: 'colgroup', colspan: span }, text(column.label));
  });
  const below = groups.flatMap(({ paper, difference: compared }) =>
    !paper
      ? []
      : ['ours', 'paper', ...(compared ? ['diff'] : [])].map((name) => tag('th', { scope: 'col' }, name)),
  );
  const corner = tag('td', { rowspan: beside ? 2 : undefined }, '');
  return tag('thead', {}, tag('tr', {}, corner, ...top), ...(beside ? [tag('tr', {}, ...below)] : []));
}

function ours(cell: Cell | undefined, main: string, best: boolean, showSeedCount: boolean): Markup {
  if (cell === undefined) return symbol(missing) + unseen('does not apply');
  const unit = cellUnit(cell, main);
  const value = [
    decimal(cell.mean),
    ...(cell.sd === null ? [] : [tag('span', { class: 'spread' }, ` ± ${decimal(2 * cell.sd)}`)]),
    ...(showSeedCount ? [tag('span', { class: 'count' }, ` (${cell.n})`)] : []),
    ...(unit === null ? [] : [` ${text(unit)}`]),
  ].join('');
  return best ? tag('strong', {}, value) : value;
}

function published(number: { readonly value: number; readonly pm2sd: number | null } | null): Markup {
  if (number === null) return '';
  const spread = number.pm2sd === null ? '' : tag('span', { class: 'spread' }, ` ± ${decimal(number.pm2sd)}`);
  return publishedDecimal(number.value) + spread;
}
