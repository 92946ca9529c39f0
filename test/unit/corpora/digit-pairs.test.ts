import { describe, expect, it } from 'vitest';
import { pairDigits, type SpokenDigit } from '../../../src/corpora/digit-pairs.js';
import { errorOf } from '../../support/errors.js';

const speakers = ['ann', 'bob', 'cy'];
const spoken = (takes: (digit: number, speaker: string) => number): SpokenDigit[] =>
  Array.from({ length: 10 }, (_, digit) => digit).flatMap((digit) =>
    speakers.flatMap((speaker) => Array.from({ length: takes(digit, speaker) }, () => ({ digit, speaker }))),
  );
const pictures = Uint8Array.from({ length: 800 }, (_, i) => (7 * i) % 10);
const even = spoken(() => 4);
const pairs = pairDigits('train', pictures, even, 5);

describe('pairs of digits', () => {
  it('are within the digit, each picture once at most, each recording once a round', () => {
    expect(pairs.length).toBe(5 * even.length);
    for (const { picture, recording } of pairs) expect(pictures[picture]).toBe(even[recording]?.digit);
    expect(new Set(pairs.map(({ picture }) => picture)).size).toBe(pairs.length);
    for (let round = 0; round < 5; round++) {
      const own = pairs.slice(round * even.length, (round + 1) * even.length);
      expect(new Set(own.map(({ recording }) => recording)).size).toBe(even.length);
    }
  });

  it('are spread evenly: ten in a row hold every digit, thirty each digit by each speaker', () => {
    const of = pairs.map(({ recording }) => even[recording] as SpokenDigit);
    for (let from = 0; from < of.length; from += 10)
      expect(new Set(of.slice(from, from + 10).map(({ digit }) => digit)).size).toBe(10);
    for (let from = 0; from < of.length; from += 30) {
      const cells = of.slice(from, from + 30).map(({ digit, speaker }) => `${digit} ${speaker}`);
      expect(new Set(cells).size).toBe(30);
    }
  });

  it('are mixed: neither digits nor speakers nor takes come in their order, and rounds differ', () => {
    const recordings = pairs.map(({ recording }) => recording);
    const digits = recordings.slice(0, 10).map((recording) => even[recording]?.digit);
    expect(digits).not.toEqual([...digits].sort());
    expect(recordings.slice(0, 120)).not.toEqual(recordings.slice(120, 240));
  });

  it('are always the same, begin the same however many follow, and differ between the parts', () => {
    expect(pairDigits('train', pictures, even, 5)).toEqual(pairs);
    expect(pairDigits('train', pictures, even, 2)).toEqual(pairs.slice(0, 2 * even.length));
    expect(pairDigits('test', pictures, even, 5)).not.toEqual(pairs);
  });

  it('use every recording of a copy that is not whole', () => {
    const uneven = spoken((digit, speaker) => (speaker === 'bob' ? digit % 3 : 4));
    const found = pairDigits('train', pictures, uneven, 2).map(({ recording }) => recording);
    expect(found.slice(0, uneven.length).sort((a, b) => a - b)).toEqual([...uneven.keys()]);
    expect(found.length).toBe(2 * uneven.length);
  });

  it('are refused where pictures run out', () => {
    const error = errorOf(() => pairDigits('test', pictures, even, 7));
    expect(error).toMatchObject({ code: 'corpora/too-few' });
    expect(error.message).toMatch(
      /the test part has 80 pictures of the digit \d, but its recordings need 84/,
    );
  });
});
