/** Reading the folder of an artifact, with every doubt about it. */
import { createHash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError, unended } from '../../errors.js';
import { readSafetensors } from '../../formats/safetensors.js';
import type { Json } from '../../json.js';
import { readPlainFile, UnreadFile } from '../../read-file.js';
import { readFrom } from '../graph/read-artifact.js';
import type { Artifact } from '../graph/stage.js';
import {
  type ArtifactRecord,
  parseRecord,
  recordFile,
  recordLimit,
  resultFile,
  tensorsFile,
} from './artifact-record.js';
import { ArtifactError } from './damage.js';
import { errorCodeOf, type FileDigest, fileError, formatBytes } from './files.js';

/** @throws ArtifactError `store/missing`, `store/corrupted`; MmxError `store/*` when it cannot be read at all */
export function recordIn(folder: string, hash: string): ArtifactRecord {
  const path = join(folder, recordFile);
  let text: string;
  try {
    text = readPlainFile(path, recordLimit).toString('utf8');
  } catch (error) {
    if (isAbsent(folder)) {
      throw new ArtifactError('store/missing', `There is no artifact ${folder}.`, hash, {
        hint: 'The command that needs it computes it anew.',
      });
    }
    throw unreadable(error, path, hash);
  }
  let record: ArtifactRecord;
  try {
    record = parseRecord(text, path);
  } catch (error) {
    throw error instanceof MmxError ? corrupted(hash, unended(error.message), error) : error;
  }
  if (record.hash !== hash) throw corrupted(hash, `${path} describes the artifact ${record.hash}`);
  return record;
}

/** Every byte checked against the record. @throws as `recordIn` */
export function artifactIn(folder: string, hash: string): Artifact {
  const record = recordIn(folder, hash);
  const tensors = payload(folder, record, tensorsFile);
  const result = payload(folder, record, resultFile);
  const path = join(folder, tensorsFile);
  try {
    return readFrom(folder, {
      tensors: readSafetensors(tensors, path).tensors,
      json: parsedResult(result, folder, hash),
    });
  } catch (error) {
    // The checksum is right: somebody wrote it so.
    if (!(error instanceof MmxError) || error instanceof ArtifactError) throw error;
    throw corrupted(hash, unended(error.message), error);
  }
}

/** The structured result alone, checked as in `artifactIn`. */
export function resultIn(folder: string, hash: string): Json {
  return parsedResult(payload(folder, recordIn(folder, hash), resultFile), folder, hash);
}

/**
 * What is wrong with an artifact; undefined where nothing is, and where there is none.
 *
 * @param thorough reads every byte; otherwise the record and the sizes of the files are looked at
 * @throws MmxError `store/permission`, `store/io`
 */
export function damageIn(folder: string, hash: string, thorough: boolean): ArtifactError | undefined {
  try {
    if (thorough) artifactIn(folder, hash);
    else {
      const record = recordIn(folder, hash);
      for (const name of [tensorsFile, resultFile]) checkSize(folder, record, name);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return error.code === 'store/missing' ? undefined : error;
  }
}

function isAbsent(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return errorCodeOf(error) === 'ENOTDIR';
  }
}

function digestOf({ files, hash }: ArtifactRecord, name: string): FileDigest {
  const digest = files[name];
  if (digest === undefined) throw corrupted(hash, `${recordFile} does not mention ${name}`);
  return digest;
}

function checkSize(folder: string, record: ArtifactRecord, name: string): void {
  const path = join(folder, name);
  const { bytes } = digestOf(record, name);
  let actual: number;
  try {
    const status = statSync(path);
    if (!status.isFile()) throw new UnreadFile('not-plain', 'it is not a plain file');
    actual = status.size;
  } catch (error) {
    throw unreadable(error, path, record.hash);
  }
  if (actual !== bytes) throw corrupted(record.hash, `${path} has ${sizes(actual, bytes)}`);
}

/** The content of a file of an artifact, once its size and checksum are those that the record states. */
function payload(folder: string, record: ArtifactRecord, name: string): Uint8Array {
  checkSize(folder, record, name);
  const path = join(folder, name);
  const expected = digestOf(record, name);
  let bytes: Buffer;
  try {
    bytes = readPlainFile(path, expected.bytes);
  } catch (error) {
    throw unreadable(error, path, record.hash);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === expected.sha256) return bytes;
  const difference = `${sha256.slice(0, 12)}… instead of ${expected.sha256.slice(0, 12)}…`;
  throw corrupted(record.hash, `${path} has the checksum ${difference}`);
}

function parsedResult(bytes: Uint8Array, folder: string, hash: string): Json {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  } catch (error) {
    throw corrupted(hash, `${join(folder, resultFile)} is not JSON`, error);
  }
}

/** Two sizes that round to the same figure would read as nonsense: they are told in bytes. */
function sizes(actual: number, expected: number): string {
  const [is, was] = [formatBytes(actual), formatBytes(expected)];
  return is === was ? `${actual} bytes instead of ${expected}` : `${is} instead of ${was}`;
}

/** What lies in the place of a file of an artifact and is no such file is damage; a disk that fails is not. */
function unreadable(error: unknown, path: string, hash: string): MmxError {
  const code = errorCodeOf(error);
  const known = error instanceof UnreadFile ? error : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || known?.reason === 'missing') {
    return corrupted(hash, `${path} is missing`, error);
  }
  if (known?.reason === 'directory' || known?.reason === 'not-plain' || known?.reason === 'too-large') {
    return corrupted(hash, `${path} cannot be its file: ${known.message}`, error);
  }
  return fileError(known?.cause ?? error, path);
}

function corrupted(hash: string, difference: string, cause?: unknown): ArtifactError {
  return new ArtifactError('store/corrupted', `A stored artifact is damaged: ${difference}.`, hash, {
    hint: 'The command that computed it sets it aside and computes it anew.',
    ...(cause === undefined ? {} : { cause }),
  });
}
