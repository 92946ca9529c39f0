import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField, exactField, plainField } from '../../src/csv-field.js';
import { visible } from '../../src/visible.js';

describe('csvField', () => {
  it.each([
    ['a name', 'a name'],
    ['a, b', '"a, b"'],
    ['say "a"', '"say ""a"""'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-x', "'-x"],
    ['@a', "'@a"],
    ['＝1', "'＝1"],
    ['=a,"b"', '"\'=a,""b"""'],
    ["'=a", "''=a"],
    ["it's", "it's"],
    ['\t=1', '\\t=1'],
    ['a\nb', 'a\\nb'],
    [-0.1, '-0.1'],
    [true, 'true'],
    [null, ''],
    ['', ''],
  ])('%j', (value, field) => {
    expect(csvField(value)).toBe(field);
  });

  it('gives back any text that is to be read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rows = parse(`${exactField(text)},end\n`, { record_delimiter: '\n' }) as string[][];
        expect(rows.map(([first = '', end]) => [plainField(first), end])).toEqual([[text, 'end']]);
      }),
    );
  });

  it('is one field of one line, whose text can be had back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rows = parse(`${csvField(text)},end\n`, { record_delimiter: '\n' }) as string[][];
        expect(rows.map(([first = '', end]) => [plainField(first), end])).toEqual([[visible(text), 'end']]);
      }),
    );
  });
});
