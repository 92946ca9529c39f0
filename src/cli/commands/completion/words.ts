import type { Command, Option } from 'commander';
import { reproductions } from '../../../papers/find.js';

/** What may follow an option. */
export type ValueKind = 'none' | 'words' | 'directory' | 'corpus' | 'text';

export interface OptionWords {
  /** `--jobs`, and `-j` where there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: ValueKind;
  /** Of `words`. */
  readonly words: readonly string[];
}

/** A command as completion sees it. */
export interface CommandWords {
  /** Names from `mmx` on, `runs compare`; empty for `mmx` itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  /** What its arguments are: one of these words, files of these endings or one of these words, corpora, or nothing to offer. */
  readonly argument: {
    readonly kind: 'none' | 'words' | 'config' | 'directory' | 'corpus' | 'run' | 'live-run';
    readonly words: readonly string[];
  };
}

/** Every command of the tree, parents first: the scripts hold nothing that is not in it. */
export function commandWords(root: Command): readonly CommandWords[] {
  const found: CommandWords[] = [];
  const visit = (command: Command, path: readonly string[]): void => {
    const commands = command.commands.map((one) => ({ name: one.name(), description: one.description() }));
    const help: OptionWords = {
      flags: ['--help', '-h'],
      description: 'display help for command',
      value: 'none',
      words: [],
    };
    found.push({
      path: path.join(' '),
      description: command.description(),
      commands:
        path.length === 0
          ? [...commands, { name: 'help', description: 'display help for command' }]
          : commands,
      options: [...command.options.filter(({ hidden }) => !hidden).map(optionWords), help],
      argument: argumentWords(command),
    });
    for (const one of command.commands) visit(one, [...path, one.name()]);
  };
  visit(root, []);
  return found;
}

function optionWords({ long, short, description, flags, argChoices }: Option): OptionWords {
  const placeholder = /<([^>]+)>/.exec(flags)?.[1];
  const words = argChoices ?? [];
  return {
    flags: [long, short].filter((flag) => flag !== undefined && flag !== null),
    description,
    value: valueKind(placeholder, words),
    words,
  };
}

function valueKind(placeholder: string | undefined, words: readonly string[]): ValueKind {
  if (placeholder === undefined) return 'none';
  if (words.length > 0) return 'words';
  if (placeholder === 'corpus=dir') return 'corpus';
  return placeholder === 'dir' ? 'directory' : 'text';
}

/** By the name that the command's own help gives its first argument. */
function argumentWords({ registeredArguments: [first] }: Command): CommandWords['argument'] {
  if (first === undefined) return { kind: 'none', words: [] };
  if (first.argChoices) return { kind: 'words', words: first.argChoices };
  const name = first.name();
  if (name === 'paper') return { kind: 'config', words: reproductions() };
  if (/^(config|file|table)s?$/.test(name)) return { kind: 'config', words: [] };
  if (name === 'corpus') return { kind: 'corpus', words: [] };
  if (name === 'dir' || name === 'directory' || name === 'dirs') return { kind: 'directory', words: [] };
  if (name === 'live-run') return { kind: 'live-run', words: [] };
  if (name === 'run' || name === 'runs' || name === 'a') return { kind: 'run', words: [] };
  return { kind: 'none', words: [] };
}
