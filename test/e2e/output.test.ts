import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assertBuilt, emptyDirectory, mmx, mmxWith, projectRoot, smallTable } from '../support/mmx.js';

beforeAll(assertBuilt);

/** A command to the terminal, one of C1, an override of direction, and a line that would look like one of mmx. */
const hostile = 'a\u001b[2Jb\u009b31mc\u202ed\nmmx: all is well';
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|^mmx: all is well/m;

const yaml = JSON.stringify(hostile);
const config = `extends: ${join(projectRoot, 'configs/mnist-halves/rbm-cca.yaml')}\n`;

describe('names and texts of others', () => {
  const cwd = emptyDirectory('output');
  writeFileSync(join(cwd, 'experiment.yaml'), config);
  writeFileSync(
    join(cwd, 'table.yaml'),
    smallTable.replace('A small table', `${yaml}`).replace('label: RBM-CCA', `label: ${yaml}`),
  );
  mkdirSync(join(cwd, 'mine'));
  writeFileSync(
    join(cwd, 'mine', 'manifest.csv'),
    `id,audio,video,label,speaker,split\n"${hostile}",x.wav,,a,b,train\n`,
  );

  const commands: readonly (readonly [string, ...string[]])[] = [
    ['an unknown command', hostile],
    ['an unknown option', 'runs', 'ls', `--${hostile}`],
    ['a file that is not there', 'table', `${hostile}.yaml`],
    ['an override', 'evaluate', 'experiment.yaml', `rbm.left.hidden=${hostile}`],
    ['an override that is shown', 'config', 'show', 'experiment.yaml', `corpus.name=${yaml}`],
    ['an unknown run', 'runs', 'show', hostile],
    ['an unknown corpus', 'data', 'info', hostile],
    ['a copy that is not there', 'data', 'check', 'manifest', '--data', `manifest=${hostile}`],
    ['a table as it is planned', 'table', 'table.yaml', '--dry-run'],
    ['a table that is shown', 'config', 'show', 'table.yaml'],
    ['a manifest of recordings', 'data', 'check', 'manifest', '--data', 'manifest=mine'],
    ['a folder of tables', 'check', hostile],
  ];

  it.each(commands)('%s', (_, ...words) => {
    const { stdout, stderr } = mmxWith({ FORCE_COLOR: '1' }, cwd, ...words);
    expect(stdout + stderr).not.toMatch(unseen);
    expect(stdout + stderr).not.toBe('');
  });

  it.each(commands.filter(([name]) => !/command|option|shown/.test(name)))('%s, as JSON', (_, ...words) => {
    const { stdout } = mmx(cwd, ...words, '--json');
    expect(stdout).not.toMatch(unseen);
    expect(JSON.parse(stdout)).not.toBeNull();
  });

  it('keeps a configuration the same document', () => {
    const { stdout } = mmx(cwd, 'config', 'show', 'table.yaml', '--cell', 'rbm-cca/right-to-left');
    expect(parse(stdout)).toMatchObject({ architecture: 'rbm-cca' });
  });
});
