import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sampleFrames } from '../../corpora/mouths/samples.js';
import { ENOUGH_PERCENT, forSheet, type PreparedMovie } from '../../corpora/mouths/summary.js';
import { replaceFile } from '../../pipeline/store/files.js';
import { contactSheet, type SheetMovie } from '../../report/figures/contact-sheet.js';

/** What a person looks through: more movies than this are sampled. */
const MOST_MOVIES = 60;
const MOVIES_OF_SHEET = 6;
const FRAMES_OF_MOVIE = 3;

/** Draws the boxes of movies on contact sheets. @returns the files written */
export async function writeSheets(
  movies: readonly PreparedMovie[],
  folder: string,
): Promise<readonly string[]> {
  const chosen = forSheet(movies, MOST_MOVIES);
  const pages = Math.ceil(chosen.length / MOVIES_OF_SHEET);
  const nameOf = (page: number): string =>
    pages === 1 ? 'contact-sheet.png' : `contact-sheet-${String(page + 1).padStart(2, '0')}.png`;
  const files: string[] = [];
  for (let page = 0; page < pages; page++) {
    const rows = chosen.slice(page * MOVIES_OF_SHEET, (page + 1) * MOVIES_OF_SHEET);
    const file = join(folder, nameOf(page));
    replaceFile(file, [await contactSheet(rows.map(rowOf))]);
    files.push(file);
  }
  // Sheets of an earlier run with more pages would be taken for ones of this.
  for (const name of readdirSync(folder)) {
    const stale = /^contact-sheet(-\d+)?\.png$/.test(name) && !files.includes(join(folder, name));
    if (stale) rmSync(join(folder, name));
  }
  return files;
}

function rowOf({ movie, file, boxes, frames, foundPercent }: PreparedMovie): SheetMovie {
  const poor = boxes === null || (foundPercent ?? 100) < ENOUGH_PERCENT;
  return {
    title: movie,
    note: `${frames} frames, ${foundPercent === null ? 'boxes given' : `faces in ${foundPercent.toFixed(1)} %`}`,
    poor,
    frames: sampleFrames(file, boxes, frames, FRAMES_OF_MOVIE).map(({ index, picture, box, mouth }) => ({
      ...{ picture, box, mouth },
      label: `frame ${index}`,
    })),
  };
}
