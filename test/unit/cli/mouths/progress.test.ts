import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showMovies } from '../../../../src/cli/mouths/progress.js';
import { fewNames, linesOf, numbersOf } from '../../../../src/cli/mouths/summary.js';
import { parseMouthBoxes } from '../../../../src/corpora/mouth-boxes.js';
import type { MovieRecord } from '../../../../src/corpora/mouths/records.js';
import {
  boxFileOf,
  forSheet,
  type PreparedMovie,
  worstMovies,
} from '../../../../src/corpora/mouths/summary.js';
import { createProgress } from '../../../../src/report/progress/progress.js';

const made = { version: 1, bytes: 1000, modified: 0, detector: 'd 1', every: 1 };
const record = (movie: string, faces: number): MovieRecord => ({
  ...{ movie, frames: 80, looked: 80, faces, made },
  boxes: faces === 0 ? [] : [{ movie, frame: 0, x: 1, y: 2, width: 80, height: 60 }],
});

describe('what mmx data prepare says', () => {
  const records = [record('a.mpg', 80), record('b.mpg', 60), record('c.mpg', 0)];
  const file = boxFileOf(
    records.map(({ movie }) => ({ movie, file: `/x/${movie}` })),
    records,
  );
  const found = {
    ...{ detector: 'd 1', records, kept: 1, left: 4, seconds: 8, looked: 160 },
    failures: [{ movie: 'd.mpg', reason: 'ffmpeg cannot read the movie d.mpg: it is empty' }],
  };

  it('counts frames with a face, and names the movies that need a look', () => {
    expect(linesOf(file, found)).toEqual([
      'movies  3, 1 of them done before, 4 more to do',
      'frames  240; mouths found in 140 of 240 looked at (58.3 %), 0.050 s a frame',
      'worst   c.mpg 0.0 %, b.mpg 75.0 %',
      'no box  for 1: their pictures cannot be used',
      'failed  ffmpeg cannot read the movie d.mpg: it is empty',
    ]);
    expect(numbersOf(file, found)).toMatchObject({ faces: 140, without: ['c.mpg'], seconds_a_frame: 0.05 });
  });
  it('of boxes that were given counts no faces', () => {
    const boxes = parseMouthBoxes('movie,frame,x,y,w,h\na.mpg,*,1,1,8,6\n', 'b.csv');
    const movies = ['a.mpg', 'b.mpg'].map((movie) => ({
      ...{ movie, file: movie, frames: 10, foundPercent: null },
      boxes: boxes.of(movie),
    }));
    expect(linesOf({ movies, text: '' }, undefined)).toEqual([
      'movies  2',
      'frames  20',
      'worst   b.mpg no box',
      'no box  for 1: their pictures cannot be used',
    ]);
  });
  it('shortens long lists', () => {
    const names = Array.from({ length: 9 }, (_, i) => `${i}`);
    expect(fewNames(names)).toEqual(['0', '1', '2', '3', '4', 'and 4 more']);
    expect(fewNames(names.slice(0, 6))).toHaveLength(6);
  });
  it('shows movies as they are looked through, with the time left', () => {
    let [text, clock] = ['', 0];
    const stream = new Writable({
      write(chunk: Buffer, _, done) {
        text += chunk.toString();
        done();
      },
    });
    const { observer, end } = showMovies(
      createProgress({ mode: 'lines', noun: 'movie', stream, colour: false, now: () => clock }),
    );
    observer.begin({ todo: 3, kept: 2, bytes: 4000, jobs: 1 });
    observer.started('a.mpg', 1000);
    clock = 20;
    observer.progress('a.mpg', 60, 80);
    observer.ended('a.mpg', record('a.mpg', 80), 20);
    observer.started('b.mpg', 1000);
    observer.ended('b.mpg', null, 1);
    end();
    expect(text.split('\n')).toEqual([
      '3 movies to run, 2 stored',
      'start    a.mpg',
      '         a.mpg  75 %  3.00 frames/s  frame 60/80  about 7 s left',
      'done     a.mpg  20 s  [1/3, about 60 s left]',
      'start    b.mpg',
      'failed   b.mpg',
      '',
    ]);
  });
});

describe('the movies on the sheets', () => {
  const boxes = parseMouthBoxes('movie,frame,x,y,w,h\nm,*,1,1,8,6\n', 'b.csv').of('m');
  const movies = Array.from({ length: 100 }, (_, i): PreparedMovie => {
    const movie = `${i}.mpg`;
    return {
      movie,
      file: movie,
      frames: 10,
      foundPercent: i % 20 === 0 ? 50 + i / 10 : 99,
      boxes: i === 7 ? null : boxes,
    };
  });
  it('are the worst and an even choice of the rest, in their order', () => {
    expect(worstMovies(movies).map(({ movie }) => movie)).toEqual([
      '7.mpg',
      '0.mpg',
      '20.mpg',
      '40.mpg',
      '60.mpg',
      '80.mpg',
    ]);
    const chosen = forSheet(movies, 20).map(({ movie }) => Number.parseInt(movie, 10));
    expect(chosen).toHaveLength(20);
    expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
    expect(chosen).toEqual(expect.arrayContaining([0, 7, 20, 40, 60, 80]));
    expect(Math.max(...chosen.slice(1).map((at, i) => at - (chosen[i] ?? 0)))).toBeLessThan(12);
    expect(forSheet(movies, 100)).toEqual(movies);
  });
});
