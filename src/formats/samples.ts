/** Samples of sound as files store them, decoded and encoded by the package wavefile. */
import wavefile from 'wavefile';
import { type Fail, latin1 } from './bytes.js';

/** Sound as recorded: mono, full scale −1 to 1 (float files may exceed it). */
export interface Sound {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

/** Which of several channels is wanted, from 0; their mean when absent. */
export interface ChannelChoice {
  readonly channel?: number;
}

/** Little-endian integers and floats of so many bits; G.711 logarithmic bytes. */
export type SampleEncoding = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'ulaw' | 'alaw';

interface EncodingFacts {
  /** Format tag of a RIFF `fmt ` chunk. */
  readonly tag: number;
  readonly bits: number;
  /** wavefile's name for it. */
  readonly code: string;
  /** A decoded sample of full scale, and the one of silence. */
  readonly scale: number;
  readonly zero: number;
}

export const sampleEncodings: Readonly<Record<SampleEncoding, EncodingFacts>> = {
  u8: { tag: 1, bits: 8, code: '8', scale: 2 ** 7, zero: 2 ** 7 },
  s16: { tag: 1, bits: 16, code: '16', scale: 2 ** 15, zero: 0 },
  s24: { tag: 1, bits: 24, code: '24', scale: 2 ** 23, zero: 0 },
  s32: { tag: 1, bits: 32, code: '32', scale: 2 ** 31, zero: 0 },
  f32: { tag: 3, bits: 32, code: '32f', scale: 1, zero: 0 },
  f64: { tag: 3, bits: 64, code: '64', scale: 1, zero: 0 },
  alaw: { tag: 6, bits: 8, code: '8a', scale: 2 ** 15, zero: 0 },
  ulaw: { tag: 7, bits: 8, code: '8m', scale: 2 ** 15, zero: 0 },
};

/** As movies have it. From fewer samples a second, resampling would make more than 16 of each. */
const minimumRate = 1000;
const maximumRate = 768_000;
const maximumChannels = 64;

/** Ends the parse unless the header's figures can belong to a recording. */
export function checkRecording(rate: number, channels: number, { channel }: ChannelChoice, fail: Fail): void {
  if (!(rate >= minimumRate && rate <= maximumRate)) fail(`its sampling rate is ${rate} Hz`);
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= maximumChannels)) {
    fail(`it has ${channels} channels; 1 to ${maximumChannels} are read`);
  }
  if (channel !== undefined && !(Number.isInteger(channel) && channel >= 0 && channel < channels)) {
    fail(`it has no channel ${channel}: its ${channels} are counted from 0`);
  }
}

/**
 * Mono samples, full scale −1 to 1, from whole frames of interleaved channels in a file's little-endian bytes.
 * Ends the parse when a sample is not a finite float32.
 */
export function decodeSamples(
  data: Uint8Array,
  encoding: SampleEncoding,
  channels: number,
  { channel }: ChannelChoice,
  fail: Fail,
): Float32Array {
  const { scale, zero } = sampleEncodings[encoding];
  const interleaved = decodeInterleaved(data, encoding);
  const frames = interleaved.length / channels;
  const [first, end] = channel === undefined ? [0, channels] : [channel, channel + 1];
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let i = frame * channels + first; i < frame * channels + end; i++) sum += interleaved[i] ?? 0;
    const value = (sum / (end - first) - zero) / scale;
    if (!Number.isFinite(value)) fail(`sample ${frame} (counted from 0) is ${value}`);
    samples[frame] = value;
  }
  return samples;
}

/**
 * wavefile walks the chunks of a file recursively and trusts their sizes, so it is given a file of our own making:
 * a canonical header before the sample bytes, which the caller has measured.
 */
function decodeInterleaved(data: Uint8Array, encoding: SampleEncoding): Float32Array {
  // The rate does not change how the samples are decoded.
  const file = new wavefile.WaveFile(waveFile(data, encoding, 8000));
  if (encoding === 'ulaw') file.fromMuLaw();
  if (encoding === 'alaw') file.fromALaw();
  // wavefile takes the byte that pads an odd length for a sample.
  const count = (8 * data.length) / sampleEncodings[encoding].bits;
  return (file.getSamples(true, Float32Array) as unknown as Float32Array).subarray(0, count);
}

/** A mono RIFF WAVE file with the shortest header, around the bytes of its samples. */
export function waveFile(data: Uint8Array, encoding: SampleEncoding, rate: number): Uint8Array {
  const { tag, bits } = sampleEncodings[encoding];
  const padding = Buffer.alloc(data.length % 2);
  // Formats other than PCM have a field for the size of their extension, here 0.
  const formatBytes = tag === 1 ? 16 : 18;
  const header = Buffer.alloc(28 + formatBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(header.length - 8 + data.length + padding.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(formatBytes, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * bits) / 8, 28);
  header.writeUInt16LE(bits / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 20 + formatBytes, 'latin1');
  header.writeUInt32LE(data.length, 24 + formatBytes);
  return new Uint8Array(Buffer.concat([header, data, padding]));
}

/** The little-endian bytes of `sound`, clipped to full scale where the encoding is not float. */
export function encodeSamples({ rate, samples }: Sound, encoding: SampleEncoding, fail: Fail): Uint8Array {
  if (!Number.isInteger(rate)) fail(`its sampling rate is ${rate} Hz, not a whole number`);
  checkRecording(rate, 1, {}, fail);
  if (samples.length === 0) fail('it has no samples');
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail(`sample ${bad} (counted from 0) is ${samples[bad]}`);
  const logarithmic = encoding === 'ulaw' || encoding === 'alaw';
  const { code, scale, zero } = sampleEncodings[logarithmic ? 's16' : encoding];
  const stored = Float64Array.from(samples, (value) =>
    scale === 1 ? value : zero + Math.max(-scale, Math.min(scale - 1, Math.round(value * scale))),
  );
  const file = new wavefile.WaveFile();
  file.fromScratch(1, rate, code, stored);
  if (encoding === 'ulaw') file.toMuLaw();
  if (encoding === 'alaw') file.toALaw();
  // The logarithmic encoders add a sample to an odd number of them.
  const { samples: bytes } = file.data as { readonly samples: Uint8Array };
  return bytes.subarray(0, (samples.length * sampleEncodings[encoding].bits) / 8);
}

/** An even number of `bytes` with the two of each 16-bit word exchanged, in a copy. */
export function swapped16(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  Buffer.from(copy.buffer).swap16();
  return copy;
}

/** The first four bytes as printable text, for saying what a file begins with. */
export function beginning(bytes: Uint8Array): string {
  return JSON.stringify(latin1(bytes.subarray(0, 4)));
}
