/**
 * NIST SPHERE files (TIMIT's `.WAV`): `NIST_1A`, the length of the header, lines `name -i|-r|-sN value` up to
 * `end_head`, padding, samples. Some distributions hold RIFF WAVE under the same name; it is recognised and read.
 */
import { type Fail, failing, latin1, readFileBytes } from './bytes.js';
import {
  beginning,
  type ChannelChoice,
  checkRecording,
  decodeSamples,
  encodeSamples,
  type SampleEncoding,
  type Sound,
  swapped16,
} from './samples.js';
import { parseWav } from './wav.js';

const errorCode = 'formats/sphere';

const magic = 'NIST_1A';
/** The two lines before the fields: the magic word and a right-aligned length. */
const preambleBytes = 16;
const maximumHeaderBytes = 2 ** 20;
const writtenHeaderBytes = 1024;
/** Values of `sample_coding` whose samples are G.711 bytes. */
const codings: Readonly<Record<string, SampleEncoding>> = {
  ulaw: 'ulaw',
  'mu-law': 'ulaw',
  alaw: 'alaw',
};

type Fields = ReadonlyMap<string, number | string>;

/**
 * Reads a SPHERE file of 16-bit PCM in either byte order, or of mu-law or A-law bytes: one channel of it or the
 * mean of all. A RIFF WAVE file is read as `readWav` does.
 *
 * @throws MmxError `formats/sphere` (or `formats/wav`) naming the file and what is wrong with it
 */
export function readSphere(file: string, choice: ChannelChoice = {}): Sound {
  return parseSphere(readFileBytes(file, errorCode, 'SPHERE file'), file, choice);
}

/** Parses the bytes of a SPHERE file; `name` is used in error messages. Throws as {@link readSphere} does. */
export function parseSphere(bytes: Uint8Array, name: string, choice: ChannelChoice = {}): Sound {
  if (latin1(bytes.subarray(0, 4)) === 'RIFF') return parseWav(bytes, name, choice);
  const fail: Fail = failing(errorCode, name, 'SPHERE file');
  const { fields, headerBytes } = parseHeader(bytes, fail);
  const rate = numberField(fields, 'sample_rate', fail);
  const channels = fields.has('channel_count') ? numberField(fields, 'channel_count', fail) : 1;
  checkRecording(rate, channels, choice, fail);
  if (channels > 1 && String(fields.get('channels_interleaved')).toUpperCase() === 'FALSE') {
    fail('its channels are not interleaved', `convert it: sph2pipe -p ${name} out.sph`);
  }
  const { encoding, bigEndian } = sampleFormat(fields, name, fail);
  const frameBytes = channels * (encoding === 's16' ? 2 : 1);
  const data = bytes.subarray(headerBytes);
  const count = fields.has('sample_count')
    ? numberField(fields, 'sample_count', fail)
    : data.length / frameBytes;
  if (!Number.isInteger(count) || count * frameBytes !== data.length) {
    const expected = `${count} samples of ${frameBytes} bytes`;
    fail(`its header promises ${expected}, but ${data.length} bytes of data follow it`);
  }
  if (count === 0) fail('it holds no samples');
  const littleEndian = bigEndian ? swapped16(data) : data;
  if (encoding === 's16') checkByteOrder(littleEndian, fields, fail);
  return { rate, samples: decodeSamples(littleEndian, encoding, channels, choice, fail) };
}

function parseHeader(bytes: Uint8Array, fail: Fail): { fields: Fields; headerBytes: number } {
  const preamble = latin1(bytes.subarray(0, preambleBytes));
  if (!preamble.startsWith(magic)) fail(`it begins with ${beginning(bytes)} where ${magic} belongs`);
  if (bytes.length < preambleBytes) fail(`it has ${bytes.length} bytes, too few for a header`);
  const length = /^NIST_1A\r?\n *(\d+)\s*$/.exec(preamble)?.[1];
  if (length === undefined) fail(`its second line is not the length of the header`);
  const headerBytes = Number(length);
  if (headerBytes < preambleBytes || headerBytes > maximumHeaderBytes) {
    fail(`its header claims to be ${headerBytes} bytes long`);
  }
  if (headerBytes > bytes.length) fail(`it ends inside its header of ${headerBytes} bytes`);
  const fields = new Map<string, number | string>();
  const lines = latin1(bytes.subarray(preambleBytes, headerBytes)).split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (/^end_head\s*$/.test(line)) return { fields, headerBytes };
    if (line.trim() === '' || line.startsWith(';')) continue;
    const [, key = '', type = '', size = '', rest = ''] = /^(\S+) +-([irs])(\d*) (.*)$/.exec(line) ?? [];
    const value = type === 's' ? rest.slice(0, Number(size)) : Number(rest);
    const isSound =
      type === 's'
        ? size !== '' && rest.length >= Number(size)
        : rest.trim() !== '' && Number.isFinite(value);
    if (key === '' || !isSound) {
      fail(
        `line ${index + 3} of its header, ${JSON.stringify(line.slice(0, 60))}, is not "name -type value"`,
      );
    }
    fields.set(key, value);
  }
  return fail('its header has no end_head');
}

