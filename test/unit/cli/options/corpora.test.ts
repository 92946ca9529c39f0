import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { localCorpora } from '../../../../src/cli/options/corpora.js';
import { copyOfCorpus, corporaOfCopy } from '../../../../src/corpora/copies.js';
import { dataOfCommand } from '../../../../src/pipeline/runs/cells.js';
import { commandLine } from '../../../support/command-line.js';

describe('--data', () => {
  it('takes the name of what is fetched for all corpora that are read from it', () => {
    for (const file of readdirSync('datasets/downloads')) {
      const { corpora } = parse(readFileSync(`datasets/downloads/${file}`, 'utf8'));
      if (corpora.length === 0) continue;
      const name = file.replace('.yaml', '');
      expect([...corporaOfCopy(name)].sort()).toEqual([...corpora].sort());
      for (const corpus of corpora) expect(copyOfCorpus(corpus)).toBe(name);
    }
    expect(localCorpora('fsdd=a=b')).toEqual({ fsdd: 'a=b', 'mnist-fsdd': 'a=b' });
    expect([copyOfCorpus('cuave'), corporaOfCopy('cuave')]).toEqual(['cuave', ['cuave']]);
  });

  it('takes the last of two for a corpus', () => {
    expect(localCorpora('mnist-fsdd=b', localCorpora('fsdd=a'))).toEqual({ fsdd: 'a', 'mnist-fsdd': 'b' });
  });

  it('is read from the command line of an earlier run as it was then', () => {
    const words = ['mmx', 'table', 'x.yaml', '--data', 'fsdd=a', '--data=cuave=b'];
    expect(dataOfCommand(words)).toEqual({ fsdd: 'a', 'mnist-fsdd': 'a', cuave: 'b' });
  });

  it.each([
    [
      ['table', 'x.yaml', '--data', 'cuvae=x'],
      "mmx: there is no corpus named 'cuvae'\n  → did you mean cuave?\n",
    ],
    [
      ['data', 'check', 'fsdd', '--data', 'fsd=x'],
      "mmx: there is no corpus named 'fsd'\n  → did you mean fsdd?\n",
    ],
    [
      ['evaluate', 'x.yaml', '--data', 'talking-mouth=x'],
      'mmx: talking-mouth is generated: there is no copy of it to name with --data\n',
    ],
  ])('is refused for what has no copies: mmx %j', async (words, sentence) => {
    const { status, stderr } = await commandLine(...words);
    expect([status, stderr]).toEqual([2, sentence]);
  });

  it('lists the corpora where none is near', async () => {
    const { status, stderr } = await commandLine('table', 'x.yaml', '--data', 'something=x');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mmx: there is no corpus named 'something'\n {2}→ known: .*\bcuave\b.*\bgrid\b/);
  });
});
