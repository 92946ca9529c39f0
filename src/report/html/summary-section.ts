import type { Verdict } from '../../evaluation/claims/judge.js';
import type { StoredClaim } from '../claims/read-claims.js';
import { type ShownCell, shownRows } from '../table/cells.js';
import { decimal, mainUnit, oneLine, publishedDecimal, unitSymbol } from '../table/layout.js';
import type { ReportedTable, ResultGroup } from './collect-results.js';
import { grid, type Markup, symbol, tag, text, unseen } from './markup.js';

/** Tables whose best rows stand at the top; of more, the page would not begin with what came out. */
const mostTables = 8;

/** The best row of one column, ours beside the published number. */
interface Best {
  readonly table: ReportedTable;
  readonly column: string;
  readonly row: string;
  readonly cell: ShownCell;
}

/**
 * What came out, before anything else: a sentence on the best row of the first table, the verdicts on the claims as a strip,
 * and the best row of each column. Nothing where no column has rows to compare.
 */
export function summaryOf({ tables, claims, paper }: ResultGroup): Markup {
  const bests = tables.slice(0, mostTables).flatMap(bestOfColumns);
  const [first] = bests;
  if (first === undefined && claims === null) return '';
  const several = tables.length > 1;
  const isPublished = bests.some(({ cell }) => paperText(cell) !== '');
  return tag(
    'section',
    { class: 'summary', 'aria-label': 'What came out' },
    first === undefined ? '' : tag('p', {}, text(sentenceOf(first, tables.length > 1))),
    claims === null
      ? ''
      : tag('p', {}, text(`The claims of ${paper.cited}, verdict by verdict:`)) + stripOf(claims.claims),
    bests.length < 2
      ? ''
      : grid(
          'The best of each column',
          [...(several ? ['table'] : []), 'column', 'best row', 'ours', ...(isPublished ? ['paper'] : [])],
          bests.map(({ table, column, row, cell }) => [
            ...(several ? [text(table.name)] : []),
            text(column),
            text(row),
            tag('span', { class: 'number' }, text(oursText(cell))),
            ...(isPublished ? [tag('span', { class: 'number' }, text(paperText(cell)))] : []),
          ]),
        ),
  );
}

function bestOfColumns(table: ReportedTable): readonly Best[] {
  const { own } = shownRows(table.table);
  return table.table.columns.flatMap(({ label }, index) => {
    const found = own.find(({ cells }) => cells[index]?.best === true);
    const cell = found?.cells[index];
    return found && cell?.ours ? [{ table, column: oneLine(label), row: oneLine(found.label), cell }] : [];
  });
}

function sentenceOf({ table: { name, table }, column, row, cell }: Best, several: boolean): string {
  const unit = cell.ours?.unit ?? unitSymbol(mainUnit(table));
  const where = `${several ? `${name}, ` : ''}${column}`;
  if (cell.published === null) return `Best of “${where}”: ${row}, ${oursText(cell)} ${unit}.`;
  const paper = `${publishedDecimal(cell.published.value)}${table.synthetic ? ', of other data' : ''}`;
  return `Best of “${where}”: ${row}, ours ${oursText(cell)} ${unit}, published ${paper}.`;
}

function oursText({ ours }: ShownCell): string {
  if (ours === null) return '';
  return `${decimal(ours.mean)}${ours.pm2sd === null ? '' : ` ± ${decimal(ours.pm2sd)}`}`;
}

const paperText = ({ published }: ShownCell): string =>
  published === null ? '' : publishedDecimal(published.value);

const marks: Readonly<Record<Verdict, string>> = {
  reproduced: '✓',
  'not reproduced': '✗',
  'not testable': '–',
};

/** One field a claim: its number and its verdict. */
const stripOf = (claims: readonly StoredClaim[]): Markup =>
  tag(
    'ol',
    { class: 'strip' },
    ...claims.map(({ number, title, verdict }) =>
      tag(
        'li',
        { class: verdict.replace(' ', '-'), title: `${number}. ${oneLine(title)}: ${verdict}` },
        text(String(number)),
        ' ',
        symbol(marks[verdict]),
        unseen(` ${title}: ${verdict}`),
      ),
    ),
  );
