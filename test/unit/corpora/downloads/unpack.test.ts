import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32, tableCrc32 } from '../../../../src/corpora/downloads/crc32.js';
import type { Storage } from '../../../../src/corpora/downloads/storage.js';
import { type UnpackOptions, unpack } from '../../../../src/corpora/downloads/unpack.js';
import { openZip, zipLimits } from '../../../../src/corpora/downloads/zip-archive.js';
import { MmxError } from '../../../../src/errors.js';
import { encodeZip, type ZipEntry } from '../../../support/zip.js';
import { storage } from './downloads.js';

const folderWith = (archive: Uint8Array): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mmx-unpack-'));
  writeFileSync(join(folder, 'a.zip'), archive);
  return folder;
};

const unpackIn = (
  folder: string,
  into = '.',
  more: Partial<UnpackOptions> & { contains?: { ending: string; count: number } } = {},
) =>
  unpack(join(folder, 'a.zip'), { name: 'a.zip', unpack: { into }, contains: more.contains }, folder, {
    storage,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  });

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

const sound: readonly ZipEntry[] = [
  { name: 's1/' },
  { name: 's1/a.mpg', content: 'first movie' },
  { name: 's1/b.mpg', content: 'second movie', stored: true },
  { name: 's1/empty.txt' },
];

