import { MmxError } from '../errors.js';
import type { Place } from './tree.js';

/** One thing wrong with a configuration. */
export interface Problem {
  readonly code: string;
  /** Where; undefined for a file that could not be read, which the sentence names itself. */
  readonly place: Place | undefined;
  readonly sentence: string;
}

/** A problem as data, for `--json`. Lines and columns count from 1. */
export interface LocatedProblem {
  readonly code: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly override?: string;
  readonly message: string;
}

/** All problems of a configuration; `message` shows each with its line and a caret. Exit code 2. */
export class ConfigError extends MmxError {
  readonly problems: readonly LocatedProblem[];

  constructor(problems: readonly Problem[], options: { hint?: string; cause?: unknown } = {}) {
    const codes = new Set(problems.map((problem) => problem.code));
    const [code] = codes;
    super(
      codes.size === 1 && code !== undefined ? code : 'config/invalid',
      problems.flatMap((problem, index) => [...(index === 0 ? [] : ['']), ...render(problem)]),
      {
        exitCode: 2,
        ...options,
      },
    );
    this.name = 'ConfigError';
    this.problems = problems.map(located);
  }
}

/** Gathers problems while loading goes on, so that a file's errors are all shown at once. */
export class Problems {
  readonly #list: Problem[] = [];
  readonly #seen = new Set<string>();
  #fatal = false;

  /** Adds a problem, once a place and code. */
  add(code: string, place: Place | undefined, sentence: string): void {
    const where = place
      ? `${place.source.kind} ${place.source.name} ${place.start} ${place.end}`
      : `? ${sentence}`;
    // Problems of a whole source differ by what they say; those of a value are one, whichever cell meets them.
    const identity = place && place.start === place.end ? `${where} ${sentence}` : `${where} ${code}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#list.push({ code, place, sentence });
  }

  /** A problem that leaves nothing to validate. */
  addFatal(code: string, place: Place | undefined, sentence: string): void {
    this.#fatal = true;
    this.add(code, place, sentence);
  }

  get fatal(): boolean {
    return this.#fatal;
  }

  get any(): boolean {
    return this.#list.length > 0;
  }

  /** @throws ConfigError with every problem, source by source in the order met, from top to bottom */
  throwIfAny(): void {
    if (this.any) throw new ConfigError(this.sorted());
  }

  sorted(): readonly Problem[] {
    const order = [...new Set(this.#list.map((problem) => problem.place?.source.name ?? ''))];
    const rank = (problem: Problem) => order.indexOf(problem.place?.source.name ?? '');
    return [...this.#list].sort((a, b) => rank(a) - rank(b) || (a.place?.start ?? 0) - (b.place?.start ?? 0));
  }
}

/** `configs/x.yaml:12:3`, or `override rbm.left.hidden=0`. */
export function placeText(place: Place): string {
  if (place.source.kind === 'override') return `override ${place.source.name}`;
  const { line, column } = position(place);
  return `${place.source.name}:${line}:${column}`;
}

/** Line and column, counted from 1, of a place's start. */
export function position(place: Place): { line: number; column: number } {
  const before = place.source.text.slice(0, place.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

function located({ code, place, sentence: message }: Problem): LocatedProblem {
  if (!place) return { code, message };
  if (place.source.kind === 'override') return { code, override: place.source.name, message };
  return { code, file: place.source.name, ...position(place), message };
}

function render({ place, sentence }: Problem): readonly string[] {
  if (!place) return [sentence];
  const excerpt = place.start === place.end ? [] : excerptOf(place);
  return [`${placeText(place)}: ${sentence}`, ...excerpt];
}

const WIDTH = 100;

/** The line a place is on, cut to about 100 characters around it, and carets under the place. */
function excerptOf(place: Place): readonly string[] {
  const { text } = place.source;
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const newline = text.indexOf('\n', place.start);
  const lineEnd = newline < 0 ? text.length : newline;
  let line = text.slice(lineStart, lineEnd).trimEnd().replaceAll('\t', ' ');
  let column = place.start - lineStart;
  if (line.length > WIDTH && column > WIDTH / 2) {
    const cut = Math.min(column - WIDTH / 2, line.length - WIDTH);
    line = `…${line.slice(cut + 1)}`;
    column -= cut;
  }
  if (line.length > WIDTH) line = `${line.slice(0, WIDTH - 1)}…`;
  const width = Math.max(1, Math.min(place.end, lineEnd) - place.start);
  const carets = '^'.repeat(Math.max(1, Math.min(width, line.length - column)));
  const gutter = place.source.kind === 'file' ? `  ${position(place).line} | ` : '  ';
  const blank = place.source.kind === 'file' ? `${' '.repeat(gutter.length - 2)}| ` : gutter;
  return [`${gutter}${line}`, `${blank}${' '.repeat(column)}${carets}`];
}
