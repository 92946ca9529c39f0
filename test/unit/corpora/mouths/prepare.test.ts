import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gridDigits } from '../../../../src/corpora/grid.js';
import { manifest } from '../../../../src/corpora/manifest.js';
import { parseMouthBoxes } from '../../../../src/corpora/mouth-boxes.js';
import type { MouthDetector } from '../../../../src/corpora/mouths/detector.js';
import { moviesOf } from '../../../../src/corpora/mouths/movies.js';
import { type PrepareOptions, prepareMouths } from '../../../../src/corpora/mouths/prepare.js';
import { recordFile } from '../../../../src/corpora/mouths/records.js';
import { boxFileOf } from '../../../../src/corpora/mouths/summary.js';
import { MmxError } from '../../../../src/errors.js';
import { hasFfmpeg, writeMovie } from '../../formats/movies.js';
import { scratchFolder } from '../folder.js';

/** In movies whose luma of frame k is 40 + 2k: sees a mouth that moves with k, and no face in frames 10 to 14. */
class GreyDetector implements MouthDetector {
  looked = 0;
  stopped = 0;
  constructor(readonly name = 'grey 1') {}
  async detect({ width, height, data }: { width: number; height: number; data: Uint8Array }) {
    this.looked++;
    expect(data).toHaveLength(width * height);
    // ffmpeg spreads the 16 to 235 of movies over 0 to 255.
    const frame = Math.round((((data[0] ?? 0) * 219) / 255 + 16 - 40) / 2);
    return frame >= 10 && frame < 15 ? null : { x: 20 + frame, y: 30, width: 12 };
  }
  stop(): void {
    this.stopped++;
  }
}

/** Every grey is exact. */
const lossless = { sound: false, video: ['-c:v', 'ffv1'] };

function copy(frames: readonly number[]) {
  const { path } = scratchFolder();
  mkdirSync(join(path, 's1'));
  const names = ['s1/bbaf2n.avi', 's1/lbax4n.avi', 's1/swwp2s.avi'];
  frames.forEach((count, index) => {
    writeMovie(join(path, names[index] ?? ''), { frames: count, ...lossless });
  });
  const folder = join(path, 'prepared');
  const run = async (detector: GreyDetector, options: Partial<PrepareOptions> = {}) =>
    prepareMouths({
      movies: moviesOf(gridDigits, path).filter(({ movie }) => !movie.startsWith('prepared')),
      ...{ folder, every: 1, jobs: 1, start: async () => detector },
      write: (file, content) => {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      },
      ...options,
    });
  return { path, folder, run, movies: () => moviesOf(gridDigits, path) };
}

