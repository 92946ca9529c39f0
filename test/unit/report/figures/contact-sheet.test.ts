import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import {
  contactSheet,
  layoutSheet,
  type Place,
  type SheetMovie,
} from '../../../../src/report/figures/contact-sheet.js';
import { textWidth } from '../../../../src/report/figures/picture-font.js';

const wide = { width: 360, height: 288 };
const tall = { width: 300, height: 600 };

const apart = (a: Place, b: Place): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

describe('the layout of a contact sheet', () => {
  const layout = layoutSheet([[wide, tall, wide], [tall], [], [wide, wide]]);
  const places = layout.movies.flatMap(({ title, frames }) => [
    title,
    ...frames.flatMap(({ picture, mouth, label }) => [picture, mouth, label]),
  ]);

  it('puts everything on the sheet and nothing over anything else', () => {
    expect(places).toHaveLength(4 + 3 * 6);
    for (const one of places) {
      expect(one.x >= 0 && one.y >= 0).toBe(true);
      expect(one.x + one.width <= layout.width && one.y + one.height <= layout.height).toBe(true);
    }
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) expect(apart(a, b)).toBe(true);
    });
  });
  it('keeps the proportions of frames, and columns below each other', () => {
    const [first, second, , fourth] = layout.movies;
    expect(first?.frames[0]?.picture).toMatchObject({ width: 300, height: 240 });
    expect(first?.frames[1]?.picture.width).toBe(120);
    expect(second?.frames[0]?.picture.x).toBe(first?.frames[0]?.picture.x);
    expect(fourth?.frames[1]?.picture.x).toBe(first?.frames[1]?.picture.x);
    expect(first?.frames[0]?.mouth).toMatchObject({ width: 240, height: 180 });
  });
  it('of nothing is an empty sheet', () => {
    expect(layoutSheet([]).movies).toEqual([]);
  });
});

describe('a contact sheet', () => {
  // White inside the box, black elsewhere: what is drawn where can be told by looking.
  const box = { x: 100, y: 150, width: 120, height: 90 };
  const data = Uint8Array.from({ length: 360 * 288 }, (_, i) => {
    const [x, y] = [i % 360, Math.floor(i / 360)];
    return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height ? 255 : 0;
  });
  const mouth = { width: 80, height: 60, data: Uint8Array.from({ length: 4800 }, (_, i) => 3 * (i % 80)) };
  const movie = (change: Partial<SheetMovie> = {}): SheetMovie => ({
    ...{ title: 's1/a.mpg', note: '75 frames', poor: false },
    frames: [{ label: 'frame 7', picture: { ...wide, data }, box, mouth }],
    ...change,
  });
  const draw = async (one: SheetMovie) => {
    const png = PNG.sync.read(Buffer.from(await contactSheet([one])));
    const at = (x: number, y: number): readonly number[] => [
      ...png.data.subarray(4 * (y * png.width + x), 4 * (y * png.width + x) + 3),
    ];
    return { png, at, places: layoutSheet([one.frames.map(({ picture }) => picture)]).movies[0] };
  };
  const isGreen = ([red = 0, green = 0, blue = 0]: readonly number[]): boolean =>
    green > red + 50 && green > blue + 50;

  it('shows the frame upright, the box where the mouth is, the mouth beside it', async () => {
    const { at, places } = await draw(movie());
    const { x, y } = places?.frames[0]?.picture ?? { x: 0, y: 0 };
    const scale = 240 / 288;
    const inFrame = (column: number, row: number) =>
      at(Math.round(x + column * scale), Math.round(y + row * scale));
    expect(inFrame(160, 195)).toEqual([255, 255, 255]);
    expect(inFrame(90, 195)).toEqual([0, 0, 0]);
    expect(inFrame(160, 250)).toEqual([0, 0, 0]);
    for (const [column, row] of [
      [101, 195],
      [218.5, 195],
      [160, 151],
      [160, 238.5],
    ] as const) {
      expect(isGreen(inFrame(column, row))).toBe(true);
    }
    const beside = places?.frames[0]?.mouth ?? { x: 0, y: 0 };
    const middle = at(beside.x + 3 * 40 + 1, beside.y + 90);
    expect(middle).toEqual([120, 120, 120]);
    expect(at(beside.x + 3 * 70 + 1, beside.y + 3)).toEqual([210, 210, 210]);
  });
  it('says so where there is no face, and draws nothing outside a frame', async () => {
    const outside = { x: -50, y: 200, width: 900, height: 300 };
    const [frame] = movie().frames;
    if (frame === undefined) throw new Error('no frame');
    const without = await draw(movie({ frames: [{ ...frame, box: null, mouth: null }] }));
    const greens = Array.from({ length: 300 * 240 }, (_, i) => {
      const { x, y } = without.places?.frames[0]?.picture ?? { x: 0, y: 0 };
      return isGreen(without.at(x + (i % 300), y + Math.floor(i / 300)));
    });
    expect(greens.some(Boolean)).toBe(false);
    const beyond = await draw(movie({ frames: [{ ...frame, box: outside }] }));
    const { x, y, height } = beyond.places?.frames[0]?.picture ?? { x: 0, y: 0, height: 0 };
    expect(isGreen(beyond.at(x + 100, Math.round(y + (200 * height) / 288)))).toBe(true);
    expect(isGreen(beyond.at(x - 1, y + 220))).toBe(false);
  });
  it('cuts a title that is too long before the note', async () => {
    for (const letter of ['x', 'W', 'i', '\u202e']) {
      const { png, at, places } = await draw(movie({ title: letter.repeat(4000) }));
      const { y, height } = places?.title ?? { y: 0, height: 0 };
      const gap = png.width - 10 - Math.ceil(textWidth('75 frames', 15)) - 5;
      for (let row = y; row < y + height; row++) expect(at(gap, row)).toEqual(at(0, 0));
    }
  });
  it('writes names in letters of any case and language', async () => {
    const titleOf = async (title: string) =>
      (await draw(movie({ title }))).png.data.subarray(0, 4 * 600 * 32);
    const [wanted = Buffer.from(''), ...others] = await Promise.all(
      ['S1/Évora/Ω.mpg', 's1/évora/ω.mpg', '?1/?vora/?.mpg'].map(titleOf),
    );
    for (const other of others) expect(wanted.equals(other)).toBe(false);
    // Not the box that stands for letters that a font lacks.
    const [tau, phi] = await Promise.all(['τ', 'φ'].map(titleOf));
    expect(tau && phi && tau.equals(phi)).toBe(false);
  });
});
