import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/matrix.js';
import type { Figure4 } from '../../../../src/papers/ngiam2011/deep-units.js';
import { paintFigure4 } from '../../../../src/papers/ngiam2011/paint-figure4.js';
import { Canvas, diverging, grey, interpolated } from '../../../../src/report/figures/canvas.js';
import { textWidth } from '../../../../src/report/figures/picture-font.js';

function figureOf(panels: number): Figure4 {
  return {
    panels: Array.from({ length: panels }, (_, index) => ({
      unit: 100 + index,
      norms: { audio: 1.25, video: 0.5 },
      // 2 bins × 2 frames: the low bin strong in the first frame, the high bin weak and negative in the second.
      spectrogram: matrix(2, 2, Float32Array.from([4, 0, 0, -1])),
      // Two frames of 2 x 2 pixels.
      pictures: matrix(2, 4, Float32Array.from([2, 2, 2, 2, -1, -1, 0, 0])),
    })),
    picture: { height: 2, width: 2 },
    strongest: 10,
    jointUnits: 512,
    highestFrequency: 8000,
    hop: 0.01,
  };
}

function read(bytes: Uint8Array): { width: number; height: number; at: (x: number, y: number) => number[] } {
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  return { width, height, at: (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)] };
}

/** Where the first panel's parts begin: a margin of 36, and captions of 30 above pictures of 120 x 120. */
const left = 36;
const top = 36 + 30;

describe('the sheet of Figure 4', async () => {
  const sheet = read(await paintFigure4(figureOf(1)));

  it('draws the spectrogram with frequency upwards, red above and blue below zero', () => {
    expect(sheet.at(left, top + 119)).toEqual([...diverging(1)]);
    expect(sheet.at(left + 119, top)).toEqual([...diverging(-0.25)]);
    expect(sheet.at(left, top)).toEqual([255, 255, 255]);
    expect(sheet.at(left + 119, top + 119)).toEqual([255, 255, 255]);
  });

  it('draws the pictures in the order of time on one scale', () => {
    const first = left + 120 + 16;
    const second = first + 120 + 6;
    expect(sheet.at(first + 60, top + 60)).toEqual([255, 255, 255]);
    expect(sheet.at(second, top)).toEqual([64, 64, 64]);
    expect(sheet.at(second + 119, top + 119)).toEqual([...grey(0)]);
  });

  it('writes the number of the unit above it, and its norms above its pictures', async () => {
    const [panel] = figureOf(1).panels;
    if (panel === undefined) throw new Error('no panel');
    const other = { ...panel, unit: 101, norms: { audio: 1.25, video: 0.75 } };
    const changed = read(await paintFigure4({ ...figureOf(1), panels: [other] }));
    const differing = (from: number, to: number): number => {
      let count = 0;
      for (let y = 36; y < top - 1; y++) {
        for (let x = from; x < to; x++) count += changed.at(x, y).join() === sheet.at(x, y).join() ? 0 : 1;
      }
      return count;
    };
    const norms = left + 120 + 16;
    expect(differing(norms, changed.width)).toBeGreaterThan(10);
    // Only the last digit of `unit 100` changes.
    const word = Math.floor(textWidth('unit 10', 20));
    expect(differing(left, left + word - 1)).toBe(0);
    expect(differing(left + word - 1, norms)).toBeGreaterThan(10);
  });

  it('is as wide as its longest line', async () => {
    const widths = [8000, 8_000_000].map((highestFrequency) =>
      paintFigure4({ ...figureOf(1), highestFrequency }).then((bytes) => read(bytes).width),
    );
    const [short = 0, long = 0] = await Promise.all(widths);
    const more = textWidth('000', 20);
    expect(long - short).toBeGreaterThanOrEqual(0);
    expect(long - short).toBeLessThanOrEqual(Math.ceil(more) + 1);
    expect(short).toBeGreaterThan(1000);
  });

  it('places panels two in a row, and grows downwards', async () => {
    const five = read(await paintFigure4(figureOf(5)));
    const panel = { width: 120 + 16 + 2 * 120 + 6, height: 150 };
    expect(five.height - sheet.height).toBe(2 * (panel.height + 36));
    const [x, y] = [left + panel.width + 36, top + panel.height + 36];
    expect(five.at(x, y + 119)).toEqual([...diverging(1)]);
    // The sixth place is empty.
    expect(five.at(x, y + panel.height + 36 + 119)).toEqual([255, 255, 255]);
  });

  it('is drawn where a unit has no connection at all, and where there are no units', async () => {
    const [panel] = figureOf(1).panels;
    if (panel === undefined) throw new Error('no panel');
    const blank = { ...panel, spectrogram: matrix(2, 2), pictures: matrix(2, 4) };
    const quiet = read(await paintFigure4({ ...figureOf(1), panels: [blank] }));
    expect(quiet.at(left, top)).toEqual([255, 255, 255]);
    expect(quiet.at(left + 136, top)).toEqual([...grey(0)]);
    expect(read(await paintFigure4(figureOf(0))).width).toBeGreaterThan(0);
  });
});

describe('the canvas', () => {
  it('refuses what lies outside of it', () => {
    const canvas = new Canvas(4, 3);
    expect(() => canvas.set(4, 0, [0, 0, 0])).toThrow(RangeError);
    expect(() => canvas.fill(0, 0, 4, 4, [0, 0, 0])).toThrow(RangeError);
  });

  it('interpolates linearly between the centres of values, and not beyond them', () => {
    const sample = interpolated([0, 8], 1, 2, 1, 8);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((x) => sample(x, 0))).toEqual([0, 0, 1, 3, 5, 7, 8, 8]);
    const same = interpolated([1, 2, 3, 4, 5, 6], 2, 3, 2, 3);
    expect([0, 1].flatMap((y) => [0, 1, 2].map((x) => same(x, y)))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('maps values to colours symmetrically, the ends and what lies beyond alike', () => {
    expect(diverging(0)).toEqual([255, 255, 255]);
    expect(diverging(-1)).toEqual(diverging(-3));
    expect(diverging(0.9)[0]).toBeGreaterThan(diverging(0.9)[2]);
    expect(diverging(-0.9)[0]).toBeLessThan(diverging(-0.9)[2]);
    expect([grey(-1), grey(0), grey(1), grey(2)].map(([level]) => level)).toEqual([0, 128, 255, 255]);
  });
});
