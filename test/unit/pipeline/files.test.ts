import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MmxError } from '../../../src/errors.js';
import { fileError, formatBytes, makeDirectory } from '../../../src/pipeline/files.js';

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
