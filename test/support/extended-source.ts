import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksShown, changed } from './documents.js';
import { emptyDirectory, projectRoot } from './mmx.js';

/** A copy of the source in which sections of a document were followed to the letter. */
export interface ExtendedSource {
  readonly path: string;
  /** Files that a section adds or changes, relative to the copy. */
  readonly touched: Readonly<Record<string, readonly string[]>>;
  /** The block of a section that belongs to no file, an example of a config. */
  readonly example: (section: string) => string;
  /** Runs a program of Node in the copy. */
  readonly node: (...args: string[]) => {
    readonly status: number | null;
    readonly output: string;
  };
  readonly remove: () => void;
}

const copied = [
  'bin',
  'configs',
  'datasets',
  'dist',
  'docs',
  'src',
  'test/support',
  'test/unit/corpora',
  'test/unit/modalities',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vitest.config.ts',
];

/**
 * Writes the files and makes the changes that the sections show.
 *
 * @throws Error when a change does not fit the source as it is
 */
export function extendedSource(document: string, sections: readonly string[]): ExtendedSource {
  const path = emptyDirectory('extended');
  for (const part of copied) cpSync(join(projectRoot, part), join(path, part), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(path, 'node_modules'), 'dir');
  const shown = sections.map((section) => [section, blocksShown(document, section)] as const);
  const touched = shown.map(([section, blocks]): [string, readonly string[]] => [
    section,
    blocks.flatMap(({ path: file, language, content }) => {
      if (file === undefined) return [];
      const place = join(path, file);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, language === 'diff' ? changed(readFileSync(place, 'utf8'), content) : content);
      return [file];
    }),
  ]);
  return {
    path,
    touched: Object.fromEntries(touched),
    example: (section) => {
      const [, blocks = []] = shown.find(([name]) => name === section) ?? [];
      return blocks.find((block) => block.path === undefined)?.content ?? '';
    },
    node(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: path,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      });
      return { status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
