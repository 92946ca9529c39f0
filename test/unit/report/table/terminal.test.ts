import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ResultTable } from '../../../../src/report/table/table.js';
import { renderTerminal, terminalOptions } from '../../../../src/report/table/terminal.js';
import { colourAllowed } from '../../../../src/report/text/colour.js';
import { alignNumbers, displayWidth, wrap } from '../../../../src/report/text/columns.js';
import { cell, tricky, wide } from './fixture.js';

const golden = (name: string): string => `../../../golden/report/${name}`;
const lines = (text: string): readonly string[] => text.split('\n');

describe('a table in the terminal', () => {
  for (const table of [tricky, wide]) {
    for (const width of [80, 100, 120]) {
      it(`${table.table} at ${width} columns`, async () => {
        const text = renderTerminal(table, { colour: false, width });
        await expect(text).toMatchFileSnapshot(golden(`${table.table}-${width}.txt`));
        expect(Math.max(...lines(text).map(displayWidth))).toBeLessThanOrEqual(width);
      });
    }
  }

  it('is the same with colour, but for the escape codes', async () => {
    const coloured = renderTerminal(tricky, { colour: true, width: 100 });
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(tricky, { colour: false, width: 100 }));
    await expect(coloured.replaceAll('\u001b', '␛')).toMatchFileSnapshot(golden('tricky_table-colour.txt'));
  });

  it('has boxes with straight sides', () => {
    for (const width of [60, 80, 100]) {
      for (const box of renderTerminal(tricky, { colour: false, width }).split('┌').slice(1)) {
        const sides = lines(`┌${box}`).filter((line) => /^[┌│├└]/.test(line));
        expect(new Set(sides.map(displayWidth)).size).toBe(1);
      }
    }
  });

  it('prints the best of a column in bold, ties and all, and no column of one', () => {
    const table: ResultTable = {
      ...tricky,
      columns: [
        { id: 'a', label: 'a' },
        { id: 'b', label: 'b' },
      ],
      rows: [
        { id: 'x', label: 'x', cells: { a: cell([90.01]), b: cell([11]) } },
        { id: 'y', label: 'y', cells: { a: cell([90.04]) } },
        { id: 'z', label: 'z', cells: { a: cell([89.9]), b: cell([99], null, 'percent') } },
      ],
      references: [],
    };
    const text = renderTerminal(table, { colour: true, width: 100 });
    const marked = text.replaceAll('\u001b', '␛');
    const bold = [...marked.matchAll(/␛\[1m *([\d.]+ \(1\))/g)].map((match) => match[1]);
    expect(bold).toEqual(['90.0 (1)', '90.0 (1)']);
  });

  it('says how many seeds there were even when the cells have no room for it', () => {
    const narrow = renderTerminal(wide, { colour: false, width: 80 });
    expect(narrow).toContain('over 3 seeds');
    expect(narrow).not.toContain('(3)');
    const roomy = renderTerminal(
      { ...wide, columns: wide.columns.slice(0, 2) },
      { colour: false, width: 100 },
    );
    expect(roomy).toContain('70.0 ± 0.5 (3)');
  });

  it('lets no control character of a label through', () => {
    const evil = { ...tricky, title: 'a\u001b[2Jb\u0007', notes: ['\u009b31m'] };
    expect(renderTerminal(evil, { colour: false, width: 100 })).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('draws a table without rows', () => {
    const empty = renderTerminal({ ...tricky, rows: [] }, { colour: false, width: 100 });
    expect(empty).toContain('90.27');
  });
});

describe('colour and width', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%o on a terminal (%s): %s', (environment, isTTY, allowed) => {
    expect(colourAllowed({ isTTY }, environment)).toBe(allowed);
  });

  it('takes the width of a terminal between 60 and 120, and 100 elsewhere', () => {
    const width = (isTTY: boolean, columns?: number): number => terminalOptions({ isTTY, columns }, {}).width;
    expect([width(true, 30), width(true, 90), width(true, 300), width(true), width(false, 30)]).toEqual([
      60, 90, 120, 100, 100,
    ]);
  });
});

describe('text', () => {
  it('knows what a terminal makes of a character', () => {
    expect(['abc', 'left→right', '中文', 'e\u0301', 'ｆ', '±−–', '😀'].map(displayWidth)).toEqual([
      3, 10, 4, 1, 2, 3, 2,
    ]);
  });

  it('wraps at spaces and cuts only what is longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
    expect(wrap('中文字 x', 4)).toEqual(['中文', '字 x']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('aligns numbers by their points and their parts', () => {
    const aligned = alignNumbers([
      ['87.9', ' ± 0.4', ' (3)'],
      ['100.0', '', ' (10)'],
      [],
      ['–'],
      ['77.05', ' ± 12.0', ' (3)'],
    ]);
    expect(aligned).toEqual([
      ' 87.9   ± 0.4  (3)',
      '100.0         (10)',
      '                  ',
      '  –               ',
      ' 77.05 ± 12.0  (3)',
    ]);
  });
});
