import { describe, expect, it } from 'vitest';
import { namePattern, patternHint } from '../../../../src/corpora/annotations/name-pattern.js';
import type { FoundFile } from '../../../../src/corpora/directory.js';

const file = (path: string): FoundFile => {
  const parts = path.split('/');
  return { path, parts, name: parts.at(-1) ?? path };
};
const read = (pattern: string, path: string) => namePattern(pattern).read(file(path));

describe('a pattern of names', () => {
  it.each([
    [
      '{label}_{speaker}_{repetition}',
      '7_jackson_3.wav',
      { label: '7', speaker: 'jackson', repetition: '3' },
    ],
    [
      '{speaker}/{label}-{repetition}',
      'all/anna/yes-2.wav',
      { speaker: 'anna', label: 'yes', repetition: '2' },
    ],
    ['rec.{any}.{label}', 'rec.2024.one.wav', { label: 'one' }],
    ['{label}', 'a b.c.mp4', { label: 'a b.c' }],
    // A value ends where the text after it begins first; the last one is the rest.
    ['{label}_{speaker}', 'a_b_c.wav', { label: 'a', speaker: 'b_c' }],
    ['{any}_{any}_{label}', '1_2_x.wav', { label: 'x' }],
  ])('%s reads %s', (pattern, path, values) => {
    expect(read(pattern, path)).toEqual(values);
  });

  it.each([
    ['{label}_{speaker}', 'one.wav'],
    ['{label}_{speaker}', '_anna.wav'],
    ['{label}_x', 'a_y.wav'],
    ['{label}_x', 'a_x_y.wav'],
    ['{speaker}/{label}', 'one.wav'],
    ['x{label}', 'one.wav'],
  ])('%s does not read %s', (pattern, path) => {
    expect(read(pattern, path)).toBeNull();
  });

  it.each([
    ['{speaker}_{repetition}', 'has no {label}'],
    ['{label}_{take}', "'{take}'"],
    ['{label}_{label}', '{label} more than once'],
    ['{label}{speaker}', 'nothing between {label} and {speaker}'],
    ['{label', "'{' or '}'"],
    ['label}', "'{' or '}'"],
    ['', 'has no {label}'],
  ])('%j is refused', (pattern, message) => {
    expect(() => namePattern(pattern)).toThrow(message);
  });

  it('takes no longer for a long name of many separators', () => {
    const pattern = `${'{any}_'.repeat(50)}{label}x`;
    expect(read(pattern, `${'_a'.repeat(100)}.wav`)).toBeNull();
  });

  it('is suggested from the parts of names', () => {
    const names = ['0_george_0', '0_george_1', '1_jackson_0', '1_george_2'].map((stem) =>
      file(`${stem}.wav`),
    );
    expect(patternHint(names)).toBe(
      "of recordings whose names say it, --pattern says how: 0_george_0.wav has 3 parts, with 2, 2 and 3 different values, e.g. --pattern '{label}_{speaker}_{repetition}'",
    );
    expect(patternHint([file('a.wav'), file('b_c.wav')])).toBe(
      "of recordings whose names say it, --pattern says how, e.g. --pattern '{label}_{speaker}_{repetition}' of 7_jackson_3.wav",
    );
  });
});
