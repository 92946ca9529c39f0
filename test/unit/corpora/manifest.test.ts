import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest, manifestTemplate } from '../../../src/corpora/manifest.js';
import { encodeHtk } from '../../../src/formats/htk.js';
import { encodeMat } from '../../../src/formats/mat.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodePng } from '../../../src/formats/png.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { matrix } from '../../../src/matrix.js';
import { skippedIf } from '../../support/skipped.js';
import { hasFfmpeg, writeMovie } from '../formats/movies.js';
import { scratchFolder } from './folder.js';

const heading = 'audio,video,label,speaker,repetition,split';
const wav = encodeWav({
  rate: 8000,
  samples: Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i) / 2),
});
const grey = (value: number, width = 80, height = 60) => ({
  width,
  height,
  data: new Uint8Array(width * height).fill(value),
});

const reason = skippedIf(!hasFfmpeg, 'ffmpeg is not installed');

describe('a manifest', () => {
  const { path, write } = scratchFolder();
  beforeAll(() => {
    write('a.wav', wav);
    for (const index of [1, 2, 10]) write(`frames/mouth ${index}.png`, encodePng(grey(index)));
    write('frames/.DS_Store', 'x');
    write('mouths.npy', encodeNpy({ shape: [5, 30, 40], data: new Uint8Array(6000).fill(9) }));
    const vid = { rows: 4800, columns: 2, data: new Uint8Array(9600).fill(77) };
    write('mouths.mat', encodeMat({ vid }));
    const values = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
    write('a.mfcc', encodeHtk({ samplePeriodSeconds: 0.01, kind: 'MFCC', values }));
  });
  afterAll(() => rmSync(path, { recursive: true }));
  const listed = (text: string) => manifest.list(write('manifest.csv', text));

  it('lists clips of recordings, folders and arrays', () => {
    const { clips, files } = listed(
      `\uFEFF# mine\r\n${heading},from,to,video_rate\r\na.wav,frames,one,anna,1,train,,,50\r\n\r\n` +
        'a.mfcc,mouths.npy,"one, two",anna,,test,,,\r\na.wav,,,bert,,train,0.25,0.75,\r\n,mouths.mat,two,bert,,test,,,\r\n',
    );
    expect(clips.map(({ speaker, repetition, label, part }) => [speaker, repetition, label, part])).toEqual([
      ['anna', 1, 'one', 'train'],
      ['anna', null, 'one, two', 'test'],
      ['bert', null, null, 'train'],
      ['bert', null, 'two', 'test'],
    ]);
    expect(files.map((file) => relative(path, file)).sort()).toEqual(
      [
        'a.mfcc',
        'a.wav',
        'manifest.csv',
        'mouths.mat',
        'mouths.npy',
        ...[1, 10, 2].map((n) => join('frames', `mouth ${n}.png`)),
      ].sort(),
    );
    const [first, second, third, fourth] = clips.map((entry) => entry.load());
    expect(first?.video).toMatchObject({ rate: 50, start: 0.01, count: 3, height: 60, width: 80 });
    // Numbers in names count as numbers: 1, 2, 10.
    expect([0, 1, 2].map((frame) => first?.video?.data[frame * 4800])).toEqual([1, 2, 10]);
    expect(second?.video).toMatchObject({ rate: 25, count: 5, height: 60, width: 80 });
    expect(second?.video?.data.every((value) => value === 9)).toBe(true);
    expect(second?.audio).toMatchObject({ kind: 'features', values: { rows: 3, columns: 2 } });
    expect(third).toMatchObject({ video: null, audio: { rate: 8000 } });
    expect(third?.audio?.kind === 'waveform' && third.audio.samples.length).toBe(4000);
    expect(fourth).toMatchObject({ audio: null, video: { count: 2 } });
  });

  it.skipIf(!hasFfmpeg)(`takes movies, whole or with boxes${reason}`, () => {
    writeMovie(join(path, 'm.mp4'), { frames: 25, video: ['-c:v', 'mpeg4', '-q:v', '2'] });
    const text = `${heading},from,to,mouth\nm.mp4,m.mp4,one,anna,,train,0.2,0.6,whole\n,m.mp4,one,anna,,test,,,\n`;
    const [whole, boxed] = listed(text).clips;
    expect(whole?.load()).toMatchObject({
      video: { count: 10, width: 80, height: 60 },
      audio: { rate: 48_000 },
    });
    expect(() => boxed?.load()).toThrow('the position of the mouth in m.mp4 of manifest is unknown');
    write('boxes.csv', 'movie,frame,x,y,w,h\nm.mp4,*,10,10,40,30\n');
    expect(boxed?.load()).toMatchObject({ video: { count: 25 } });
  });

  it('has a template that is read as it is, but for its files', () => {
    const check = manifest.check(join(write('template/manifest.csv', manifestTemplate()), '..'));
    expect(check.findings.map((one) => one.examples)).toEqual([
      ['template', 'template', 'template'].map((_, index) =>
        expect.stringMatching(
          new RegExp(`manifest\\.csv:${14 + index}: (recordings|movies)/.* does not exist`),
        ),
      ),
    ]);
  });

  it('takes the file itself for its folder', () => {
    const file = write('other.csv', `${heading}\na.wav,,one,anna,,train\n`);
    expect(manifest.list(file).clips).toHaveLength(1);
  });

  it.each([
    ['a.wav,,one,anna,,dev', "split is 'dev'; it must be train or test"],
    ['b.wav,,one,anna,,train', 'b.wav does not exist'],
    ['frames,,one,anna,,train', 'frames is not a file'],
    ['manifest.csv,,one,anna,,train', "audio is 'manifest.csv', which has no known type"],
    ['a.wav,,one,anna,first,train', "repetition is 'first'"],
    ['a.wav,,one,,,train', 'speaker is empty'],
    [',,one,anna,,train', 'both audio and video are empty'],
  ])('names file and line of %s', (line, message) => {
    const text = `${heading}\n# a remark\n\na.wav,,one,anna,,train\n${line}\n`;
    expect(() => listed(text)).toThrow(`manifest.csv:5: ${message}`);
  });

  it.each([
    ['audio,label\na.wav,x\n', "has no column 'video', 'speaker', 'repetition', 'split'"],
    [`${heading},colour\n`, "its column 'colour' is unknown"],
    ['', 'it has no lines'],
    [`${heading}\na.wav,,one\n`, /manifest\.csv is not a usable manifest: Invalid Record Length.*line 2/],
    [`${heading}\n"a.wav,,one\n`, /manifest\.csv is not a usable manifest: Quote Not Closed/],
  ])('refuses the table %j', (text, message) => {
    expect(() => listed(text)).toThrow(message);
  });

  it.each([
    ['bad.npy', encodeNpy({ shape: [4, 5], data: new Uint8Array(20) }), /bad\.npy .* array of 4 x 5/],
    [
      'bad.npy',
      encodeNpy({ shape: [1, 1, 2], data: Float32Array.of(1, Number.NaN) }),
      /bad\.npy .* element 1 is NaN/,
    ],
    [
      'bad.npy',
      encodeNpy({ shape: [1, 1, 2], data: Uint8Array.of(1, 2) }).subarray(0, -1),
      /bad\.npy .* but 1 follow/,
    ],
    ['bad.npy', new Uint8Array(3), /bad\.npy .* does not begin like a numpy file/],
    ['bad/1.png', new Uint8Array(40), /bad.1\.png .* does not begin like a PNG/],
    ['bad/1.png', encodePng(grey(3)).subarray(0, 60), /bad.1\.png is not a usable PNG/],
    ['bad/2.png', encodePng(grey(3, 81)), /2\.png .* 81 x 60, but the pictures before it are 80 x 60/],
  ])('names a damaged %s', (name, bytes, message) => {
    const scratch = scratchFolder();
    scratch.write('bad/1.png', encodePng(grey(1)));
    scratch.write(name, bytes);
    scratch.write('manifest.csv', `${heading}\n,${name.replace(/\/.*/, '')},one,anna,,train\n`);
    expect(() => manifest.list(scratch.path).clips[0]?.load()).toThrow(message);
    rmSync(scratch.path, { recursive: true });
  });
});
