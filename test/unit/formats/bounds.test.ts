import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeHtk, parseHtk } from '../../../src/formats/htk.js';
import { readIdx } from '../../../src/formats/idx.js';
import { readCuaveLabels, readLabelText } from '../../../src/formats/labels.js';
import { encodePng, parsePng } from '../../../src/formats/png.js';
import { encodeWav, parseWav } from '../../../src/formats/wav.js';
import { matrix } from '../../../src/matrix.js';
import { skippedIf } from '../../support/skipped.js';
import { scratchFolder } from '../corpora/folder.js';

/** Of buffers outside the JavaScript heap, which is where pictures and inflated bytes lie. */
const MOST_BYTES = 400 * 2 ** 20;

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const crc = body.reduce((sum, byte) => (crcTable[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8), 0xffffffff);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly color?: number;
  readonly interlaced?: boolean;
}

/** A PNG picture whose compressed data are given, whatever its header says. */
function png({ width, height, depth = 8, color = 0, interlaced = false }: Header, data: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = color;
  header[12] = interlaced ? 1 : 0;
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

describe('a picture', () => {
  it.each([
    ['3 x 16777219', { width: 3, height: 16_777_219 }],
    ['16777219 x 3', { width: 16_777_219, height: 3 }],
    ['8192 x 8192', { width: 8192, height: 8192 }],
  ])('of %s is refused by its header alone', (size, header) => {
    const bytes = png(header, deflateSync(new Uint8Array(10)));
    expect(() => parsePng(bytes, 'x.png')).toThrow(
      `x.png is not a usable PNG picture: it is ${size} pixels large`,
    );
  });

  it.each([false, true])(
    'inflates to no more than its size promises (interlaced: %s)',
    (interlaced) => {
      const bomb = png(
        { width: 8, height: 8, interlaced },
        deflateSync(Buffer.alloc(900 * 2 ** 20), { level: 1, memLevel: 9 }),
      );
      const before = process.memoryUsage();
      try {
        parsePng(bomb, 'bomb.png');
      } catch (error) {
        expect(error).toMatchObject({ code: 'formats/png' });
      }
      const after = process.memoryUsage();
      expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MOST_BYTES);
      if (interlaced) expect(() => parsePng(bomb, 'bomb.png')).toThrow('its data inflate to more than the');
    },
    60_000,
  );

  it('may be interlaced', () => {
    // Adam7 of 1 x 1: one pass of one row, its filter byte and its pixel.
    const bytes = png({ width: 1, height: 1, interlaced: true }, deflateSync(Uint8Array.of(0, 77)));
    expect(parsePng(bytes, 'x')).toEqual({ width: 1, height: 1, data: Uint8Array.of(77) });
  });

  it('of the largest size is read', () => {
    const grey = { width: 3840, height: 2160, data: new Uint8Array(3840 * 2160).fill(5) };
    expect(parsePng(encodePng(grey), 'x').data[12_345]).toBe(5);
  }, 60_000);
});

describe('a recording', () => {
  it.each([100, 999, 800_000, 4_000_000_000])('of %i samples a second is refused', (rate) => {
    const bytes = encodeWav({ rate: 8000, samples: Float32Array.of(0.1, 0.2) });
    new DataView(bytes.buffer).setUint32(24, rate, true);
    expect(() => parseWav(bytes, 'x.wav')).toThrow(
      `x.wav is not a usable WAV file: its sampling rate is ${rate} Hz`,
    );
  });
});

describe('features', () => {
  it.each([1, 2 ** 31 - 1])('of a frame period of %i x 100 ns are refused', (period) => {
    const values = matrix(2, 1, Float32Array.of(1, 2));
    const bytes = encodeHtk({ samplePeriodSeconds: 0.01, kind: 'MFCC', values });
    new DataView(bytes.buffer).setInt32(4, period);
    expect(() => parseHtk(bytes, 'x.mfcc')).toThrow(/its frame period is/);
  });
});

const reason = skippedIf(process.platform === 'win32', 'no FIFOs here');

describe('a file that is no plain file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mmx-fifo-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.skipIf(process.platform === 'win32')(`is not waited for${reason}`, () => {
    const fifo = join(folder, 'pipe');
    execFileSync('mkfifo', [fifo]);
    for (const read of [readIdx, readLabelText, readCuaveLabels]) {
      expect(() => read(fifo)).toThrow('it is not a plain file');
    }
  });
});

describe('a text file', () => {
  const { path, write } = scratchFolder();
  afterAll(() => rmSync(path, { recursive: true }));

  it.each(['utf16le', 'utf16be'])('in %s is named as such', (encoding) => {
    const bytes = Buffer.from('\uFEFF0 100 one\n', 'utf16le');
    const file = write('labels.txt', encoding === 'utf16le' ? bytes : bytes.swap16());
    expect(() => readLabelText(file)).toThrow(`${file} is not usable: it is encoded in UTF-16`);
  });
});
