import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { findProgram } from '../../programs.js';

/** Where and with what a run computed: what a difference in the last digits may come from. */
export interface Environment {
  readonly mmx: string;
  /** Commit of the source tree, with `-dirty` when files differ from it; null outside a checkout. */
  readonly commit: string | null;
  readonly node: string;
  /** e.g. `linux-x64`. */
  readonly platform: string;
  readonly cpu: string;
  /** Cores this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Version of mmx in its package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

export function describeEnvironment(): Environment {
  return {
    mmx: packageVersion(),
    commit: sourceCommit(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

function sourceCommit(): string | null {
  // An installed package may lie inside somebody else's repository: only our own .git counts.
  const program = findProgram('git');
  if (program === undefined || !existsSync(join(packageRoot(), '.git'))) return null;
  try {
    const git = (...args: string[]) =>
      execFileSync(program, ['-C', packageRoot(), ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const commit = git('rev-parse', 'HEAD').trim();
    // Results and documents do not change what is computed.
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      'src',
      'package-lock.json',
    ).trim();
    return changed === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}
