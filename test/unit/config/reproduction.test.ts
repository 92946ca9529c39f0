import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOf, loadReproduction } from '../../../src/config/reproduction.js';
import { projectRoot } from '../../support/mmx.js';
import { configError, inEmptyDirectory, write } from './files.js';

describe('a list of tables', () => {
  inEmptyDirectory();
  const good = 'reproduce: mine\ntitle: Mine\ntables:\n  first: a/one.yaml\n  second: two.yaml\n';

  it('is read with or without a figure, in its order', () => {
    const listed = { 'a/one.yaml': 'seeds: [1]\n', 'two.yaml': 'seeds: [1]\n', 'f4.yaml': 'seeds: [1]\n' };
    write({ 'r.yaml': good, 'f.yaml': `${good}figure4: f4.yaml\n`, ...listed });
    expect(loadReproduction('r.yaml')).toEqual({
      reproduce: 'mine',
      title: 'Mine',
      tables: { first: 'a/one.yaml', second: 'two.yaml' },
      figures: {},
    });
    expect(Object.keys(loadReproduction('f.yaml').tables)).toEqual(['first', 'second']);
    expect(loadReproduction('f.yaml').figures).toEqual({ figure4: 'f4.yaml' });
  });

  it('names its paper, and an experiment for each of its figures', () => {
    const listed = { 'a/one.yaml': 'seeds: [1]\n', 'two.yaml': 'seeds: [1]\n', 'f.yaml': 'seeds: [1]\n' };
    write({ 'r.yaml': `${good}paper: doe2020\nfigures: {figure1: f.yaml, figure4: two.yaml}\n`, ...listed });
    const reproduction = loadReproduction('r.yaml');
    expect(reproduction.paper).toBe('doe2020');
    expect(reproduction.figures).toEqual({ figure1: 'f.yaml', figure4: 'two.yaml' });
    expect(filesOf(reproduction, 'x/r.yaml')).toEqual([
      'x/a/one.yaml',
      'x/two.yaml',
      'x/f.yaml',
      'x/two.yaml',
    ]);
  });

  it.each([
    ['with a figure that is not there', `${good}figures: {figure1: no.yaml}\n`, /r\.yaml:6:\d+.*no\.yaml/s],
    ['with a figure listed twice', `${good}figure4: a.yaml\nfigures: {figure4: b.yaml}\n`, /r\.yaml:6:\d+/s],
    ['with a paper that is no name', `${good}paper: Doe 2020\n`, /r\.yaml:6:\d+.*paper/s],
    ['without a title', good.replace('title: Mine\n', ''), /r\.yaml:1:\d+.*title/s],
    ['with a key too many', `${good}figure5: x.yaml\n`, /r\.yaml:6:\d+.*figure5/s],
    ['with a table that is no text', good.replace('two.yaml', '[2]'), /r\.yaml:5:\d+.*second/s],
    ['with a list of tables', 'reproduce: a\ntitle: b\ntables: [c.yaml]\n', /r\.yaml:3:\d+.*tables/s],
    ['with an empty name', good.replace('mine', "''"), /r\.yaml:1:\d+.*reproduce/s],
    ['that is no YAML', 'reproduce: [a\n', /r\.yaml:\d+:\d+/],
    ['that is empty', '', /r\.yaml/],
    ['that is a list', '- a\n', /r\.yaml:1:1/],
  ])('%s is refused with its place', (_, text, message) => {
    write({ 'r.yaml': text });
    const error = configError(() => loadReproduction('r.yaml'));
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(message);
  });

  it('says everything that is wrong at once', () => {
    write({ 'r.yaml': 'reproduce: 3\ntables: {a: 4}\nmore: 5\n' });
    const { message } = configError(() => loadReproduction('r.yaml'));
    for (const key of ['reproduce', 'title', 'a', 'more']) expect(message).toContain(key);
  });

  it('that does not exist is named', () => {
    expect(configError(() => loadReproduction('no.yaml')).message).toContain('no.yaml');
  });
});

describe('the paper', () => {
  it('lists tables and a figure that exist, relative to itself', () => {
    const file = join(projectRoot, 'configs/ngiam2011/reproduce.yaml');
    const { tables, figures } = loadReproduction(file);
    expect(Object.keys(figures)).toEqual(['figure4']);
    expect(Object.keys(tables)).toEqual(
      expect.arrayContaining(['table1a', 'table1b', 'table2', 'table3', 'table4']),
    );
    for (const path of [...Object.values(tables), ...Object.values(figures)]) {
      expect(path).toMatch(/\.yaml$/);
      expect(existsSync(join(dirname(file), path))).toBe(true);
    }
  });
});
