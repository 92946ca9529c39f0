import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ClipEntry } from '../../../src/corpora/clip.js';
import { headerFindings } from '../../../src/corpora/headers.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { hasFfmpeg, writeMovie } from '../formats/movies.js';
import { scratchFolder } from './folder.js';

const { path, write } = scratchFolder();
afterAll(() => rmSync(path, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A clip of which nothing is read. */
const clip = (file: string, index: number): ClipEntry => ({
  ...{ id: `clip${index}`, speaker: 's', repetition: null, label: null, part: 'train' },
  sources: { sound: { files: [file] }, pictures: null },
  load: () => {
    throw new Error('read');
  },
});
const problemsOf = (...files: readonly string[]): readonly string[] =>
  headerFindings(files.map(clip)).flatMap(({ examples }) => examples);

describe('files that are what their names say', () => {
  it.skipIf(!hasFfmpeg).each([
    ['m.mpg', ['-c:v', 'mpeg2video']],
    ['m.m2v', ['-c:v', 'mpeg2video', '-an']],
    ['m.mp4', ['-c:v', 'mpeg4']],
    ['m.mov', ['-c:v', 'mpeg4']],
    ['m.avi', ['-c:v', 'mpeg4']],
    ['m.mkv', ['-c:v', 'mpeg4']],
    ['m.wmv', ['-c:v', 'wmv2']],
    ['m.ts', ['-c:v', 'mpeg2video']],
    ['m.m2ts', ['-c:v', 'mpeg2video']],
  ])('are movies, known without ffprobe: %s', (name, video) => {
    const file = writeMovie(join(path, name), { frames: 5, video, sound: false });
    vi.stubEnv('PATH', '');
    expect(problemsOf(file)).toEqual([]);
  });

  it.skipIf(!hasFfmpeg)('are movies that only ffprobe knows', () => {
    // Bytes before a stream, as recorders that are cut off leave them.
    const stream = join(path, 'late.ts');
    writeMovie(stream, { frames: 25, video: ['-c:v', 'mpeg2video'], sound: false });
    const bytes = Buffer.concat([Buffer.alloc(50, 1), readFileSync(stream)]);
    expect(problemsOf(write('odd.ts', bytes))).toEqual([]);
    vi.stubEnv('PATH', '');
    const other = write('other.ts', bytes);
    expect(problemsOf(other)).toEqual([`clip0: ${other} does not begin like movies`]);
  });
});

describe('files that are not', () => {
  it('are named once each, whether ffprobe is there or not', () => {
    const text = 'this is text, and no more than text\n'.repeat(20);
    const files = ['t.mp4', 't.png', 't.npy', 't.mat', 't.mfcc', 't.sph'].map((name) => write(name, text));
    const good = write('good.wav', encodeWav({ rate: 8000, samples: Float32Array.of(0, 0.5) }));
    for (const PATH of [process.env.PATH ?? '', '']) {
      vi.stubEnv('PATH', PATH);
      const problems = problemsOf(...files, good, ...files);
      expect(problems).toHaveLength(files.length);
      problems.forEach((problem, index) => {
        expect(problem.startsWith(`clip${index}: `)).toBe(true);
        expect(problem).toContain(files[index]);
      });
    }
  });

  it('are all counted, though ffprobe is asked about few', () => {
    const files = Array.from({ length: 15 }, (_, index) => write(`many${index}.avi`, 'text'));
    const [finding] = headerFindings(files.map(clip));
    expect(finding?.what).toBe('15 files have another format than the name says');
    expect(finding?.examples.at(-1)).toBe('and 7 more');
  });

  it('are named when they are gone', () => {
    expect(problemsOf(join(path, 'gone.mpg'))).toEqual([
      `clip0: ${join(path, 'gone.mpg')} cannot be read: it does not exist`,
    ]);
  });
});
