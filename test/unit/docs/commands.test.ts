import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../../src/cli/program.js';
import { unknownIn } from '../../support/commands.js';
import { projectRoot } from '../../support/mmx.js';

const root = program();

/** Texts in which commands are named, as they are in the repository. */
const files = execFileSync('git', ['ls-files', '*.md', 'configs', 'datasets', 'src'], {
  cwd: projectRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(md|yaml|ts)$/.test(file));

/** Code of a line of Markdown, a comment of YAML or a text of TypeScript. */
function codeIn(file: string, line: string): string[] {
  if (file.endsWith('.yaml')) return [/^\s*#\s+(mmx .*)$/.exec(line)?.[1] ?? '', ...ticked(line)];
  if (file.endsWith('.ts')) return [...ticked(line), /hint: ['`](mmx [^'`]*)/.exec(line)?.[1] ?? ''];
  return [/^(?: {4}|\t)?(?:\$ )?(mmx .*)$/.exec(line)?.[1] ?? '', ...ticked(line)];
}

const ticked = (line: string): string[] => [...line.matchAll(/`(mmx [^`]*)`/g)].map(([, code = '']) => code);

/** The words of one command: what follows a pipe, a comment or a placeholder in brackets is left out. */
function commandsIn(text: string): string[][] {
  const [command = ''] = text.split(/ {2,}|\s[#|>&]\s|;|…|\)/);
  const words = command.trim().split(/\s+/).slice(1);
  // Prose begins as a sentence does: `mmx is faster` is not in a code span.
  if (words.length === 0 || !/^[a-z-]/.test(words[0] ?? '')) return [];
  // `config show|check` names two.
  return words.reduce<string[][]>(
    (before, word) =>
      before.flatMap((one) =>
        (/^[a-z|]+$/.test(word) ? word.split('|') : [word]).map((next) => [...one, next]),
      ),
    [[]],
  );
}

const named = files.flatMap((file) =>
  readFileSync(join(projectRoot, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      codeIn(file, line)
        .flatMap(commandsIn)
        .map((words) => ({ place: `${file}:${index + 1}`, words })),
    ),
);

describe('commands that documents, configurations and messages name', () => {
  it('are found in all of them', () => {
    for (const start of ['README.md', 'docs/', 'datasets/', 'configs/', 'src/']) {
      expect(
        named.some(({ place }) => place.startsWith(start)),
        start,
      ).toBe(true);
    }
  });

  it('exist, with their options', () => {
    const wrong = named.flatMap(({ place, words }) => {
      const unknown = unknownIn(root, words);
      return unknown === undefined ? [] : [`${place}: mmx ${words.join(' ')}: ${unknown}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    [['run'], 'there is no command run'],
    [['data', 'list'], 'there is no command list'],
    [['table', 'x.yaml', '--seed', '1'], 'there is no option --seed'],
    [['runs', 'gc', '--json'], undefined],
    [['evaluate', 'x.yaml', '--seeds=1'], undefined],
    [['--version'], undefined],
  ])('mmx %j: %s', (words, expected) => {
    expect(unknownIn(root, words)).toBe(expected);
  });
});