describe.skipIf(!hasFfmpeg)('looking through movies (needs ffmpeg)', () => {
  it('looks at every frame, fills the gaps, and its box file gives the boxes back', async () => {
    const { run, movies } = copy([40]);
    const detector = new GreyDetector();
    const done = await run(detector);
    expect(done).toMatchObject({ detector: 'grey 1', kept: 0, failures: [], left: 0, looked: 40 });
    expect(done.records).toMatchObject([{ movie: 's1/bbaf2n.avi', frames: 40, looked: 40, faces: 35 }]);
    expect([detector.looked, detector.stopped]).toEqual([40, 1]);
    const { text, movies: prepared } = boxFileOf(movies(), done.records);
    expect(prepared[0]?.foundPercent).toBe(87.5);
    const boxes = parseMouthBoxes(text, 'boxes.csv').of('bbaf2n.avi');
    for (let frame = 0; frame < 40; frame++) {
      const { x = 0, y, width = 0, height } = boxes?.at(frame) ?? {};
      expect(Math.abs(x + width / 2 - (20 + frame))).toBeLessThanOrEqual(0.3);
      expect([y, width, height]).toEqual([22.5, 20, 15]);
    }
  });

  it('keeps movies that are done, and does again those that changed or were damaged', async () => {
    const { path, folder, run } = copy([12, 12, 12]);
    const first = await run(new GreyDetector(), { limit: 2 });
    expect([first.records.length, first.kept, first.left]).toEqual([2, 0, 1]);
    const second = new GreyDetector();
    const continued = await run(second);
    expect([continued.records.length, continued.kept, second.looked]).toEqual([3, 2, 12]);
    expect(continued.records.slice(0, 2)).toEqual(JSON.parse(JSON.stringify(first.records)));

    writeMovie(join(path, 's1/bbaf2n.avi'), { frames: 9, ...lossless });
    writeFileSync(
      recordFile(folder, 's1/lbax4n.avi'),
      readFileSync(recordFile(folder, 's1/lbax4n.avi')).subarray(0, 50),
    );
    const third = new GreyDetector();
    const mended = await run(third);
    expect([mended.kept, third.looked]).toEqual([1, 21]);
    expect(mended.records.map(({ frames }) => frames)).toEqual([9, 12, 12]);
    expect((await run(new GreyDetector())).kept).toBe(3);
    expect((await run(new GreyDetector('grey 2'))).kept).toBe(0);
    const sparse = new GreyDetector('grey 2');
    expect((await run(sparse, { every: 5 })).records.map(({ looked }) => looked)).toEqual([2, 3, 3]);
  });

  it('shows large pictures smaller, and gives boxes in their own pixels', async () => {
    const { path, run } = copy([]);
    writeMovie(join(path, 's1/bbaf2n.avi'), { frames: 3, size: '1920x960', ...lossless });
    const detector = new GreyDetector();
    const sizes: string[] = [];
    const detect = detector.detect.bind(detector);
    detector.detect = async (picture) => {
      sizes.push(`${picture.width}x${picture.height}`);
      return detect(picture);
    };
    const [record] = (await run(detector)).records;
    expect(new Set(sizes)).toEqual(new Set(['640x320']));
    expect(record?.boxes[0]).toMatchObject({
      frame: 0,
      x: 3 * 20 - 30,
      y: 3 * 30 - 22.5,
      width: 60,
      height: 45,
    });
  });

  it('goes on past a movie that cannot be read, but not past a detector that died', async () => {
    const { path, run } = copy([12, 12]);
    writeFileSync(join(path, 's1/lbax4n.avi'), 'no movie at all');
    const ended: [string, boolean][] = [];
    const done = await run(new GreyDetector(), {
      observer: {
        begin: ({ todo, jobs }) => expect([todo, jobs]).toEqual([2, 1]),
        started: () => {},
        progress: (_, frames, expected) => expect(frames).toBeLessThanOrEqual(expected),
        ended: (movie, record) => ended.push([movie, record !== null]),
      },
    });
    expect(done.records.map(({ movie }) => movie)).toEqual(['s1/bbaf2n.avi']);
    expect(done.failures).toMatchObject([{ movie: 's1/lbax4n.avi' }]);
    expect(done.failures[0]?.reason).toMatch(/^ff(mpeg|probe) cannot read the movie .*lbax4n\.avi: [^\n]+$/);
    expect(ended).toEqual([
      ['s1/bbaf2n.avi', true],
      ['s1/lbax4n.avi', false],
    ]);
    const dead = new GreyDetector('grey 3');
    dead.detect = async () => {
      throw new MmxError('mouths/detector', 'the face detector failed: gone');
    };
    await expect(run(dead)).rejects.toThrow('the face detector failed: gone');
    expect(dead.stopped).toBe(1);

    // A second detector that is still starting when the first dies would keep the program alive.
    writeMovie(join(path, 's1/lbax4n.avi'), { frames: 12, ...lossless });
    const late = new GreyDetector('grey 3');
    let started = 0;
    const start = async () => {
      if (started++ === 0) return dead;
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return late;
    };
    await expect(run(dead, { jobs: 2, start })).rejects.toThrow('gone');
    await expect.poll(() => late.stopped, { timeout: 10_000 }).toBe(1);
    expect(late.looked).toBe(0);
  });
});

describe('the movies of a copy', () => {
  it('are all in the folder; without any, or without the folder, one sentence says so', () => {
    const { path, write } = scratchFolder();
    expect(() => moviesOf(gridDigits, join(path, 'no'))).toThrow(/^grid-digits: .*no does not exist$/);
    expect(() => moviesOf(gridDigits, path)).toThrow(/^grid-digits: there is no movie of a face in /);
    write('s2/b.mpg', 'x');
    write('a.MOV', 'x');
    write('a.txt', 'x');
    expect(moviesOf(gridDigits, path).map(({ movie }) => movie)).toEqual(['a.MOV', 's2/b.mpg']);
  });
  it('of a manifest are those of faces, each once, wherever they lie; a bad line is named', () => {
    const { path, write } = scratchFolder();
    for (const name of ['mine/a.mp4', 'mine/b.mp4', 'c.mp4', 'mine/unlisted.mp4']) write(name, 'x');
    const row = (video: string, mouth = ''): string => `${video},${video},one,anna,1,train,${mouth}`;
    const lines = [row('a.mp4'), row('../c.mp4'), row('b.mp4', 'whole'), row('a.mp4')];
    const head = 'audio,video,label,speaker,repetition,split,mouth';
    write('mine/manifest.csv', [head, ...lines].join('\n'));
    const names = ['a.mp4', '../c.mp4'];
    expect(moviesOf(manifest, join(path, 'mine')).map(({ movie }) => movie)).toEqual(names);
    expect(moviesOf(manifest, join(path, 'mine/manifest.csv')).map(({ movie }) => movie)).toEqual(names);
    expect(recordFile('out', '../c.mp4')).toBe(join('out', 'movies', '_..', 'c.mp4.json'));
    write('mine/manifest.csv', [head, row('gone.mp4')].join('\n'));
    expect(() => moviesOf(manifest, join(path, 'mine'))).toThrow(
      /manifest\.csv:2: gone\.mp4 does not exist$/,
    );
  });
});
