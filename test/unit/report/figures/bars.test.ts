import { describe, expect, it } from 'vitest';
import { paintBars } from '../../../../src/report/figures/bars.js';
import { scaleOver } from '../../../../src/report/figures/scale.js';
import { element, escaped } from '../../../../src/report/figures/svg.js';
import type { ResultTable } from '../../../../src/report/table/table.js';
import { cell, tricky, wide } from '../table/fixture.js';

const table: ResultTable = {
  table: 'made-up',
  title: 'Seen & heard',
  corpus: 'letters',
  synthetic: true,
  columns: [
    { id: 'seen', label: 'Seen' },
    { id: 'heard', label: 'Heard' },
  ],
  rows: [
    {
      id: 'rbm',
      label: 'RBM',
      // Sample standard deviation 2, so ± 4.
      cells: { seen: cell([48, 50, 52], [54.2, 3.3, 'paper']), heard: cell([75]) },
    },
    { id: 'deep', label: 'Deep', cells: { heard: cell([90, 92], [91, null, 'paper']) } },
  ],
  references: [{ label: 'Other <work>', source: 'other', values: { seen: { value: 44.65, pm2sd: null } } }],
  notes: [],
};

/** The drawn cell of a row and column. */
function group(svg: string, row: string, column: string): string | undefined {
  const start = svg.indexOf(`<g data-row="${row}" data-column="${column}">`);
  return start < 0 ? undefined : svg.slice(start, svg.indexOf('</g>', start));
}

/** A numeric attribute of the element of a class. */
function attribute(part: string | undefined, name: string, key: string): number {
  const tag = part?.match(new RegExp(`<[^>]*class="${name}"[^>]*>`))?.[0];
  return Number(tag?.match(new RegExp(`\\b${key}="([^"]+)"`))?.[1] ?? Number.NaN);
}

function has(part: string | undefined, name: string): boolean {
  return part?.includes(`class="${name}"`) ?? false;
}

