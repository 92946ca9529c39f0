/**
 * What the schemas of stored files are made of. mmx wrote those files, and anybody may have changed them since: texts and
 * lists have bounds, numbers are finite, and times can be read.
 */
import { z } from 'zod';
import type { Json } from '../../json.js';
import type { EpochMeans } from './stage.js';

/** Characters of a text: no configuration holds a longer one, so nothing that mmx writes has one. */
const mostCharacters = 2 ** 20;

export const text = z.string().max(mostCharacters, `is longer than ${mostCharacters} characters`);

/** A word of a command line, or a path: the system has no place for a NUL in either. */
export const argument = text.refine((word) => !word.includes('\0'), 'holds a NUL character');

/** SHA-256 in hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256');

/** The identity of a stage: the name of a folder in the artifact store, so nothing else will do. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a stage hash');

export const count = z.int().nonnegative();

/** A duration, or a time since 1970. */
export const seconds = z.number().nonnegative().max(1e12);

/** ISO 8601. */
export const instant = z.iso.datetime({ offset: true, error: 'is not a time in ISO 8601' });

/** Far from where sums overflow. */
export const figure = z.number().min(-1e300).max(1e300);

export const epochMeans: z.ZodType<EpochMeans> = z.object({ epoch: count }).catchall(figure);

/** At most so many items, so that what is made of each stays bounded. */
export function list<T extends z.ZodType>(item: T, most = 100_000): z.ZodArray<T> {
  return z.array(item).max(most, `has more than ${most} items`);
}

/** A list without two items of one key. @param keyOf what must differ */
export function distinct<T extends z.ZodType>(
  item: T,
  keyOf: (value: z.output<T>) => unknown,
  most?: number,
) {
  return list(item, most).superRefine((items, context) => {
    const seen = new Set<unknown>();
    for (const [index, value] of items.entries()) {
      const key = keyOf(value);
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [index], message: `repeats ${String(key).slice(0, 100)}` });
      seen.add(key);
    }
  });
}

/** Values by names from elsewhere: no name is that of a member which every object has. */
export function byName<T extends z.ZodType>(value: T) {
  return z
    .record(text, value)
    .transform(
      (entries): Readonly<Record<string, z.output<T>>> => Object.assign(Object.create(null), entries),
    );
}

/** The schema, refusing whatever holds a number that is not finite or a text without bounds, however deep. */
export function bounded<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return schema.superRefine((value, context) => {
    const message = oddityOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** Any JSON whose numbers are finite and whose texts are bounded, as it is written. */
export const json: z.ZodType<Json> = bounded(z.custom<Json>());

/** What no JSON of ours holds; undefined where there is nothing of the kind. */
function oddityOf(value: unknown): string | undefined {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (one === undefined) return 'is missing';
    if (typeof one === 'number' && !Number.isFinite(one)) return 'holds a number that is not finite';
    if (typeof one === 'string' && one.length > mostCharacters) {
      return `holds a text longer than ${mostCharacters} characters`;
    }
    if (one === null || typeof one !== 'object') continue;
    for (const [key, member] of Object.entries(one)) {
      if (key.length > mostCharacters) return `holds a key longer than ${mostCharacters} characters`;
      open.push(member);
    }
  }
  return undefined;
}

/**
 * The value itself, its keys in their order and those of later versions kept, once the schema finds nothing wrong with it:
 * what is shown or written again stays as it was.
 */
export function asWritten<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.custom<T>().superRefine((value, context) => {
    for (const { path, message } of schema.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });
}
