import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unended } from '../../errors.js';
import { encodeSafetensors } from '../../formats/safetensors.js';
import { canonicalJson, type Json } from '../../json.js';
import { assertJson } from '../graph/identity.js';
import type { Artifact } from '../graph/stage.js';
import { artifactIn, damageIn, recordIn, resultIn } from './artifact-files.js';
import {
  type ArtifactOrigin,
  type ArtifactRecord,
  recordFile,
  resultFile,
  tensorsFile,
} from './artifact-record.js';
import { checkFolder } from './check-folder.js';
import { ArtifactError } from './damage.js';
import {
  checkSpace,
  errorCodeOf,
  fileError,
  makeDirectory,
  namesIn,
  syncDirectory,
  writeSynced,
} from './files.js';
import { moveToQuarantine, putBack, quarantineOf } from './quarantine.js';
import { removeLitter, sweepLitter, temporaryName } from './temporary.js';

export type { ArtifactOrigin, ArtifactRecord } from './artifact-record.js';

/**
 * Artifacts under the hash of what made them: `<directory>/<hh>/<hash>/` with `artifact.json` (origin and checksums),
 * `tensors.safetensors` and `result.json`. A directory appears whole or not at all, so any number of processes may
 * share a store without locks: the first to finish an artifact wins, the others use theirs. A damaged one is moved to
 * `<directory>/quarantine/` by whoever can compute it anew.
 */
