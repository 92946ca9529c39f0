import { describe, expect, it } from 'vitest';
import { encodeSphere, parseSphere, readSphere } from '../../../src/formats/sphere.js';
import { encodeWav, parseWav } from '../../../src/formats/wav.js';
import { expectSentence, goldenContent, goldenFile } from './golden.js';

interface Content {
  rate: number;
  samples: number[];
}

const sound = { rate: 16000, samples: Float32Array.of(0, 0.5, -0.25, 0.125, -1) };
const good = encodeSphere(sound);

/** A file whose printed header is changed; the header keeps its length. */
function reworded(from: string | RegExp, to: string, bytes = good): Uint8Array {
  const header = Buffer.from(bytes.subarray(0, 1024)).toString('latin1').replace(from, to);
  return Buffer.concat([Buffer.from(header.padEnd(1024).slice(0, 1024), 'latin1'), bytes.subarray(1024)]);
}

/** A header as TIMIT prints it. */
function timitFile(samples: readonly number[], order: '01' | '10', stated = samples): Uint8Array {
  const header = [
    'NIST_1A\n   1024\ndatabase_id -s5 TIMIT',
    'database_version -s3 1.0',
    'utterance_id -s10 cjf0_si648',
    'channel_count -i 1',
    `sample_count -i ${samples.length}`,
    'sample_rate -i 16000',
    `sample_min -i ${Math.min(...stated)}`,
    `sample_max -i ${Math.max(...stated)}`,
    'sample_n_bytes -i 2',
    `sample_byte_format -s2 ${order}`,
    'sample_sig_bits -i 16\nend_head\n',
  ].join('\n');
  const data = Buffer.alloc(2 * samples.length);
  samples.forEach((value, i) => {
    data.writeInt16LE(value, 2 * i);
  });
  return Buffer.concat([Buffer.from(header.padEnd(1024), 'latin1'), data]);
}