function numberField(fields: Fields, key: string, fail: Fail): number {
  const value = fields.get(key);
  if (value === undefined) fail(`its header has no ${key}`);
  const number = Number(value);
  if (!(number >= 0)) fail(`its header says ${key} is ${value}`);
  return number;
}

function sampleFormat(
  fields: Fields,
  name: string,
  fail: Fail,
): { encoding: SampleEncoding; bigEndian: boolean } {
  const coding = String(fields.get('sample_coding') ?? 'pcm').toLowerCase();
  const sampleBytes = numberField(fields, 'sample_n_bytes', fail);
  if (/shorten|wavpack|shortpack/.test(coding)) {
    fail(`its samples are compressed (${coding})`, `expand them first: sph2pipe -p ${name} out.sph`);
  }
  const logarithmic = codings[coding];
  const known = coding === 'pcm' ? sampleBytes === 2 : logarithmic !== undefined && sampleBytes === 1;
  if (!known) {
    fail(`its samples are ${sampleBytes} bytes of ${coding}; pcm of 2 bytes, ulaw and alaw of 1 are read`);
  }
  if (logarithmic !== undefined) return { encoding: logarithmic, bigEndian: false };
  const order = fields.get('sample_byte_format');
  if (order !== '01' && order !== '10') {
    fail(`its sample_byte_format is ${order ?? 'missing'}; 01 (little-endian) and 10 (big-endian) are read`);
  }
  return { encoding: 's16', bigEndian: order === '10' };
}

/** Headers that state the extremes of the samples betray data in the other byte order than they say. */
function checkByteOrder(littleEndian: Uint8Array, fields: Fields, fail: Fail): void {
  const [least, most] = [fields.get('sample_min'), fields.get('sample_max')];
  if (typeof least !== 'number' || typeof most !== 'number') return;
  const agrees = (data: Uint8Array): boolean => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < data.length; i += 2) {
      const value = view.getInt16(i, true);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low === least && high === most;
  };
  if (!agrees(littleEndian) && agrees(swapped16(littleEndian))) {
    fail('its samples are in the other byte order than its header says (sample_byte_format)');
  }
}

/**
 * The bytes of a mono SPHERE file, 16-bit PCM or mu-law. Samples beyond full scale are clipped.
 *
 * @throws MmxError `formats/sphere` when there are no samples, one is not finite, or the rate is impossible
 */
export function encodeSphere(
  sound: Sound,
  encoding: 's16' | 'ulaw' = 's16',
  { littleEndian = true }: { readonly littleEndian?: boolean } = {},
): Uint8Array {
  const data = encodeSamples(sound, encoding, failing(errorCode, 'the sound', 'recording'));
  const sampleBytes = encoding === 's16' ? 2 : 1;
  const order = sampleBytes === 1 ? '1' : littleEndian ? '01' : '10';
  const coding = encoding === 's16' ? 'pcm' : 'ulaw';
  const lines = [
    magic,
    String(writtenHeaderBytes).padStart(7),
    'channel_count -i 1',
    `sample_count -i ${sound.samples.length}`,
    `sample_rate -i ${sound.rate}`,
    `sample_n_bytes -i ${sampleBytes}`,
    `sample_byte_format -s${order.length} ${order}`,
    `sample_coding -s${coding.length} ${coding}`,
    'end_head\n',
  ];
  const header = Buffer.alloc(writtenHeaderBytes, ' ');
  header.write(lines.join('\n'), 'latin1');
  const samples = sampleBytes === 2 && !littleEndian ? swapped16(data) : data;
  return new Uint8Array(Buffer.concat([header, samples]));
}
