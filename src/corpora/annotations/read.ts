import { readAlign } from '../../formats/align.js';
import type { Annotations } from '../../formats/annotations.js';
import { readElan } from '../../formats/elan.js';
import { readTextGrid } from '../../formats/textgrid.js';

/** Names of files of annotations that our readers read: of GRID, Praat and ELAN. */
export const annotationName = /\.(align|textgrid|eaf)$/i;

/**
 * Reads a file of annotations by what its name says.
 *
 * @returns times in seconds from the beginning of the recording
 * @throws MmxError `formats/annotations` or `formats/labels` naming file and line
 */
export function readAnnotations(file: string): Annotations {
  if (/\.textgrid$/i.test(file)) return readTextGrid(file);
  if (/\.eaf$/i.test(file)) return readElan(file);
  return {
    tiers: [{ name: 'words', speaker: null, intervals: readAlign(file), untimed: 0 }],
    pointTiers: [],
    media: [],
  };
}
