import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SampleEncoding } from '../../../src/formats/samples.js';
import { encodeWav, parseWav, readWav } from '../../../src/formats/wav.js';
import { skippedIf } from '../../support/skipped.js';
import { edited, expectSentence, goldenBytes, goldenContent, goldenFile } from './golden.js';

interface Content {
  rate: number;
  samples: number[];
}

const good = encodeWav({ rate: 16000, samples: Float32Array.of(0, 0.5, -0.5, 1, -1, 0.25) });
const [riffSizeAt, formatSizeAt, tagAt, channelsAt, rateAt, blockAt, bitsAt, dataSizeAt] = [
  4, 16, 20, 22, 24, 32, 34, 40,
];

describe('WAV', () => {
  it.each([
    'pcm8.wav',
    'pcm16.wav',
    'pcm24.wav',
    'pcm32.wav',
    'float32.wav',
    'float64.wav',
    'extensible24.wav',
    'mu-law.wav',
    'a-law.wav',
    'stereo.wav',
  ])('reads %s, written by scipy, Python or SoX', (name) => {
    const { rate, samples } = readWav(goldenFile(name));
    const content = goldenContent<Content>(name);
    expect(rate).toBe(content.rate);
    expect(Array.from(samples)).toEqual(content.samples.map(Math.fround));
  });

  it('picks a channel when asked', () => {
    const right = goldenContent<Content>('stereo.wav#1').samples;
    expect(Array.from(readWav(goldenFile('stereo.wav'), { channel: 1 }).samples)).toEqual(right);
    expectSentence(() => readWav(goldenFile('stereo.wav'), { channel: 2 }), 'stereo.wav', 'no channel 2');
  });

  it('writes the bytes scipy and Python write', () => {
    const pcm = readWav(goldenFile('pcm16.wav'));
    expect(encodeWav(pcm)).toEqual(goldenBytes('pcm16.wav'));
    expect(encodeWav(readWav(goldenFile('pcm24.wav')), 's24')).toEqual(goldenBytes('pcm24.wav'));
  });

  it.each<[SampleEncoding, number]>([
    ['u8', 1 / 128],
    ['s16', 1 / 2 ** 15],
    ['s24', 1 / 2 ** 23],
    ['s32', 2 ** -24],
    ['f32', 0],
    ['f64', 0],
    ['ulaw', 1 / 32],
    ['alaw', 1 / 32],
  ])('reads what it writes as %s to within its step', (encoding, step) => {
    const sample = fc.float({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (list) => {
        const samples = Float32Array.from(list);
        const read = parseWav(encodeWav({ rate: 8000, samples }, encoding), 'x');
        expect(read.rate).toBe(8000);
        expect(read.samples.length).toBe(samples.length);
        read.samples.forEach((value, i) => {
          expect(Math.abs(value - (samples[i] ?? Number.NaN))).toBeLessThanOrEqual(step);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('clips integers to full scale, and floats not', () => {
    const loud = { rate: 8000, samples: Float32Array.of(2, -2) };
    expect(Array.from(parseWav(encodeWav(loud), 'x').samples)).toEqual([32767 / 32768, -1]);
    expect(Array.from(parseWav(encodeWav(loud, 'f32'), 'x').samples)).toEqual([2, -2]);
  });

  it('reads past chunks it does not know, before and after the data, of odd length too', () => {
    const list = Buffer.from('LIST\x05\x00\x00\x00INFOx\0', 'latin1');
    const between = Buffer.concat([good.subarray(0, 36), list, good.subarray(36), list, Buffer.from('id3')]);
    expect(parseWav(between, 'x')).toEqual(parseWav(good, 'x'));
  });

  it('says that a cut file is cut, wherever that is', () => {
    for (let length = 0; length < good.length; length++) {
      const part = length < 12 ? 'too few' : /no "(fmt |data)" chunk|promises \d+ bytes, but only \d+ follow/;
      expectSentence(() => parseWav(good.subarray(0, length), 'a.wav'), 'a.wav', part);
    }
  });

  const floats = encodeWav({ rate: 8000, samples: Float32Array.of(0, 1) }, 'f32');
  it.each([
    ['another file', edited(good, (v) => v.setUint8(0, 0x4f)), 'begins with "OIFF"'],
    ['a RIFF file of another kind', edited(good, (v) => v.setUint8(8, 0x41)), 'instead of RIFF … WAVE'],
    ['a big-endian file', edited(good, (v) => v.setUint8(3, 0x58)), 'big-endian (RIFX)'],
    ['no format', edited(good, (v) => v.setUint8(12, 0x46)), '"data" chunk comes before any "fmt " chunk'],
    [
      'a short format',
      Buffer.concat([
        edited(good, (v) => v.setUint32(formatSizeAt, 14, true)).subarray(0, 34),
        good.subarray(36),
      ]),
      'has 14 bytes, fewer than 16',
    ],
    [
      'absurd sizes',
      edited(good, (v) => v.setUint32(dataSizeAt, 0x10000000, true)),
      'promises 268435456 bytes, but only 12 follow',
    ],
    ['no samples', edited(good, (v) => v.setUint32(dataSizeAt, 0, true)), 'holds no samples'],
    [
      'half a sample',
      edited(good, (v) => v.setUint32(dataSizeAt, 11, true)),
      '11 bytes of data are not a multiple of the 2',
    ],
    ['no channels', edited(good, (v) => v.setUint16(channelsAt, 0, true)), '0 channels'],
    [
      'contradictory channels',
      edited(good, (v) => v.setUint16(channelsAt, 7, true)),
      'contradictory: 7 channels of 16 bits in 2 bytes',
    ],
    ['a block of 0', edited(good, (v) => v.setUint16(blockAt, 0, true)), 'contradictory'],
    ['0 bits', edited(good, (v) => v.setUint16(bitsAt, 0, true)), 'contradictory'],
    ['no rate', edited(good, (v) => v.setUint32(rateAt, 0, true)), 'sampling rate is 0 Hz'],
    ['an absurd rate', edited(good, (v) => v.setUint32(rateAt, 4e9, true)), 'sampling rate is 4000000000 Hz'],
    ['MP3 inside', edited(good, (v) => v.setUint16(tagAt, 0x55, true)), 'codec 0x55'],
    [
      'a cut extensible header',
      edited(good, (v) => v.setUint16(tagAt, 0xfffe, true)),
      'extensible "fmt " chunk has 16 bytes',
    ],
    ['NaN', edited(floats, (v) => v.setFloat32(50, Number.NaN, true)), 'sample 1 (counted from 0) is NaN'],
    [
      'infinity',
      edited(floats, (v) => v.setFloat32(46, Number.NEGATIVE_INFINITY, true)),
      'sample 0 (counted from 0) is -Infinity',
    ],
  ])('says what is wrong with %s', (_, bytes, part) => {
    expectSentence(() => parseWav(bytes, 'a.wav'), 'a.wav', part);
  });

  it('refuses more channels than any recording has, and unknown extensible formats', () => {
    const many = edited(good, (v) => {
      v.setUint16(channelsAt, 500, true);
      v.setUint16(blockAt, 1000, true);
    });
    expectSentence(() => parseWav(many, 'a.wav'), 'a.wav', '500 channels');
    const ambisonic = edited(goldenBytes('extensible24.wav'), (v) => v.setUint8(20 + 30, 0x99));
    expectSentence(() => parseWav(ambisonic, 'a.wav'), 'a.wav', 'extensible format');
  });

  it('says what to do about a length that was never filled in', () => {
    const piped = edited(good, (v) => {
      v.setUint32(riffSizeAt, 0xffffffff, true);
      v.setUint32(dataSizeAt, 0xffffffff, true);
    });
    expect(expectSentence(() => parseWav(piped, 'a.wav'), 'a.wav', 'promises 4294967295').hint).toContain(
      'pipe',
    );
  });

  it('writes only what it could read', () => {
    const samples = Float32Array.of(0, Number.NaN);
    expectSentence(() => encodeWav({ rate: 8000, samples }), 'the sound', 'sample 1 (counted from 0) is NaN');
    expectSentence(() => encodeWav({ rate: 8000, samples: new Float32Array(0) }), 'the sound', 'no samples');
    expectSentence(() => encodeWav({ rate: 22050.5, samples }), 'the sound', 'not a whole number');
  });

  it('names a missing file', () => {
    expectSentence(() => readWav('/nowhere/a.wav'), '/nowhere/a.wav', 'it does not exist');
  });
});

const recordings = join(import.meta.dirname, '../../../../shared/data/fsdd/recordings');

const reason = skippedIf(!existsSync(recordings), 'no ../shared/data/fsdd');

describe.skipIf(!existsSync(recordings))(`WAV: the Free Spoken Digit Dataset${reason}`, () => {
  it('reads all 3,000 recordings', () => {
    const files = readdirSync(recordings).filter((name) => name.endsWith('.wav'));
    expect(files.length).toBe(3000);
    let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
    for (const file of files) {
      const { rate, samples } = readWav(join(recordings, file));
      expect(rate, file).toBe(8000);
      expect(
        samples.some((value) => value !== 0),
        file,
      ).toBe(true);
      shortest = Math.min(shortest, samples.length / rate);
      longest = Math.max(longest, samples.length / rate);
    }
    // The durations the data set states.
    expect(shortest).toBeCloseTo(0.14, 2);
    expect(longest).toBeCloseTo(2.28, 2);
  });
});
