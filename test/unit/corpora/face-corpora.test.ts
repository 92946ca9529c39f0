import { copyFileSync, existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { avletters2 } from '../../../src/corpora/avletters2.js';
import { cuave } from '../../../src/corpora/cuave.js';
import { gridDigits, gridLetters, wordsOfStem } from '../../../src/corpora/grid.js';
import { encodeMouthBoxes } from '../../../src/corpora/mouth-boxes.js';
import { corpusNamed } from '../../../src/corpora/registry.js';
import { encodeAlign } from '../../../src/formats/align.js';
import { encodeCuaveLabels, type Segment } from '../../../src/formats/labels.js';
import { probeMovie } from '../../../src/formats/movie.js';
import { skippedIf } from '../../support/skipped.js';
import { hasFfmpeg, writeMovie } from '../formats/movies.js';
import { realData, scratchFolder } from './folder.js';

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** Word k lasts from 0.2 + k/2 to 0.5 + k/2 seconds. */
const spoken = (words: readonly string[]): Segment[] =>
  words.map((label, k) => ({ start: 0.2 + k / 2, end: 0.5 + k / 2, label }));
const box = { x: 20, y: 10, width: 40, height: 30 };

const noFfmpeg = skippedIf(!hasFfmpeg, 'ffmpeg is not installed');

describe.skipIf(!hasFfmpeg)(`CUAVE${noFfmpeg}`, () => {
  const folder = scratchFolder();
  beforeAll(() => {
    const movie = writeMovie(join(folder.path, 'movie.mpg'), { frames: 180, rate: '30000/1001' });
    for (const name of ['s01m.mpg', 'S02F.MPG', 's03f.mpg', 's05m.mpg']) {
      mkdirSync(join(folder.path, 'groups'), { recursive: true });
      copyFileSync(movie, join(folder.path, 'groups', name));
    }
    rmSync(movie);
    const normal = spoken([...digits.slice(0, 5), 'zero', 'um', 'one']);
    const sections = new Map([
      ['normal', normal],
      ['moving', spoken(['nine'])],
      ['continuous', spoken(['eight'])],
    ] as const);
    folder.write('labels/s01m.txt', encodeCuaveLabels(sections, '\r'));
    // Beyond the end of the movie after six seconds: the last two words.
    folder.write(
      'labels/S02f.TXT',
      encodeCuaveLabels(new Map([['normal', spoken([...digits, ...digits].slice(0, 13))]])),
    );
    folder.write('labels/s05m.txt', encodeCuaveLabels(new Map([['moving', spoken(digits)]])));
    folder.write('groups/.DS_Store', 'x');
    folder.write('readme.txt', 'CUAVE');
    folder.write('boxes.csv', encodeMouthBoxes([{ movie: 'groups/s01m.mpg', frame: null, ...box }]));
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it('cuts the normal part into digits, even speakers for training, odd ones for testing', () => {
    const { clips } = cuave.list(folder.path);
    expect(clips.slice(0, 7).map(({ id, label, repetition, part }) => [id, label, repetition, part])).toEqual(
      [
        ['s01_zero_1', 'zero', 1, 'test'],
        ['s01_one_1', 'one', 1, 'test'],
        ['s01_two_1', 'two', 1, 'test'],
        ['s01_three_1', 'three', 1, 'test'],
        ['s01_four_1', 'four', 1, 'test'],
        ['s01_zero_2', 'zero', 2, 'test'],
        ['s01_one_2', 'one', 2, 'test'],
      ],
    );
    expect(clips.filter((one) => one.speaker === 's02').map((one) => one.part)).toEqual(
      Array(11).fill('train'),
    );
    expect(clips.some((one) => ['s03', 's05'].includes(one.speaker))).toBe(false);
  });

  it('reads a word: the pictures whose centre it covers, and its sound', () => {
    const { clips } = cuave.list(folder.path);
    const { video, audio } = clips[2]?.load() ?? {};
    if (!video || audio?.kind !== 'waveform') throw new Error('no tracks');
    // Frame k appears k · 1001/30000 s after the first; 'two' lasts from 1.2 to 1.5 s.
    const begin = probeMovie(join(folder.path, 'groups/s01m.mpg')).video?.start ?? 0;
    const centres = Array.from({ length: 180 }, (_, k) => begin + ((k + 0.5) * 1001) / 30_000);
    const inside = centres.filter((centre) => centre > 1.2 && centre <= 1.5);
    expect(video).toMatchObject({ count: inside.length, height: 60, width: 80 });
    expect(video.start).toBeCloseTo((inside[0] ?? 0) - 1.2, 4);
    expect([audio.rate, audio.samples.length]).toEqual([48_000, 14_400]);
    const first = centres.indexOf(inside[0] ?? 0);
    const expected = ((40 + 2 * first - 16) * 255) / 219;
    expect(Math.abs((video.data[0] ?? 0) - expected)).toBeLessThan(4);
  });

  it('names the missing mouth boxes and what to do', () => {
    const clip = cuave.list(folder.path).clips.find((one) => one.speaker === 's02');
    expect(() => clip?.load()).toThrow(
      /the position of the mouth in groups.S02F\.MPG of cuave is unknown: .*boxes\.csv has no box/,
    );
    const audioOnly = cuave.list(folder.path, { video: false }).clips.find((one) => one.speaker === 's02');
    expect(audioOnly?.load()).toMatchObject({ video: null, audio: { kind: 'waveform' } });
  });

  it('says what is missing and odd', () => {
    const { usable, counts, findings } = cuave.check(folder.path, { read: false });
    expect(usable).toBe(true);
    expect(counts.map(({ found }) => found)).toEqual([4, 3, 11, 7]);
    expect(findings.map(({ severity, what, examples }) => [severity, what, examples[0]])).toEqual([
      ['warning', 'the movies of 32 speakers are missing', 's04'],
      ['warning', '1 movie without labels (a text file named like the movie)', 's03f.mpg'],
      [
        'warning',
        'movies or labels of 1 speaker cannot be used',
        expect.stringMatching(/s05m\.txt .*#Normal/),
      ],
      ['note', '3 labels of the normal part cannot be used', "s01m: 'um' at 3.20 s is not a digit"],
      // The movies of the two speakers are copies of one, cut at the same times.
      ['warning', '7 of 7 test clips are training clips too', 's01_zero_1 is s02_zero_1'],
      ['note', '5 classes are in the training part but not in the test part', 'eight'],
    ]);
  });
});

describe.skipIf(!hasFfmpeg)(`AVLetters2${noFfmpeg}`, () => {
  it.each([
    ['100 ns', 1e7],
    ['samples', 48_000],
    ['milliseconds', 1000],
  ])('finds out that label times are %s', (unit, ticks) => {
    const { path, write } = scratchFolder();
    writeMovie(join(path, 'spk1_2.mp4'), { frames: 150, video: ['-c:v', 'mpeg4', '-q:v', '2'] });
    const words = ['sil', 'a', 'B', 'Z', 'sil'];
    const lines = words.map((word, k) => `${Math.round(k * ticks)} ${Math.round((k + 1) * ticks)} ${word}`);
    write('spk1_2.lab', lines.join('\r\n'));
    write('boxes.csv', encodeMouthBoxes([{ movie: 'spk1_2.mp4', frame: null, ...box }]));
    const { clips, findings } = avletters2.list(path);
    expect(
      clips.map(({ id, speaker, repetition, label, part }) => [id, speaker, repetition, label, part]),
    ).toEqual([
      ['spk1_2_A', 'spk1', 2, 'A', 'train'],
      ['spk1_2_B', 'spk1', 2, 'B', 'train'],
      ['spk1_2_Z', 'spk1', 2, 'Z', 'train'],
    ]);
    expect(findings.map((one) => one.what)).toContain(`label times are read as ${unit}`);
    expect(clips[1]?.load()).toMatchObject({ video: { count: 25 }, audio: { rate: 48_000 } });
    rmSync(path, { recursive: true });
  });

  it('cuts movies without labels into pieces', () => {
    const { path } = scratchFolder();
    writeMovie(join(path, 'spk1_2.mp4'), { frames: 160, video: ['-c:v', 'mpeg4'] });
    const { clips } = avletters2.list(path, { video: false });
    expect(clips.map(({ id, label }) => [id, label])).toEqual([
      ['spk1_2_1', null],
      ['spk1_2_2', null],
    ]);
    rmSync(path, { recursive: true });
  });
});

describe('GRID', () => {
  it.each([
    ['swwp2s', 'set white with p two soon'],
    ['lwbsza', 'lay white by s zero again'],
    ['id2_vcd_pgiq9n', 'place green in q nine now'],
  ])('the name %s spells "%s"', (stem, sentence) => {
    expect(wordsOfStem(stem)?.join(' ')).toBe(sentence);
  });
  it.each(['bbaw2n', 'readme', 'bbaf2nn', 'xbaf2n'])('the name %s spells nothing', (stem) => {
    expect(wordsOfStem(stem)).toBeNull();
  });

  const sentence = (stem: string): string => {
    const words = wordsOfStem(stem) ?? [];
    const parts = ['sil', ...words, 'sil'].map((label, k) => ({
      start: k * 0.37,
      end: (k + 1) * 0.37,
      label,
    }));
    return encodeAlign(parts);
  };

  it('cuts letters and digits out, and counts what has no partner', () => {
    const { path, write } = scratchFolder();
    const movie = (name: string): string => write(`${name}.mpg`, `\0\0\x01\xba the movie ${name}`);
    for (const stem of ['bbaf2n', 'lwbsza', 'swwp2s']) movie(`s1/${stem}`);
    movie('s2/pgiq9n');
    movie('s14/pgiq9n');
    write('alignments/s1/bbaf2n.align', sentence('bbaf2n'));
    write('alignments/s1/lwbsza.align', sentence('swwp2s'));
    write('alignments/s2/pgiq9n.align', sentence('pgiq9n').replaceAll('\n', '\r\n'));
    write('alignments/s14/pgiq8n.align', sentence('pgiq8n'));
    write('alignments/s15/pgiq9n.align', sentence('pgiq9n'));
    const rows = (corpus: typeof gridDigits): unknown[] =>
      corpus.list(path).clips.map(({ id, speaker, label, part }) => [id, speaker, label, part]);
    expect(rows(gridDigits)).toEqual([
      ['s1_bbaf2n_two', 's1', 'two', 'test'],
      ['s2_pgiq9n_nine', 's2', 'nine', 'train'],
    ]);
    expect(rows(gridLetters)).toEqual([
      ['s1_bbaf2n_F', 's1', 'F', 'test'],
      ['s2_pgiq9n_Q', 's2', 'Q', 'train'],
    ]);
    const { findings } = gridDigits.check(path);
    expect(findings.map(({ severity, what, examples }) => [severity, what, examples])).toEqual([
      ['note', '3 of 34 talkers are there', []],
      [
        'warning',
        '2 movies without a matching alignment of their talker',
        [
          expect.stringContaining('s14: the alignments of s15 fit'),
          join('s1', 'swwp2s.mpg'),
          join('s14', 'pgiq9n.mpg'),
        ],
      ],
      [
        'warning',
        '1 alignment cannot be used',
        [
          expect.stringContaining(
            "it says 'set white with p two soon', but the file name says 'lay white by s zero again'",
          ),
        ],
      ],
      ['warning', expect.stringContaining('there are no mouth boxes'), []],
      ['warning', 'all labelled training clips have the same class', ['nine']],
    ]);
    write('s2/pgiq9n.mpg', 'no movie at all');
    const broken = gridDigits.check(path);
    expect(broken.usable).toBe(false);
    const [wrong] = broken.findings.filter(({ severity }) => severity === 'error');
    expect(wrong?.what).toBe('1 file has another format than the name says');
    expect(wrong?.examples[0]).toMatch(/^s2_pgiq9n_nine: .*pgiq9n\.mpg/);
    rmSync(path, { recursive: true });
  });

  it('says of which sentences the mouth is not known', () => {
    const { path, write } = scratchFolder();
    for (const stem of ['bbaf2n', 'lwbsza']) {
      write(`s2/${stem}.mpg`, `\0\0\x01\xba the movie ${stem}`);
      write(`alignments/s2/${stem}.align`, sentence(stem));
    }
    const missing = (): (string | undefined)[] =>
      gridDigits.list(path).clips.map((clip) => clip.missing?.()?.message);
    expect(missing()).toEqual([
      expect.stringMatching(/bbaf2n\.mpg of grid-digits is unknown: .*boxes\.csv does not exist/),
      expect.stringMatching(/lwbsza\.mpg of grid-digits/),
    ]);
    write('boxes.csv', encodeMouthBoxes([{ movie: 's2/bbaf2n.mpg', frame: null, ...box }]));
    expect(missing()).toEqual([undefined, expect.stringMatching(/has no box for it/)]);
    const usable = (): (boolean | undefined)[] =>
      gridDigits.list(path).clips.map((clip) => clip.isUsable?.());
    expect(usable()).toEqual([true, true]);
    const rows = [{ movie: 's2/bbaf2n.mpg', frame: null, ...box }];
    write('boxes.csv', encodeMouthBoxes(rows, ['s2/lwbsza.mpg']));
    expect(usable()).toEqual([true, false]);
    expect(gridDigits.list(path, { video: false }).clips.map((clip) => clip.missing?.())).toEqual([
      null,
      null,
    ]);
    rmSync(path, { recursive: true });
  });

  it('has one fingerprint for letters and digits, read once, of what the files hold', () => {
    const { path, write } = scratchFolder();
    const movie = write('s2/bbaf2n.mpg', '\0\0\x01\xba the movie');
    write('alignments/s2/bbaf2n.align', sentence('bbaf2n'));
    const fingerprint = (name: string): string => {
      const corpus = corpusNamed(name);
      if (corpus.kind !== 'clips') throw new Error('GRID is made of clips');
      return corpus.open({ data: path }).fingerprint();
    };
    const at = (content: string, time: number): void => {
      write('s2/bbaf2n.mpg', content);
      utimesSync(movie, time, time);
    };
    at('\0\0\x01\xba the movie', 1000);
    const first = fingerprint('grid-letters');
    // Sizes and times say that it is the same: it is not read for the digits again.
    at('\0\0\x01\xba a new one', 1000);
    expect(fingerprint('grid-digits')).toBe(first);
    at('\0\0\x01\xba a new one', 2000);
    expect(fingerprint('grid-digits')).not.toBe(first);
    at('\0\0\x01\xba the movie', 3000);
    expect(fingerprint('grid-digits')).toBe(first);
    rmSync(path, { recursive: true });
  });

  it('refuses a folder without sentences', () => {
    const { path, write } = scratchFolder();
    write('holiday.mpg', 'x');
    expect(() => gridDigits.list(path)).toThrow('none of 1 movie has a name that encodes a sentence');
  });

  const real = join(realData, 'grid');
  const noRecordings = skippedIf(!existsSync(real) || !hasFfmpeg, 'no ffmpeg, or no ../shared/data/grid');
  it.skipIf(!existsSync(real) || !hasFfmpeg)(
    `gives letter and digit of a recorded sentence${noRecordings}`,
    () => {
      const { path, write } = scratchFolder();
      const boxes = write(
        'b.csv',
        encodeMouthBoxes([
          { movie: 'id2_vcd_swwp2s.mpg', frame: null, x: 150, y: 190, width: 80, height: 60 },
        ]),
      );
      const [digit] = gridDigits.list(real, { boxes }).clips;
      expect([digit?.id, digit?.label, digit?.part]).toEqual(['s2_swwp2s_two', 'two', 'train']);
      expect(gridLetters.list(real, { boxes }).clips.map((one) => one.label)).toEqual(['P']);
      const { video, audio } = digit?.load() ?? {};
      // From sample 36,000 to 43,250 of 25 kHz: frames 36 to 42, whose centres lie at 1.46 to 1.70 s.
      expect(video).toMatchObject({ count: 7, rate: 25, height: 60, width: 80 });
      expect(video?.start).toBeCloseTo(0.02, 6);
      expect(audio?.kind === 'waveform' && audio.samples.length).toBe(Math.round(0.29 * 44_100));
      const check = gridDigits.check(real, { boxes });
      expect(check.counts.find((one) => one.of === 'movies')?.found).toBe(11);
      expect(check.findings.map((one) => one.what)).toEqual(
        expect.arrayContaining(['10 movies without alignment']),
      );
      rmSync(path, { recursive: true });
    },
  );
});
