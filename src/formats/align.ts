import { encodeLines, inSeconds, parseLabelLines, readLabelText, type Segment } from './labels.js';

/** Times in a `.align` file of the GRID corpus count samples at 25 kHz: 1,000 a video frame. */
export const ALIGN_RATE = 25_000;

/**
 * Reads the word alignment of a GRID sentence: lines `start end word`, `sil` at both ends.
 *
 * @returns the words with times in seconds from the beginning of the movie, `sil` and `sp` included
 * @throws MmxError `formats/labels` naming file and line
 */
export function readAlign(file: string): readonly Segment[] {
  return parseAlign(readLabelText(file), file);
}

/** Parses what {@link readAlign} reads; `name` is used in error messages. */
export function parseAlign(text: string, name: string): readonly Segment[] {
  return inSeconds(parseLabelLines(text, name), ALIGN_RATE);
}

/** The text of a `.align` file. */
export function encodeAlign(segments: readonly Segment[], lineEnd = '\n'): string {
  return encodeLines(segments, ALIGN_RATE)
    .map((line) => line + lineEnd)
    .join('');
}
