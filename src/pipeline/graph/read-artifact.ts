/**
 * What is read of artifacts: results of a schema, tensors of a type and a size. A checksum says that a file is as it was
 * written, and nothing of who wrote it.
 */
import type { z } from 'zod';
import { MmxError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';
import { storedProblem } from '../../stored-json.js';
import type { Artifact, TensorData } from './stage.js';

/** Folders of the artifacts that come from a store: only needed for messages, so kept out of what is stored. */
const folders = new WeakMap<Artifact, string>();

/** Notes where an artifact was read. */
export function readFrom(folder: string, artifact: Artifact): Artifact {
  folders.set(artifact, folder);
  return artifact;
}

/** The error about an artifact that is not what its kind should be. @param what ends the sentence */
export function unsound(artifact: Artifact, what: string): MmxError {
  return new MmxError('store/unsound', `${folders.get(artifact) ?? 'An artifact'} cannot be used: ${what}.`, {
    hint: 'Another version of mmx wrote it in a different form. Remove it to have it computed again.',
  });
}

/** The structured result. @throws MmxError `store/unsound` when it does not fit */
export function resultOf<T>(artifact: Artifact, schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(artifact.json);
  if (error === undefined) return data;
  throw unsound(artifact, storedProblem(error.issues[0]));
}

/**
 * The numbers of a tensor.
 *
 * @param length how many there must be; any number when absent
 * @throws MmxError `store/unsound` when there is no such tensor
 */
export function numbersOf<T extends TensorData['data']>(
  artifact: Artifact,
  name: string,
  type: new (length: number) => T,
  length?: number,
): T {
  const data = artifact.tensors[name]?.data;
  if (!(data instanceof type)) throw unsound(artifact, `it holds no tensor ${name} of ${type.name}`);
  if (length === undefined || data.length === length) return data;
  throw unsound(artifact, `its tensor ${name} has ${data.length} numbers, not ${length}`);
}

/** A matrix of weights or features. @throws MmxError `store/unsound` when there is none of that name */
export function matrixOf(artifact: Artifact, name: string): Matrix {
  const shape = artifact.tensors[name]?.shape ?? [];
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2) throw unsound(artifact, `it holds no matrix ${name}`);
  return { rows, columns, data: numbersOf(artifact, name, Float32Array, rows * columns) };
}
