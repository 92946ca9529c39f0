import type { DrawnModality } from '../../pipeline/inspect/modality-views.js';
import type { Reconstructions } from '../../pipeline/inspect/reconstructions.js';
import { oneLine } from '../table/layout.js';
import { cut } from '../text/columns.js';
import { largest, paintArea } from './area.js';
import { colours } from './bar-style.js';
import { Canvas, type Colour, diverging, grey, interpolated, type Sampler } from './canvas.js';
import { painted } from './document.js';
import {
  characterWidth,
  type DrawnModel,
  figureOf,
  headingOf,
  linesAt,
  type ModelFigure,
  margin,
} from './model-figure.js';
import { label } from './svg.js';

/** In pixels of the document. */
const layout = {
  /** The longest side of a single picture, about: pixels of pictures are whole pixels here. */
  picture: 60,
  /** Height of sound and pictures over time. */
  overTime: 42,
  /** Between the parts of one example, and between examples. */
  gap: 4,
  between: 10,
  /** Around what the model was not shown. */
  frame: 2,
} as const;

/** Pixels painted to one of the document, each way: what is seen enlarged stays sharp. */
const detail = 2;
const unseenColour: Colour = [213, 94, 0];

/** Where one modality of an example goes within a cell, and how its frames are painted. */
interface Slot {
  readonly modality: string;
  readonly left: number;
  readonly frames: readonly { readonly left: number; readonly width: number; readonly height: number }[];
  readonly width: number;
}

/**
 * Test examples as they are and as a model gives them back: a row an example, the truth in the first column, then a column
 * for each way of showing the example to the model. What the model was not shown has a frame of its own. Truth and
 * reconstructions of one example share their scale.
 */
export function paintReconstructions(found: Reconstructions, model: DrawnModel): ModelFigure {
  const { examples, ways } = found;
  const heads = [
    { title: 'truth', lines: [] },
    ...ways.map(({ shown, explained }) => ({
      title: `shown ${shown.join(' + ')}`,
      lines: Object.entries(explained).map(([modality, share]) => `${modality} R² ${shareText(share)}`),
    })),
  ];
  const slots = slotsOf(examples[0]?.truth ?? []);
  const cellHeight = Math.max(1, ...slots.flatMap(({ frames }) => frames.map(({ height }) => height)));
  const last = slots.at(-1);
  const cellWidth = Math.max(last === undefined ? 1 : last.left + last.width, ...heads.map(headWidth));
  const names = Math.min(
    160,
    Math.max(40, ...examples.map(({ label: name }) => characterWidth(13) * name.length)) + 10,
  );
  const columns = 1 + ways.length;
  const width = Math.ceil(
    Math.max(480, 2 * margin + names + columns * (cellWidth + layout.between) - layout.between),
  );
  const title = 'What the model makes of what it is shown';
  const heading = headingOf(title, model, width);
  const columnLeft = (column: number): number => margin + names + column * (cellWidth + layout.between);
  const headTop = heading.bottom + 12;
  const top = headTop + 15 * (1 + Math.max(...heads.map(({ lines }) => lines.length))) + 2;
  const rowTop = (row: number): number => row * (cellHeight + layout.between);
  const height = Math.max(1, rowTop(examples.length));

  const sheetWidth = width - margin - names - margin + 2 * layout.frame;
  const canvas = new Canvas(detail * (sheetWidth + layout.frame), detail * (height + layout.frame));
  const at = (column: number): number => layout.frame + column * (cellWidth + layout.between);
  for (const [row, { truth }] of examples.entries()) {
    const limits = new Map(truth.map((part) => [part.modality, limitOf(part)]));
    const place = (column: number, parts: readonly DrawnModality[], shown?: readonly string[]): void => {
      for (const part of parts) {
        const slot = slots.find(({ modality }) => modality === part.modality);
        const limit = limits.get(part.modality);
        if (!slot || !limit) continue;
        const isUnseen = shown !== undefined && !shown.includes(part.modality);
        paintPart(canvas, part, slot, at(column), layout.frame + rowTop(row), limit, isUnseen);
      }
    };
    place(0, truth);
    for (const [index, { shown, made }] of ways.entries()) place(index + 1, made[row] ?? [], shown);
  }

  const legend = linesAt(legendOf(found, slots.length > 0 ? examples : []), top + height + 2, width);
  return figureOf(
    'reconstructions',
    model,
    {
      title,
      caption: legendOf(found, examples),
      alt: altOf(found, model),
      width,
      height: legend.bottom,
    },
    heading.svg,
    ...heads.flatMap(({ title: head, lines }, column) => [
      label(columnLeft(column), headTop + 10, head, { 'font-size': 13, 'font-weight': 600 }),
      ...lines.map((text, line) =>
        label(columnLeft(column), headTop + 10 + 15 * (line + 1), text, {
          'font-size': 12,
          fill: colours.faint,
        }),
      ),
    ]),
    ...examples.map(({ label: name }, row) =>
      label(margin, top + rowTop(row) + cellHeight / 2 + 4, shortened(name, names), { 'font-size': 13 }),
    ),
    painted(canvas, margin + names - layout.frame, top - layout.frame, detail),
    legend.svg,
  );
}

