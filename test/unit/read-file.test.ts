import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlainFile, readPlainText, UnreadFile } from '../../src/read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'mmx-read-file-'));
const fileOf = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

function reasonOf(path: string, limit = 1000): string {
  try {
    readPlainFile(path, limit);
  } catch (error) {
    if (error instanceof UnreadFile) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'read';
}

describe('readPlainFile', () => {
  it('gives what is in the file, up to the limit and not a byte more', () => {
    const path = fileOf('ten', '0123456789');
    expect(readPlainText(path, 10)).toBe('0123456789');
    expect(reasonOf(path, 9)).toBe('too-large: it is larger than the limit of 9 bytes');
    expect(readPlainFile(fileOf('empty', ''), 0)).toHaveLength(0);
  });

  it('refuses pipes, devices and folders at once', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(reasonOf(pipe)).toBe('not-plain: it is not a plain file');
    expect(reasonOf('/dev/zero')).toBe('not-plain: it is not a plain file');
    expect(reasonOf(folder)).toBe('directory: it is a directory');
  });

  it('reads files that state no size, and stops at the limit', () => {
    expect(readPlainText('/proc/self/status', 1 << 16)).toMatch(/^Name:/);
    expect(reasonOf('/proc/self/status', 8)).toMatch(/^too-large/);
  });

  it('does not hold a huge file to find out that it is huge', () => {
    const path = fileOf('sparse', '');
    truncateSync(path, 2 ** 40);
    const before = process.memoryUsage().arrayBuffers;
    expect(reasonOf(path)).toMatch(/^too-large/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it('says why', () => {
    expect(reasonOf(join(folder, 'absent'))).toBe('missing: it does not exist');
    expect(reasonOf(join(fileOf('file', ''), 'below'))).toBe('missing: it does not exist');
    expect(reasonOf(`${folder}/a\0b`)).toBe('name: its name holds a NUL character');
    expect(reasonOf(join(folder, 'n'.repeat(300)))).toBe('name: its name is too long');
  });

  it.skipIf(process.getuid?.() === 0)('says what this user may not read', () => {
    const path = fileOf('secret', 'x');
    chmodSync(path, 0o000);
    expect(reasonOf(path)).toBe('denied: this user may not read it');
  });
});
