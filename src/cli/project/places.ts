import { isAbsolute, join, relative } from 'node:path';

/** A folder, and what names it: `mmx.yaml:3:8`, `--store`, or `default`. */
export interface Place {
  /** Relative to the working directory, unless it was given otherwise. */
  readonly path: string;
  readonly from: string;
}

/** Where this process reads and writes. */
export interface Places {
  /** The project's file; undefined outside a project. */
  readonly file: string | undefined;
  /** The folder of the file, relative to the working directory; `.` outside a project. */
  readonly root: string;
  readonly results: Place;
  readonly store: Place;
  /** Copies of corpora, by corpus: those of the command line, then those of the project. */
  readonly data: Readonly<Record<string, Place>>;
}

/** Results lie here unless the project says otherwise; as help texts show it. */
export const usualResults = 'results';

/** The artifacts of a folder of results, unless the project or the command line says otherwise. */
export const usualStore = (results: string): string => join(results, 'runs', 'store');

export const usualPlaces: Places = {
  file: undefined,
  root: '.',
  results: { path: usualResults, from: 'default' },
  store: { path: usualStore(usualResults), from: 'default' },
  data: {},
};

let current = usualPlaces;

/** Folders of copies, by corpus. */
export const foldersOf = ({ data }: Pick<Places, 'data'>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(data).map(([corpus, { path }]) => [corpus, path]));

/** Called once a command, before its action. */
export function setPlaces(places: Places): void {
  current = places;
}

export const places = (): Places => current;

/** Everything that mmx writes by default lies below this folder, but for artifacts that are stored elsewhere. */
export const resultsDirectory = (): string => current.results.path;
export const runsDirectory = (): string => join(resultsDirectory(), 'runs');
export const logDirectory = (): string => join(runsDirectory(), 'logs');
/** A folder of results as records keep it: relative to the project, so that it is found from any folder of it. */
export function recordedFolder(folder: string): string {
  const { root } = current;
  return root === '.' || isAbsolute(folder) ? folder : relative(root, folder) || '.';
}

/** The folder that {@link recordedFolder} gave, seen from the working directory. */
export function folderOfRecord(recorded: string): string {
  const { root } = current;
  return root === '.' || isAbsolute(recorded) ? recorded : join(root, recorded);
}

export const storeDirectory = (): string => current.store.path;
