import { wrap } from '../text/columns.js';
import { colours } from './bar-style.js';
import { documentOf } from './document.js';
import type { FigureKind } from './figure-kinds.js';
import type { FigureRecord } from './figure-record.js';
import { label } from './svg.js';

/** The model that a figure is drawn of. */
export interface DrawnModel {
  readonly corpus: string;
  readonly synthetic: boolean;
  readonly architecture: string;
  readonly settings: readonly string[];
  readonly seed: number;
  readonly classes: readonly string[];
}

/** A figure as it is written: a document, and what is known of it. */
export interface ModelFigure {
  readonly svg: string;
  readonly record: FigureRecord;
}

/** In pixels. */
export const margin = 16;
const [titleLine, textLine] = [22, 17];
/** Pixels a character is wide at most, by font size in pixels: fonts differ. */
export const characterWidth = (fontSize: number): number => 0.58 * fontSize;

/** What a figure says above its drawing. */
export interface Heading {
  readonly svg: string;
  /** Pixels from the top to where the drawing begins. */
  readonly bottom: number;
}

/** Title, and below it corpus, model, setting and seed. */
export function headingOf(title: string, model: DrawnModel, width: number): Heading {
  const lines = (text: string, size: number): readonly string[] =>
    wrap(text, Math.floor((width - 2 * margin) / characterWidth(size)));
  const parts: string[] = [];
  let y = margin + 14;
  for (const text of lines(title, 17)) {
    parts.push(label(margin, y, text, { 'font-size': 17, 'font-weight': 600 }));
    y += titleLine;
  }
  for (const text of lines(modelText(model), 13)) {
    parts.push(label(margin, y, text, { 'font-size': 13, fill: colours.faint }));
    y += textLine;
  }
  return { svg: parts.join(''), bottom: y };
}

/** Lines of faint text. @returns with the place of the next line */
export function linesAt(
  texts: readonly string[],
  top: number,
  width: number,
): { readonly svg: string; readonly bottom: number } {
  let y = top;
  const parts = texts
    .flatMap((text) => wrap(text, Math.floor((width - 2 * margin) / characterWidth(12))))
    .map((text) => {
      y += textLine - 1;
      return label(margin, y, text, { 'font-size': 12, fill: colours.faint });
    });
  return { svg: parts.join(''), bottom: y };
}

/** Corpus, model, setting and seed in a line. */
export const modelText = ({ corpus, synthetic, architecture, settings, seed }: DrawnModel): string =>
  [
    `${corpus}${synthetic ? ' (generated, not recorded)' : ''}`,
    architecture,
    `${settings.length === 1 ? 'setting' : 'settings'} ${settings.join(', ')}`,
    `seed ${seed}`,
  ].join(' · ');

/** What a figure is called and says. */
interface FigureText {
  readonly title: string;
  /** Sentences. */
  readonly caption: readonly string[];
  readonly alt: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels from the top to the end of what is drawn. */
  readonly height: number;
}

/** A figure of a model: its document, and the record of what it shows. @param parts elements, drawn one over the other */
export function figureOf(
  kind: FigureKind,
  model: DrawnModel,
  { title: of, caption, alt, width, height }: FigureText,
  ...parts: readonly string[]
): ModelFigure {
  const { corpus, synthetic, architecture, settings, seed } = model;
  const title = `${of}: ${architecture}`;
  return {
    svg: documentOf(title, width, Math.ceil(height + margin), ...parts),
    record: {
      format: 1,
      kind,
      ...{ title, caption: caption.join(' '), alt, width },
      ...{ corpus, synthetic, architecture, settings, seed },
    },
  };
}
