import type { EmbeddedPoint, Embedding, EmbeddingPanel } from '../../pipeline/inspect/embedding.js';
import { colours } from './bar-style.js';
import {
  characterWidth,
  type DrawnModel,
  figureOf,
  headingOf,
  linesAt,
  type ModelFigure,
  margin,
} from './model-figure.js';
import { element, label } from './svg.js';

/** In pixels. */
const layout = { panel: 420, gap: 24, inside: 14, marker: 4.2 } as const;

/** Okabe and Ito's palette without its yellow, which is lost on white. */
const few = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#1a1a1a'];

/** Colour of a class: of so few classes one that every kind of colour vision tells apart, else by hue, light and dark in turn. */
function colourOf(index: number, classes: number): string {
  if (classes <= few.length) return few[index] ?? colours.ink;
  const hue = (360 * index) / classes;
  return hexOfHsl(hue, index % 2 === 0 ? 0.75 : 0.6, index % 2 === 0 ? 0.4 : 0.58);
}

function hexOfHsl(hue: number, saturation: number, lightness: number): string {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (shift: number): string => {
    const k = (shift + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** Markers by way: a disc, a triangle, a square, a diamond. */
const outlines = [
  'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z',
  'M0 -1.25L1.15 0.8H-1.15Z',
  'M-0.9 -0.9H0.9V0.9H-0.9Z',
  'M0 -1.3L1.1 0L0 1.3L-1.1 0Z',
];

function marker(way: number, x: number, y: number, colour: string, opacity: number): string {
  return element('path', {
    d: outlines[way % outlines.length],
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${layout.marker})`,
    fill: colour,
    'fill-opacity': opacity,
  });
}

/** How each method of laying out is called in captions. */
const methodNames = {
  pca: 'the first two principal components of the features',
  umap: 'a plane that UMAP made of the features',
} as const;

/** Where test examples lie in the features of a model: colours say the class, markers what the model was shown. */
export function paintEmbedding(found: Embedding, model: DrawnModel): ModelFigure {
  const { panels, ways } = found;
  const width = 2 * margin + panels.length * (layout.panel + layout.gap) - layout.gap;
  const title = `Where examples lie in the features${found.method === 'umap' ? ', by UMAP' : ''}`;
  const heading = headingOf(title, model, width);
  const legend = markersOf(ways, heading.bottom + 14);
  const top = heading.bottom + 26 + 20;
  const bottom = top + layout.panel;
  const caption = captionOf(found, model);
  const below = linesAt([...caption], bottom + 24, width);
  return figureOf(
    'embedding',
    model,
    { title, caption, alt: altOf(found, model), width, height: below.bottom },
    heading.svg,
    legend,
    ...panels.map((panel, index) =>
      paintPanel(panel, model.classes, margin + index * (layout.panel + layout.gap), top),
    ),
    below.svg,
  );
}

function markersOf(ways: Embedding['ways'], y: number): string {
  let x = margin + 6;
  return ways
    .map((shown, way) => {
      const text = `shown ${shown.join(' + ')}`;
      const drawn = marker(way, x, y - 4, colours.ink, 0.9) + label(x + 11, y, text, { 'font-size': 13 });
      x += 40 + characterWidth(13) * text.length;
      return drawn;
    })
    .join('');
}

function paintPanel(panel: EmbeddingPanel, classes: readonly string[], left: number, top: number): string {
  const { points, centred, explained } = panel;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const extent = (values: readonly number[]): readonly [number, number] => [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  ];
  const [[x0, x1], [y0, y1]] = [extent(xs), extent(ys)];
  // One scale for both axes: distances are those of the plane.
  const reach = Math.max(x1 - x0, y1 - y0, 1e-12);
  const room = layout.panel - 2 * layout.inside;
  const placeX = (x: number): number => left + layout.panel / 2 + ((x - (x0 + x1) / 2) / reach) * room;
  const placeY = (y: number): number => top + layout.panel / 2 - ((y - (y0 + y1) / 2) / reach) * room;
  const colour = (index: number): string => colourOf(index, classes.length);
  return element(
    'g',
    {},
    label(left, top - 8, centred ? 'Each way about its own mean' : 'As they are', {
      'font-size': 13,
      'font-weight': 600,
    }),
    element('rect', {
      x: left,
      y: top,
      width: layout.panel,
      height: layout.panel,
      fill: 'none',
      stroke: colours.grid,
    }),
    ...points.map(({ x, y, label: own, way }) => marker(way, placeX(x), placeY(y), colour(own), 0.6)),
    ...classMeans(points).flatMap(({ x, y, own }) => {
      const name = [...(classes[own] ?? '')].slice(0, 14).join('');
      const style = { 'font-size': 14, 'font-weight': 600, 'text-anchor': 'middle' };
      const [at, line] = [placeX(x), placeY(y) + 5];
      return [
        label(at, line, name, { ...style, fill: '#ffffff', stroke: '#ffffff', 'stroke-width': 4 }),
        label(at, line, name, { ...style, fill: colour(own) }),
      ];
    }),
    ...(explained ? axesOf(explained, left, top) : []),
  );
}

/** The names of the axes of principal components. */
function axesOf(explained: readonly [number, number], left: number, top: number): readonly string[] {
  const axis = (name: string, share: number): string =>
    `${name} component, ${(100 * share).toFixed(0)} % of the variance`;
  const style = { 'font-size': 12, fill: colours.faint, 'text-anchor': 'middle' };
  return [
    label(left + layout.panel / 2, top + layout.panel + 16, axis('first', explained[0]), style),
    element(
      'g',
      { transform: `translate(${left - 5} ${top + layout.panel / 2}) rotate(-90)` },
      label(0, 0, axis('second', explained[1]), style),
    ),
  ];
}

/** Where the name of each class goes: the mean of its points of each way. */
function classMeans(points: readonly EmbeddedPoint[]) {
  const groups = new Map<string, { x: number; y: number; own: number; count: number }>();
  for (const { x, y, label: own, way } of points) {
    const key = `${own} ${way}`;
    const group = groups.get(key) ?? { x: 0, y: 0, own, count: 0 };
    groups.set(key, { x: group.x + x, y: group.y + y, own, count: group.count + 1 });
  }
  return [...groups.values()].map(({ x, y, own, count }) => ({ x: x / count, y: y / count, own }));
}

function captionOf({ method, ways, part, examples }: Embedding, { classes }: DrawnModel): readonly string[] {
  const of = part === 'test' ? 'test' : 'training';
  return [
    `${examples} ${of} examples, the first of each of ${classes.length} classes, ` +
      (method === 'umap'
        ? 'laid out by UMAP so that neighbours in the features are neighbours here: the axes have no unit, and distances ' +
          'between groups say little. '
        : 'as principal components of their features. ') +
      'Colours are classes; a name stands at the mean of its class.',
    ...(ways.length > 1
      ? [
          `Each example is there ${ways.length === 2 ? 'twice' : `${ways.length} times`}, once a marker: what is shared by ` +
            'the modalities brings markers of one colour together.',
        ]
      : []),
  ];
}

function altOf(
  { method, panels, ways, examples }: Embedding,
  { architecture, corpus, classes }: DrawnModel,
): string {
  const [first] = panels;
  const shares = (first?.explained ?? []).map((share) => `${(100 * share).toFixed(0)} %`).join(' and ');
  return (
    `${examples} examples of ${classes.length} classes of ${corpus} in ${methodNames[method]} of ` +
    `${architecture}${shares === '' ? '' : `, which have ${shares} of the variance`}; shown ${ways.map((shown) => shown.join(' and ')).join(', and ')}`
  );
}
