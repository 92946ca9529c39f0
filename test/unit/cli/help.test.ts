import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../../src/cli/program.js';
import { unknownIn } from '../../support/commands.js';
import { projectRoot } from '../../support/mmx.js';

interface Found {
  readonly path: string;
  readonly command: Command;
  readonly help: string;
}

const root = program();
const commands = below(root, []);

function below(command: Command, path: readonly string[]): Found[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const own = { path: ['mmx', ...path].join(' '), command, help };
  return [own, ...command.commands.flatMap((one) => below(one, [...path, one.name()]))];
}

/** The words of each example, from `mmx` to what is said of it, redirected to or piped into. */
const examplesIn = (help: string): string[][] =>
  [...help.matchAll(/^ {2}\$ (?:source <\()?(mmx .*)$/gm)].map(([, text = '']) =>
    (text.split(/ {2,}| > | \| |\)/)[0] ?? '').split(' ').slice(1),
  );

describe.each(commands)('$path --help', ({ command, help }) => {
  it('has two examples, of commands, options and configurations that exist', () => {
    const examples = examplesIn(help);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const words of examples) {
      expect(unknownIn(root, words), `mmx ${words.join(' ')}`).toBeUndefined();
      for (const word of words) {
        if (word.startsWith('configs/')) expect(existsSync(join(projectRoot, word)), word).toBe(true);
      }
    }
  });

  it.runIf(command.commands.length === 0 && command.name() !== 'completion')('offers --json', () => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });
});
