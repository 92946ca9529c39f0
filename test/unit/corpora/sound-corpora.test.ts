import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fsdd } from '../../../src/corpora/fsdd.js';
import { readTimitPhones, timit } from '../../../src/corpora/timit.js';
import { encodeSphere } from '../../../src/formats/sphere.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { skippedIf } from '../../support/skipped.js';
import { realData, scratchFolder } from './folder.js';

const tone = (rate: number, seconds: number, hertz = 200) => ({
  rate,
  samples: Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate),
  ),
});

describe('TIMIT', () => {
  const folder = scratchFolder();
  beforeAll(() => {
    const { write } = folder;
    write('TIMIT/TRAIN/DR1/FCJF0/SA1.WAV', encodeSphere(tone(16_000, 0.5)));
    write('TIMIT/TRAIN/DR1/FCJF0/SA1.PHN', '0 3050 h#\r\n3050 4559 sh\r\n4559 5723 ix\r\n');
    write('TIMIT/TRAIN/DR1/FCJF0/SA1.WAV.wav', encodeWav(tone(16_000, 0.5)));
    write('TIMIT/test/dr2/mabw0/si1230.wav', encodeWav(tone(16_000, 0.25)));
    write('TIMIT/test/dr2/mabw0/sx44.wav', encodeWav(tone(8000, 0.25)));
    write('TIMIT/DOC/SA1.WAV', 'x');
    write('TIMIT/TRAIN/DR1/FCJF0/.DS_Store', 'x');
  });
  afterAll(() => rmSync(folder.path, { recursive: true }));

  it('lists sentences of both parts without labels, whatever the letter case', () => {
    expect(
      timit.list(folder.path).clips.map(({ id, speaker, label, part }) => [id, speaker, label, part]),
    ).toEqual([
      ['FCJF0_SA1', 'FCJF0', null, 'train'],
      ['MABW0_SI1230', 'MABW0', null, 'test'],
      ['MABW0_SX44', 'MABW0', null, 'test'],
    ]);
  });

  it('reads SPHERE and RIFF under the same name', () => {
    const clips = timit.list(folder.path).clips.map((entry) => entry.load());
    expect(
      clips.map(({ audio }) => audio?.kind === 'waveform' && [audio.rate, audio.samples.length]),
    ).toEqual([
      [16_000, 8000],
      [16_000, 4000],
      [8000, 2000],
    ]);
    const [first] = clips;
    if (first?.audio?.kind !== 'waveform') throw new Error('no sound');
    expect(first.audio.samples[20]).toBeCloseTo(0.5, 3); // a quarter period of 200 Hz at 16 kHz
  });

  it('reads the phones', () => {
    expect(readTimitPhones(join(folder.path, 'TIMIT/TRAIN/DR1/FCJF0/SA1.PHN'))[1]).toEqual({
      start: 3050 / 16_000,
      end: 4559 / 16_000,
      label: 'sh',
    });
  });

  it('says what is odd', () => {
    const { usable, findings } = timit.check(folder.path);
    expect(usable).toBe(true);
    expect(findings.map(({ severity, what, examples }) => [severity, what, examples[0]])).toEqual([
      ['warning', "1 recording outside a speaker's folder below TRAIN or TEST", 'TIMIT/DOC/SA1.WAV'],
      ['note', '2 sentences without phone labels', '.PHN'],
      ['note', '1 clip is unusual', expect.stringContaining('MABW0_SX44: it has 8000 samples')],
    ]);
  });

  it.each([
    ['empty', '', /SA1\.WAV is empty/],
    ['something else', 'hello, world', /SA1\.WAV is not a recording/],
    ['cut short', encodeSphere(tone(16_000, 0.1)).subarray(0, 1500), /SA1\.WAV/],
  ])('names a recording that is %s', (_, bytes, message) => {
    const { path, write } = scratchFolder();
    write('TRAIN/DR1/FCJF0/SA1.WAV', bytes);
    expect(() => timit.list(path).clips[0]?.load()).toThrow(message);
    expect(timit.check(path).usable).toBe(false);
    rmSync(path, { recursive: true });
  });

  it('refuses a folder without sentences', () => {
    const { path } = scratchFolder();
    expect(() => timit.list(path)).toThrow('no sentence was found');
  });
});

describe('FSDD', () => {
  it('has its official split', () => {
    const { path, write } = scratchFolder();
    for (const name of ['7_theo_4', '7_theo_5', '0_jackson_0'])
      write(`recordings/${name}.wav`, encodeWav(tone(8000, 0.2)));
    write('recordings/readme.wav', 'x');
    const { clips } = fsdd.list(path);
    expect(
      clips.map(({ id, speaker, label, repetition, part }) => [id, speaker, label, repetition, part]),
    ).toEqual([
      ['0_jackson_0', 'jackson', 'zero', 1, 'test'],
      ['7_theo_4', 'theo', 'seven', 5, 'test'],
      ['7_theo_5', 'theo', 'seven', 6, 'train'],
    ]);
    expect(fsdd.check(path).findings[0]?.what).toBe('2997 recordings of 3000 are missing');
    rmSync(path, { recursive: true });
  });

  it('is not usable with a damaged recording', () => {
    const { path, write } = scratchFolder();
    for (const name of ['7_theo_4', '6_theo_4', '6_theo_5']) write(`${name}.wav`, encodeWav(tone(8000, 0.2)));
    write('7_theo_5.wav', 'RIFF and no more');
    const { usable, findings } = fsdd.check(path);
    expect(usable).toBe(false);
    expect(findings.find(({ severity }) => severity === 'error')).toMatchObject({
      what: '1 clip cannot be read',
      examples: [expect.stringContaining('7_theo_5.wav')],
    });
    rmSync(path, { recursive: true });
  });

  const real = join(realData, 'fsdd');
  const reason = skippedIf(!existsSync(real), 'no ../shared/data/fsdd');
  it.skipIf(!existsSync(real))(`is whole where it is there${reason}`, () => {
    const check = fsdd.check(real);
    expect(check).toMatchObject({ usable: true, findings: [] });
    expect(check.counts.map(({ found }) => found)).toEqual([3000, 2700, 300]);
    const seconds = fsdd.list(real).clips.map((entry) => {
      const { audio } = entry.load();
      return audio?.kind === 'waveform' && audio.rate === 8000
        ? audio.samples.length / audio.rate
        : Number.NaN;
    });
    expect(Math.min(...seconds)).toBeCloseTo(0.14, 2);
    expect(Math.max(...seconds)).toBeCloseTo(2.28, 2);
  });
});
