/** Valid files of kinds that our own writers do not write. */
import { PNG } from 'pngjs';
import type { Random } from '../core/random.js';

/** Colours with and without transparency, and 16 bits a sample. */
export function colourPng(random: Random): readonly Uint8Array[] {
  const [width, height] = [6, 5];
  return [
    { colorType: 6, bitDepth: 8 },
    { colorType: 2, bitDepth: 8 },
    { colorType: 0, bitDepth: 16 },
  ].map(({ colorType, bitDepth }) => {
    const png = new PNG({ width, height });
    png.data = Buffer.from(random.bytes(4 * width * height));
    return new Uint8Array(
      PNG.sync.write(png, { colorType: colorType as 0 | 2 | 6, bitDepth: bitDepth as 8 | 16 }),
    );
  });
}

/**
 * The 40 samples of a mono PCM file of 16 bits as two and four channels, and with an extensible header.
 *
 * @param mono with a header of 44 bytes
 */
export function severalChannels(mono: Uint8Array): readonly Uint8Array[] {
  const widened = [2, 4].map((channels) => {
    const bytes = Buffer.from(mono);
    bytes.writeUInt16LE(channels, 22);
    bytes.writeUInt32LE(16000 * 2 * channels, 28);
    bytes.writeUInt16LE(2 * channels, 32);
    return new Uint8Array(bytes);
  });
  const format = Buffer.alloc(40);
  Buffer.from(mono).copy(format, 0, 20, 36);
  format.writeUInt16LE(0xfffe, 0);
  format.writeUInt16LE(22, 16);
  format.writeUInt16LE(16, 18);
  Buffer.from('0100000000001000800000aa00389b71', 'hex').copy(format, 24);
  const head = Buffer.from(mono.subarray(0, 20));
  head.writeUInt32LE(mono.length - 8 + 24, 4);
  head.writeUInt32LE(40, 16);
  return [...widened, new Uint8Array(Buffer.concat([head, format, mono.subarray(36)]))];
}
