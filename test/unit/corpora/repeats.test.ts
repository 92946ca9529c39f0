import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipEntry, ClipSources, TrackSource } from '../../../src/corpora/clip.js';
import { repeatedClips } from '../../../src/corpora/repeats.js';
import { MmxError } from '../../../src/errors.js';
import { scratchFolder } from './folder.js';

const { path, write } = scratchFolder();
const files: Record<string, string> = {};
beforeAll(() => {
  for (const name of ['a', 'b', 'c']) files[name] = write(`${name}.wav`, name.repeat(200_000));
  files['copy of a'] = write('copy of a.wav', 'a'.repeat(200_000));
  // Of the same size and with the same beginning.
  files['like a'] = write('like a.wav', `${'a'.repeat(199_999)}x`);
  files.empty = write('empty.wav', '');
  files['also empty'] = write('also empty.wav', '');
});
afterAll(() => rmSync(path, { recursive: true }));

const sound = (name: string, from?: number, to?: number): TrackSource => ({
  files: [files[name] ?? name],
  from,
  to,
});

let loaded = 0;
function clip(id: string, sources: ClipSources, samples = Float32Array.of(1, 2)): ClipEntry {
  const known = { id, speaker: 's', repetition: null, label: null };
  return {
    ...known,
    part: 'train',
    sources,
    load: () => {
      loaded++;
      if (id === 'unreadable') throw new MmxError('corpora/damaged', 'damaged');
      return { ...known, audio: { kind: 'waveform', rate: 8000, samples }, video: null };
    },
  };
}
const heard = (id: string, ...source: Parameters<typeof sound>): ClipEntry =>
  clip(id, { sound: sound(...source), pictures: null });
const found = (tests: readonly ClipEntry[], trainings: readonly ClipEntry[]): string[] =>
  repeatedClips(tests, trainings).map(({ test, training }) => `${test.id} is ${training.id}`);

describe('a test clip that is a training clip', () => {
  it('is found by what its file holds, whatever it is called', () => {
    expect(found([heard('t', 'copy of a'), heard('u', 'b')], [heard('x', 'c'), heard('y', 'a')])).toEqual([
      't is y',
    ]);
    expect(found([heard('t', 'like a')], [heard('y', 'a')])).toEqual([]);
    expect(found([heard('t', 'empty')], [heard('y', 'also empty')])).toEqual([]);
    expect(found([heard('t', 'not there')], [heard('y', 'a'), heard('z', 'not there either')])).toEqual([]);
  });

  it('is found by its pictures: all of a folder, in their order', () => {
    const seen = (id: string, ...names: string[]): ClipEntry =>
      clip(id, { sound: null, pictures: { files: names.map((name) => files[name] ?? '') } });
    // Its pictures cannot be read here, so they are taken for more than blackness.
    const test = { ...seen('unreadable', 'copy of a', 'b') };
    expect(found([test], [seen('x', 'b', 'a'), seen('y', 'a'), seen('z', 'a', 'b')])).toEqual([
      'unreadable is z',
    ]);
  });

  it.each([
    ['the same stretch', [1, 2], [1, 2], true],
    ['a stretch that half covers it', [1, 2], [1.5, 4], true],
    ['a neighbour that touches it', [1, 2], [2, 3], false],
    ['a neighbour that reaches a little into it', [1, 2], [1.8, 3], false],
    ['a whole recording', [1, 2], [undefined, undefined], true],
    ['a small part of it', [undefined, undefined], [3, 4], true],
    ['the rest of it', [undefined, 2], [2, undefined], false],
  ] as const)('is %s: %s', (_, [from, to], [begin, end], isSame) => {
    expect(found([heard('t', 'a', from, to)], [heard('x', 'copy of a', begin, end)])).toEqual(
      isSame ? ['t is x'] : [],
    );
  });

  it('is found among the many that one recording is cut into, without comparing each with each', () => {
    const pieces = (name: string, shift: number): ClipEntry[] =>
      Array.from({ length: 100_000 }, (_, k) => heard(`${name}${k}`, 'a', k + shift, k + shift + 0.4));
    expect(found(pieces('t', 0.5), pieces('x', 0))).toEqual([]);
    expect(found(pieces('t', 0.5).slice(0, 10), [...pieces('x', 0), heard('y', 'a', 3.5, 3.8)])).toEqual([
      't3 is y',
    ]);
  }, 20_000);

  it('is none that is silent, and few are read for this', () => {
    const silent = clip('t', { sound: sound('a'), pictures: null }, new Float32Array(9));
    expect(found([silent], [heard('x', 'a')])).toEqual([]);
    loaded = 0;
    expect(
      found(
        Array.from({ length: 300 }, (_, k) => heard(`${k}`, 'a')),
        [heard('x', 'a')],
      ),
    ).toHaveLength(300);
    expect(loaded).toBe(100);
  });

  it('is none without files: generated clips are as their cards say', () => {
    const { sources: _, ...generated } = heard('t', 'a');
    expect(found([generated], [heard('x', 'a')])).toEqual([]);
  });
});
