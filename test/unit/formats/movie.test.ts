import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runTool, streamPieces } from '../../../src/formats/ffmpeg.js';
import {
  decodeAudio,
  decodeVideo,
  type GreyFrames,
  probeMovie,
  streamVideo,
} from '../../../src/formats/movie.js';
import { errorOf } from '../../support/errors.js';
import { skippedIf } from '../../support/skipped.js';
import { hasFfmpeg, writeMovie } from './movies.js';

const folder = mkdtempSync(join(tmpdir(), 'mmx-movie-'));
const path = process.env.PATH;
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.env.PATH = path;
});

const frame = ({ data, width, height }: GreyFrames, index: number): Uint8Array =>
  data.subarray(index * width * height, (index + 1) * width * height);
const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

it('says how to install ffmpeg where it is missing', () => {
  const file = join(folder, 'some.mpg');
  writeFileSync(file, 'x');
  process.env.PATH = '';
  const error = errorOf(() => probeMovie(file));
  expect(error).toMatchObject({ code: 'formats/no-ffmpeg', hint: expect.stringContaining('ffmpeg') });
  expect(error.message).toBe(`cannot read the movie ${file}: ffprobe is not installed`);
});

const noFfmpeg = skippedIf(!hasFfmpeg, 'ffmpeg is not installed');

