import type { Command } from 'commander';
import { nearest } from '../edit-distance.js';
import { MmxError } from '../errors.js';

/**
 * Refuses to show help of a command that there is not: Commander shows that of the command above, as if nothing were wrong.
 *
 * @param words of the command line, after `mmx`
 * @throws MmxError `cli/usage` with the command that was likely meant
 */
export function refuseUnknownHelp(mmx: Command, words: readonly string[]): void {
  const [first, ...rest] = words;
  const isHelp = first === 'help';
  if (!isHelp && !words.some((word) => word === '--help' || word === '-h')) return;
  let command = mmx;
  for (const word of isHelp ? rest : words) {
    if (word.startsWith('-') || command.commands.length === 0) return;
    const names = command.commands.map((one) => one.name());
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined && word === 'help') return;
    if (next === undefined) {
      const near = nearest(word, names);
      throw new MmxError('cli/usage', `unknown command '${word}'`, {
        exitCode: 2,
        hint: near === undefined ? `there are: ${names.join(', ')}` : `did you mean ${near}?`,
      });
    }
    command = next;
  }
}
