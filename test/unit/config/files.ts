import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { ConfigError } from '../../../src/config/problems.js';

/** Runs every test of a file in an empty directory of its own, so that messages show bare file names. */
export function inEmptyDirectory(): void {
  const home = process.cwd();
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mmx-config-'));
    process.chdir(directory);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });
}

export function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, content);
  }
}

/** The error an action ends in, which must be about the configuration. */
export function configError(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** A line to begin experiments with: what no experiment can do without. */
export const required = 'corpus: mnist-halves\narchitecture: raw-cca\nsetting: shared-left-to-right\n';
