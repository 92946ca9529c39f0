import { largest, paintArea } from '../../report/figures/area.js';
import { colours } from '../../report/figures/bar-style.js';
import { Canvas, diverging, grey, interpolated } from '../../report/figures/canvas.js';
import { documentOf, painted } from '../../report/figures/document.js';
import { textWidth } from '../../report/figures/picture-font.js';
import { rasterise } from '../../report/figures/rasterise.js';
import { label } from '../../report/figures/svg.js';
import type { Figure4, Figure4Panel } from './deep-units.js';

/** In pixels. Twice what a README shows, so that it is sharp there and legible at 1:1. */
const layout = {
  /** Height of spectrograms and pictures. */
  height: 120,
  /** Width of a spectrogram. */
  spectrogram: 120,
  /** Between the pictures of a panel. */
  gap: 6,
  /** Between a panel's spectrogram and its pictures. */
  split: 16,
  /** Between panels, and around the sheet. */
  margin: 36,
  fontSize: 20,
  line: 28,
  columns: 2,
} as const;

/** Of the text above a panel, whose baseline is 10 pixels above its end. */
const captionHeight = 30;

/**
 * Figure 4 as a contact sheet, one panel a unit: the spectrogram on the left, frequency upwards, blue below and red
 * above the mean, then the pictures in the order of time, darker and lighter than the mean. Each panel has scales of
 * its own, symmetric around zero; the pictures of a panel share one, so that movement shows.
 *
 * @returns the bytes of a PNG
 */
export async function paintFigure4(figure: Figure4): Promise<Uint8Array> {
  const { panels, picture } = figure;
  const pictureWidth = Math.round((layout.height * picture.width) / picture.height);
  const frames = Math.max(0, ...panels.map(({ pictures }) => pictures.rows));
  const panelWidth = layout.spectrogram + layout.split + frames * (pictureWidth + layout.gap) - layout.gap;
  const panelHeight = captionHeight + layout.height;
  const across = Math.max(1, Math.min(layout.columns, panels.length));
  const down = Math.ceil(panels.length / across);
  const legend = legendOf(figure);
  const { margin, fontSize, line } = layout;
  const panelsWidth = across * (panelWidth + margin) - margin;
  const legendWidth = Math.ceil(Math.max(...legend.map((text) => textWidth(text, fontSize))));
  const canvas = new Canvas(
    Math.max(panelsWidth, legendWidth) + 2 * margin,
    margin + down * (panelHeight + margin) + legend.length * line + margin,
  );
  const words: string[] = [];
  for (const [index, panel] of panels.entries()) {
    const left = margin + (index % across) * (panelWidth + margin);
    const top = margin + Math.floor(index / across) * (panelHeight + margin);
    paintPanel(canvas, panel, figure, left, top + captionHeight, pictureWidth);
    words.push(...captionOf(panel, left, top + captionHeight - 10));
  }
  const below = margin + down * (panelHeight + margin);
  for (const [row, text] of legend.entries()) {
    words.push(label(margin, below + 20 + row * line, text, { 'font-size': fontSize, fill: colours.faint }));
  }
  return rasterise(documentOf('Deep units', canvas.width, canvas.height, painted(canvas, 0, 0), ...words), 1);
}

function paintPanel(
  canvas: Canvas,
  { spectrogram, pictures }: Figure4Panel,
  { picture }: Figure4,
  left: number,
  upper: number,
  pictureWidth: number,
): void {
  const { height, spectrogram: width, split, gap } = layout;
  const heard = interpolated(spectrogram.data, spectrogram.rows, spectrogram.columns, height, width);
  // Row 0 is the lowest frequency and belongs at the bottom.
  paintArea(canvas, left, upper, width, height, largest(spectrogram.data), diverging, (x, y) =>
    heard(x, height - 1 - y),
  );
  const limit = largest(pictures.data);
  for (let frame = 0; frame < pictures.rows; frame++) {
    const pixels = pictures.data.subarray(frame * pictures.columns, (frame + 1) * pictures.columns);
    const x = left + width + split + frame * (pictureWidth + gap);
    const seen = interpolated(pixels, picture.height, picture.width, height, pictureWidth);
    paintArea(canvas, x, upper, pictureWidth, height, limit, grey, seen);
  }
}

/** What is written above a panel. */
function captionOf({ unit, norms }: Figure4Panel, left: number, baseline: number): readonly string[] {
  const { fontSize, spectrogram: width, split } = layout;
  const norm = `(audio ${norms.audio.toFixed(2)}, video ${norms.video.toFixed(2)})`;
  return [
    label(left, baseline, `unit ${unit}`, { 'font-size': fontSize }),
    label(left + width + split, baseline, norm, { 'font-size': fontSize, fill: colours.faint }),
  ];
}

/** The lines under the sheet. */
export function legendOf({
  panels,
  strongest,
  jointUnits,
  highestFrequency,
  hop,
}: Figure4): readonly string[] {
  const [panel] = panels;
  if (panel === undefined) return ['No units'];
  const { spectrogram, pictures } = panel;
  return [
    `${panels.length} of ${jointUnits} deep units, those most strongly connected to sound and picture, each as the sum ` +
      `of its ${strongest} strongest first-layer features.`,
    `Left: ${spectrogram.columns} spectra, one each ${Math.round(hop * 1000)} ms, 0 to ${highestFrequency} Hz upwards, ` +
      `blue below, red above the mean. Right: ${pictures.rows} frames, mid grey the mean.`,
    'In brackets: norms of the weights that connect the unit to either first layer.',
  ];
}
