import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderTerminal } from '../../../../src/report/table/terminal.js';
import { drawsBoxes } from '../../../../src/report/text/encoding.js';
import { wide } from './fixture.js';

afterEach(() => vi.unstubAllEnvs());

describe('a locale without UTF-8', () => {
  it('is told by the first of LC_ALL, LC_CTYPE and LANG that is set', () => {
    expect(drawsBoxes({ LANG: 'C' })).toBe(false);
    expect(drawsBoxes({ LANG: 'de_DE.ISO-8859-1' })).toBe(false);
    expect(drawsBoxes({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(false);
    expect(drawsBoxes({ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' })).toBe(true);
    expect(drawsBoxes({})).toBe(true);
  });

  it('has tables of ASCII, whose lines are of one width', () => {
    const lines = (locale: string): string[] => {
      vi.stubEnv('LC_ALL', locale);
      return renderTerminal(wide, { colour: false, width: 100 }).split('\n');
    };
    const boxed = lines('C').filter((line) => /^[+|]/.test(line));
    expect(boxed.length).toBeGreaterThan(4);
    expect(boxed.join('')).not.toMatch(/[┌┬┐├┼┤└┴┘─│±−–]/);
    expect(new Set(boxed.slice(0, 3).map((line) => line.length)).size).toBe(1);
    expect(lines('C.UTF-8').join('')).toContain('┌');
  });
});
