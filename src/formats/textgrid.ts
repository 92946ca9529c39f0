import {
  type Annotations,
  type AnnotationTier,
  excerptOf,
  type FailAt,
  failingAt,
  readAnnotationText,
} from './annotations.js';
import type { Segment } from './labels.js';

/**
 * Reads a TextGrid of Praat, in the long or the short text format.
 *
 * @returns times in seconds from the beginning of the recording
 * @throws MmxError `formats/annotations` naming file and line
 */
export function readTextGrid(file: string): Annotations {
  return parseTextGrid(readAnnotationText(file), file);
}

/**
 * Parses what {@link readTextGrid} reads; `name` is used in error messages.
 *
 * Both text formats are one to Praat, and here: numbers that stand alone, texts in quotation marks and flags such as
 * `<exists>`, in a fixed order. Everything between them (`xmin =`, `intervals [1]:`) is a comment.
 */
export function parseTextGrid(text: string, name: string): Annotations {
  const fail = failingAt(name);
  const reader = new TokenReader(text, fail);
  const kind = reader.text('the kind of file');
  if (/chronological/i.test(kind)) {
    fail(reader.line, 'it is a chronological TextGrid', 'in Praat: Save > Save as text file');
  }
  if (!/^ooTextFile/.test(kind)) notOne(reader.line, fail);
  if (reader.text('the class of the object') !== 'TextGrid') notOne(reader.line, fail);
  const begin = reader.number('the beginning');
  if (begin !== 0) {
    fail(
      reader.line,
      `its time begins at ${begin} s, so where it lies in the recording is not known`,
      'in Praat: Modify > Modify times > Shift times to, start time 0',
    );
  }
  reader.number('the end');
  const tiers: AnnotationTier[] = [];
  const pointTiers: string[] = [];
  if (reader.flag('whether there are tiers') === '<exists>') {
    const count = reader.count('the number of tiers');
    for (let index = 0; index < count; index++) {
      const shape = reader.text(`the class of tier ${index + 1}`);
      const tier = reader.text(`the name of tier ${index + 1}`);
      if (shape === 'IntervalTier') {
        tiers.push({ name: tier, speaker: null, intervals: intervalsOf(reader, tier, fail), untimed: 0 });
      } else if (shape === 'TextTier') {
        pointTiers.push(tier);
        skipPoints(reader, tier);
      } else {
        fail(
          reader.line,
          `tier ${index + 1} is of the class '${excerptOf(shape)}'; IntervalTier or TextTier belongs there`,
        );
      }
    }
  }
  return { tiers, pointTiers, media: [] };
}

function notOne(line: number, fail: FailAt): never {
  return fail(line, 'it is no TextGrid in text format', 'in Praat: Save > Save as text file');
}

function intervalsOf(reader: TokenReader, tier: string, fail: FailAt): readonly Segment[] {
  const of = `of tier '${excerptOf(tier)}'`;
  reader.number(`the beginning ${of}`);
  reader.number(`the end ${of}`);
  const count = reader.count(`the number of intervals ${of}`);
  const intervals: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const start = reader.number(`the beginning of interval ${index + 1} ${of}`);
    const end = reader.number(`the end of interval ${index + 1} ${of}`);
    if (start < 0) fail(reader.line, `interval ${index + 1} ${of} begins at ${start} s, before 0`);
    if (end < start)
      fail(reader.line, `interval ${index + 1} ${of} ends at ${end} s, before it begins at ${start} s`);
    intervals.push({ start, end, label: reader.text(`the text of interval ${index + 1} ${of}`) });
  }
  return intervals;
}

function skipPoints(reader: TokenReader, tier: string): void {
  const of = `of tier '${excerptOf(tier)}'`;
  reader.number(`the beginning ${of}`);
  reader.number(`the end ${of}`);
  const count = reader.count(`the number of points ${of}`);
  for (let index = 0; index < count; index++) {
    reader.number(`the time of point ${index + 1} ${of}`);
    reader.text(`the text of point ${index + 1} ${of}`);
  }
}

type Token = { readonly kind: 'text' | 'number' | 'flag'; readonly written: string };

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const blanks = /\s*/y;
const restOfLine = /[^\r\n]*/y;
const word = /[^\s"]+/y;

/** The free-standing values of Praat's text format, one after another. */
class TokenReader {
  readonly #text: string;
  readonly #fail: FailAt;
  #at = 0;
  /** Of the last token, counted from 1. */
  line = 1;
  #counted = 0;

  constructor(text: string, fail: FailAt) {
    this.#text = text;
    this.#fail = fail;
  }

  text(what: string): string {
    return this.#next('text', what, 'a text in quotation marks');
  }

  flag(what: string): string {
    return this.#next('flag', what, '<exists> or <absent>');
  }

  /** A finite number. */
  number(what: string): number {
    const written = this.#next('number', what, 'a number');
    const value = Number(written);
    return Number.isFinite(value) ? value : this.#fail(this.line, `${what} is ${excerptOf(written)}`);
  }

  count(what: string): number {
    const value = this.number(what);
    return Number.isSafeInteger(value) && value >= 0 ? value : this.#fail(this.line, `${what} is ${value}`);
  }

  #next(kind: Token['kind'], what: string, expected: string): string {
    const token = this.#token();
    if (token === null) {
      return this.#fail(
        this.line,
        `it ends where ${what} belongs`,
        'the file is cut off, or no TextGrid in text format',
      );
    }
    if (token.kind === kind) return token.written;
    return this.#fail(this.line, `'${excerptOf(token.written)}' stands where ${what} belongs, ${expected}`);
  }

  #token(): Token | null {
    for (;;) {
      blanks.lastIndex = this.#at;
      blanks.test(this.#text);
      this.#at = blanks.lastIndex;
      this.#countLines();
      if (this.#at >= this.#text.length) return null;
      if (this.#text[this.#at] === '"') return { kind: 'text', written: this.#quoted() };
      if (this.#text[this.#at] === '!') {
        restOfLine.lastIndex = this.#at;
        restOfLine.test(this.#text);
        this.#at = restOfLine.lastIndex;
        continue;
      }
      word.lastIndex = this.#at;
      const [written = ''] = word.exec(this.#text) ?? [];
      this.#at += written.length;
      if (/^<\w+>$/.test(written)) return { kind: 'flag', written };
      if (numberPattern.test(written)) return { kind: 'number', written };
    }
  }

  /** Two quotation marks within a text are one of it. */
  #quoted(): string {
    const begin = this.#at + 1;
    let end = begin;
    for (;;) {
      end = this.#text.indexOf('"', end);
      if (end < 0) return this.#fail(this.line, 'a text begins there whose quotation mark is never closed');
      if (this.#text[end + 1] !== '"') break;
      end += 2;
    }
    this.#at = end + 1;
    return this.#text.slice(begin, end).replaceAll('""', '"');
  }

  #countLines(): void {
    for (; this.#counted < this.#at; this.#counted++) {
      const unit = this.#text[this.#counted];
      if (unit === '\n' || (unit === '\r' && this.#text[this.#counted + 1] !== '\n')) this.line++;
    }
  }
}