describe('bars of a table', () => {
  const svg = paintBars(table, { chance: 4 });
  const rbm = group(svg, 'rbm', 'seen');
  const start = attribute(rbm, 'ours', 'x');
  const perPercent = attribute(rbm, 'ours', 'width') / 50;

  it('are as long as the means, on one scale in every column of percentages', () => {
    expect(perPercent).toBeGreaterThan(1);
    expect(attribute(group(svg, 'rbm', 'heard'), 'ours', 'width')).toBeCloseTo(75 * perPercent, 1);
    expect(attribute(group(svg, 'deep', 'heard'), 'ours', 'width')).toBeCloseTo(91 * perPercent, 1);
  });

  it('carry whiskers of two standard deviations on either side, and none for a single value', () => {
    expect(attribute(rbm, 'whisker', 'x1')).toBeCloseTo(start + 46 * perPercent, 1);
    expect(attribute(rbm, 'whisker', 'x2')).toBeCloseTo(start + 54 * perPercent, 1);
    expect(has(group(svg, 'rbm', 'heard'), 'whisker')).toBe(false);
  });

  it('stand beside a tick at the published number, with its own spread where it has one', () => {
    expect(attribute(rbm, 'published', 'x1')).toBeCloseTo(start + 54.2 * perPercent, 1);
    expect(attribute(rbm, 'published', 'x2')).toBe(attribute(rbm, 'published', 'x1'));
    expect(attribute(rbm, 'published-spread', 'x1')).toBeCloseTo(start + 50.9 * perPercent, 1);
    expect(attribute(rbm, 'published-spread', 'x2')).toBeCloseTo(start + 57.5 * perPercent, 1);
    expect(has(group(svg, 'deep', 'heard'), 'published-spread')).toBe(false);
    expect(has(group(svg, 'rbm', 'heard'), 'published')).toBe(false);
  });

  it('say both numbers, and in full to who points at them', () => {
    expect(rbm).toMatch(/>50\.0<.*>54\.2</);
    expect(rbm).toContain('<title>RBM, Seen: ours 50.0 ± 4.0 %, 3 seeds; published 54.2 ± 3.3</title>');
    expect(group(svg, 'rbm', 'heard')).toContain('ours 75.0 %, 1 seed<');
  });

  it('leave a gap where a cell is absent', () => {
    expect(group(svg, 'deep', 'seen')).toBeUndefined();
    expect(group(svg, 'deep', 'heard')).toBeDefined();
  });

  it('show other work as ticks alone', () => {
    const other = group(svg, 'Other &lt;work&gt;', 'seen');
    expect(attribute(other, 'published', 'x1')).toBeCloseTo(start + 44.65 * perPercent, 1);
    expect(has(other, 'ours')).toBe(false);
    expect(other).toContain('>44.65<');
  });

  it('draw chance in every column when it is known', () => {
    const lines = [...svg.matchAll(/<line x1="([\d.]+)"[^>]*class="chance"/g)].map(([, x]) => Number(x));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBeCloseTo(start + 4 * perPercent, 1);
    expect(paintBars(table)).not.toContain('chance');
  });

  it('name a synthetic corpus, and what of the numbers is of other data', () => {
    expect(svg).toContain('letters · synthetic corpus');
    expect(svg).toContain('published, of other data');
    expect(paintBars({ ...table, synthetic: false })).not.toMatch(/synthetic|of other data/);
  });

  it('escape every text', () => {
    expect(svg).toContain('>Seen &amp; heard<');
    expect(svg).toContain('>Other &lt;work&gt;<');
    const strange = paintBars(tricky);
    expect(strange).toContain('&lt;tag&gt;');
    expect(strange).not.toMatch(/<tag>|&(?!amp;|lt;|gt;|quot;)/);
    const open: (string | undefined)[] = [];
    for (const [, slash, name, empty] of strange.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name);
    }
    expect(open).toEqual([]);
    expect(strange.replace(/<\/?[a-z]+[^<>]*>/g, '')).not.toMatch(/[<>]/);
  });

  it('grow to the left from zero below it, in their own unit', () => {
    const svg = paintBars(tricky);
    const below = group(svg, '=bimodal-deep-autoencoder', 'fusion');
    const above = group(svg, 'rbm-cca', 'fusion');
    const zero = attribute(above, 'ours', 'x');
    expect(attribute(below, 'ours', 'x') + attribute(below, 'ours', 'width')).toBeCloseTo(zero, 1);
    expect(attribute(below, 'whisker', 'x1')).toBeLessThan(attribute(below, 'ours', 'x'));
    expect(below).toContain('>−7.6 pts<');
  });

  it('stay inside the figure, however many columns there are', () => {
    for (const each of [
      table,
      tricky,
      wide,
      { ...wide, columns: [] },
      { ...table, rows: [], references: [] },
    ]) {
      const drawn = paintBars(each);
      const [, height] = drawn.match(/viewBox="0 0 800 (\d+)"/) ?? [];
      for (const [, key, value] of drawn.matchAll(/ ([xy][12]?)="([^"]+)"/g)) {
        // The legend's symbols have coordinates of their own.
        expect(Number(value)).toBeGreaterThanOrEqual(-8);
        expect(Number(value)).toBeLessThanOrEqual(key?.startsWith('x') ? 800 : Number(height));
      }
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
    }
    // Rows without a cell in any of the columns that stand together are left out of them.
    expect(paintBars(wide).match(/>Raw pixels</g)).toHaveLength(3);
    expect(paintBars(wide).match(/>RBM-CCA</g)).toHaveLength(2);
  });
});

describe('a scale', () => {
  it('holds zero and the values, with round ticks between them', () => {
    const percent = scaleOver([12, 100], 50, 450);
    expect(percent.ticks).toEqual([0, 25, 50, 75, 100]);
    expect([0, 25, 100].map(percent.at)).toEqual([50, 150, 450]);
    expect(scaleOver([-7.7, 3], 0, 100).ticks).toEqual([-5, 0]);
    expect(scaleOver([0.013], 0, 1).ticks).toEqual([0, 0.005, 0.01]);
    expect(scaleOver([], 0, 1).at(0)).toBe(0);
  });
});

describe('an element', () => {
  it('has rounded coordinates and escaped attributes, and leaves out what is undefined', () => {
    expect(element('a', { x: 1 / 3, y: -0, name: 'a"<&', gone: undefined }, 'in')).toBe(
      '<a x="0.33" y="0" name="a&quot;&lt;&amp;">in</a>',
    );
    expect(element('b', {})).toBe('<b/>');
  });

  it('writes out or drops what XML cannot hold', () => {
    expect(escaped('a\u0000\u0008b\uD800c\u{1F600}\uffff')).toBe('a\\x00\\x08b\\ud800c\u{1F600}');
  });
});
