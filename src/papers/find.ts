import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { MmxError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { papers } from './index.js';
import type { Figure, Paper } from './paper.js';

/** Names of all papers, in the order of the registry. */
export const paperNames = (): readonly string[] => papers.map(({ name }) => name);

/** Names of the figures of all papers, each once. */
export const figureNames = (): readonly string[] => [
  ...new Set(papers.flatMap(({ figures }) => figures.map(({ name }) => name))),
];

/** The paper of lists of tables and of results that name none. */
export function unnamedPaper(): Paper {
  const found = papers.find(({ unnamed }) => unnamed === true);
  if (found === undefined) throw new Error('no paper is that of results which name none');
  return found;
}

/**
 * The paper that a list of tables or a file of results names, or the one of those that name none.
 *
 * @param where names the file in the error
 * @throws MmxError `papers/unknown` (exit code 2)
 */
export function paperNamed(name: string | undefined, where: string): Paper {
  if (name === undefined) return unnamedPaper();
  const found = papers.find((paper) => paper.name === name);
  if (found !== undefined) return found;
  throw new MmxError(
    'papers/unknown',
    `${where} belongs to the paper '${name}', which this version of mmx does not know.`,
    {
      exitCode: 2,
      hint: `Known: ${paperNames().join(', ')}.`,
    },
  );
}

/**
 * The figure of a paper by its name, or its first one.
 *
 * @param where names the file that asks for it, in the error
 * @throws MmxError `papers/no-figure` (exit code 2)
 */
export function figureOf(paper: Paper, name?: string, where?: string): Figure {
  const found = name === undefined ? paper.figures[0] : paper.figures.find((figure) => figure.name === name);
  if (found !== undefined) return found;
  const which = name === undefined ? 'no figure' : `no figure '${name}'`;
  const asking = where === undefined ? '' : `${where}: `;
  const known = paper.figures.map((figure) => figure.name).join(', ');
  throw new MmxError('papers/no-figure', `${asking}${paper.cited} has ${which}`, {
    exitCode: 2,
    hint: known === '' ? 'mmx draws no figure of this paper.' : `It has: ${known}.`,
  });
}

/** Names that `mmx reproduce` knows: those of the lists of tables that are there, in order. */
export function reproductions(): readonly string[] {
  // An installation without them can still do everything else.
  return lists()
    .filter(({ file }) => existsSync(file))
    .map(({ name }) => name)
    .sort();
}

/** A list of tables as the user would name the file, which manifests keep; undefined when none has that name. */
export function reproductionFile(name: string): string | undefined {
  const file = lists().find((list) => list.name === name)?.file;
  return file !== undefined && existsSync(file) ? relative(process.cwd(), file) : undefined;
}

const lists = (): readonly { readonly name: string; readonly file: string }[] =>
  papers.flatMap((paper) =>
    paper.reproductions.map(({ name, file }) => ({ name, file: resolve(packageRoot(), file) })),
  );
