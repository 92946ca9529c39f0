import type { Command } from 'commander';

/** What is wrong with the words after `mmx`; undefined where the command and its options exist. */
export function unknownIn(root: Command, words: readonly string[]): string | undefined {
  let at = root;
  let rest = words;
  for (let next = named(at, rest[0]); next !== undefined; next = named(at, rest[0])) {
    at = next;
    rest = rest.slice(1);
  }
  if (at.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('-')) {
    return `there is no command ${rest[0]}`;
  }
  const known = new Set(['--help', '-h', ...(at.parent ? [] : ['--version', '-V'])]);
  for (const { long, short } of at.options) for (const name of [long, short]) if (name) known.add(name);
  const option = rest
    .map((word) => word.replace(/=.*$/, ''))
    .find((word) => /^--?[a-z]/i.test(word) && !known.has(word));
  return option === undefined ? undefined : `there is no option ${option}`;
}

const named = (at: Command, name: string | undefined): Command | undefined =>
  at.commands.find((one) => one.name() === name);
