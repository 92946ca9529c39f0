import type { Filters } from '../../pipeline/inspect/filters.js';
import type { DrawnModality } from '../../pipeline/inspect/modality-views.js';
import { largest, paintArea } from './area.js';
import { Canvas, diverging, grey, interpolated } from './canvas.js';

/** In pixels. */
const layout = {
  /** Height of a tile of sound and pictures over time; pictures of plain examples are doubled instead. */
  height: 40,
  /** Longer side of a picture of plain examples: larger ones are made smaller. */
  longest: 128,
  /** Between the parts of one tile, which have a frame of one pixel each. */
  gap: 2,
  margin: 6,
  /** A sheet is about as wide as this. */
  width: 640,
} as const;

interface Area {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly paint: (canvas: Canvas, left: number, top: number) => void;
}

/**
 * The filters of a layer as a sheet of tiles, row by row, largest weights first. Pictures are grey, lighter above and
 * darker below zero; spectrograms red above and blue below, frequency upwards. Each tile has scales of its own, one a
 * modality, symmetric around zero.
 *
 * @returns the bytes of a PNG
 */
export function paintFilters({ units }: Pick<Filters, 'units'>): Uint8Array {
  const tiles = units.map(({ parts }) => tileOf(parts));
  const width = Math.max(1, ...tiles.map((areas) => end(areas)));
  const height = Math.max(1, ...tiles.flatMap((areas) => areas.map((area) => area.height)));
  const { margin } = layout;
  const across = Math.max(1, Math.min(tiles.length, Math.floor((layout.width - margin) / (width + margin))));
  const down = Math.ceil(tiles.length / across);
  const canvas = new Canvas(margin + across * (width + margin), margin + down * (height + margin));
  for (const [index, areas] of tiles.entries()) {
    const left = margin + (index % across) * (width + margin);
    const top = margin + Math.floor(index / across) * (height + margin);
    for (const area of areas) area.paint(canvas, left + area.left, top);
  }
  return canvas.encode();
}

/** The parts of one unit side by side. */
function tileOf(parts: readonly DrawnModality[]): readonly Area[] {
  const overTime = parts.some(({ kind, frames }) => kind === 'spectrogram' || frames.length > 1);
  const areas: Area[] = [];
  for (const { kind, frames } of parts) {
    const limit = Math.max(...frames.map(({ data }) => largest(data)));
    for (const { rows, columns, data } of frames) {
      const scale = Math.min(2, layout.longest / Math.max(rows, columns));
      const height = overTime ? layout.height : Math.max(1, Math.round(scale * rows));
      const width =
        kind === 'spectrogram'
          ? height
          : Math.max(1, Math.round(overTime ? (height * columns) / rows : scale * columns));
      const areDoubled = !overTime && scale === 2;
      areas.push({
        left: areas.length === 0 ? 0 : end(areas) + layout.gap,
        width,
        height,
        paint(canvas, left, top) {
          const colour = kind === 'spectrogram' ? diverging : grey;
          // What is smooth stays so; pixels stay pixels.
          const sample = areDoubled
            ? (x: number, y: number) => data[Math.floor(y / 2) * columns + Math.floor(x / 2)] as number
            : interpolated(data, rows, columns, height, width);
          const upwards =
            kind === 'spectrogram' ? (x: number, y: number) => sample(x, height - 1 - y) : sample;
          paintArea(canvas, left, top, width, height, limit, colour, upwards);
        },
      });
    }
  }
  return areas;
}

function end(areas: readonly Area[]): number {
  const last = areas.at(-1);
  return last === undefined ? 0 : last.left + last.width;
}
