import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { MmxError } from '../../errors.js';
import { readStored } from '../../stored-json.js';
import type { Storage } from './storage.js';

/** What tells whether the file at a server is still the one that a part is of. */
export type Validator = z.output<typeof validatorSchema>;

const validatorSchema = z.object({
  etag: z.string().max(1000).optional(),
  lastModified: z.string().max(100).optional(),
});

export interface Digest {
  readonly bytes: number;
  readonly md5: string;
  readonly sha256: string;
}

const portionBytes = 1 << 20;

/** A file of which a part has come: `NAME.part`, and `NAME.part.json` with what the server said of it. */
export class PartFile {
  readonly path: string;
  readonly #storage: Storage;
  readonly #handle: FileHandle;
  #hashes: readonly [Hash, Hash] = emptyHashes();
  #bytes = 0;

  private constructor(path: string, handle: FileHandle, storage: Storage) {
    this.path = path;
    this.#handle = handle;
    this.#storage = storage;
  }

  /**
   * Opens the part of a file, and reads what is there into its digests.
   *
   * @param whole path of the whole file
   * @throws MmxError of the storage, also where something else than a plain file lies there
   */
  static async open(whole: string, storage: Storage): Promise<PartFile> {
    const path = `${whole}.part`;
    let handle: FileHandle | undefined;
    try {
      // A link would lead the writing elsewhere, and opening a pipe would wait.
      const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
      handle = await open(path, constants.O_RDWR | constants.O_CREAT | careful, 0o666);
      if (!(await handle.stat()).isFile()) throw new Error('it is not a plain file');
      const part = new PartFile(path, handle, storage);
      await part.#readExisting();
      return part;
    } catch (error) {
      await handle?.close();
      throw storage.failure(error, path);
    }
  }

  /** Bytes that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What the server said of the file when the part was begun; undefined where that is not known. */
  get validator(): Validator | undefined {
    try {
      return readStored(this.#notes, validatorSchema, { what: 'a note', code: 'fetch/note', limit: 10_000 });
    } catch {
      return undefined; // without it the part is begun anew, or its checksum decides
    }
  }

  /** @throws MmxError of the storage */
  async append(chunk: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await this.#handle.write(
          chunk,
          done,
          chunk.length - done,
          this.#bytes + done,
        );
        done += bytesWritten;
      }
    } catch (error) {
      throw this.#storage.failure(error, this.path);
    }
    this.#take(chunk);
  }

  /** Throws away what is there. @param validator what the server says of the file that comes now */
  async restart(validator: Validator): Promise<void> {
    await this.#guarded(() => this.#handle.truncate(0));
    this.#bytes = 0;
    this.#hashes = emptyHashes();
    this.#storage.replace(this.#notes, Buffer.from(JSON.stringify(validator)));
  }

  /** Of what is there. */
  digest(): Digest {
    const [md5, sha256] = this.#hashes.map((hash) => hash.copy().digest('hex'));
    return { bytes: this.#bytes, md5: md5 ?? '', sha256: sha256 ?? '' };
  }

  /** Puts the whole file in its place. The part is closed by then. */
  async finish(whole: string): Promise<void> {
    await this.#guarded(async () => {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.path, whole);
      await rm(this.#notes, { force: true });
    });
  }

  /** Leaves the part for the next time; an empty one is of no use. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
    if (this.#bytes > 0) return;
    await rm(this.path, { force: true }).catch(() => {});
    await rm(this.#notes, { force: true }).catch(() => {});
  }

  get #notes(): string {
    return `${this.path}.json`;
  }

  async #readExisting(): Promise<void> {
    const buffer = Buffer.allocUnsafe(portionBytes);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#bytes);
      if (bytesRead === 0) return;
      this.#take(buffer.subarray(0, bytesRead));
    }
  }

  #take(chunk: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(chunk);
    this.#bytes += chunk.length;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof MmxError ? error : this.#storage.failure(error, this.path);
    }
  }
}

const emptyHashes = (): readonly [Hash, Hash] => [createHash('md5'), createHash('sha256')];
