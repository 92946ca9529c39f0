import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import { checkFolder } from '../../../../src/pipeline/store/check-folder.js';
import { fileError, formatBytes, makeDirectory, replaceFiles } from '../../../../src/pipeline/store/files.js';
import { smallDisk, temporaryDirectory } from '../../../fixtures/pipeline/place.js';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something, write`), { code });
}

describe('the sentence for a failed file operation', () => {
  it.each([
    ['ENOSPC', 'store/no-space', /^\/none\/x cannot be written: the disk is full \(2\.0 MB needed\)\.$/],
    ['EDQUOT', 'store/no-space', /^\/none\/x cannot be written: the disk quota is used up \(2\.0 MB needed/],
    ['EROFS', 'store/read-only', /^\/none\/x cannot be written: the file system is read-only\.$/],
    ['EACCES', 'store/permission', /^\/none\/x cannot be accessed: permission denied\.$/],
    ['EIO', 'store/io', /^\/none\/x cannot be accessed: EIO: something, write\.$/],
  ])('%s', (system, code, message) => {
    const error = fileError(systemError(system), '/none/x', 2e6);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(1);
  });

  it('says what is free only where that is too little: room may have been made since', () => {
    const { message } = fileError(systemError('ENOSPC'), '/none/x', 1e18);
    expect(message).toMatch(/the disk is full \(.* needed, .* free\)\.$/);
  });

  it('leaves our own errors alone', () => {
    const error = new MmxError('toy/x', 'A sentence.');
    expect(fileError(error, 'path')).toBe(error);
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [188_160_000, '188.2 MB'],
  [2.5e15, '2500.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('making a directory', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mmx-files-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('makes those above it, and is content with one that is there', () => {
    const path = join(scratch, 'a', 'b', 'c');
    makeDirectory(path);
    makeDirectory(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('fails as the system does where a file is in the way', () => {
    writeFileSync(join(scratch, 'file'), '');
    expect(() => makeDirectory(join(scratch, 'file'))).toThrow(/EEXIST/);
    expect(() => makeDirectory(join(scratch, 'file', 'below'))).toThrow(/ENOTDIR|ENOENT/);
  });

  it('ends below a link to nowhere', () => {
    symlinkSync(join(scratch, 'nowhere'), join(scratch, 'link'));
    expect(() => makeDirectory(join(scratch, 'link', 'below'))).toThrow(/ENOENT/);
  });

  it.skipIf(!existsSync('/proc/self'))('ends where the system makes none, though the parent is there', () => {
    expect(() => makeDirectory('/proc/mmx')).toThrow(/ENOENT/);
    expect(() => makeDirectory('/proc/mmx/a/b')).toThrow(/ENOENT/);
  });
});

describe('a folder that is to be written to', () => {
  it('is left as it is found, and not made if it was not there', () => {
    const directory = temporaryDirectory();
    checkFolder(join(directory, 'a', 'b'));
    expect(readdirSync(directory)).toEqual([]);
    mkdirSync(join(directory, 'empty'));
    checkFolder(join(directory, 'empty', 'c'));
    checkFolder(join(directory, 'empty'));
    expect(readdirSync(directory, { recursive: true })).toEqual(['empty']);
  });

  it('is refused with a sentence where a file lies in the way', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => checkFolder(file)).toThrow(`${file} cannot be written to: ${file} is not a folder.`);
    expect(() => checkFolder(join(file, 'a/b'))).toThrow(
      `${join(file, 'a/b')} cannot be written to: ${file} is not a folder.`,
    );
  });

  it.skipIf(!existsSync('/proc/self'))('is refused where the system makes none', () => {
    expect(() => checkFolder('/proc/mmx/a')).toThrow(/^\/proc\/mmx\/a cannot be accessed: /);
  });
});

describe('files that are replaced together', () => {
  const files = (content: string, bytes = 1) =>
    ['a', 'b', 'c'].map((name) => ({ name, chunks: [Buffer.from(content.repeat(bytes))] }));

  it('stay as they were when one cannot be written', (context) => {
    const disk = smallDisk(2 ** 20);
    if ('reason' in disk) return context.skip(disk.reason);
    replaceFiles(disk.directory, files('x'));
    expect(() => replaceFiles(disk.directory, files('y', 500_000))).toThrow(
      /\/c cannot be written: the disk is full \(500\.0 kB needed/,
    );
    expect(readdirSync(disk.directory).sort()).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'b', 'c']) expect(readFileSync(join(disk.directory, name), 'utf8')).toBe('x');
  });

  it('leave no unfinished write when a name is taken by a folder', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'b', 'full'), { recursive: true });
    expect(() => replaceFiles(directory, files('x'))).toThrow(/\/b cannot be accessed/);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
