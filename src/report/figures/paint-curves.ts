import type { CurvePoint } from '../../pipeline/evidence/curves.js';
import { oneLine } from '../table/layout.js';
import { cut } from '../text/columns.js';
import { colours } from './bar-style.js';
import { documentOf } from './document.js';
import { type OverlaidSeries, type Overlay, runLetter } from './overlaid-curves.js';
import { element, label, vertical } from './svg.js';

/** Of the runs in a chart: Okabe and Ito's palette without its yellow, and a violet. */
export const runColours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#1a1a1a',
  '#56b4e9',
  '#e69f00',
  '#7b4fa3',
] as const;

/** Dashes of the runs: colour is not the only thing that tells lines apart. */
const dashes = ['', '9 4', '2 3', '10 3 2 3', '5 5', '14 5', '1 5', '6 2 1 2'];

/** In pixels. */
const layout = { width: 760, left: 72, right: 56, top: 46, plot: 280, legendLine: 18 } as const;

/** An overlay as an SVG document on white, and in words. */
export function paintOverlay(overlay: Overlay): { readonly svg: string; readonly alt: string } {
  const { quantity, model, series } = overlay;
  const title = `${capital(quantity)}${model === null ? '' : ` of ${oneLine(model)}`}`;
  const points = series.flatMap(({ lines }) => lines.flat());
  const [first, last] = rangeOf(points.map(({ epoch }) => epoch));
  const [low, high] = rangeOf(points.map(({ value }) => value));
  const [right, bottom] = [layout.width - layout.right, layout.top + layout.plot];
  const x = (epoch: number): number =>
    last === first
      ? (layout.left + right) / 2
      : layout.left + ((epoch - first) / (last - first)) * (right - layout.left);
  const y = (value: number): number =>
    high === low
      ? (layout.top + bottom) / 2
      : bottom - ((value - low) / (high - low)) * (bottom - layout.top);
  const heights = high === low ? [low] : [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  const epochs = last === first ? [first] : [...new Set([first, Math.round((first + last) / 2), last])];
  const faint = { 'font-size': 12, fill: colours.faint };
  const svg = documentOf(
    title,
    layout.width,
    bottom + 48 + series.length * layout.legendLine + 12,
    label(layout.left, 24, cut(title, 84), { 'font-size': 15, 'font-weight': 600 }),
    ...heights.flatMap((value) => [
      element('line', { x1: layout.left, x2: right, y1: y(value), y2: y(value), stroke: colours.grid }),
      label(layout.left - 8, y(value) + 4, digits(value), { ...faint, 'text-anchor': 'end' }),
    ]),
    ...epochs.flatMap((epoch) => [
      vertical(x(epoch), bottom, bottom + 4, { stroke: colours.chance }),
      label(x(epoch), bottom + 18, String(epoch), { ...faint, 'text-anchor': 'middle' }),
    ]),
    label((layout.left + right) / 2, bottom + 32, 'epoch', { ...faint, 'text-anchor': 'middle' }),
    ...series.flatMap((one) =>
      one.lines.length === 1 ? [] : one.lines.map((line) => lineOf(line, one.run, x, y, 0.8, 0.4)),
    ),
    ...series.map((one) => lineOf(one.mean, one.run, x, y, 2.2, 1)),
    ...endLabels(series, x, y, bottom),
    ...series.flatMap((one, index) => {
      const height = bottom + 54 + index * layout.legendLine;
      return [
        element('line', {
          x1: layout.left,
          x2: layout.left + 36,
          y1: height - 4,
          y2: height - 4,
          ...strokeOf(one.run, 2.2),
        }),
        label(layout.left + 46, height, cut(legendOf(one, model === null), 92), { 'font-size': 13 }),
      ];
    }),
  );
  return { svg, alt: altOf(overlay, title) };
}

const strokeOf = (run: number, width: number) => ({
  stroke: runColours[run % runColours.length],
  'stroke-width': width,
  'stroke-dasharray': dashes[run % dashes.length] || undefined,
});

function lineOf(
  line: readonly CurvePoint[],
  run: number,
  x: (epoch: number) => number,
  y: (value: number) => number,
  width: number,
  opacity: number,
): string {
  const [only] = line;
  if (only === undefined) return '';
  if (line.length === 1) {
    const place = { cx: x(only.epoch), cy: y(only.value), r: 1.5 + width };
    return element('circle', {
      ...place,
      fill: runColours[run % runColours.length],
      'fill-opacity': opacity,
    });
  }
  return element('polyline', {
    fill: 'none',
    ...strokeOf(run, width),
    'stroke-opacity': opacity,
    points: line.map(({ epoch, value }) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
  });
}

/** Between the letters of two lines that end together. */
const letterHeight = 13;

/** Letters of the runs where their means end, no two over each other. */
function endLabels(
  series: readonly OverlaidSeries[],
  x: (epoch: number) => number,
  y: (value: number) => number,
  bottom: number,
): readonly string[] {
  const ends = series
    .flatMap(({ run, mean }) => {
      const end = mean.at(-1);
      return end === undefined ? [] : [{ run, left: x(end.epoch) + 6, height: y(end.value) + 4 }];
    })
    .sort((a, b) => a.height - b.height);
  // Letters of lines that end together stand one below the other, and none as low as the numbers of the axis.
  const lowest = bottom + 2;
  const heights = ends.map(({ height }) => height);
  for (let i = 1; i < heights.length; i++) {
    heights[i] = Math.max(heights[i] ?? 0, (heights[i - 1] ?? 0) + letterHeight);
  }
  for (let i = heights.length - 1; i >= 0; i--) {
    heights[i] = Math.min(heights[i] ?? 0, (heights[i + 1] ?? lowest + letterHeight) - letterHeight);
  }
  return ends.map(({ run, left }, index) =>
    label(left, heights[index] ?? 0, runLetter(run), {
      'font-size': 13,
      'font-weight': 600,
      fill: runColours[run % runColours.length] ?? colours.ink,
    }),
  );
}

function legendOf({ run, name, model, lines }: OverlaidSeries, showModel: boolean): string {
  const seeds = lines.length === 1 ? '1 seed' : `mean of ${lines.length} seeds`;
  return `${runLetter(run)}  ${oneLine(name)}${showModel ? `: ${oneLine(model)}` : ''}, ${seeds}`;
}

function altOf({ model, series }: Overlay, title: string): string {
  const courses = series.map((one) => {
    const [begin, end] = [one.mean[0], one.mean.at(-1)];
    const course =
      begin === undefined || end === undefined
        ? 'no epoch that all seeds have'
        : `from ${digits(begin.value)} in epoch ${begin.epoch} to ${digits(end.value)} in epoch ${end.epoch}`;
    return `${legendOf(one, model === null)}: ${course}`;
  });
  return `${title}. ${courses.join('; ')}.`;
}

/** Of any number of values: a call takes only so many arguments. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** Three significant digits. */
function digits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const long = Math.abs(rounded) >= 1e5 || (rounded !== 0 && Math.abs(rounded) < 1e-3);
  return (long ? rounded.toExponential() : String(rounded)).replace('-', '−');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
