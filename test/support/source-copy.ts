import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory, projectRoot } from './mmx.js';

/** What the build and the built program need, besides packages. */
const parts = [
  'bin',
  'configs',
  'datasets',
  'dist',
  'src',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/**
 * A copy of the source with its build, which can be changed and built again.
 *
 * @param more files and folders that are wanted in it
 */
export function copyOfSource(name: string, more: readonly string[] = []): string {
  const copy = emptyDirectory(name);
  for (const part of [...parts, ...more])
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true });
  cpSync(join(projectRoot, 'results/published'), join(copy, 'results/published'), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

/** Compiles a copy, with its types checked. @throws Error with what the compiler says */
export function build(copy: string): void {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: copy,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
}

/** Runs a program of Node in a copy. @returns its status, and what it wrote to both outputs */
export function nodeIn(
  copy: string,
  ...args: string[]
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  return { status, output: `${stdout}${stderr}` };
}
