import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadReproduction } from '../../../src/config/index.js';
import { cellsOf } from '../../../src/evaluation/claims/judge.js';
import { figureOf, paperNamed, reproductionFile, reproductions } from '../../../src/papers/find.js';
import { papers } from '../../../src/papers/index.js';
import { findPublished, loadPublished, publishedFile } from '../../../src/report/table/published.js';
import { errorOf } from '../../support/errors.js';
import { projectRoot } from '../../support/mmx.js';

describe('the registry of papers', () => {
  it('has papers, lists of tables and claims of distinct names', () => {
    const names = papers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const lists = papers.flatMap((paper) => paper.reproductions.map(({ name }) => name));
    expect(new Set(lists).size).toBe(lists.length);
    expect(reproductions()).toEqual([...lists].sort());
  });

  it('lists every folder of configurations that lists tables', () => {
    const configs = join(projectRoot, 'configs');
    const listed = readdirSync(configs).filter((name) => existsSync(join(configs, name, 'reproduce.yaml')));
    const files = papers.flatMap((paper) => paper.reproductions.map(({ file }) => file));
    expect(files.sort()).toEqual(listed.map((name) => `configs/${name}/reproduce.yaml`).sort());
  });

  it('has one paper for results that name none: ngiam2011, which was alone once', () => {
    expect(papers.filter(({ unnamed }) => unnamed).map(({ name }) => name)).toEqual(['ngiam2011']);
    expect(paperNamed(undefined, 'x.json').name).toBe('ngiam2011');
  });

  it('says which file names a paper that is not known', () => {
    const error = errorOf(() => paperNamed('doe2020', 'x.json'));
    expect(error.message).toBe(
      "x.json belongs to the paper 'doe2020', which this version of mmx does not know.",
    );
    expect([error.exitCode, error.hint]).toEqual([2, 'Known: ngiam2011.']);
  });

  it('says which figures a paper has', () => {
    const paper = paperNamed('ngiam2011', '');
    expect(figureOf(paper).name).toBe('figure4');
    expect(errorOf(() => figureOf(paper, 'figure9', 'r.yaml')).message).toBe(
      "r.yaml: Ngiam et al. (2011) has no figure 'figure9'",
    );
    const error = errorOf(() => figureOf(paper, 'figure9'));
    expect([error.message, error.hint]).toEqual([
      "Ngiam et al. (2011) has no figure 'figure9'",
      'It has: figure4.',
    ]);
  });
});

describe.each(papers.map((paper) => [paper.name, paper] as const))('%s', (name, paper) => {
  it('has claims of distinct numbers, on its own tables, with published numbers of its own folder', () => {
    const numbers = paper.claims.map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const published = loadPublished(publishedFile(paper.published));
    const cells = paper.claims.flatMap(({ tests }) => tests).flatMap(cellsOf);
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) {
      expect(paper.tables).toContain(cell.table);
      if (cell.published !== null) expect(findPublished(cell.published, published)).toBeDefined();
    }
  });

  it('has lists that name it, and make or leave out each table that its claims read', () => {
    for (const list of paper.reproductions) {
      const file = reproductionFile(list.name);
      const { reproduce, paper: named, tables, left_out, figures } = loadReproduction(file ?? '');
      expect([reproduce, named]).toEqual([list.name, name]);
      expect([...Object.keys(tables), ...Object.keys(left_out ?? {})].sort()).toEqual(
        [...paper.tables].sort(),
      );
      for (const figure of Object.keys(figures)) expect(figureOf(paper, figure).name).toBe(figure);
    }
  });

  it('loads what draws its figures', async () => {
    for (const figure of paper.figures) {
      expect(Object.keys(await figure.load()).sort()).toEqual(['draw', 'targets']);
    }
  });
});
