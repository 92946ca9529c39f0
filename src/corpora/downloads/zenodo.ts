import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { parseStored, type StoredKind } from '../../stored-json.js';

const site = 'https://zenodo.org';

const kind: StoredKind = {
  what: 'a listing of a record of Zenodo',
  code: 'fetch/listing',
  hint: 'run the same command again later; if the answer stays the same, please report it',
  limit: 4 << 20,
};

/** Bytes that a listing may have. */
export const listingBytes = kind.limit;

const listedSchema = z.object({
  key: z.string().min(1).max(500),
  size: z.int().min(0).max(1e13),
  checksum: z.string().regex(/^md5:[0-9a-f]{32}$/, 'expected md5: and 32 hexadecimal digits'),
  links: z.object({ self: z.url().max(2000) }),
});

const listingSchema = z.object({ files: z.array(listedSchema).max(10_000) });

/** A file of a record. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  readonly md5: string;
  readonly address: string;
}

/** Where Zenodo tells what is in a record. */
export const listingAddress = (record: number): URL => new URL(`${site}/api/records/${record}`);

/** Under this name a mirror has the same. */
export const listingName = (record: number): string => `${record}.json`;

/**
 * What is in a record.
 *
 * @param place where the text comes from, named in errors
 * @throws MmxError `fetch/listing` when it is no listing, names a file twice, or sends to another host
 */
export function parseListing(text: string, place: string): readonly ListedFile[] {
  const { files } = parseStored(text, place, listingSchema, kind);
  const names = new Set<string>();
  return files.map(({ key, size, checksum, links }) => {
    const { origin, username } = new URL(links.self);
    if (origin !== site || username !== '') {
      throw new MmxError(kind.code, `${place} gives ${key} an address outside ${site}: ${links.self}`);
    }
    if (names.has(key)) throw new MmxError(kind.code, `${place} names ${key} twice`);
    names.add(key);
    return { name: key, bytes: size, md5: checksum.slice('md5:'.length), address: links.self };
  });
}
