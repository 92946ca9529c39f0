import { z } from 'zod';
import type { Json } from '../../json.js';
import { parseStored, type StoredKind } from '../../stored-json.js';
import { byName, count, hash, json, sha256, text } from '../graph/stored-values.js';
import type { FileDigest } from './files.js';

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

export const recordFile = 'artifact.json';
export const tensorsFile = 'tensors.safetensors';
export const resultFile = 'result.json';

const digest = z.object({ bytes: count, sha256 });

const schema: z.ZodType<ArtifactRecord> = z.object({
  format: z.literal(1),
  hash,
  kind: text,
  version: z.number(),
  label: text,
  parameters: json,
  inputs: byName(hash),
  engine: z.object({ name: text, description: text, versions: z.record(text, text) }),
  seconds: z.number().nonnegative(),
  created: text,
  files: z
    .record(z.string(), digest)
    .refine((files) => tensorsFile in files && resultFile in files, 'does not name both files'),
});

/** Bytes; parameters are a few kilobytes, and a score may name hundreds of inputs. */
export const recordLimit = 16 * 1024 * 1024;

const kind: StoredKind = { what: 'an artifact record', code: 'store/corrupted', limit: recordLimit };

/** @throws MmxError `store/corrupted`, saying what is wrong with the text of `path` */
export function parseRecord(text: string, path: string): ArtifactRecord {
  return parseStored(text, path, schema, kind);
}
