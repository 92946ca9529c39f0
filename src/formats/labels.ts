import { MmxError } from '../errors.js';
import { UnreadFile } from '../read-file.js';
import { readUtf8 } from './text.js';

/** A stretch of a recording and what is said or heard in it. */
export interface Segment {
  /** Seconds from the beginning of the recording. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A line `start end label` before its times are put into seconds. */
export interface LabelLine {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** The parts of a CUAVE recording, in their order. */
export type CuaveSection = 'normal' | 'moving' | 'profile' | 'continuous';

const MAXIMUM_BYTES = 16 * 2 ** 20;
/** Times in 100 ns units. */
const HTK_TICKS = 1e7;

/**
 * Reads a text file of labels.
 *
 * @throws MmxError `formats/labels` when it cannot be read, or is no text
 */
export function readLabelText(file: string): string {
  try {
    return readUtf8(file, MAXIMUM_BYTES, (problem, hint) => unusable(file, problem, hint));
  } catch (cause) {
    if (!(cause instanceof UnreadFile)) throw cause;
    throw new MmxError('formats/labels', `cannot read the labels ${file}: ${cause.message}`, { cause });
  }
}

/** The lines of a text whatever they end in: LF, CRLF, or CR alone. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * Parses lines `start end label`; empty lines and lines beginning with `#` are passed over. More words after the label
 * are not read.
 *
 * @throws MmxError `formats/labels` naming file and line of what is no such line, or ends before it begins
 */
export function parseLabelLines(text: string, name: string): readonly LabelLine[] {
  return linesOf(text).flatMap((content, index) => {
    const parsed = parseLine(content, index + 1, name);
    return parsed === null ? [] : [parsed];
  });
}

/**
 * Reads `.PHN` and `.WRD` of TIMIT and their like: lines `startSample endSample symbol`.
 *
 * @param rate samples a second of the recording
 * @throws MmxError `formats/labels` naming file and line
 */
export function readSampleLabels(file: string, rate: number): readonly Segment[] {
  return inSeconds(parseLabelLines(readLabelText(file), file), rate);
}

/** The lines with their times, which count `ticks` a second, in seconds. */
export function inSeconds(lines: readonly LabelLine[], ticks: number): readonly Segment[] {
  return lines.map(({ start, end, label }) => ({ start: start / ticks, end: end / ticks, label }));
}

/**
 * Reads the labels of a CUAVE recording: headings such as `#Normal in 100ns`, `#Moving`, below each the words with
 * their times in 100 ns units from the beginning of the file. Sections may be missing. Words under no heading count as
 * `normal` when there is no heading at all, and are an error otherwise.
 *
 * @throws MmxError `formats/labels` naming file and line
 */
export function readCuaveLabels(file: string): ReadonlyMap<CuaveSection, readonly Segment[]> {
  return parseCuaveLabels(readLabelText(file), file);
}

/** Parses what {@link readCuaveLabels} reads; `name` is used in error messages. */
export function parseCuaveLabels(text: string, name: string): ReadonlyMap<CuaveSection, readonly Segment[]> {
  const sections = new Map<CuaveSection, LabelLine[]>();
  const stray: LabelLine[] = [];
  let current: CuaveSection | null = null;
  linesOf(text).forEach((content, index) => {
    const heading = headingOf(content);
    if (heading !== null) {
      current = heading;
      if (!sections.has(heading)) sections.set(heading, []);
      return;
    }
    const parsed = parseLine(content, index + 1, name);
    if (parsed !== null) (current === null ? stray : (sections.get(current) ?? stray)).push(parsed);
  });
  const first = stray[0];
  if (first !== undefined) {
    if (sections.size > 0) throw unusable(`${name}:${first.line}`, 'the word comes before the first heading');
    sections.set('normal', stray);
  }
  return new Map([...sections].map(([section, lines]) => [section, inSeconds(lines, HTK_TICKS)]));
}

/** The text of a CUAVE label file, with the line ends asked for. */
export function encodeCuaveLabels(
  sections: ReadonlyMap<CuaveSection, readonly Segment[]>,
  lineEnd = '\r\n',
): string {
  const lines = [...sections].flatMap(([section, segments], index) => [
    `#${section.charAt(0).toUpperCase()}${section.slice(1)}${index === 0 ? ' in 100ns' : ''}`,
    ...encodeLines(segments, HTK_TICKS),
  ]);
  return lines.map((line) => line + lineEnd).join('');
}

/** Lines `start end label` with times as whole numbers, `ticks` a second. */
export function encodeLines(segments: readonly Segment[], ticks: number): readonly string[] {
  return segments.map(
    ({ start, end, label }) => `${Math.round(start * ticks)} ${Math.round(end * ticks)} ${label}`,
  );
}

function headingOf(line: string): CuaveSection | null {
  const word = /^\s*#?\s*(normal|moving|profile|contin)/i.exec(line)?.[1]?.toLowerCase();
  if (word === undefined) return null;
  return word === 'contin' ? 'continuous' : (word as CuaveSection);
}

function parseLine(content: string, line: number, name: string): LabelLine | null {
  const trimmed = content.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const [from = '', to = '', label] = trimmed.split(/[\s,;]+/);
  const [start, end] = [Number(from), Number(to)];
  const place = `${name}:${line}`;
  if (label === undefined || label === '' || !isTime(from, start) || !isTime(to, end)) {
    throw unusable(
      place,
      `the line '${trimmed.replace(/\p{Cc}+/gu, ' ').slice(0, 60)}' is not 'start end label'`,
    );
  }
  if (end < start)
    throw unusable(place, `'${label.slice(0, 60)}' ends at ${to}, before it begins at ${from}`);
  return { line, start, end, label };
}

function isTime(text: string, value: number): boolean {
  return /^\d/.test(text) && Number.isFinite(value) && value < Number.MAX_SAFE_INTEGER;
}

function unusable(place: string, problem: string, hint?: string): MmxError {
  return new MmxError('formats/labels', `${place} is not usable: ${problem}`, hint ? { hint } : {});
}
