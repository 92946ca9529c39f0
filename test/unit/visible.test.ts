import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from '../../src/visible.js';

describe('visible', () => {
  it.each([
    ['a plain name', 'a plain name'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\u009b31m', '\\x9b31m'],
    ['cod\u202egnp.exe', 'cod\\u202egnp.exe'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\ud800 alone', '\\ud800 alone'],
    ['\u{e0041}', '\\u{e0041}'],
    ['ελληνικά, 中文, عربي, 👩‍🔬, é', 'ελληνικά, 中文, عربي, 👩‍🔬, é'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it('leaves nothing that a terminal obeys, and changes no second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });

  it('keeps line ends where there may be several lines', () => {
    expect(visibleLines('a\nb\r\u001b')).toBe('a\nb\\r\\x1b');
  });
});

describe('visibleJson', () => {
  it('writes every character that cannot be seen as an escape, of the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = visibleJson(JSON.stringify({ [text]: [text] }, null, 2));
        expect(visibleLines(written)).toBe(written);
        expect(JSON.parse(written)).toEqual({ [text]: [text] });
      }),
    );
  });
});
