import { parse } from 'yaml';
import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { readPlainText, UnreadFile } from '../../read-file.js';
import { damaged, type StoredKind, storedProblem } from '../../stored-json.js';
import { descriptionFile, downloadNames } from './names.js';

const kind: StoredKind = {
  what: 'a description of a download',
  code: 'fetch/description',
  hint: 'the file comes with mmx: install mmx again',
  limit: 1 << 20,
};

/** A name of a file or folder that every system takes and that leads nowhere else. */
export const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Bytes that a file may have whose size nothing tells. */
const mostUnknownBytes = 1e9;

const https = z.url({ protocol: /^https$/ });
const bytes = z.int().min(1).max(1e12);

const wantedSchema = z.strictObject({
  name: z.string().regex(plainName),
  /** What `--only` calls it; a file without a part always comes along. */
  part: z.string().regex(plainName).optional(),
  /** Where it lies, unless a record of Zenodo says so. */
  address: https.optional(),
  bytes: bytes.optional(),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Bytes it may have where its size is not known. */
  most_bytes: bytes.default(mostUnknownBytes),
  /** A ZIP archive: the folder that its files belong into, `.` for the folder of the corpus. Kept as it is when absent. */
  unpack: z.strictObject({ into: z.union([z.literal('.'), z.string().regex(plainName)]) }).optional(),
  /** What the archive must hold. */
  contains: z.strictObject({ ending: z.string().regex(/^\.\w+$/), count: z.int().positive() }).optional(),
});

const descriptionSchema = z
  .strictObject({
    title: z.string().min(1),
    licence: z.strictObject({ name: z.string().min(1), address: https }),
    /** Whose work it is, as they want to be named. */
    credit: z.string().min(1),
    /** Where to read more. */
    more: https,
    /** Number of the record of Zenodo whose listing tells addresses, sizes and checksums. */
    zenodo: z.int().positive().optional(),
    /** Corpora of mmx that read it. */
    corpora: z.array(z.string()),
    /** What to say where none does. */
    unread: z.string().min(1).optional(),
    files: z.array(wantedSchema).min(1).max(1000),
  })
  .check(({ value, issues }) => {
    const refuse = (message: string): void => {
      issues.push({ code: 'custom', message, input: value });
    };
    if (value.corpora.length === 0 && value.unread === undefined)
      refuse('unread must say that nothing reads it');
    const names = value.files.map(({ name }) => name.toLowerCase());
    if (new Set(names).size < names.length) refuse('two files have one name');
    for (const { name, address, contains, unpack } of value.files) {
      if ((address === undefined) === (value.zenodo === undefined)) {
        refuse(`${name} needs an address or a record of Zenodo, not both`);
      }
      if (contains !== undefined && unpack === undefined)
        refuse(`${name} is not unpacked and contains nothing`);
    }
  });

/** How an open corpus is fetched: a file of `datasets/downloads`. */
export type Download = z.output<typeof descriptionSchema> & { readonly name: string };
export type WantedFile = Download['files'][number];

/**
 * @param text YAML
 * @param path named in errors
 * @throws MmxError `fetch/description`
 */
export function parseDownload(text: string, name: string, path: string): Download {
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw damaged(path, kind, 'it is not valid YAML', error);
  }
  const result = descriptionSchema.safeParse(value);
  if (!result.success) throw damaged(path, kind, storedProblem(result.error.issues[0]));
  return { ...result.data, name };
}

/** @throws MmxError `fetch/description` */
export function loadDownload(name: string): Download {
  const path = descriptionFile(name);
  try {
    return parseDownload(readPlainText(path, kind.limit), name, path);
  } catch (error) {
    if (error instanceof UnreadFile) throw damaged(path, kind, error.message, error);
    throw error;
  }
}

/** Every download, in the order of names. */
export const allDownloads = (): readonly Download[] => downloadNames().map(loadDownload);

/**
 * The download of a name, its own or that of a corpus which reads it.
 *
 * @throws MmxError `fetch/unknown` listing what there is
 */
export function downloadNamed(word: string): Download {
  const names = downloadNames();
  if (names.includes(word)) return loadDownload(word);
  const read = allDownloads().find(({ corpora }) => corpora.includes(word));
  if (read !== undefined) return read;
  throw new MmxError('fetch/unknown', `there is no open corpus named '${word}' to fetch`, {
    exitCode: 2,
    hint: `these can be fetched: ${names.join(', ')}; datasets/ says how to get the others`,
  });
}