describe('an archive', () => {
  it('is unpacked as a whole, with what it held told', async () => {
    const folder = folderWith(encodeZip(sound));
    const seen: number[] = [];
    const result = await unpackIn(folder, 's1', { progress: (done) => seen.push(done) });
    expect(result).toEqual({ files: 3, bytes: 23, roots: ['s1'], kept: [] });
    expect(filesIn(folder)).toEqual(['a.zip', 's1', 's1/a.mpg', 's1/b.mpg', 's1/empty.txt']);
    expect(readFileSync(join(folder, 's1/b.mpg'), 'utf8')).toBe('second movie');
    expect(seen.at(-1)).toBe(23);
  });

  it('without the folder that its files belong into gets it', async () => {
    const folder = folderWith(encodeZip([{ name: 's1/x.align', content: '0 1 sil' }]));
    expect((await unpackIn(folder, 'alignments')).roots).toEqual(['alignments']);
    expect(existsSync(join(folder, 'alignments/s1/x.align'))).toBe(true);
  });

  it('is freed of what operating systems leave behind', async () => {
    const litter = ['__MACOSX/s1/._a.mpg', 's1/.DS_Store', 's1/._a.mpg', 's1/Thumbs.db'];
    const folder = folderWith(encodeZip([...sound, ...litter.map((name) => ({ name, content: 'x' }))]));
    expect((await unpackIn(folder, 's1')).files).toBe(3);
    expect(filesIn(folder)).toHaveLength(5);
  });

  it('changes no file that is there, and says which have another content', async () => {
    const folder = folderWith(encodeZip(sound));
    mkdirSync(join(folder, 's1'));
    writeFileSync(join(folder, 's1/a.mpg'), 'first movie');
    writeFileSync(join(folder, 's1/b.mpg'), 'my own movie');
    expect((await unpackIn(folder, 's1')).kept).toEqual(['s1/b.mpg']);
    expect(readFileSync(join(folder, 's1/b.mpg'), 'utf8')).toBe('my own movie');
    expect(existsSync(join(folder, 's1/empty.txt'))).toBe(true);
  });

  it('does not write through a link in place of a file', async () => {
    const folder = folderWith(encodeZip(sound));
    const outside = join(mkdtempSync(join(tmpdir(), 'mmx-outside-')), 'file');
    mkdirSync(join(folder, 's1'));
    symlinkSync(outside, join(folder, 's1/a.mpg'));
    expect((await unpackIn(folder, 's1')).kept).toEqual(['s1/a.mpg']);
    expect(existsSync(outside)).toBe(false);
  });

  it('must hold what it should', async () => {
    const contains = { ending: '.mpg', count: 3 };
    const folder = folderWith(encodeZip(sound));
    await expect(unpackIn(folder, 's1', { contains })).rejects.toThrow(
      'a.zip cannot be unpacked: it holds 2 files *.mpg; 3 are expected',
    );
    expect(filesIn(folder)).toEqual(['a.zip']);
  });

  it('is not unpacked where the disk has no room for it', async () => {
    const folder = folderWith(encodeZip(sound));
    const small: Storage = { ...storage, free: () => 22 };
    await expect(unpackIn(folder, 's1', { storage: small })).rejects.toThrow(
      /the disk is full \(23 bytes needed/,
    );
    expect(filesIn(folder)).toEqual(['a.zip']);
  });

  it('leaves nothing when it is interrupted', async () => {
    const folder = folderWith(encodeZip(sound));
    const stop = new AbortController();
    const unpacking = unpackIn(folder, 's1', { signal: stop.signal, progress: () => stop.abort() });
    await expect(unpacking).rejects.toThrow(/abort/i);
    expect(filesIn(folder)).toEqual(['a.zip']);
  });
});

const good: ZipEntry = { name: 'good.txt', content: 'good' };
const zeros = Buffer.alloc(2 ** 20);

describe('a harmful or damaged archive', () => {
  it.each<[string, readonly ZipEntry[], RegExp]>([
    ['a path upwards', [good, { name: '../evil.txt', content: 'x' }], /invalid relative path|points outside/],
    [
      'a path upwards, further in',
      [good, { name: 'a/../../evil.txt', content: 'x' }],
      /relative path|points outside/,
    ],
    ['an absolute path', [good, { name: '/tmp/evil.txt', content: 'x' }], /absolute path/],
    ['a drive', [good, { name: 'C:/evil.txt', content: 'x' }], /absolute path/],
    ['a stream of a file', [good, { name: 'a.txt:evil', content: 'x' }], /must not contain/],
    ['backslashes', [good, { name: '..\\evil.txt', content: 'x' }], /invalid characters/],
    ['NUL', [good, { name: 'evil\0.txt', content: 'x' }], /must not contain/],
    ['a line end', [good, { name: 'ev\nil.txt', content: 'x' }], /must not contain/],
    ['an empty folder name', [good, { name: 'a//b.txt', content: 'x' }], /points outside/],
    ['a folder of one dot', [good, { name: 'a/./b.txt', content: 'x' }], /points outside/],
    ['a device', [good, { name: 'a/NUL.txt', content: 'x' }], /some systems interpret differently/],
    ['a dot at the end', [good, { name: 'a./b.txt', content: 'x' }], /some systems interpret differently/],
    ['a long name', [good, { name: 'x'.repeat(256), content: 'x' }], /too long/],
    ['many folders', [good, { name: `${'a/'.repeat(9)}b`, content: 'x' }], /folders deep/],
    ['a link', [good, { name: 'link', content: '/etc', mode: 0o120777 }], /link is a symbolic link/],
    ['a pipe', [good, { name: 'pipe', mode: 0o010644 }], /pipe is not a plain file/],
    ['a file as a folder', [good, { name: 'a/', mode: 0o100644 }], /is not a plain file/],
    ['a name twice', [good, good], /good\.txt and good\.txt would become one file/],
    [
      'a name in other case',
      [good, { ...good, name: 'GOOD.txt' }],
      /good\.txt and GOOD\.txt would become one/,
    ],
    ['a file that is a folder', [good, { name: 'good.txt/x', content: 'x' }], /would become one file/],
    ['encryption', [good, { name: 'x', content: 'x', flags: 1 }], /encrypted/],
    ['another method', [good, { name: 'x', content: 'x', method: 12 }], /does not support/],
    ['a wrong CRC-32', [good, { name: 'x', content: 'x', crc32: 1 }], /x is damaged: its CRC-32 is wrong/],
    ['more than it says', [good, { name: 'x', content: zeros, uncompressedSize: 10 }], /too many bytes/],
    ['less than it says', [good, { name: 'x', content: 'x', uncompressedSize: 10 }], /not enough bytes/],
    ['a bomb', [good, { name: 'x', content: zeros, uncompressedSize: 2 ** 31 }], /unpacks to more than/],
    [
      'entries of the same data',
      [{ name: '0', content: Buffer.from(zeros.map((_, i) => (i * i) >> 3)) }, ...many(9)],
      /entries overlap/,
    ],
  ])('%s: refused as a whole', async (_, entries, message) => {
    const folder = folderWith(encodeZip(entries));
    const error = await unpackIn(folder).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(MmxError);
    expect(error).toMatchObject({ code: 'fetch/archive', exitCode: 1 });
    expect((error as MmxError).message).toMatch(message);
    expect((error as MmxError).message).toMatch(/^a\.zip cannot be unpacked: /);
    expect(filesIn(folder)).toEqual(['a.zip']);
    expect(existsSync(join(folder, '..', 'evil.txt'))).toBe(false);
  });

  it('cut off anywhere is refused', async () => {
    const archive = encodeZip(sound);
    for (const length of [0, 1, 21, 60, archive.length - 1]) {
      const folder = folderWith(archive.subarray(0, length));
      await expect(unpackIn(folder)).rejects.toThrow(/^a\.zip cannot be unpacked: /);
      expect(filesIn(folder)).toEqual(['a.zip']);
    }
  });

  it('with too many entries is refused before they are read', async () => {
    const limits = { ...zipLimits(1000), entries: 3 };
    const open = openZip(encodeZip(sound), 'a.zip', { into: '.', contains: undefined }, limits);
    await expect(open).rejects.toThrow('it has 4 entries; mmx unpacks at most 3');
  });
});

function many(count: number): readonly ZipEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    name: String(i + 1),
    content: Buffer.from(zeros.map((_, j) => (j * j) >> 3)),
    sharesDataOf: 0,
  }));
}

it('computes CRC-32 as Node.js does, in pieces too', () => {
  const bytes = Buffer.from('The quick brown fox jumps over the lazy dog');
  expect([tableCrc32(bytes), crc32(bytes)]).toEqual([0x414fa339, 0x414fa339]);
  expect(tableCrc32(bytes.subarray(10), tableCrc32(bytes.subarray(0, 10)))).toBe(0x414fa339);
});
