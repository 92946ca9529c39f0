import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { showConfig } from '../../../src/config/show.js';
import { visibleLines } from '../../../src/visible.js';

describe('a configuration that is shown', () => {
  it('is the same document when read again, whatever its texts hold, and hides nothing', () => {
    const value = { title: 'a\u202eb\u009b2J\u001b[1m', 'ke\u202ey': 1, list: ['\u200b, x', 'line\nend'] };
    const shown = showConfig({
      value,
      files: [],
      origins: { title: { kind: 'override', text: 'title=x\nrows: [evil]\u202e' } },
    });
    expect(visibleLines(shown)).toBe(shown);
    expect(parse(shown)).toEqual(value);
  });
});
