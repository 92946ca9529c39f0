import { describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.js';

describe('help of a command that there is not', () => {
  it.each([
    [['help', 'tabel'], "unknown command 'tabel'", 'did you mean table?'],
    [['tabel', '--help'], "unknown command 'tabel'", 'did you mean table?'],
    [['runs', 'lss', '-h'], "unknown command 'lss'", 'did you mean ls?'],
    [['help', 'runs', 'nosuch'], "unknown command 'nosuch'", 'there are: ls, show'],
  ])('mmx %j is an error', async (words, sentence, hint) => {
    const { status, stdout, stderr } = await commandLine(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`mmx: ${sentence}`);
    expect(stderr).toContain(hint);
  });

  it.each([[['help']], [['help', 'runs']], [['runs', '--help']], [['table', 'x.yaml', '--help']]])(
    'mmx %j is help',
    async (words) => {
      const { status, stdout } = await commandLine(...words);
      expect(status).toBe(0);
      expect(stdout).toContain('Usage: mmx');
    },
  );
});

describe('a mistake in the arguments names the help of its own command', () => {
  it.each([
    [['table'], "missing required argument 'config'", '(mmx table --help shows its arguments and options)'],
    [
      ['runs', 'show'],
      "missing required argument 'run'",
      '(mmx runs show --help shows its arguments and options)',
    ],
    [['runs', 'lss'], "unknown command 'lss'", '(mmx runs --help lists its commands)'],
  ])('mmx %j', async (words, sentence, hint) => {
    const { status, stderr } = await commandLine(...words);
    expect(status).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(hint);
  });
});
