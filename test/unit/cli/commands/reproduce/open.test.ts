import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { availability } from '../../../../../src/cli/options/corpora.js';
import { loadReproduction, loadTable } from '../../../../../src/config/index.js';
import { copyOfCorpus, corporaOfCopy } from '../../../../../src/corpora/copies.js';
import { wordsOfStem } from '../../../../../src/corpora/grid.js';
import { encodeAlign } from '../../../../../src/formats/align.js';
import { reproductions } from '../../../../../src/papers/find.js';
import { commandLine } from '../../../../support/command-line.js';
import { projectRoot } from '../../../../support/mmx.js';
import { inEmptyDirectory, write } from '../../../config/files.js';

inEmptyDirectory();

const folder = join(projectRoot, 'configs', 'ngiam2011-open');
const tables = Object.entries(loadReproduction(join(folder, 'reproduce.yaml')).tables);
const cellsOf = (file: string, given: readonly string[], data: Record<string, string> = {}) =>
  loadTable(join(folder, file), given, availability(data)).cells;
const copy = { 'grid-digits': 'somewhere', 'grid-letters': 'somewhere' };

describe('the papers', () => {
  it('are all named to whoever asks for another', async () => {
    const { status, stderr } = await commandLine('reproduce', 'ngiam2012');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mmx: 'ngiam2012' is neither a paper that mmx can reproduce nor a file$/m);
    for (const paper of reproductions()) expect(stderr).toMatch(new RegExp(`→.*\\b${paper}\\b`));
  });
});

describe('--data', () => {
  it('takes the name of a copy for all corpora that are read from it', () => {
    expect(corporaOfCopy('grid')).toEqual(['grid-digits', 'grid-letters']);
    const { corpora } = parse(readFileSync(join(projectRoot, 'datasets/downloads/grid.yaml'), 'utf8'));
    expect(corpora).toEqual(corporaOfCopy('grid'));
    expect(corpora.map(copyOfCorpus)).toEqual(['grid', 'grid']);
    expect([copyOfCorpus('cuave'), corporaOfCopy('cuave')]).toEqual(['cuave', ['cuave']]);
  });

  it('reads both corpora of GRID from one folder', async () => {
    for (const corpus of ['grid-digits', 'grid-letters']) {
      const { stdout } = await commandLine('data', 'check', corpus, '--data', 'grid=nowhere');
      expect(stdout).toContain(`${corpus}: nowhere does not exist`);
    }
  });
});

