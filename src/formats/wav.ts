/**
 * RIFF WAVE files ("Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft 1991, and
 * WAVEFORMATEXTENSIBLE). The chunks are checked here; the samples are decoded by the package wavefile.
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
  sampleEncodings,
  waveFile,
} from './samples.js';

const errorCode = 'formats/wav';

const extensibleTag = 0xfffe;
/** What follows the format tag in the GUID of an extensible header. */
const subformatTail = '000000001000800000aa00389b71';
/** Lengths that writers leave when they cannot go back to fill them in. */
const unfilledLength = 0x7fff0000;

/**
 * Reads a RIFF WAVE file: PCM of 8, 16, 24 or 32 bits, float of 32 or 64, mu-law or A-law, one channel of it or
 * the mean of all.
 *
 * @throws MmxError `formats/wav` naming the file and what is wrong with it
 */
export function readWav(file: string, choice: ChannelChoice = {}): Sound {
  return parseWav(readFileBytes(file, errorCode, 'WAV file'), file, choice);
}

/** Parses the bytes of a WAV file; `name` is used in error messages. Throws as {@link readWav} does. */
export function parseWav(bytes: Uint8Array, name: string, choice: ChannelChoice = {}): Sound {
  const fail: Fail = failing(errorCode, name, 'WAV file');
  const convert = `convert it: ffmpeg -i ${name} -c:a pcm_s16le out.wav`;
  const magic = latin1(bytes.subarray(0, 4));
  if (bytes.length < 12) fail(`it has ${bytes.length} bytes, too few for a header`);
  if (magic === 'RIFX') fail('it is big-endian (RIFX)', convert);
  if (magic === 'RF64') fail('it is an RF64 file, made for more than 4 GiB', convert);
  if (magic !== 'RIFF' || latin1(bytes.subarray(8, 12)) !== 'WAVE') {
    fail(`it begins with ${beginning(bytes)} instead of RIFF … WAVE`, convert);
  }
  const { format, data } = findChunks(bytes, fail);
  const { rate, channels, encoding, frameBytes } = parseFormat(format, convert, fail);
  checkRecording(rate, channels, choice, fail);
  if (data.length === 0) fail('it holds no samples');
  if (data.length % frameBytes !== 0) {
    fail(`its ${data.length} bytes of data are not a multiple of the ${frameBytes} bytes of a sample`);
  }
  return { rate, samples: decodeSamples(data, encoding, channels, choice, fail) };
}

/** The `fmt ` chunk and the first `data` chunk, which it must precede; what follows them does not matter. */
function findChunks(bytes: Uint8Array, fail: Fail): { format: Uint8Array; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Uint8Array | null = null;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const id = latin1(bytes.subarray(offset, offset + 4));
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    const left = bytes.length - start;
    if (size > left) {
      fail(
        `its ${JSON.stringify(id)} chunk at byte ${offset} promises ${size} bytes, but only ${left} follow`,
        id === 'data' && size >= unfilledLength
          ? 'its length was never filled in, for example because it was written to a pipe; to repair it: ffmpeg -i FILE -c copy out.wav'
          : undefined,
      );
    }
    const content = bytes.subarray(start, start + size);
    if (id === 'fmt ') format = content;
    if (id === 'data')
      return { format: format ?? fail('its "data" chunk comes before any "fmt " chunk'), data: content };
    // Chunks begin at even offsets.
    offset = start + size + (size % 2);
  }
  return fail(format === null ? 'it has no "fmt " chunk' : 'it has no "data" chunk');
}

interface Format {
  readonly rate: number;
  readonly channels: number;
  readonly encoding: SampleEncoding;
  readonly frameBytes: number;
}

function parseFormat(chunk: Uint8Array, convert: string, fail: Fail): Format {
  if (chunk.length < 16) fail(`its "fmt " chunk has ${chunk.length} bytes, fewer than 16`);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let tag = view.getUint16(0, true);
  const channels = view.getUint16(2, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (tag === extensibleTag) {
    if (chunk.length < 40) fail(`its extensible "fmt " chunk has ${chunk.length} bytes, fewer than 40`);
    tag = view.getUint16(24, true);
    const tail = Buffer.from(chunk.subarray(26, 40)).toString('hex');
    if (tail !== subformatTail) fail(`its extensible format ${tail} is unknown`, convert);
  }
  if (channels === 0) fail('it has 0 channels');
  // Samples of 12 or 20 bits fill the upper bits of whole bytes.
  const storedBits = (8 * frameBytes) / channels;
  if (!(storedBits >= bits && storedBits - bits < 8)) {
    fail(`its header is contradictory: ${channels} channels of ${bits} bits in ${frameBytes} bytes`);
  }
  const names = Object.keys(sampleEncodings) as SampleEncoding[];
  const encoding = names.find((one) => {
    const facts = sampleEncodings[one];
    return facts.tag === tag && facts.bits === storedBits && (tag === 1 || bits === storedBits);
  });
  if (encoding === undefined) {
    const what = tag === 1 ? `PCM of ${bits} bits` : `${bits} bits of codec 0x${tag.toString(16)}`;
    fail(`its samples are ${what}, which is not read`, convert);
  }
  return { rate: view.getUint32(4, true), channels, encoding, frameBytes };
}

/**
 * The bytes of a mono WAV file. Samples beyond full scale are clipped unless the encoding is float.
 *
 * @throws MmxError `formats/wav` when there are no samples, one is not finite, or the rate is impossible
 */
export function encodeWav(sound: Sound, encoding: SampleEncoding = 's16'): Uint8Array {
  const data = encodeSamples(sound, encoding, failing(errorCode, 'the sound', 'recording'));
  return waveFile(data, encoding, sound.rate);
}
