import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { encodeAlign, parseAlign, readAlign } from '../../../src/formats/align.js';
import { encodeCuaveLabels, parseCuaveLabels, readLabelText } from '../../../src/formats/labels.js';

describe('a .align file', () => {
  it('counts samples at 25 kHz', () => {
    const text = '0 12250 sil\n12250 19250 set\n30500 36000 p\n';
    expect(parseAlign(text, 'x')).toEqual([
      { start: 0, end: 0.49, label: 'sil' },
      { start: 0.49, end: 0.77, label: 'set' },
      { start: 1.22, end: 1.44, label: 'p' },
    ]);
    expect(encodeAlign(parseAlign(text, 'x'))).toBe(text);
  });
  it.each(['\n', '\r\n', '\r'])('may end its lines in %j', (end) => {
    expect(parseAlign(`${end}0 100 sil${end}${end}100 300 bin${end}`, 'x').map((one) => one.label)).toEqual([
      'sil',
      'bin',
    ]);
  });
  it.each([
    ['0 100', "x:1 is not usable: the line '0 100' is not 'start end label'"],
    ['0 100 a\nnow 200 b', "x:2 is not usable: the line 'now 200 b'"],
    ['0 100 a\r100 NaN b', 'x:2'],
    ['0 1e999 a', 'x:1'],
    ['-5 10 a', 'x:1'],
    ['200 100 a', "x:1 is not usable: 'a' ends at 100, before it begins at 200"],
  ])('%j is refused with its line', (text, message) => {
    expect(() => parseAlign(text, 'x')).toThrow(message);
  });
  it('must be text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mmx-labels-'));
    writeFileSync(join(folder, 'a.align'), Uint8Array.of(0x30, 0, 0x31));
    expect(() => readAlign(join(folder, 'a.align'))).toThrow(/a\.align is not usable: it is not text/);
    expect(() => readLabelText(join(folder, 'b.align'))).toThrow(/b\.align: it does not exist/);
    rmSync(folder, { recursive: true });
  });
});

describe('CUAVE labels', () => {
  it.each(['\r', '\r\n', '\n'])('are read in sections with line ends %j', (end) => {
    const text = [
      '#Normal in 100ns',
      '5000000 7500000 zero',
      '',
      '#MOVING',
      '80000000 85000000 one',
      '# contin.',
      '90000000 91000000 two',
    ].join(end);
    const sections = parseCuaveLabels(text, 'x');
    expect([...sections.keys()]).toEqual(['normal', 'moving', 'continuous']);
    expect(sections.get('normal')).toEqual([{ start: 0.5, end: 0.75, label: 'zero' }]);
    expect(sections.get('continuous')).toEqual([{ start: 9, end: 9.1, label: 'two' }]);
  });
  it('without headings are the normal part', () => {
    expect(parseCuaveLabels('1 2 zero\n', 'x').get('normal')).toHaveLength(1);
  });
  it('above the first heading are refused', () => {
    expect(() => parseCuaveLabels('1 2 zero\n#Normal\n3 4 one\n', 'x')).toThrow(
      'x:1 is not usable: the word comes before',
    );
  });
  it('are read as they are written', () => {
    const sections = new Map([
      ['normal', [{ start: 1.25, end: 1.5, label: 'nine' }]],
      ['profile', []],
    ] as const);
    expect(parseCuaveLabels(encodeCuaveLabels(sections), 'x')).toEqual(sections);
  });
  it('that are anything at all end in labels or in one sentence', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('#Normal', '#Moving', '1 2 one', '3 1 two', '\r', '\n'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        try {
          for (const segments of parseCuaveLabels(lines.join('\n'), 'x').values()) {
            for (const { start, end } of segments)
              if (!(end >= start && start >= 0)) throw new Error('no stretch of time');
          }
        } catch (error) {
          if (!(error instanceof MmxError) || /[\r\n]/.test(error.message)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