describe('mmx reproduce ngiam2011-open', () => {
  it('without a copy of GRID says how to get one, how large it is and where to name it', async () => {
    for (const more of [[], ['--dry-run'], ['scale=paper']]) {
      const { status, stdout, stderr } = await commandLine('reproduce', 'ngiam2011-open', ...more);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^mmx: ngiam2011-open needs your copy of grid$/m);
      expect(stderr).toMatch(/→ mmx data fetch grid \(about 16 GB\)/);
      expect(stderr).toContain('mmx reproduce ngiam2011-open --data grid=data/grid');
      expect(stderr).toContain('--smoke');
    }
    expect(existsSync('results')).toBe(false);
  });

  it('names the copy that was fetched', async () => {
    mkdirSync('data/grid', { recursive: true });
    write({ 'data/grid/fetched.json': '{}' });
    const { status, stderr } = await commandLine('reproduce', 'ngiam2011-open');
    expect(status).toBe(2);
    expect(stderr).toMatch(/→ there is one: mmx reproduce ngiam2011-open --data grid=data\/grid\n$/);
  });

  it('does not take a copy of half of it', async () => {
    const { status, stderr } = await commandLine('reproduce', 'ngiam2011-open', '--data', 'grid-digits=x');
    expect(status).toBe(2);
    expect(stderr).toContain('needs your copy of grid');
  });

  it('plans all of it on a copy in which no mouth has been found yet', async () => {
    const stems = ['bbaa1n', 'bbab2n', 'bbac3n'];
    for (const talker of ['s1', 's2', 's4']) {
      for (const stem of stems) {
        const spoken = wordsOfStem(stem) ?? [];
        const words = spoken.map((label, k) => ({ start: k / 3, end: (k + 1) / 3, label }));
        write({
          [`copy/${talker}/${stem}.mpg`]: `movie of ${talker}, ${stem}`,
          [`copy/alignments/${talker}/${stem}.align`]: encodeAlign(words),
        });
      }
    }
    const named = ['reproduce', 'ngiam2011-open', '--data', 'grid=copy'];
    const { status, stdout, stderr } = await commandLine(...named, '--dry-run');
    expect([status, stderr]).toEqual([0, '']);
    // Nine sentences, whichever of their words a table is about.
    expect(stdout).toMatch(/^before these stages: mouths are to be found in 9 movies of grid$/m);
    expect(stdout).toContain('frames of grid-letters, test');
    expect(stdout).toContain('front end of grid-digits, grid-letters');
    expect(stdout).toMatch(/^\d+ stages: \d+ to run \(1 front-end, .* units\), 0 stored$/m);
    expect(existsSync('results')).toBe(false);
    // Six sentences to learn from, of each a letter and a digit of a third of a second.
    const { stages } = JSON.parse((await commandLine(...named, '--dry-run', '--json')).stdout) as {
      stages: { label: string; cost: number }[];
    };
    const windows = 12 * 7;
    const audio = stages.find(({ label }) => label.startsWith('rbm audio'));
    expect(audio?.cost).toBeCloseTo((5 * 1000 * 1500 * windows * 15) / 1e9, 6);
  });

  it('--smoke without a copy needs nothing that ngiam2011 --smoke has not computed', async () => {
    const plan = async (paper: string): Promise<string[]> => {
      const { stdout } = await commandLine('reproduce', paper, '--smoke', '--dry-run', '--json');
      return (JSON.parse(stdout) as { stages: { hash: string }[] }).stages.map(({ hash }) => hash);
    };
    const [open, closed] = [await plan('ngiam2011-open'), new Set(await plan('ngiam2011'))];
    expect(open.length).toBeGreaterThan(50);
    expect(open.filter((hash) => !closed.has(hash))).toEqual([]);
  }, 60_000);
});

describe.each(tables)('%s on open recordings', (name, file) => {
  const paper = loadTable(join(projectRoot, 'configs/ngiam2011', `${name}.yaml`), [], availability({})).cells;

  it('has the cells of the paper’s table, each measured in the same way', () => {
    const what = (cells: typeof paper) =>
      cells.map(({ row, column, experiment: { value } }) => {
        const { architecture, setting, measure, features, evaluation, autoencoder } = value;
        return { row, column, architecture, setting, measure, features, evaluation, autoencoder };
      });
    expect(what(cellsOf(file, ['scale=paper'], copy))).toEqual(what(paperCells(name)));
  });

  it('learns from letters and digits of the training talkers, whichever is tested', () => {
    for (const scale of ['scale=paper', 'scale=reference', 'scale=smoke']) {
      for (const { experiment, standIn } of cellsOf(file, [scale], copy)) {
        const { corpus, unlabelled } = experiment.value;
        expect(standIn).toBeUndefined();
        expect(['grid-digits', 'grid-letters']).toContain(corpus.name);
        const pooled = unlabelled.filter(({ stands_in_for: missed }) => missed === undefined);
        expect(pooled.map((one) => one.name).sort()).toEqual(['grid-digits', 'grid-letters']);
        // The same options as in the pool: tables on letters and on digits share what they learn.
        for (const one of pooled) expect([one.train, one.scale]).toEqual([corpus.train, corpus.scale]);
      }
    }
  });

  it('sets no difference to the paper beside its cells', () => {
    for (const { published } of cellsOf(file, [], copy)) expect(published).toBeNull();
  });

  /** The same table of the paper, at the same scale. */
  function paperCells(table: string): typeof paper {
    return loadTable(
      join(projectRoot, 'configs/ngiam2011', `${table}.yaml`),
      ['scale=paper'],
      availability({ cuave: 'x', avletters: 'x' }),
    ).cells;
  }
});
