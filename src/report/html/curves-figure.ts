import type { TrainingCurves } from '../../pipeline/evidence/curves.js';
import { element, label, vertical } from '../figures/svg.js';
import { oneLine } from '../table/layout.js';
import { type Markup, tag, text } from './markup.js';

/** In pixels. */
const area = { width: 320, height: 170, left: 52, right: 12, top: 10, bottom: 30 } as const;

/**
 * One small chart a model, a line a seed, each on an axis of its own: losses of two models do not compare.
 *
 * @param showTables whether to say which tables a model was learnt for
 */
export function curvesOf(curves: readonly TrainingCurves[], showTables: boolean): Markup {
  return tag('div', { class: 'charts' }, ...curves.map((one) => chart(one, showTables)));
}

function chart(curves: TrainingCurves, showTables: boolean): Markup {
  const points = curves.lines.flat();
  const [first, last] = rangeOf(points.map(({ epoch }) => epoch));
  const [low, high] = rangeOf(points.map(({ value }) => value));
  const right = area.width - area.right;
  const bottom = area.height - area.bottom;
  const x = (epoch: number): number =>
    last === first
      ? (area.left + right) / 2
      : area.left + ((epoch - first) / (last - first)) * (right - area.left);
  const y = (value: number): number =>
    high === low ? (area.top + bottom) / 2 : bottom - ((value - low) / (high - low)) * (bottom - area.top);
  const heights = high === low ? [low] : [low, (low + high) / 2, high];
  const epochs = last === first ? [first] : [first, last];
  const svg = element(
    'svg',
    {
      viewBox: `0 0 ${area.width} ${area.height}`,
      role: 'img',
      'aria-label': curvesText(curves),
      class: 'chart',
    },
    ...heights.flatMap((value) => [
      element('line', { class: 'rule', x1: area.left, x2: right, y1: y(value), y2: y(value) }),
      label(area.left - 6, y(value) + 4, figure(value), { 'text-anchor': 'end' }),
    ]),
    ...epochs.flatMap((epoch) => [
      vertical(x(epoch), bottom, bottom + 4, { class: 'rule' }),
      label(x(epoch), bottom + 16, String(epoch), { 'text-anchor': 'middle' }),
    ]),
    label((area.left + right) / 2, bottom + 26, 'epoch', { 'text-anchor': 'middle' }),
    ...curves.lines.map((line) =>
      line.length === 1
        ? line
            .map(({ epoch, value }) => element('circle', { class: 'dot', cx: x(epoch), cy: y(value), r: 3 }))
            .join('')
        : element('polyline', {
            class: 'curve',
            points: line.map(({ epoch, value }) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
          }),
    ),
  );
  const tables = showTables ? `; for ${curves.tables.join(', ')}` : '';
  const seeds = curves.lines.length === 1 ? '1 run' : `${curves.lines.length} runs`;
  return tag(
    'figure',
    {},
    svg,
    tag('figcaption', {}, tag('b', {}, text(curves.model)), ` ${curves.quantity}, ${seeds}${text(tables)}`),
  );
}

/** Of any number of values: a call takes only so many arguments. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** What the lines show: where they begin and where they end, as means over the runs. */
export function curvesText({ model, quantity, lines }: TrainingCurves): string {
  const mean = (pick: (line: (typeof lines)[number]) => number | undefined): number => {
    const values = lines.flatMap((line) => pick(line) ?? []);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const [, epochs] = rangeOf(lines.map((line) => line.length));
  const runs = lines.length === 1 ? 'one run' : `mean of ${lines.length} runs`;
  const begin = figure(mean((line) => line[0]?.value));
  const end = figure(mean((line) => line.at(-1)?.value));
  const course =
    epochs === 1
      ? `${end} after one epoch`
      : `from ${begin} in the first to ${end} in the last of ${epochs} epochs`;
  return `${quantity} of ${oneLine(model)}, ${runs}: ${course}`;
}

/** Three significant digits: an axis of 320 pixels shows no more. */
function figure(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const plain = Math.abs(rounded) >= 1e5 || (rounded !== 0 && Math.abs(rounded) < 1e-3);
  return (plain ? rounded.toExponential() : String(rounded)).replace('-', '−');
}
