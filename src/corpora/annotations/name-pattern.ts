import { MmxError } from '../../errors.js';
import { type FoundFile, stemOf } from '../directory.js';

const fields = ['label', 'speaker', 'repetition', 'any'] as const;
type Field = (typeof fields)[number];

/** What the name of a recording says. */
export interface NamedValues {
  readonly label: string;
  readonly speaker?: string;
  /** As written. */
  readonly repetition?: string;
}

/** How names are read. */
export interface NamePattern {
  readonly written: string;
  readonly has: (field: Field) => boolean;
  /** Null where the name has another form. */
  readonly read: (file: FoundFile) => NamedValues | null;
}

const explained = "e.g. '{label}_{speaker}_{repetition}' reads 7_jackson_3.wav; {any} is anything else";

/**
 * Reads a pattern such as `{label}_{speaker}_{repetition}`: text, and fields in braces. A value ends where the text after
 * its field begins first, and the last one is the rest, so every name is read in time proportional to its length. Names
 * are read without their ending; a `/` in the pattern stands for the folders above.
 *
 * @throws MmxError `cli/usage` saying what is wrong with the pattern
 */
export function namePattern(written: string): NamePattern {
  const fail = (problem: string): never => {
    throw new MmxError('cli/usage', `--pattern '${written}' ${problem}`, { exitCode: 2, hint: explained });
  };
  // Texts at even places, fields between them.
  const pieces = written.split(/\{([^{}]*)\}/);
  const texts = pieces.filter((_, index) => index % 2 === 0);
  const names = pieces
    .filter((_, index) => index % 2 === 1)
    .map(
      (name) =>
        fields.find((field) => field === name) ??
        fail(`names '{${name}}'; there are ${fields.map((field) => `{${field}}`).join(', ')}`),
    );
  if (texts.some((text) => /[{}]/.test(text))) fail("has a '{' or '}' without the other");
  if (!names.includes('label')) fail('has no {label}');
  for (const [index, name] of names.entries()) {
    if (name !== 'any' && names.indexOf(name) !== index) fail(`has {${name}} more than once`);
    const next = names[index + 1];
    if (next !== undefined && texts[index + 1] === '') fail(`has nothing between {${name}} and {${next}}`);
  }
  const depth = written.split('/').length;
  return {
    written,
    has: (field) => names.includes(field),
    read({ name, parts }) {
      if (parts.length < depth) return null;
      const folders = parts.slice(parts.length - depth, -1);
      const values = valuesIn([...folders, stemOf(name)].join('/'), texts);
      if (values === null) return null;
      const known = Object.fromEntries(names.map((field, index) => [field, values[index] ?? '']));
      const { label = '', speaker, repetition } = known;
      return {
        label,
        ...(speaker === undefined ? {} : { speaker }),
        ...(repetition === undefined ? {} : { repetition }),
      };
    },
  };
}

/** What stands between the texts; null where they are not there, or a value is empty or goes beyond a folder. */
function valuesIn(path: string, [first = '', ...texts]: readonly string[]): readonly string[] | null {
  if (!path.startsWith(first)) return null;
  const values: string[] = [];
  let at = first.length;
  for (const [index, text] of texts.entries()) {
    const isLast = index === texts.length - 1;
    const end = text === '' && isLast ? path.length : path.indexOf(text, at);
    if (end <= at) return null;
    values.push(path.slice(at, end).trim());
    at = end + text.length;
  }
  return at === path.length && values.every((value) => value !== '' && !value.includes('/')) ? values : null;
}

/** What a user may do where recordings have no annotations. */
export function patternHint(recordings: readonly FoundFile[]): string {
  const said = 'of recordings whose names say it, --pattern says how';
  const split = recordings.map(({ name }) => stemOf(name).split(/([_-])/));
  const [first] = split;
  const [recording] = recordings;
  if (
    first === undefined ||
    recording === undefined ||
    !split.every(({ length }) => length === first.length)
  ) {
    return `${said}, e.g. --pattern '{label}_{speaker}_{repetition}' of 7_jackson_3.wav`;
  }
  const count = (first.length + 1) / 2;
  const distinct = Array.from(
    { length: count },
    (_, index) => new Set(split.map((parts) => parts[2 * index])).size,
  );
  const pattern = first
    .map((part, index) => (index % 2 === 1 ? part : `{${fields[index / 2] ?? 'any'}}`))
    .join('');
  const values =
    count === 1
      ? `1 part, with ${distinct[0]} different values`
      : `${count} parts, with ${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)} different values`;
  return `${said}: ${recording.name} has ${values}, e.g. --pattern '${pattern}'`;
}
