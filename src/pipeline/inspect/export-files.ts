import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { csvField } from '../../csv-field.js';
import { encodeNpy, type NpyArray } from '../../formats/npy.js';
import { encodeSafetensors } from '../../formats/safetensors.js';
import type { Artifact } from '../graph/stage.js';
import { fileError, makeDirectory, removeLitter, replaceFile, temporaryName } from '../store/files.js';
import type { ArtifactRecord } from '../store/store.js';
import type { ExportedPart } from './export-features.js';

/** A written file, as `export.json` lists it. */
export interface ExportedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/**
 * The tensors of a piece as one safetensors file; where they come from is in its metadata, as strings.
 *
 * @throws MmxError `store/*`
 */
export function writeWeights(path: string, artifact: Artifact, record: ArtifactRecord): ExportedFile {
  const { hash, kind, label, version, engine, created, parameters } = record;
  const chunks = encodeSafetensors(artifact.tensors, {
    format: 'mmx',
    stage: hash,
    kind,
    label,
    version: String(version),
    engine: engine.name,
    created,
    parameters: JSON.stringify(parameters),
  });
  return { file: path, ...replaceFile(path, chunks) };
}

/** @throws MmxError `store/*` */
export function writeNpy(path: string, array: NpyArray): ExportedFile {
  return { file: path, ...replaceFile(path, [encodeNpy(array)]) };
}

/** Bytes gathered before they are written: a table of features can be larger than memory. */
const chunkBytes = 1 << 20;

/**
 * One line an example: `id,label,class,f0,f1…`; the label is the class index, −1 and an empty class where there is
 * none. Numbers have the digits that give back the same float32.
 *
 * @throws MmxError `store/*`; nothing partial remains
 */
export function writeFeatureCsv(path: string, part: ExportedPart): ExportedFile {
  const temporary = `${dirname(path)}/${temporaryName(path.slice(dirname(path).length + 1))}`;
  let bytes = 0;
  try {
    makeDirectory(dirname(path));
    const file = openSync(temporary, 'wx');
    try {
      let text = '';
      const flush = (): void => {
        const chunk = Buffer.from(text);
        for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
        bytes += chunk.length;
        text = '';
      };
      for (const line of csvLines(part)) {
        text += line;
        if (text.length >= chunkBytes) flush();
      }
      flush();
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return { file: path, bytes };
  } catch (error) {
    removeLitter(temporary);
    throw fileError(error, path);
  }
}

function* csvLines({ features, labels, ids, classes }: ExportedPart): Generator<string> {
  const { rows, columns, data } = features;
  yield `${['id', 'label', 'class', ...Array.from({ length: columns }, (_, i) => `f${i}`)].join(',')}\n`;
  for (let row = 0; row < rows; row += 1) {
    const label = labels[row] ?? -1;
    const values = Array.from(data.subarray(row * columns, (row + 1) * columns), shortFloat);
    yield `${[csvField(ids[row] ?? ''), label, csvField(classes[label] ?? ''), ...values].join(',')}\n`;
  }
}

/** Nine significant digits tell any two float32 apart. */
function shortFloat(value: number): string {
  const short = Number(value.toPrecision(7));
  return String(Math.fround(short) === value ? short : Number(value.toPrecision(9)));
}
