import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crc32c, fileVersionRecord, scalarRecord } from '../../../src/formats/tfevents.js';
import { readScalars } from '../../support/tfevents.js';

it('event files have the bytes that TensorBoard itself writes', () => {
  const written = Buffer.concat([
    fileVersionRecord(1700000000.25),
    scalarRecord({ tag: 'rbm left/reconstruction', step: 1, value: 12.5, at: 1700000001.5 }),
    scalarRecord({ tag: 'größe → 1/loss', step: 300, value: 0.1, at: 1700000002.5 }),
    scalarRecord({ tag: 't'.repeat(200), step: 2 ** 40, value: -1e-20, at: 1700000003 }),
  ]);
  const golden = readFileSync(join(import.meta.dirname, '../../golden/tfevents/scalars.tfevents'));
  expect(written.equals(golden)).toBe(true);
});

it('the CRC-32C is that of RFC 3720, appendix B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
  expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe('62a8ab43');
  expect(crc32c(ascending).toString(16)).toBe('46dd794e');
  expect(crc32c(ascending.reverse()).toString(16)).toBe('113fdb5c');
});

it('what TensorBoard wrote is read by the decoder of the tests, which sees a changed byte', () => {
  const golden = readFileSync(join(import.meta.dirname, '../../golden/tfevents/scalars.tfevents'));
  expect(readScalars(golden)).toEqual([
    { tag: 'rbm left/reconstruction', step: 1, value: 12.5, at: 1700000001.5 },
    { tag: 'größe → 1/loss', step: 300, value: Math.fround(0.1), at: 1700000002.5 },
    { tag: 't'.repeat(200), step: 2 ** 40, value: Math.fround(-1e-20), at: 1700000003 },
  ]);
  for (const place of [0, 9, 20, golden.length - 1]) {
    const changed = Buffer.from(golden);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    expect(() => readScalars(changed)).toThrow();
  }
});
