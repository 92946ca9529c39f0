import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MmxError } from '../../errors.js';
import type { KeptEvidence } from '../../pipeline/evidence/evidence.js';
import { manifestIfThere, type RunManifest } from '../../pipeline/runs/manifest.js';
import { fileError } from '../../pipeline/store/files.js';
import { readPlainFile, readPlainText, statusOf, UnreadFile } from '../../read-file.js';
import { readClaims, type StoredClaims } from '../claims/read-claims.js';
import { type FigureRecord, figureNameOf, figureRecordIn } from '../figures/figure-record.js';
import { keptEvidence } from '../files/evidence-files.js';
import { refuseMixed } from '../files/file-set.js';
import type { ReportedFigure, ReportedPaper } from '../paper.js';
import { readTable } from '../table/read-table.js';
import type { ResultTable } from '../table/table.js';
import { pngSize } from './markup.js';

export interface ReportedTable {
  /** Of its folder. */
  readonly name: string;
  readonly table: ResultTable;
  /** Null where the folder has none. */
  readonly manifest: RunManifest | null;
  /** Curves and confusion matrices that lie beside it; null, or absent, where none do. */
  readonly kept?: KeptEvidence | null;
}

/** Tables that belong together: a whole reproduction, one table, or several side by side. */
export interface ResultGroup {
  readonly name: string;
  /** First heading of its README.md, null where there is none. */
  readonly title: string | null;
  readonly tables: readonly ReportedTable[];
  readonly claims: StoredClaims | null;
  /** The paper that they are of. */
  readonly paper: ReportedPaper;
  /** Figures of the paper that are there. */
  readonly figures: readonly PaperFigure[];
  /** Figures of our models that lie beside the tables. */
  readonly modelFigures: readonly StoredModelFigure[];
}

/** A figure of one of our models, as `mmx figure --kind` wrote it. */
export interface StoredModelFigure {
  readonly name: string;
  readonly record: FigureRecord;
  /** Bytes of the picture. */
  readonly png: Uint8Array;
}

export interface PaperFigure {
  readonly figure: ReportedFigure;
  /** Bytes of the picture. */
  readonly png: Uint8Array;
}

/** The paper of a name, or that of results which name none; throws where there is none. `where` names the file. */
export type PaperNamed = (name: string | undefined, where: string) => ReportedPaper;

/** Folders below the one that was named which are looked into: a folder of reproductions of tables. */
const depth = 2;

/** A picture of that many goes into the page as it is; those that have been drawn have 400 kB. */
const figureBytes = 2 ** 24;
const readmeBytes = 2 ** 20;

/**
 * Reads every result in a folder: its own `table.json`, those of the folders in it, and the same of reproductions in it.
 *
 * @returns at least one group, none without tables
 * @throws MmxError `report/no-results` when the folder is absent or has no table (exit code 2), `claims/damaged` or
 * `pipeline/manifest` or `report/figure-4` when a file is not what it should be, `results/mixed` when files of two runs lie
 * side by side, what `paperNamed` throws, `store/*` when a folder cannot be read
 */
export function collectResults(directory: string, paperNamed: PaperNamed): readonly ResultGroup[] {
  const hint =
    'mmx table and mmx reproduce write such folders. mmx report results/tables shows all tables in one report.';
  if (statusOf(directory)?.isDirectory() !== true) {
    throw new MmxError('report/no-results', `There is no folder ${directory} with results.`, {
      exitCode: 2,
      hint,
    });
  }
  const groups = groupsOf(directory, paperNamed, depth);
  if (groups.length === 0) {
    throw new MmxError('report/no-results', `There is no table.json in ${directory} or the folders in it.`, {
      exitCode: 2,
      hint,
    });
  }
  return groups;
}

