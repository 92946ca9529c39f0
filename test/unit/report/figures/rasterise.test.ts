import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { colours } from '../../../../src/report/figures/bar-style.js';
import { paintBars } from '../../../../src/report/figures/bars.js';
import { rasterise } from '../../../../src/report/figures/rasterise.js';
import { wide } from '../table/fixture.js';

async function read(svg: string) {
  const { width, height, data } = PNG.sync.read(Buffer.from(await rasterise(svg)));
  const at = (x: number, y: number): number[] => [
    ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
  ];
  const count = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16));
    let found = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found += 1;
    }
    return found;
  };
  return { width, height, at, count };
}

const svg = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10.5" viewBox="0 0 20 11" font-family="'No Such Font'">${content}</svg>`;

describe('a figure as PNG', () => {
  it('has three pixels for each of the SVG, in its colours', async () => {
    const { width, height, at } = await read(
      svg(
        '<rect width="20" height="11" fill="#ffffff"/><rect x="10" width="10" height="11" fill="#d55e00"/>',
      ),
    );
    expect([width, height]).toEqual([60, 32]);
    expect(at(3, 3)).toEqual([255, 255, 255, 255]);
    expect(at(57, 20)).toEqual([0xd5, 0x5e, 0, 255]);
  });

  it('has its text, in a font of its own, bold where it is', async () => {
    const text = (weight: number) =>
      `<rect width="20" height="11" fill="#ffffff"/><text x="1" y="9" font-size="9" font-weight="${weight}" fill="#000000">HI</text>`;
    const [none, plain, bold] = await Promise.all(['', text(400), text(600)].map((one) => read(svg(one))));
    const [blank, normal, heavy] = [none, plain, bold].map((one) => one?.count('#000000') ?? 0);
    // An empty SVG is transparent black.
    expect(none?.at(0, 0)[3]).toBe(0);
    expect(blank).toBeGreaterThan(0);
    expect(normal).toBeGreaterThan(20);
    expect(heavy).toBeGreaterThan(normal ?? 0);
  });

  it('has the bars and ticks of a table on white, the same each time', async () => {
    const painted = paintBars(wide);
    const first = await read(painted);
    expect(first.width).toBe(2400);
    expect(first.at(0, 0)).toEqual([255, 255, 255, 255]);
    expect(first.count(colours.ours)).toBeGreaterThan(1000);
    expect(Buffer.from(await rasterise(painted)).equals(Buffer.from(await rasterise(painted)))).toBe(true);
  });

  it('refuses an SVG that has no size', async () => {
    await expect(rasterise('<svg xmlns="http://www.w3.org/2000/svg"/>')).rejects.toThrow(RangeError);
  });
});