describe.skipIf(!hasFfmpeg)(`a movie${noFfmpeg}`, () => {
  // Program streams of 29.97 frames a second as in CUAVE, begun 0.5 s late as recorders do; and an MP4.
  const movies = [
    { name: 'cuave-like.mpg', rate: '30000/1001', frames: 150 },
    { name: 'grid-like.mp4', rate: '25', frames: 100, video: ['-c:v', 'mpeg4', '-q:v', '2', '-g', '50'] },
  ];
  beforeAll(() => {
    for (const { name, ...options } of movies) {
      // Grey runs through 200 values so that each frame differs from its neighbours.
      writeMovie(join(folder, name), { ...options, filter: "geq=lum='40+mod(N*7\\,180)':cb=128:cr=128" });
    }
  });
  const grey = (index: number): number => ((40 + ((index * 7) % 180) - 16) * 255) / 219;

  it.each(movies)('$name: as many frames as ffprobe counts, each at its place', ({ name, frames }) => {
    const file = join(folder, name);
    const { video } = probeMovie(file, { count: true });
    const all = decodeVideo(file);
    expect(video?.frames).toBe(frames);
    expect([all.count, all.first, all.width, all.height]).toEqual([frames, 0, 96, 64]);
    for (const index of [0, 1, 37, frames - 1])
      expect(Math.abs(mean(frame(all, index)) - grey(index))).toBeLessThan(3);
  });

  it.each(movies)('$name: a part is made of the very frames of the whole', ({ name }) => {
    const file = join(folder, name);
    const all = decodeVideo(file);
    const { rate } = all;
    for (const [from, to] of [
      [0, 0.5],
      [1.013, 1.777],
      [3.5, 3.9],
    ] as const) {
      const part = decodeVideo(file, { from, to });
      const centres = Array.from({ length: all.count }, (_, k) => all.start + k / rate);
      const inside = centres.flatMap((centre, k) => (centre >= from && centre < to ? [k] : []));
      expect([part.first, part.count]).toEqual([inside[0], inside.length]);
      expect(part.start).toBeCloseTo((centres[part.first] ?? 0) - from, 4);
      for (let k = 0; k < part.count; k++) {
        expect(Buffer.compare(frame(part, k), frame(all, part.first + k))).toBe(0);
      }
    }
  });

  it.each(movies)('$name: streaming gives the same frames', async ({ name, frames }) => {
    const file = join(folder, name);
    const all = decodeVideo(file);
    let count = 0;
    for await (const { index, data } of streamVideo(file)) {
      expect(Buffer.compare(data, frame(all, index))).toBe(0);
      count++;
    }
    expect(count).toBe(frames);
  });

  it('stops streaming when the reader has enough', async () => {
    for await (const { index } of streamVideo(join(folder, 'cuave-like.mpg'))) if (index === 3) break;
  });

  it.each(movies)('$name: a part of the sound is made of the very samples of the whole', ({ name }) => {
    const file = join(folder, name);
    const all = decodeAudio(file);
    const part = decodeAudio(file, { from: 2.25, to: 2.75 });
    expect([part.rate, part.samples.length]).toEqual([48_000, 24_000]);
    // The sound begins late where the encoder says so: crossings of zero are then no measure, but samples are.
    const begin = Math.round(2.25 * 48_000);
    const worst = part.samples.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (all.samples[begin + i] ?? 0))),
      0,
    );
    expect(worst).toBeLessThan(1e-3);
    const crossings = part.samples.reduce(
      (sum, value, i) => sum + (i > 0 && value >= 0 !== (part.samples[i - 1] ?? 0) >= 0 ? 1 : 0),
      0,
    );
    expect(Math.abs(crossings - 400)).toBeLessThanOrEqual(2); // 400 Hz for half a second
  });

  it('resamples and averages channels to one', () => {
    const { rate, samples } = decodeAudio(join(folder, 'cuave-like.mpg'), { rate: 16_000, from: 1, to: 2 });
    expect([rate, samples.length]).toEqual([16_000, 16_000]);
  });

  it('crops and scales', () => {
    const file = writeMovie(join(folder, 'ramp.mp4'), {
      frames: 3,
      sound: false,
      video: ['-c:v', 'mpeg4', '-q:v', '2'],
      filter: "geq=lum='40+X+Y':cb=128:cr=128",
    });
    const whole = decodeVideo(file);
    const crop = { x: 11, y: 7, width: 40, height: 30 };
    const part = decodeVideo(file, { crop });
    for (const [x, y] of [
      [0, 0],
      [39, 29],
    ] as const) {
      expect(part.data[y * 40 + x]).toBe(whole.data[(y + 7) * 96 + x + 11]);
    }
    const small = decodeVideo(file, { crop, width: 20, height: 15 });
    expect([small.width, small.height, small.count]).toEqual([20, 15, 3]);
    expect(Math.abs(mean(frame(small, 0)) - mean(frame(part, 0)))).toBeLessThan(1);
    expect(errorOf(() => decodeVideo(file, { crop: { ...crop, x: 60 } })).message).toContain(
      'lies outside its 96 x 64',
    );
  });

  describe('that is damaged', () => {
    const file = (name: string, bytes: Uint8Array | string): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    it.each([
      ['missing', () => join(folder, 'none.mpg'), /none\.mpg is not usable: it does not exist/],
      ['empty', () => file('empty.mpg', ''), /empty\.mpg is not usable: it is empty/],
      ['text', () => file('text.mpg', 'hello '.repeat(1000)), /text\.mpg/],
      [
        'a list of other files',
        () => file('list.mpg', '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://example.org/a.ts\n'),
        /list\.mpg/,
      ],
      [
        'sound alone',
        () => writeMovie(join(folder, 'silent.mp4'), { frames: 3, sound: false, video: ['-c:v', 'mpeg4'] }),
        null,
      ],
      [
        'cut inside its index',
        () => file('cut.mp4', readFileSync(join(folder, 'grid-like.mp4')).subarray(0, 2000)),
        /cut\.mp4/,
      ],
    ])('%s', (_, make, message) => {
      const name = make();
      const error = errorOf(() => (message === null ? decodeAudio(name) : decodeVideo(name)));
      expect(error.code).toBe('formats/movie');
      expect(error.message).toMatch(message ?? /silent\.mp4 is not usable: it has no sound/);
      expect(error.message).not.toMatch(/[\r\n]/);
    });

    it('a program stream cut in the middle gives the frames before the cut', () => {
      const whole = readFileSync(join(folder, 'cuave-like.mpg'));
      const cut = decodeVideo(file('half.mpg', whole.subarray(0, whole.length >> 1)));
      expect(cut.count).toBeGreaterThan(40);
      expect(cut.count).toBeLessThan(110);
    });

    it('a part beyond the end is refused', () => {
      const name = join(folder, 'grid-like.mp4');
      expect(errorOf(() => decodeVideo(name, { from: 60, to: 61 })).message).toContain('it ends after 4.0');
      expect(errorOf(() => decodeAudio(name, { from: 3, to: 30 })).message).toMatch(
        /its sound ends at [34]\.\d+ s, before 30/,
      );
      expect(errorOf(() => decodeVideo(name, { from: 2, to: 1 })).message).toContain('cannot be cut out');
    });

    it('pictures too large to hold are refused before decoding', () => {
      const error = errorOf(() =>
        decodeVideo(join(folder, 'grid-like.mp4'), { width: 16_000, height: 16_000 }),
      );
      expect(error.message).toContain('do not fit in memory');
    });
  });

  it('ends a tool that hangs', async () => {
    const endless = ['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'anullsrc', '-f', 'null', '-'];
    expect(errorOf(() => runTool('ffmpeg', endless, 'x.mpg', { bytes: 10, seconds: 0.3 })).message).toBe(
      'ffmpeg cannot read the movie x.mpg: it had not finished after 0.3 seconds',
    );
    const stream = async (): Promise<void> => {
      for await (const _ of streamPieces(endless, 'x.mpg', 10, 0.3));
    };
    await expect(stream()).rejects.toThrow('wrote nothing for 0.3 seconds');
  });

  it('stops reading a tool that writes too much', () => {
    const much = [
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      'color=size=64x64:rate=25',
      '-frames:v',
      '5',
      '-f',
      'rawvideo',
      '-',
    ];
    expect(errorOf(() => runTool('ffmpeg', much, 'x.mpg', { bytes: 4096, seconds: 20 })).message).toContain(
      'more than the 4096 bytes',
    );
  });
});

const grid = join(import.meta.dirname, '../../../../shared/data/grid');
const recorded = existsSync(grid) ? readdirSync(grid).filter((name) => name.endsWith('.mpg')) : [];
const noRecordings = skippedIf(!hasFfmpeg || recorded.length === 0, 'no ffmpeg, or no ../shared/data/grid');
describe.skipIf(!hasFfmpeg || recorded.length === 0)(`recorded movies of GRID${noRecordings}`, () => {
  it.each(recorded)('%s: 75 frames, as ffprobe counts', (name) => {
    const file = join(grid, name);
    const probed = probeMovie(file, { count: true });
    expect(probed.video).toMatchObject({ width: 360, height: 288, rate: 25, frames: 75 });
    expect(probed.audio).toMatchObject({ rate: 44_100, channels: 2 });
    const frames = decodeVideo(file, { probed, width: 90, height: 72 });
    expect([frames.count, frames.start]).toEqual([75, 0.02]);
    const { samples } = decodeAudio(file, { probed });
    expect(samples.length / 44_100).toBeGreaterThan(2.9);
    expect(samples.some((value) => Math.abs(value) > 0.05)).toBe(true);
  });
});
