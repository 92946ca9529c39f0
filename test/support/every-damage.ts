import { MmxError } from '../../src/errors.js';

/** A JSON text with one field changed, and what was changed. */
export interface Damaged {
  readonly what: string;
  readonly text: string;
}

/** Stands for a number that JSON can write and no double can hold. */
const beyond = '@beyond@';
const missing = Symbol('missing');

/** One of each kind of trouble: every reader is given all of them in the place of every field. */
const replacements: readonly (readonly [what: string, value: unknown])[] = [
  ['missing', missing],
  ['null', null],
  ['negative', -1],
  ['a fraction, huge', 1e300],
  ['beyond', beyond],
  ['empty text', ''],
  ['markup', '"><script>alert(1)</script>\u001b[31m'],
  ['a path', '../../..\0/etc'],
  ['a member of every object', 'constructor'],
  ['a list', [[1]]],
  ['empty object', {}],
];

type Path = readonly (string | number)[];

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (value === null || typeof value !== 'object') return;
  // Members of a long list are alike.
  const entries = Array.isArray(value) ? [...value.entries()].slice(0, 2) : Object.entries(value);
  for (const [key, member] of entries) yield* pathsOf(member, [...path, key]);
}

function changed(value: unknown, [first, ...rest]: Path, to: unknown): unknown {
  if (first === undefined) return to;
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => {
      if (index !== first) return [one];
      const made = changed(one, rest, to);
      return made === missing ? [] : [made];
    });
  }
  const entries = Object.entries(value as object).flatMap(([key, member]): [string, unknown][] => {
    if (key !== String(first)) return [[key, member]];
    const made = changed(member, rest, to);
    return made === missing ? [] : [[key, made]];
  });
  return Object.fromEntries(entries);
}

/** The value with every single field in turn missing, or replaced by each of some values that do not belong there. */
export function* everyDamage(whole: unknown): Generator<Damaged> {
  for (const path of pathsOf(whole)) {
    for (const [what, value] of replacements) {
      if (path.length === 0 && value === missing) continue;
      const text = JSON.stringify(changed(whole, path, value)).replaceAll(`"${beyond}"`, '1e999');
      yield { what: `${path.join('.') || 'all'}: ${what}`, text };
    }
    if (path.length > 0) {
      // A key that no object literal can have, and one that every object inherits.
      const last = path.at(-1);
      if (typeof last !== 'string') continue;
      const key = path.length % 2 === 0 ? '__proto__' : 'constructor';
      const text = JSON.stringify(whole).replaceAll(`"${last}":`, `"${key}":`);
      yield { what: `${path.join('.')}: called ${key}`, text };
    }
  }
}

/** What is wrong with how a reader takes a damaged file; empty where it gives a result or refuses it by name. */
export function faultOf(read: () => unknown, file: string): string | undefined {
  try {
    const made = read();
    return typeof made === 'string' && made.includes('<script>alert') ? 'markup went through' : undefined;
  } catch (error) {
    if (!(error instanceof MmxError))
      return `internal: ${error instanceof Error ? error.stack?.split('\n').slice(0, 2).join(' ') : String(error)}`;
    return error.message.includes(file)
      ? undefined
      : `does not name the file: ${error.message.slice(0, 200)}`;
  }
}
