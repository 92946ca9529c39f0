import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../errors.js';
import { encodeSafetensors, readSafetensors } from '../formats/safetensors.js';
import { canonicalJson, type Json } from '../json.js';
import {
  checkSpace,
  errorCodeOf,
  type FileDigest,
  fileError,
  formatBytes,
  makeDirectory,
  namesIn,
  removeLitter,
  syncDirectory,
  temporaryName,
  writerIsDead,
  writeSynced,
} from './files.js';
import { assertJson } from './identity.js';
import type { Artifact } from './stage.js';

export const defaultStoreDirectory = join('results', 'runs', 'store');

/** What made an artifact; written beside its numbers. */
export interface ArtifactOrigin {
  readonly kind: string;
  readonly version: number;
  readonly label: string;
  readonly parameters: Json;
  /** Hash of each input by role. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly engine: {
    readonly name: string;
    readonly description: string;
    readonly versions: Readonly<Record<string, string>>;
  };
  /** Wall-clock seconds of the stage, without what ran before an interruption. */
  readonly seconds: number;
}

export interface ArtifactRecord extends ArtifactOrigin {
  readonly format: 1;
  readonly hash: string;
  /** ISO 8601. */
  readonly created: string;
  readonly files: Readonly<Record<string, FileDigest>>;
}

const recordFile = 'artifact.json';
const tensorsFile = 'tensors.safetensors';
const resultFile = 'result.json';

/** Unfinished writes of other hosts, or of a process id since taken over, are litter after a day. */
const staleMilliseconds = 24 * 3600 * 1000;

/**
 * Artifacts under the hash of what made them: `<directory>/<hh>/<hash>/` with `artifact.json` (origin and checksums),
 * `tensors.safetensors` and `result.json`. A directory appears whole or not at all, so any number of processes may
 * share a store without locks: the first to finish an artifact wins, the others use theirs.
 */
export class ArtifactStore {
  readonly directory: string;

  constructor(directory: string = defaultStoreDirectory) {
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
      throw fileError(error, path);
    }
  }

  /** @throws MmxError `store/missing`, `store/corrupted` */
  record(hash: string): ArtifactRecord {
    const path = join(this.pathOf(hash), recordFile);
    if (!this.has(hash)) {
      throw new MmxError('store/missing', `There is no artifact ${this.pathOf(hash)}.`, {
        hint: 'Run the same command again: it is computed anew.',
      });
    }
    let record: unknown;
    try {
      record = JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw fileError(error, path);
      throw this.#corrupted(hash, `${path} is not JSON`);
    }
    if (!isRecord(record)) throw this.#corrupted(hash, `${path} does not describe an artifact`);
    if (record.hash !== hash) throw this.#corrupted(hash, `${path} describes the artifact ${record.hash}`);
    return record;
  }

  /**
   * Reads an artifact and checks every byte of it against the recorded sizes and checksums.
   *
   * @throws MmxError `store/missing`, `store/corrupted` (what differs, and the command that removes the artifact)
   */
  load(hash: string): Artifact {
    const record = this.record(hash);
    const tensorBytes = this.#payload(hash, record, tensorsFile);
    const resultBytes = this.#payload(hash, record, resultFile);
    const path = join(this.pathOf(hash), tensorsFile);
    return {
      tensors: readSafetensors(tensorBytes, path).tensors,
      json: JSON.parse(Buffer.from(resultBytes).toString('utf8')) as Json,
    };
  }

  /** The small structured result alone, checked as in `load`. */
  loadResult(hash: string): Json {
    const bytes = this.#payload(hash, this.record(hash), resultFile);
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  }

  /**
   * Writes an artifact beside the store's others and moves it into place in one step.
   *
   * @returns `reused` when another process had stored the same artifact by then; theirs stays
   * @throws MmxError `store/no-space`, `store/read-only`, `store/permission`, `store/io`; nothing partial remains
   */
  save(hash: string, artifact: Artifact, origin: ArtifactOrigin): 'stored' | 'reused' {
    if (this.has(hash)) return 'reused';
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
      try {
        renameSync(temporary, final);
      } catch (error) {
        // A directory is never renamed over a full one: somebody else was first.
        if (this.has(hash)) {
          removeLitter(temporary);
          return 'reused';
        }
        throw error;
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
    const probe = join(this.#temporaryDirectory, temporaryName('probe'));
    try {
      makeDirectory(this.#temporaryDirectory);
      writeSynced(probe, []);
    } catch (error) {
      throw fileError(error, this.directory);
    } finally {
      removeLitter(probe);
    }
  }

  /** Hashes of all stored artifacts, sorted. */
  list(): string[] {
    const hashes: string[] = [];
    for (const prefix of namesIn(this.directory)) {
      if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
      for (const name of namesIn(join(this.directory, prefix))) {
        if (/^[0-9a-f]{64}$/.test(name) && this.has(name)) hashes.push(name);
      }
    }
    return hashes.sort();
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
    let swept = 0;
    for (const name of namesIn(this.#temporaryDirectory)) {
      const path = join(this.#temporaryDirectory, name);
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (!writerIsDead(name) && age < staleMilliseconds) continue;
      if (removeLitter(path)) swept += 1;
    }
    return swept;
  }

  get #temporaryDirectory(): string {
    return join(this.directory, 'tmp');
  }

  #payload(hash: string, record: ArtifactRecord, name: string): Uint8Array {
    const path = join(this.pathOf(hash), name);
    const expected = record.files[name];
    if (expected === undefined) throw this.#corrupted(hash, `${recordFile} does not mention ${path}`);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOENT') throw fileError(error, path);
      throw this.#corrupted(hash, `${path} is missing`);
    }
    if (bytes.byteLength !== expected.bytes) {
      const sizes = `${formatBytes(bytes.byteLength)} instead of ${formatBytes(expected.bytes)}`;
      // Two sizes that round to the same figure would read as nonsense.
      const exact = `${bytes.byteLength} bytes instead of ${expected.bytes}`;
      const [is, was] = sizes.split(' instead of ');
      throw this.#corrupted(hash, `${path} has ${is === was ? exact : sizes}`);
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== expected.sha256) {
      throw this.#corrupted(
        hash,
        `${path} has the checksum ${sha256.slice(0, 12)}… instead of ${expected.sha256.slice(0, 12)}…`,
      );
    }
    return bytes;
  }

  #corrupted(hash: string, difference: string): MmxError {
    return new MmxError('store/corrupted', `A stored artifact is damaged: ${difference}.`, {
      hint: `Remove it with: rm -r '${this.pathOf(hash)}' and run the same command again: only it is computed anew.`,
    });
  }
}

function isRecord(value: unknown): value is ArtifactRecord {
  if (value === null || typeof value !== 'object') return false;
  const { format, hash, files, inputs, kind } = value as Partial<Record<keyof ArtifactRecord, unknown>>;
  const isObject = (member: unknown) => member !== null && typeof member === 'object';
  return (
    format === 1 &&
    typeof hash === 'string' &&
    typeof kind === 'string' &&
    isObject(files) &&
    isObject(inputs)
  );
}
