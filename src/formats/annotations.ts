import { MmxError } from '../errors.js';
import { UnreadFile } from '../read-file.js';
import type { Segment } from './labels.js';
import { readUnicode, type TextFailure } from './text.js';

/** One layer of the annotations of a recording: words, phones, what one speaker says. */
export interface AnnotationTier {
  readonly name: string;
  /** Who speaks; null where the file does not say. */
  readonly speaker: string | null;
  /** In the order of the file, empty labels included. */
  readonly intervals: readonly Segment[];
  /** Annotations to which the file gives no times. */
  readonly untimed: number;
}

/** What a file of annotations holds. */
export interface Annotations {
  readonly tiers: readonly AnnotationTier[];
  /** Names of tiers of moments, which have no length. */
  readonly pointTiers: readonly string[];
  /** Names of the recordings that the file is about, without folders; empty where it names none. */
  readonly media: readonly string[];
}

/** Ends a parse with one sentence. @param line counted from 1; null where no line is meant */
export type FailAt = (line: number | null, problem: string, hint?: string) => never;

/** Bytes of a file of annotations. */
const MAXIMUM_BYTES = 32 * 2 ** 20;

/**
 * The text of a file of annotations, in UTF-8, or in UTF-16 with a byte order mark.
 *
 * @throws MmxError `formats/annotations` when it cannot be read, or is no text
 */
export function readAnnotationText(file: string): string {
  const unusable: TextFailure = (problem, hint) => unusableAt(file, problem, hint);
  try {
    return readUnicode(file, MAXIMUM_BYTES, unusable);
  } catch (cause) {
    if (!(cause instanceof UnreadFile)) throw cause;
    throw new MmxError('formats/annotations', `cannot read the annotations ${file}: ${cause.message}`, {
      cause,
    });
  }
}

/** A {@link FailAt} whose errors begin with the file and the line. */
export const failingAt =
  (name: string): FailAt =>
  (line, problem, hint) => {
    throw unusableAt(line === null ? name : `${name}:${line}`, problem, hint);
  };

function unusableAt(place: string, problem: string, hint?: string): MmxError {
  return new MmxError('formats/annotations', `${place} is not usable: ${problem}`, hint ? { hint } : {});
}

/** A text of the file as it can stand in a sentence: not all of a long one. */
export const excerptOf = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
