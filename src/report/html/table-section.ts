import { type OwnNumber, type ShownCell, type ShownRow, shownRows } from '../table/cells.js';
import {
  type ColumnGroup,
  columnGroups,
  commonSeedCount,
  decimal,
  footnotes,
  legend,
  missing,
  publishedDecimal,
  signed,
} from '../table/layout.js';
import type { ResultTable } from '../table/table.js';
import { list, type Markup, scrollBox, symbol, tag, text, unseen } from './markup.js';

/** Our numbers with the published ones beside them, as a table that says which header each number is under. */
export function tableOf(table: ResultTable): Markup {
  const groups = columnGroups(table);
  const showSeedCount = commonSeedCount(table) === null;
  const { own, references: others } = shownRows(table);
  const hasBest = own.some(({ cells }) => cells.some(({ best }) => best));
  const rows = own.map((row) =>
    tag(
      'tr',
      {},
      tag('th', { scope: 'row' }, text(row.label)),
      ...fields(row, symbol(missing) + unseen('does not apply'), showSeedCount),
    ),
  );
  const references = others.map((row) =>
    tag(
      'tr',
      { class: 'reference' },
      tag('th', { scope: 'row' }, text(row.label), ' ', unseen('(other work)')),
      ...fields(row, '', showSeedCount),
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

/** @param absent what stands where there is no number of ours */
const fields = ({ cells }: ShownRow, absent: Markup, showSeedCount: boolean): readonly Markup[] =>
  cells.flatMap(({ group, ours: number, best, published: paper, difference: gap }) => [
    tag(
      'td',
      { class: best ? 'ours best' : 'ours' },
      number === null ? absent : ours(number, best, showSeedCount),
    ),
    ...(group.paper ? [tag('td', { class: 'paper' }, published(paper))] : []),
    ...(group.difference ? [tag('td', { class: 'gap' }, gap === null ? '' : signed(gap))] : []),
  ]);

function ours({ mean, pm2sd, n, unit, digits }: OwnNumber, best: boolean, showSeedCount: boolean): Markup {
  const value = [
    decimal(mean, '−', digits),
    ...(pm2sd === null ? [] : [tag('span', { class: 'spread' }, ` ± ${decimal(pm2sd, '−', digits)}`)]),
    ...(showSeedCount ? [tag('span', { class: 'count' }, ` (${n})`)] : []),
    ...(unit === null ? [] : [` ${text(unit)}`]),
  ].join('');
  return best ? tag('strong', {}, value) : value;
}

function published(number: ShownCell['published']): Markup {
  if (number === null) return '';
  const spread = number.pm2sd === null ? '' : tag('span', { class: 'spread' }, ` ± ${decimal(number.pm2sd)}`);
  return publishedDecimal(number.value) + spread;
}