function groupsOf(directory: string, paperNamed: PaperNamed, below: number): readonly ResultGroup[] {
  const folders = foldersIn(directory);
  const own = tableIn(directory);
  const inside = folders.flatMap((name) => tableIn(join(directory, name)) ?? []);
  const deeper =
    below === 0
      ? []
      : folders
          .filter((name) => !inside.some((table) => table.name === name))
          .flatMap((name) => groupsOf(join(directory, name), paperNamed, below - 1));
  const tables = own === null ? inside : [own, ...inside];
  if (tables.length === 0) return deeper;
  refuseMixed(directory);
  const claimsFile = join(directory, 'claims.json');
  const claims = readClaims(claimsFile) ?? null;
  const paper = paperNamed(claims?.paper, claimsFile);
  return [
    {
      name: nameOf(directory),
      title: titleIn(join(directory, 'README.md')),
      tables: inOrder(tables, claims?.tables ?? []),
      claims,
      paper,
      figures: paper.figures.flatMap((figure) => {
        const png = pictureOf(figure, directory);
        return png === null ? [] : [{ figure, png }];
      }),
      modelFigures: [
        ...modelFiguresIn(directory),
        ...inside.flatMap(({ name }) => modelFiguresIn(join(directory, name))),
      ],
    },
    ...deeper,
  ];
}

/** As the paper counts them where claims name them, then by name. */
function inOrder(tables: readonly ReportedTable[], named: readonly string[]): readonly ReportedTable[] {
  const place = ({ name }: ReportedTable): number =>
    named.includes(name) ? named.indexOf(name) : named.length;
  return [...tables].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

function tableIn(directory: string): ReportedTable | null {
  // A leaderboard has everything that a table has.
  const table = readTable(join(directory, 'table.json')) ?? readTable(join(directory, 'leaderboard.json'));
  if (table === undefined) return null;
  refuseMixed(directory);
  const manifest = manifestIfThere(join(directory, 'manifest.json')) ?? null;
  return { name: nameOf(directory), table, manifest, kept: keptEvidence(directory, manifest) };
}

const foldersIn = (directory: string): readonly string[] =>
  entriesOf(directory)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort();

/** Names of what is no folder. */
const filesIn = (directory: string): readonly string[] =>
  entriesOf(directory)
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, directory);
  }
}

/** Of its first lines; a README is a user's own, and no reason not to report. */
function titleIn(readme: string): string | null {
  try {
    return /^# +(.+)$/m.exec(readPlainText(readme, readmeBytes))?.[1]?.trim() ?? null;
  } catch (error) {
    if (error instanceof UnreadFile) return null;
    throw error;
  }
}

/** Those of a folder whose picture is there, by name. @throws MmxError `report/figure-record`, or as {@link pictureOf} */
function modelFiguresIn(directory: string): readonly StoredModelFigure[] {
  return filesIn(directory).flatMap((file) => {
    const name = figureNameOf(file);
    const record = name === undefined ? undefined : figureRecordIn(directory, name);
    if (name === undefined || record === undefined) return [];
    const png = pictureOf({ name, title: record.kind }, directory);
    return png === null ? [] : [{ name, record, png }];
  });
}

/** @throws MmxError such as `report/figure-4` when it is no PNG of reasonable size */
function pictureOf(
  { name, title }: Pick<ReportedFigure, 'name' | 'title'>,
  directory: string,
): Uint8Array | null {
  const path = join(directory, `${name}.png`);
  let what = 'it is not a PNG picture';
  try {
    const bytes = readPlainFile(path, figureBytes);
    if (pngSize(bytes) !== null) return bytes;
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    if (error.reason === 'missing') return null;
    what = error.message;
  }
  const figure = title.toLowerCase();
  throw new MmxError(
    `report/${figure.replaceAll(' ', '-')}`,
    `${path} cannot be put into the report: ${what}.`,
    {
      hint: `Write it again with mmx reproduce or mmx figure, or remove it: the report then leaves out ${figure}.`,
    },
  );
}

const nameOf = (directory: string): string => basename(resolve(directory));
