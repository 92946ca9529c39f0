import { paintBars } from '../figures/bars.js';
import { escaped } from '../figures/svg.js';
import { decimal, mainUnit, oneLine, unitSymbol } from '../table/layout.js';
import type { ResultTable } from '../table/table.js';
import { type Markup, scrollBox, tag } from './markup.js';

/** The bars of a table, drawn into the page; colours follow the page's (see `style.ts`). */
export function barsOf(table: ResultTable): Markup {
  const spoken = `aria-label="${escaped(`${barsText(table)} Every number is in the table above.`)}"`;
  // The page has said the title already.
  const svg = paintBars({ ...table, title: 'The same as bars' })
    .trimEnd()
    .replace('role="img"', `role="img" ${spoken}`);
  return tag('figure', { class: 'bars' }, scrollBox(`Bars: ${table.title}`, svg));
}

/** What the bars show to one who does not see them: highest and lowest of each column. */
export function barsText(table: ResultTable): string {
  const unit = unitSymbol(mainUnit(table));
  const columns = table.columns.flatMap(({ id, label }) => {
    const bars = table.rows
      .flatMap((row) => {
        const cell = row.cells[id];
        return cell === undefined ? [] : [{ label: oneLine(row.label), mean: cell.mean }];
      })
      .sort((a, b) => b.mean - a.mean);
    const [highest] = bars;
    const lowest = bars.at(-1);
    if (highest === undefined || lowest === undefined) return [];
    const said = `${oneLine(label)}: highest ${highest.label}, ${decimal(highest.mean)} ${unit}`;
    return [bars.length === 1 ? said : `${said}, lowest ${lowest.label}, ${decimal(lowest.mean)} ${unit}`];
  });
  return `Bar chart of ${oneLine(table.title)}. ${columns.join('; ')}.`;
}
