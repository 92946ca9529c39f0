import { join } from 'node:path';
import { z } from 'zod';
import { UnreadFile } from '../../read-file.js';
import { readStored, type StoredKind } from '../../stored-json.js';
import type { Download } from './description.js';
import type { PlannedFile } from './plan.js';
import { type Storage, statusAt } from './storage.js';

/** Name of the record of what was fetched, in the folder of the corpus. */
export const recordName = 'fetched.json';

const kind: StoredKind = {
  what: 'a record of fetched files',
  code: 'fetch/record',
  hint: 'remove it and run the same command again: existing files are checked and kept',
  limit: 16 << 20,
};

const text = z.string().max(2000);

const fetchedSchema = z.object({
  name: text,
  bytes: z.int().min(0),
  md5: text,
  sha256: text,
  /** Whether a checksum known before said that it is the right file. */
  verified: z.boolean(),
  from: text,
  /** Date and time, ISO 8601. */
  at: text,
  /** Null for a file that is kept as it is, or is yet to be unpacked. */
  unpacked: z
    .object({ files: z.int().min(0), bytes: z.int().min(0), roots: z.array(text).max(1000) })
    .nullable(),
});

const recordSchema = z.object({
  download: text,
  title: text,
  licence: z.object({ name: text, address: text }),
  credit: text,
  files: z.array(fetchedSchema).max(10_000),
});

export type FetchedFile = z.output<typeof fetchedSchema>;

/** What was fetched into a folder: an entry a file, by name. */
export class FetchRecord {
  readonly #path: string;
  readonly #download: Download;
  readonly #files: Map<string, FetchedFile>;

  private constructor(folder: string, download: Download, files: readonly FetchedFile[]) {
    this.#path = join(folder, recordName);
    this.#download = download;
    this.#files = new Map(files.map((one) => [one.name, one]));
  }

  /** @throws MmxError `fetch/record` for a file that is no record */
  static read(folder: string, download: Download): FetchRecord {
    const path = join(folder, recordName);
    try {
      return new FetchRecord(folder, download, readStored(path, recordSchema, kind).files);
    } catch (error) {
      if (error instanceof UnreadFile && error.reason === 'missing')
        return new FetchRecord(folder, download, []);
      throw error;
    }
  }

  of(name: string): FetchedFile | undefined {
    return this.#files.get(name);
  }

  /** Writes an entry down. @throws MmxError of the storage */
  set(entry: FetchedFile, storage: Storage): void {
    this.#files.set(entry.name, entry);
    const { name: download, title, licence, credit } = this.#download;
    const record = { download, title, licence, credit, files: [...this.#files.values()] };
    storage.replace(this.#path, Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
  }
}

/** Whether a file has been fetched before and what came of it is still there. */
export function isDone(file: PlannedFile, record: FetchRecord, folder: string): boolean {
  const entry = record.of(file.name);
  if (entry === undefined || !isSameFile(file, entry)) return false;
  if (file.unpack === undefined) return statusAt(join(folder, file.name))?.size === entry.bytes;
  return entry.unpacked?.roots.every((root) => statusAt(join(folder, root)) !== undefined) ?? false;
}

/** Whether what is known of a file fits what was fetched. */
export const isSameFile = (file: PlannedFile, entry: FetchedFile): boolean =>
  (file.bytes ?? entry.bytes) === entry.bytes &&
  (file.md5 ?? entry.md5) === entry.md5 &&
  (file.sha256 ?? entry.sha256) === entry.sha256;
