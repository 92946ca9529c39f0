import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScript, type Shell, shells } from '../../../../src/cli/commands/completion/scripts.js';
import { commandWords } from '../../../../src/cli/commands/completion/words.js';
import { shippedConfigs } from '../../../../src/cli/options/configs.js';
import { program } from '../../../../src/cli/program.js';
import { corpusNames } from '../../../../src/corpora/names.js';

const words = commandWords(program());
const script = (shell: Shell): string =>
  completionScript(shell, words, { corpora: corpusNames, configs: shippedConfigs() });
const has = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0;

const directory = mkdtempSync(join(tmpdir(), 'mmx-completion-'));
mkdirSync(join(directory, 'configs'));
mkdirSync(join(directory, 'results/runs/manifests'), { recursive: true });
for (const file of ['one.yaml', 'two.yml', 'with space.yaml', 'notes.txt', 'configs/deep.yaml']) {
  writeFileSync(join(directory, file), '');
}
writeFileSync(join(directory, 'results/runs/manifests/20260102-0304-x.json'), '{}');
mkdirSync(join(directory, 'results/runs/running'));
for (const mark of ['20260103-0304-here.0123abcd-77-89abcdef.tmp', '20260103-0305-there.slurm.json']) {
  writeFileSync(join(directory, 'results/runs/running', mark), '{}');
}

describe('the words', () => {
  it('are those of the commands themselves', () => {
    const table = words.find(({ path }) => path === 'table');
    expect(table?.options.flatMap(({ flags }) => flags)).toEqual(
      expect.arrayContaining(['--jobs', '-j', '--engine', '--data', '--out', '--help']),
    );
    expect(table?.options.find(({ flags }) => flags.includes('--engine'))?.words).toContain('wasm');
    expect(table?.argument.kind).toBe('config');
    expect(words.find(({ path }) => path === 'runs show')?.argument.kind).toBe('run');
    expect(words.find(({ path }) => path === 'data info')?.argument.kind).toBe('corpus');
    expect(words.find(({ path }) => path === 'reproduce')?.argument).toEqual({
      kind: 'config',
      words: ['ngiam2011', 'ngiam2011-open'],
    });
  });
});

describe.each(shells)('the %s script', (shell) => {
  it('knows every command and option', () => {
    const text = script(shell);
    for (const { path, options } of words) {
      if (path !== '') expect(text).toContain(`'${path}'`);
      for (const { flags } of options) {
        const [long = ''] = flags;
        expect(text).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
      }
    }
  });

  it.skipIf(!has(shell))(`is understood by ${shell} (needs ${shell})`, () => {
    const path = join(directory, `completion.${shell}`);
    writeFileSync(path, script(shell));
    const { status, stderr } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

/** What bash offers after these words; it cuts words at "=" before it asks. */
function offered(...line: string[]): string[] {
  const typed = ['mmx', ...line].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${line.length}; _mmx; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script('bash')}${ask}`], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe.skipIf(!has('bash'))('in bash (needs bash)', () => {
  it.each<[string[], string[]]>([
    [['ta'], ['table']],
    [['table', 'mnist-halves/d'], ['mnist-halves/demo']],
    [
      ['runs', ''],
      ['ls', 'show', 'watch', 'cancel', 'compare', 'export', 'gc'],
    ],
    [['runs', 'g'], ['gc']],
    [
      ['runs', 'cancel', ''],
      ['20260103-0304-here', '20260103-0305-there'],
    ],
    [['table', '--launcher', 's'], ['slurm']],
    [['runs', 'gc', '--k'], ['--keep-days']],
    [['table', '--engine', 'wa'], ['wasm']],
    [['table', 'one.yaml', '--e'], ['--engine']],
    [['evaluate', 'o'], ['one.yaml']],
    [['sweep', 'o'], ['one.yaml']],
    [
      ['sweep', '--t'],
      ['--threads', '--test'],
    ],
    [
      ['reproduce', 'n'],
      ['ngiam2011', 'ngiam2011-open'],
    ],
    [['reproduce', 'o'], ['one.yaml']],
    [['evaluate', 'w'], ['with space.yaml']],
    [['evaluate', 'two'], ['two.yml']],
    [['table', '--data', 'cu'], ['cuave=']],
    [
      ['table', '--data', 'cuave', '='],
      ['configs', 'results'],
    ],
    [['table', '--data', 'cuave', '=', 'con'], ['configs']],
    [['table', '--data', 'cuave', '=', 'configs', 'one'], ['one.yaml']],
    [['data', 'info', 'avletters2'], ['avletters2']],
    [['runs', 'show', '2026'], ['20260102-0304-x']],
    [['table', '--out', 'c'], ['configs']],
    [['table', '--seeds', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['nonsense', 'x'], []],
  ])('mmx %j offers %j', (line, expected) => {
    expect(offered(...line).sort()).toEqual([...expected].sort());
  });

  it('offers commands at first, and configurations and folders, but no other files', () => {
    expect(offered('')).toEqual(words[0]?.commands.map(({ name }) => name));
    const configs = shippedConfigs();
    expect(
      offered('table', '')
        .filter((word) => !configs.includes(word))
        .sort(),
    ).toEqual(['configs', 'one.yaml', 'results', 'two.yml', 'with space.yaml'].sort());
    expect(offered('table', '--data', '').sort()).toEqual(corpusNames.map((name) => `${name}=`).sort());
  });
});
