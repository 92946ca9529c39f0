import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readPlainText } from '../../read-file.js';
import type { BoxRow } from '../mouth-boxes.js';
import type { FoundMouths } from './find-mouths.js';
import { framesToKeep } from './track.js';

/** What is kept of a movie that is done, so that it need not be looked through again. */
export interface MovieRecord extends Omit<FoundMouths, 'boxes'> {
  /** Path from the corpus's folder. */
  readonly movie: string;
  /** Boxes of the frames that the others follow from; none when there is no face in the whole movie. */
  readonly boxes: readonly BoxRow[];
  /** What it was made from and how: a record is of use as long as this stays the same. */
  readonly made: Making;
}

export interface Making {
  readonly version: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
  readonly detector: string;
  readonly every: number;
}

/** Raised whenever the same frames would give other boxes. */
const VERSION = 1;
/** Bytes: a box a frame of a movie of two hours. */
const MAXIMUM_BYTES = 64 * 2 ** 20;
/** Pixels that a box may be off for being left out of the file. */
const TOLERANCE = 0.25;

/** How a movie would be made into a record now. @throws the system's own error when the movie is gone */
export function makingOf(file: string, detector: string, every: number): Making {
  const { size, mtimeMs } = statSync(file);
  return { version: VERSION, bytes: size, modified: Math.round(mtimeMs), detector, every };
}

export function recordOf(movie: string, found: FoundMouths, made: Making): MovieRecord {
  const { boxes, ...counts } = found;
  const rows = framesToKeep(boxes ?? [], TOLERANCE).flatMap((frame): readonly BoxRow[] => {
    const box = boxes?.[frame];
    return box === undefined ? [] : [{ movie, frame, ...box }];
  });
  return { movie, ...counts, boxes: rows, made };
}

/** Where the record of a movie lies: as the movie in its corpus. */
export function recordFile(folder: string, movie: string): string {
  const parts = movie
    .split(/[\\/]+/)
    .map((part) => (/^\.*$/.test(part) ? `_${part}` : part.replace(':', '_')));
  return join(folder, 'movies', ...parts.slice(0, -1), `${parts.at(-1)}.json`);
}

/** The record of a movie; undefined when there is none, or it was made from another movie or in another way. */
export function readRecord(folder: string, movie: string, made: Making): MovieRecord | undefined {
  const file = recordFile(folder, movie);
  if (!existsSync(file)) return undefined;
  try {
    const record = JSON.parse(readPlainText(file, MAXIMUM_BYTES)) as MovieRecord;
    const same = (Object.keys(made) as (keyof Making)[]).every((key) => record.made[key] === made[key]);
    return same && record.movie === movie && Array.isArray(record.boxes) ? record : undefined;
  } catch {
    return undefined; // damaged: the movie is done again
  }
}

export function encodeRecord(record: MovieRecord): Uint8Array {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(2)) : value;
  return Buffer.from(`${JSON.stringify(record, rounded)}\n`);
}
