import { describe, expect, it } from 'vitest';
import { encodeMouthBoxes, parseMouthBoxes } from '../../../src/corpora/mouth-boxes.js';
import { cropMouth, rectangleAround, toMouthSize } from '../../../src/corpora/mouth-crop.js';

describe('mouth boxes', () => {
  const rows = [
    { movie: 's1/a,b.mpg', frame: 10, x: 20, y: 4, width: 40, height: 30 },
    { movie: 's1/a,b.mpg', frame: 0, x: 10, y: 2.5, width: 40, height: 30 },
    { movie: 's2/c.mpg', frame: null, x: 1, y: 2, width: 3, height: 4 },
  ];
  const boxes = parseMouthBoxes(encodeMouthBoxes(rows).replaceAll('\n', '\r\n'), 'boxes.csv');

  it('are read as written; between two frames in proportion, beyond them the nearest', () => {
    const of = boxes.of('s1\\A,b.mpg');
    expect(of?.at(0)).toMatchObject({ x: 10, y: 2.5 });
    expect(of?.at(4)).toEqual({ x: 14, y: 3.1, width: 40, height: 30 });
    expect(of?.at(99)).toMatchObject({ x: 20, y: 4 });
  });
  it('hold no formula for a spreadsheet, and the same names when read again', () => {
    const evil = rows.slice(0, 1).map((row) => ({ ...row, movie: '=cmd()/a.mpg' }));
    const text = encodeMouthBoxes(evil);
    expect(text.split('\n')[1]).toMatch(/^'=cmd\(\)\/a\.mpg,10,/);
    expect(parseMouthBoxes(text, 'boxes.csv').of('=cmd()/a.mpg')?.at(10)).toMatchObject({ x: 20 });
  });
  it('are found by file name where that is unambiguous', () => {
    expect(boxes.of('elsewhere/c.mpg')?.at(7)).toMatchObject({ x: 1, height: 4 });
    expect(boxes.of('d.mpg')).toBeNull();
    const two = parseMouthBoxes('movie,frame,x,y,w,h\ns1/c.mpg,*,1,1,9,9\ns2/c.mpg,*,2,2,9,9\n', 'b');
    expect([two.of('s2/c.mpg')?.at(0).x, two.of('c.mpg')]).toEqual([2, null]);
  });
  it.each([
    ['movie,frame,x,y,w\na,0,1,1,1\n', "it has no column 'h'"],
    ['movie,frame,x,y,w,h\na,0,1,1,5,5\na,1,1,,5,5\n', "b.csv:3: y is ''"],
    ['movie,frame,x,y,w,h\na,0,NaN,1,5,5\n', "b.csv:2: x is 'NaN'"],
    ['movie,frame,x,y,w,h\na,-1,1,1,5,5\n', "b.csv:2: frame is '-1'"],
    ['movie,frame,x,y,w,h\na,0,1,1,0,5\n', 'b.csv:2: the box is 0 x 5 pixels'],
  ])('%j is refused', (text, message) => {
    expect(() => parseMouthBoxes(text, 'b.csv')).toThrow(message);
  });
});

describe('cropping', () => {
  const ramp = (width: number, height: number) => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => (i % width) + 2 * Math.floor(i / width)),
  });
  const at = (mouth: Uint8Array, row: number, column: number): number =>
    mouth[row * 80 + column] ?? Number.NaN;

  it('copies pixels where sizes agree', () => {
    const picture = ramp(100, 70);
    const mouth = toMouthSize(picture, { x: 7, y: 5, width: 80, height: 60 });
    expect([at(mouth, 0, 0), at(mouth, 59, 79), at(mouth, 30, 10)]).toEqual([17, 214, 17 + 60 + 10]);
  });
  it.each([
    [40, 30],
    [64, 48],
  ])('keeps a slope a slope when a box of %i x %i is enlarged', (width, height) => {
    const mouth = toMouthSize(ramp(90, 70), { x: 10, y: 10, width, height });
    for (const [row, column] of [
      [5, 5],
      [30, 40],
      [55, 70],
    ] as const) {
      const x = 10 + ((column + 0.5) * width) / 80 - 0.5;
      const y = 10 + ((row + 0.5) * height) / 60 - 0.5;
      expect(Math.abs(at(mouth, row, column) - (x + 2 * y))).toBeLessThanOrEqual(0.51);
    }
  });
  it('averages when a box is shrunk, and goes on beyond the edge', () => {
    const stripes = {
      width: 320,
      height: 240,
      data: Uint8Array.from({ length: 320 * 240 }, (_, i) => (i % 2) * 200),
    };
    const mouth = toMouthSize(stripes);
    expect(at(mouth, 20, 40)).toBe(100);
    const flat = { width: 10, height: 10, data: new Uint8Array(100).fill(50) };
    expect(toMouthSize(flat, { x: -5, y: -5, width: 30, height: 30 }).every((value) => value === 50)).toBe(
      true,
    );
  });
  it('of a neighbourhood gives the same as of the whole picture', () => {
    const whole = ramp(100, 70);
    const boxes = { at: (frame: number) => ({ x: 12 + frame, y: 9.5, width: 44, height: 33 }) };
    const crop = rectangleAround(boxes, 3, 3, whole);
    const part = Uint8Array.from({ length: crop.width * crop.height }, (_, i) => {
      const [x, y] = [crop.x + (i % crop.width), crop.y + Math.floor(i / crop.width)];
      return whole.data[y * 100 + x] ?? 0;
    });
    const track = { rate: 25, start: 0.02, first: 3, count: 1 };
    const a = cropMouth({ ...track, ...whole }, boxes);
    const b = cropMouth({ ...track, width: crop.width, height: crop.height, data: part }, boxes, crop);
    expect(b).toEqual(a);
  });
});
