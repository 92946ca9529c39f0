import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLeftOut, renderLeftOut } from '../../../../src/report/claims/left-out-tables.js';
import { emptyDirectory } from '../../../support/mmx.js';

describe('tables that were left out', () => {
  let folder: string;
  beforeEach(() => {
    folder = emptyDirectory('left-out');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const stored = (text: string): void => writeFileSync(join(folder, 'left-out.json'), text);

  it('are read as they were written', () => {
    const leftOut = new Map([['table3', 'no “open” recordings\u202e']]);
    for (const { name, content } of renderLeftOut(leftOut)) writeFileSync(join(folder, name), content);
    expect(readLeftOut(folder)).toEqual(leftOut);
  });

  it('are none where nothing says so', () => {
    expect(renderLeftOut(new Map())).toEqual([]);
    expect(readLeftOut(folder)).toEqual(new Map());
  });

  it.each([
    ['[]', /left-out\.json is not a list of tables that were left out: expected record/],
    ['{"table3": 3}', /left-out\.json is not a list of .*: table3: expected string, received number/],
    ['{', /it is not valid JSON/],
    [`{"table3": "${'x'.repeat(2000)}"}`, /table3: Too big/],
  ])('are refused when the file is damaged: %s', (text, message) => {
    stored(text);
    expect(() => readLeftOut(folder)).toThrow(message);
  });
});
