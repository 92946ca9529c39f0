import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/programs.js';

const root = mkdtempSync(join(tmpdir(), 'mmx-programs-'));
beforeAll(() => {
  mkdirSync(join(root, 'first'));
  mkdirSync(join(root, 'second/tool'), { recursive: true });
  writeFileSync(join(root, 'first/tool'), '', { mode: 0o644 });
  mkdirSync(join(root, 'third'));
  writeFileSync(join(root, 'third/tool'), '', { mode: 0o755 });
});
afterAll(() => rmSync(root, { recursive: true }));

describe.skipIf(process.platform === 'win32')('a program', () => {
  const PATH = ['first', 'second', 'third'].map((folder) => join(root, folder)).join(':');

  it('is the first file of that name on the PATH that may be executed', () => {
    expect(findProgram('tool', { PATH })).toBe(join(root, 'third/tool'));
    expect(findProgram('other', { PATH })).toBeUndefined();
    expect(findProgram('tool', {})).toBeUndefined();
  });

  it('is not taken from the working directory', () => {
    const here = relative(process.cwd(), join(root, 'third'));
    expect(findProgram('tool', { PATH: `${here}:/nowhere` })).toBeUndefined();
    expect(findProgram('biome.json', { PATH: ':.' })).toBeUndefined();
  });
});