/** Bold text is the wider. */
const headWidth = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): number =>
  Math.ceil(
    Math.max(characterWidth(15) * title.length, ...lines.map((line) => characterWidth(12) * line.length)),
  );

const shareText = (share: number): string =>
  share
    .toFixed(2)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');

const shortened = (name: string, width: number): string =>
  cut(oneLine(name), Math.max(1, Math.floor((width - 10) / characterWidth(13))));

/** Where each modality goes: side by side in the order of the corpus. */
function slotsOf(parts: readonly DrawnModality[]): readonly Slot[] {
  const overTime = parts.some(({ frames }) => frames.length > 1);
  let left = 0;
  return parts.map(({ modality, kind, frames }): Slot => {
    let within = 0;
    const placed = frames.map(({ rows, columns }) => {
      const scale = layout.picture / Math.max(rows, columns);
      // A picture enlarged by whole numbers keeps its pixels square.
      const factor = scale >= 1 ? Math.floor(scale) : scale;
      const height = overTime || kind === 'spectrogram' ? layout.overTime : Math.round(factor * rows);
      const width =
        kind === 'spectrogram'
          ? Math.round(1.4 * layout.overTime)
          : Math.max(1, Math.round(overTime ? (height * columns) / rows : factor * columns));
      const frame = { left: within, width, height: Math.max(1, height) };
      within += width + 2;
      return frame;
    });
    const slot = { modality, left, frames: placed, width: within - 2 };
    left += slot.width + layout.gap;
    return slot;
  });
}

/** What black and white stand for: [0, 1] where nothing is negative, else as far to either side of zero. */
interface Limit {
  readonly unit: boolean;
  readonly size: number;
}

function limitOf({ frames }: DrawnModality): Limit {
  const size = Math.max(...frames.map(({ data }) => largest(data)));
  const unit = size <= 1 && frames.every(({ data }) => data.every((value) => value >= 0));
  return { unit, size };
}

function paintPart(
  canvas: Canvas,
  { kind, frames }: DrawnModality,
  slot: Slot,
  left: number,
  top: number,
  { unit, size }: Limit,
  isUnseen: boolean,
): void {
  frames.forEach(({ rows, columns, data }, index) => {
    const place = slot.frames[index];
    if (!place) return;
    const [width, height] = [detail * place.width, detail * place.height];
    const [x0, y0] = [detail * (left + slot.left + place.left), detail * top];
    const areWhole = kind === 'picture' && height >= detail * rows;
    const sample: Sampler = areWhole
      ? (x, y) =>
          data[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)] as number
      : interpolated(data, rows, columns, height, width);
    const upwards: Sampler = kind === 'spectrogram' ? (x, y) => sample(x, height - 1 - y) : sample;
    const inUnit: Sampler = unit ? (x, y) => 2 * upwards(x, y) - 1 : upwards;
    if (isUnseen) {
      canvas.fill(x0 - 2, y0 - 2, width + 4, height + 4, unseenColour);
    }
    paintArea(
      canvas,
      x0,
      y0,
      width,
      height,
      unit ? 1 : size,
      kind === 'spectrogram' ? diverging : grey,
      inUnit,
    );
    if (isUnseen) canvas.frame(x0, y0, width, height, unseenColour);
  });
}

/** The lines under the sheet. */
function legendOf(
  { ways, measured, part, classesLeftOut }: Reconstructions,
  examples: Reconstructions['examples'],
): readonly string[] {
  const parts = examples.flatMap(({ truth }) => truth);
  const isOverTime = parts.some(({ kind, frames }) => frames.length > 1 || kind === 'spectrogram');
  const whichPart = part === 'test' ? 'test' : 'training';
  const hasUnseen = ways.some(({ shown, explained }) =>
    Object.keys(explained).some((modality) => !shown.includes(modality)),
  );
  return [
    `A row is the first ${whichPart} example of a class${isOverTime ? ', of a clip the window in its middle' : ''}` +
      `${classesLeftOut > 0 ? `; ${classesLeftOut} more classes are not shown` : ''}.` +
      (hasUnseen ? ' Orange frames: what the model was not shown.' : ''),
    ...(isOverTime
      ? [
          'Sound as spectrograms, frequency upwards, blue below and red above the mean; pictures in the order of time, mid ' +
            'grey the mean. Truth and reconstructions of a row share their scales.',
        ]
      : []),
    `R²: share of the variance explained over ${measured} ${whichPart} rows; 1 is perfect, 0 as good as the mean.`,
  ];
}

function altOf({ examples, ways }: Reconstructions, { architecture, corpus }: DrawnModel): string {
  const told = ways.map(({ shown, explained }) => {
    const shares = Object.entries(explained).map(
      ([modality, share]) => `${modality} with R² ${shareText(share)}`,
    );
    return `shown ${shown.join(' and ')} it gives back ${shares.join(' and ')}`;
  });
  return `${examples.length} examples of ${corpus} beside what ${architecture} makes of them: ${told.join('; ')}`;
}
