import { MmxError } from '../errors.js';
import { visible } from '../visible.js';
import { excerptOf } from './excerpt.js';
import { position } from './positions.js';
import type { Place, Source } from './tree.js';
import { brief, sentenceOf } from './wording.js';

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

/** Problems that are told of one configuration: who has mended these sees the next. */
const mostShown = 20;
/** Problems that are gathered: what makes more of them is not looked at further. */
const mostGathered = 1000;

function moreThanShown(unshown: number, gathered: number): string[][] {
  if (unshown <= 0) return [];
  const least = gathered < mostGathered ? '' : 'at least ';
  return [[`… and ${least}${unshown} more ${unshown === 1 ? 'problem' : 'problems'}`]];
}

/** The problems of a configuration; `message` shows each with its line and a caret. Exit code 2. */
export class ConfigError extends MmxError {
  /** The first of them. */
  readonly problems: readonly LocatedProblem[];
  /** How many more were found, of at most a thousand. */
  readonly unshown: number;

  constructor(problems: readonly Problem[], options: { hint?: string; cause?: unknown } = {}) {
    const codes = new Set(problems.map((problem) => problem.code));
    const [code] = codes;
    const shown = problems.slice(0, mostShown);
    const unshown = problems.length - shown.length;
    super(
      codes.size === 1 && code !== undefined ? code : 'config/invalid',
      [...shown.map(render), ...moreThanShown(unshown, problems.length)].flatMap((lines, index) =>
        index === 0 ? lines : ['', ...lines],
      ),
      {
        exitCode: 2,
        ...options,
      },
    );
    this.name = 'ConfigError';
    this.problems = shown.map(located);
    this.unshown = unshown;
  }
}

/** Gathers problems while loading goes on, so that a file's errors are shown together. */
export class Problems {
  readonly #list: Problem[] = [];
  readonly #seen = new Map<Source | undefined, Set<string>>();
  #fatal = false;

  /**
   * Adds a problem, once a place and code.
   *
   * @param sentence made only when the problem is a new one
   */
  add(code: string, place: Place | undefined, sentence: string | (() => string)): void {
    if (this.full) return;
    const told = () => sentenceOf(typeof sentence === 'string' ? sentence : sentence());
    // Problems of a whole source differ by what they say; those of a value are one, whichever cell meets them.
    const isWhole = place === undefined || place.start === place.end;
    const identity = `${place?.start} ${place?.end} ${isWhole ? told() : code}`;
    const seen = this.#seen.get(place?.source) ?? new Set();
    if (seen.has(identity)) return;
    this.#seen.set(place?.source, seen.add(identity));
    this.#list.push({ code, place, sentence: told() });
  }

  /** Whether there are so many that no more are gathered. */
  get full(): boolean {
    return this.#list.length >= mostGathered;
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
    const ranks = new Map<string, number>();
    for (const { place } of this.#list) {
      const name = place?.source.name ?? '';
      if (!ranks.has(name)) ranks.set(name, ranks.size);
    }
    const rank = (problem: Problem): number => ranks.get(problem.place?.source.name ?? '') ?? 0;
    return [...this.#list].sort((a, b) => rank(a) - rank(b) || (a.place?.start ?? 0) - (b.place?.start ?? 0));
  }
}

/** `configs/x.yaml:12:3`, or `override rbm.left.hidden=0`. */
export function placeText(place: Place): string {
  if (place.source.kind === 'override') return `override ${brief(place.source.name)}`;
  const { line, column } = position(place);
  return `${visible(place.source.name)}:${line}:${column}`;
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