export class ArtifactStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Directory of an artifact, whether or not it exists. */
  pathOf(hash: string): string {
    return join(this.directory, hash.slice(0, 2), hash);
  }

  /** @throws MmxError `store/permission`, `store/io` */
  has(hash: string): boolean {
    const path = join(this.pathOf(hash), recordFile);
    try {
      return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
    } catch (error) {
      if (errorCodeOf(error) === 'ENOTDIR') return false;
      throw fileError(error, path);
    }
  }

  /** @throws ArtifactError `store/missing`, `store/corrupted`; MmxError `store/*` when it cannot be read at all */
  record(hash: string): ArtifactRecord {
    return recordIn(this.pathOf(hash), hash);
  }

  /**
   * Reads an artifact and checks every byte of it against the recorded sizes and checksums.
   *
   * @throws ArtifactError `store/missing`, `store/corrupted` (what differs); MmxError `store/*` when it cannot be read
   */
  load(hash: string): Artifact {
    return artifactIn(this.pathOf(hash), hash);
  }

  /** The small structured result alone, checked as in `load`. */
  loadResult(hash: string): Json {
    return resultIn(this.pathOf(hash), hash);
  }

  /**
   * What is wrong with an artifact; undefined where nothing is, and where there is none.
   *
   * @param thorough reads every byte; otherwise the record and the sizes of the files are looked at
   * @throws MmxError `store/permission`, `store/io`
   */
  damageOf(hash: string, thorough = false): ArtifactError | undefined {
    return damageIn(this.pathOf(hash), hash, thorough);
  }

  /** True when there is an artifact and nothing is found wrong with it: see `damageOf`. */
  isSound(hash: string, thorough = false): boolean {
    return this.has(hash) && this.damageOf(hash, thorough) === undefined;
  }

  /**
   * Moves a damaged artifact out of the way, so that it can be computed anew. Any number of processes may do so at once:
   * one that moves what another has computed anew by then puts it back.
   *
   * @returns where it lies now; undefined when it was gone already, or is sound again
   * @throws ArtifactError `store/corrupted` when the store cannot be written, saying what is damaged and why it stays
   */
  setAside(damage: ArtifactError): string | undefined {
    const { artifact: hash } = damage;
    const path = this.pathOf(hash);
    let moved: string | undefined;
    try {
      moved = moveToQuarantine(this.directory, path);
    } catch (error) {
      const why = unended(fileError(error, path).message);
      throw new ArtifactError(
        'store/corrupted',
        `${unended(damage.message)}, and it cannot be set aside: ${why}.`,
        hash,
        {
          hint: 'A user who may write there can repair it by running the command that computed it.',
          cause: error,
        },
      );
    }
    if (moved === undefined || damageIn(moved, hash, true) !== undefined) return moved;
    putBack(moved, path);
    return undefined;
  }

  /** Names of the damaged artifacts that lie in the quarantine; each begins with the hash. */
  setAsideNames(): readonly string[] {
    return namesIn(quarantineOf(this.directory));
  }

  /**
   * Writes an artifact beside the store's others and moves it into place in one step.
   *
   * @returns `reused` when another process had stored the same artifact by then; theirs stays
   * @throws MmxError `store/no-space`, `store/read-only`, `store/permission`, `store/io`; nothing partial remains
   */
  save(hash: string, artifact: Artifact, origin: ArtifactOrigin): 'stored' | 'reused' {
    if (this.isSound(hash)) return 'reused';
    assertJson(artifact.json, `the result of stage "${origin.label}"`);
    const tensors = encodeSafetensors(artifact.tensors);
    const result = [Buffer.from(`${canonicalJson(artifact.json)}\n`)];
    const needed = [...tensors, ...result].reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const final = this.pathOf(hash);
    const parent = join(this.directory, hash.slice(0, 2));
    const temporary = join(this.#temporaryDirectory, temporaryName(hash.slice(0, 16)));
    try {
      makeDirectory(temporary);
      makeDirectory(parent);
      checkSpace(parent, needed);
      const files = {
        [resultFile]: writeSynced(join(temporary, resultFile), result),
        [tensorsFile]: writeSynced(join(temporary, tensorsFile), tensors),
      };
      const record: ArtifactRecord = {
        format: 1,
        hash,
        ...origin,
        created: new Date().toISOString(),
        files,
      };
      writeSynced(join(temporary, recordFile), [Buffer.from(`${JSON.stringify(record, null, 2)}\n`)]);
      syncDirectory(temporary);
      if (!this.#place(temporary, hash)) {
        removeLitter(temporary);
        return 'reused';
      }
      syncDirectory(parent);
      return 'stored';
    } catch (error) {
      removeLitter(temporary);
      throw fileError(error, final, needed);
    }
  }

  /** Finds out before hours of work whether anything could be stored. @throws MmxError `store/*` */
  checkWritable(): void {
    checkFolder(this.#temporaryDirectory);
  }

  /** Hashes of all stored artifacts, damaged or not, sorted. */
  list(): string[] {
    return this.folders().filter((hash) => this.has(hash));
  }

  /** Hashes of everything that lies where artifacts lie, those without a record too, sorted. */
  folders(): string[] {
    return namesIn(this.directory)
      .filter((prefix) => /^[0-9a-f]{2}$/.test(prefix))
      .flatMap((prefix) =>
        namesIn(join(this.directory, prefix)).filter((name) => /^[0-9a-f]{64}$/.test(name)),
      )
      .sort();
  }

  /** Bytes of the payloads of an artifact. */
  sizeOf(hash: string): number {
    return Object.values(this.record(hash).files).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Removes an artifact, damaged or not. Readers in other processes find it whole or missing. */
  remove(hash: string): void {
    const path = this.pathOf(hash);
    const temporary = join(this.#temporaryDirectory, temporaryName(hash.slice(0, 16)));
    try {
      makeDirectory(this.#temporaryDirectory);
      renameSync(path, temporary);
      rmSync(temporary, { recursive: true, force: true });
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOENT') throw fileError(error, path);
    }
  }

  /** Removes what writers that no longer live left unfinished. @returns how many were removed */
  sweep(): number {
    return sweepLitter(this.#temporaryDirectory, namesIn(this.#temporaryDirectory));
  }

  get #temporaryDirectory(): string {
    return join(this.directory, 'tmp');
  }

  /** @returns false when another process had stored the same artifact by then */
  #place(temporary: string, hash: string): boolean {
    const final = this.pathOf(hash);
    for (let left = 1; ; left -= 1) {
      try {
        renameSync(temporary, final);
        return true;
      } catch (error) {
        // A directory is never renamed over a full one, nor over a file: somebody else was first, or what is there is
        // damaged.
        const damage = this.damageOf(hash);
        if (damage === undefined && this.has(hash)) return false;
        if (damage === undefined || left === 0) throw error;
        this.setAside(damage);
      }
    }
  }
}
