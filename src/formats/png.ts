import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { type Fail, failing, latin1, readFileBytes } from './bytes.js';

/** A grey picture, 0 to 255, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const errorCode = 'formats/png';
/** As movies have it; beyond, a picture that is one pixel wide is cut into millions of rows. */
const MAXIMUM_SIDE = 16_384;
/** Above 3840 x 2160. A pixel takes up to 30 bytes while it is read. */
const MAXIMUM_PIXELS = 2 ** 23;
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
  const fail: Fail = failing(errorCode, name, 'PNG picture');
  if (signature.some((byte, index) => bytes[index] !== byte)) fail('it does not begin like a PNG picture');
  if (bytes.length < 33) fail(`it ends inside its header, after ${bytes.length} bytes`);
  // The size is checked before anything is unpacked: a few bytes can promise a picture of gigabytes.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width === 0 || height === 0) fail(`it is ${width} x ${height} pixels large`);
  if (Math.max(width, height) > MAXIMUM_SIDE || width * height > MAXIMUM_PIXELS) {
    fail(
      `it is ${width} x ${height} pixels large; ${MAXIMUM_PIXELS} pixels and sides of ${MAXIMUM_SIDE} are read at most`,
      'make it smaller',
    );
  }
  // Of pictures that are not interlaced, pngjs unpacks no more than their size promises.
  if (bytes[28] === 1) checkInflated(bytes, view, fail);
  let rgba: Uint8Array;
  try {
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

/** Ends the parse when the data of an interlaced picture inflate to more than its size promises. */
function checkInflated(bytes: Uint8Array, view: DataView, fail: Fail): void {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const bitsOfPixel = (bytes[24] ?? 0) * (samplesOfPixel[bytes[25] ?? 0] ?? 0);
  // Of the rows of all seven passes, fewer than twice the picture's, each has a filter byte and begins at a whole byte.
  const most = Math.ceil((width * height * bitsOfPixel) / 8) + 4 * height + 16;
  try {
    inflateSync(imageData(bytes, view), { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      fail(`its data inflate to more than the ${most} bytes of ${width} x ${height} pixels`);
    }
    fail(error instanceof Error ? error.message : String(error));
  }
}

/** By colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const samplesOfPixel: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The compressed data, from all the chunks it lies in. */
function imageData(bytes: Uint8Array, view: DataView): Buffer {
  const found: Uint8Array[] = [];
  // A chunk is its length, its type, its data and a checksum.
  for (let at = signature.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (latin1(bytes.subarray(at + 4, at + 8)) === 'IDAT')
      found.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(found);
}

/** The bytes of an 8-bit grey PNG picture. */
export function encodePng({ width, height, data }: GreyPicture): Uint8Array {
  const png = new PNG({ width, height, colorType: 0, inputColorType: 0, inputHasAlpha: false, bitDepth: 8 });
  png.data = Buffer.from(data);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false, bitDepth: 8 });
}