describe('SPHERE', () => {
  it.each(['pcm.sph', 'pcm-big.sph', 'mu-law.sph', 'stereo.sph'])('reads %s, written by SoX', (name) => {
    const { rate, samples } = readSphere(goldenFile(name));
    const content = goldenContent<Content>(name);
    expect(rate).toBe(content.rate);
    expect(Array.from(samples)).toEqual(content.samples);
  });

  it('counts the samples itself where the header does not', () => {
    expect(parseSphere(reworded('sample_count', 'simple_count'), 'x')).toEqual(sound);
  });

  it('picks a channel when asked', () => {
    const right = goldenContent<Content>('stereo.wav#1').samples;
    expect(Array.from(readSphere(goldenFile('stereo.sph'), { channel: 1 }).samples)).toEqual(right);
    expectSentence(() => readSphere(goldenFile('pcm.sph'), { channel: 1 }), 'pcm.sph', 'no channel 1');
  });

  it('reads what it writes', () => {
    expect(parseSphere(good, 'x')).toEqual(sound);
    expect(parseSphere(encodeSphere(sound, 's16', { littleEndian: false }), 'x')).toEqual(sound);
    const { rate, samples } = parseSphere(encodeSphere(sound, 'ulaw'), 'x');
    expect(rate).toBe(16000);
    expect(samples.length).toBe(5);
    samples.forEach((value, i) => {
      expect(Math.abs(value - (sound.samples[i] ?? 0))).toBeLessThan(0.03);
    });
  });

  it("reads a header as TIMIT's and notices data in the other byte order", () => {
    const samples = [3, -200, 517, 12];
    const read = parseSphere(timitFile(samples, '01'), 'x');
    expect(Array.from(read.samples, (value) => value * 32768)).toEqual(samples);
    expectSentence(
      () => parseSphere(timitFile(samples, '10'), 'SI648.WAV'),
      'SI648.WAV',
      'in the other byte order than its header says',
    );
    // Extremes that fit neither order say nothing about it.
    expect(parseSphere(timitFile(samples, '01', [-1, 1]), 'x')).toEqual(read);
  });

  it('reads RIFF under the same name', () => {
    const wave = encodeWav(sound);
    expect(parseSphere(wave, 'SI648.WAV')).toEqual(parseWav(wave, 'SI648.WAV'));
    expectSentence(
      () => parseSphere(wave.subarray(0, 30), 'SI648.WAV'),
      'SI648.WAV',
      'not a usable WAV file',
    );
  });

  it('says how to expand compressed samples', () => {
    const bytes = reworded('-s3 pcm', '-s26 pcm,embedded-shorten-v2.00');
    const error = expectSentence(
      () => parseSphere(bytes, 'SI648.WAV'),
      'SI648.WAV',
      'embedded-shorten-v2.00',
    );
    expect(error.hint).toContain('sph2pipe -p SI648.WAV');
  });

  it('says that a cut file is cut, wherever that is', () => {
    for (let length = 0; length < good.length; length++) {
      const part =
        length < 16
          ? /begins with|too few for a header/
          : length < 1024
            ? 'ends inside its header of 1024'
            : 'promises 5 samples of 2 bytes';
      expectSentence(() => parseSphere(good.subarray(0, length), 'a.sph'), 'a.sph', part);
    }
  });

  it.each([
    ['another file', reworded('NIST_1A', 'MIST_1A'), 'begins with "MIST" where NIST_1A belongs'],
    ['a header without length', reworded('   1024', '   what'), 'second line'],
    ['a header too short', reworded('   1024', '      8'), 'claims to be 8 bytes'],
    ['a header too long', reworded('   1024', '9999999'), 'claims to be 9999999 bytes'],
    ['a header without end', reworded('end_head', 'end_hand -i 1'), 'no end_head'],
    [
      'a broken line',
      reworded('sample_rate -i 16000', 'sample_rate 16000'),
      'line 5 of its header, "sample_rate 16000"',
    ],
    ['a number that is none', reworded('-i 16000', '-i 16k'), '"sample_rate -i 16k"'],
    ['a string that is cut', reworded('-s3 pcm', '-s9 pcm'), '"sample_coding -s9 pcm"'],
    ['no rate', reworded('sample_rate', 'simple_rate'), 'no sample_rate'],
    ['rate 0', reworded('-i 16000', '-i 0'), 'sampling rate is 0 Hz'],
    ['no size', reworded('sample_n_bytes', 'simple_n_bytes'), 'no sample_n_bytes'],
    ['another size', reworded('sample_n_bytes -i 2', 'sample_n_bytes -i 3'), '3 bytes of pcm'],
    ['another coding', reworded('-s3 pcm', '-s4 celp'), '2 bytes of celp'],
    ['no byte order', reworded('sample_byte_format', 'simple_byte_format'), 'sample_byte_format is missing'],
    ['another byte order', reworded('-s2 01', '-s1 1'), 'sample_byte_format is 1;'],
    ['0 channels', reworded('channel_count -i 1', 'channel_count -i 0'), 'it has 0 channels'],
    ['too many channels', reworded('channel_count -i 1', 'channel_count -i 999999'), '999999 channels'],
    ['half a channel', reworded('channel_count -i 1', 'channel_count -r 1.5'), '1.5 channels'],
    [
      'absurd counts',
      reworded('sample_count -i 5', 'sample_count -i 4000000000'),
      'promises 4000000000 samples',
    ],
    ['negative counts', reworded('sample_count -i 5', 'sample_count -i -5'), 'sample_count is -5'],
    [
      'mismatched counts',
      reworded('sample_count -i 5', 'sample_count -i 4'),
      'promises 4 samples of 2 bytes, but 10 bytes',
    ],
    [
      'half a sample and no count',
      reworded('sample_count', 'simple_count').subarray(0, 1033),
      'promises 4.5 samples',
    ],
    [
      'half a sample counted',
      reworded('sample_count -i 5', 'sample_count -r 4.5').subarray(0, 1033),
      'promises 4.5 samples',
    ],
    ['no samples', reworded('sample_count -i 5', 'sample_count -i 0').subarray(0, 1024), 'holds no samples'],
  ])('says what is wrong with %s', (_, bytes, part) => {
    expectSentence(() => parseSphere(bytes, 'a.sph'), 'a.sph', part);
  });

  it('names a missing file', () => {
    expectSentence(() => readSphere('/nowhere/a.sph'), '/nowhere/a.sph', 'it does not exist');
  });
});
