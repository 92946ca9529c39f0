import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { failing, latin1, readFileBytes } from './bytes.js';

/** A grey picture, 0 to 255, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const errorCode = 'formats/png';
const MAXIMUM_PIXELS = 2 ** 24;
const MAXIMUM_SIDE = 2 ** 14;
/** Colour and transparency of 16 bits each. */
const MAXIMUM_PIXEL_BYTES = 8;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads a PNG picture as grey: colours by their luma (ITU-R BT.601), transparency is not regarded.
 *
 * @throws MmxError `formats/png` naming the file and what is wrong with it
 */
export function readPng(file: string): GreyPicture {
  return parsePng(readFileBytes(file, errorCode, 'PNG picture'), file);
}

/** Parses the bytes of a PNG picture; `name` is used in error messages. Throws as {@link readPng} does. */
export function parsePng(bytes: Uint8Array, name: string): GreyPicture {
  const fail: (problem: string) => never = failing(errorCode, name, 'PNG picture');
  if (signature.some((byte, index) => bytes[index] !== byte)) fail('it does not begin as PNG pictures do');
  if (bytes.length < 33) fail(`it ends inside its header, after ${bytes.length} bytes`);
  // The size is checked before anything is unpacked: a few bytes can promise a picture of gigabytes.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (
    width === 0 ||
    height === 0 ||
    Math.max(width, height) > MAXIMUM_SIDE ||
    width * height > MAXIMUM_PIXELS
  )
    fail(`it is ${width} x ${height} pixels large`);
  let rgba: Uint8Array;
  try {
    checkInflation(bytes, width, height);
    rgba = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).data;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const [red, green, blue] = [rgba[4 * i] ?? 0, rgba[4 * i + 1] ?? 0, rgba[4 * i + 2] ?? 0];
    data[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { width, height, data };
}

/** The library unpacks interlaced pictures without a bound: what they give is counted before. @throws an error that says so */
function checkInflation(bytes: Uint8Array, width: number, height: number): void {
  const packed: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = signature.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (latin1(bytes.subarray(at + 4, at + 8)) === 'IDAT')
      packed.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  // A filter byte for each row; the seven passes of an interlaced picture have at most twice the rows and a few.
  const most = width * height * MAXIMUM_PIXEL_BYTES + 2 * height + 64;
  try {
    inflateSync(Buffer.concat(packed), { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return; // the library says what is wrong
    throw new Error(`it holds more than the ${most} bytes that ${width} x ${height} pixels can have`);
  }
}

/** The bytes of an 8-bit grey PNG picture. */
export function encodePng({ width, height, data }: GreyPicture): Uint8Array {
  const png = new PNG({ width, height, colorType: 0, inputColorType: 0, inputHasAlpha: false, bitDepth: 8 });
  png.data = Buffer.from(data);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false, bitDepth: 8 });
}
