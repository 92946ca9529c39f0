import type { Part } from '../../corpora/corpus.js';
import { corpusNamed, loadExamples } from '../../corpora/registry.js';
import { type Matrix, type MatrixSource, matrix, type RowSource, sliceRows } from '../../matrix.js';
import { numbersOf, unsound } from '../graph/read-artifact.js';
import { inputOf } from '../graph/roles.js';
import type { Artifact, StageContext } from '../graph/stage.js';
import { clipsOf, type FramesTrack, framesFactsOf, framesTrackOf } from './frames.js';
import { lackingModality } from './lacking-modality.js';
import { listedPart, unlabelledListedRows } from './listed-rows.js';
import type { ExampleData, LabelledData, TrainingData } from './parameters.js';

/** Rows that are held, or made when they are read. */
export type Rows = Matrix | RowSource;

/** A part of a corpus as the stages see it: like {@link Part}, with rows that need not be held. */
export interface PartRows {
  readonly count: number;
  readonly inputs: Readonly<Record<string, Rows>>;
  /** First row of each clip, and the number of rows at the end; absent where every row is an example. */
  readonly clips?: Int32Array;
  /** Class index of each example; −1 where it has none. */
  readonly labels: Int32Array;
  /** Speaker or repetition of each example, where cross-validation must keep those together. */
  readonly groups?: Int32Array;
  /** Indices of the clips that are here, where some are left out for want of a modality. */
  readonly kept?: Int32Array;
  /** How many are left out; absent where none is. */
  readonly leftOut?: number;
}

type Inputs = Pick<StageContext, 'inputs' | 'local'>;

/** The unlabelled training rows of so many modalities, row by row belonging together. */
export async function unlabelledRows(
  corpus: TrainingData,
  modalities: readonly string[],
  context: Inputs,
): Promise<Readonly<Record<string, Rows>>> {
  if ('listed' in corpus) return unlabelledListedRows(modalities, context);
  if (!('frames' in corpus)) return presentOf((await examplesOf(corpus, context)).train, modalities);
  const artifacts = corpus.frames.map((role) => inputOf(context.inputs, role));
  const pooled = artifacts
    .map((artifact) => windowsWith(artifact, modalities))
    .filter((found) => found !== undefined);
  return Object.fromEntries(
    modalities.map((modality, index) => [
      modality,
      windowRows(
        pooled.map((tracks) => tracks[index] as FramesTrack),
        modality,
      ),
    ]),
  );
}

/**
 * The labelled training part: the clips that have all of the modalities.
 *
 * @throws MmxError `corpora/modality` when none has them
 */
export async function trainingPart(
  data: LabelledData,
  context: Inputs,
  modalities: readonly string[] = [],
): Promise<PartRows> {
  if ('name' in data) return (await examplesOf(data, context)).train;
  if ('listed' in data) return listedPart('train', data.classes, modalities, context);
  return partOfFrames(inputOf(context.inputs, data.train), data.classes, modalities);
}

/** The test part; one for each draw of the noise where there is noise. Otherwise as {@link trainingPart}. */
export async function testParts(
  data: LabelledData,
  context: Inputs,
  modalities: readonly string[] = [],
): Promise<readonly PartRows[]> {
  if ('name' in data) return [(await examplesOf(data, context)).test];
  if ('listed' in data) return [listedPart('test', data.classes, modalities, context)];
  return data.tests.map((role) => partOfFrames(inputOf(context.inputs, role), data.classes, modalities));
}

/**
 * Under the protocol `train-folds` with noise, the training part once for each draw of the noise; none without noise.
 * Otherwise as {@link trainingPart}.
 */
export async function noisyTrainingParts(
  data: LabelledData,
  context: Inputs,
  modalities: readonly string[] = [],
): Promise<readonly PartRows[]> {
  return 'name' in data || 'listed' in data ? [] : testParts(data, context, modalities);
}

/** The modalities a setting shows, of one part. @throws MmxError `corpora/modality` */
export function presentOf(part: PartRows, modalities: readonly string[]): Readonly<Record<string, Rows>> {
  return Object.fromEntries(
    modalities.map((modality) => {
      const rows = part.inputs[modality];
      if (!rows) throw lackingModality(modality);
      return [modality, rows];
    }),
  );
}

/** Rows `from` (inclusive) to `to` (exclusive) as a matrix; held ones are not copied. */
export function rowsOf(rows: Rows, from = 0, to = rows.rows): Matrix {
  if (!('copyRow' in rows)) return sliceRows(rows, from, to);
  const result = matrix(to - from, rows.columns);
  for (let row = from; row < to; row++) rows.copyRow(row, result.data, (row - from) * rows.columns);
  return result;
}

/**
 * Rows as a source of matrices, through a layer where there is one: what a layer makes of all rows may not fit.
 *
 * @param layer the columns that `extract` makes of rows
 */
export function sourceOfRows(
  rows: Rows,
  layer?: { readonly columns: number; extract(inputs: Matrix): Matrix },
): MatrixSource {
  return {
    rows: rows.rows,
    columns: layer?.columns ?? rows.columns,
    readRows(from, to) {
      const inputs = rowsOf(rows, from, to);
      return layer ? layer.extract(inputs) : inputs;
    },
  };
}

function examplesOf(
  { name, train, heldOut, ...rest }: ExampleData & { readonly test?: number | null },
  { local }: Inputs,
): Promise<{ readonly train: Part; readonly test: Part }> {
  const source = corpusNamed(name);
  if (source.kind !== 'examples') throw new Error(`${name} is no corpus of plain examples`);
  return loadExamples(source, {
    train: train ?? undefined,
    test: rest.test ?? undefined,
    heldOut: heldOut ?? undefined,
    data: local[name],
  });
}

function partOfFrames(
  artifact: Artifact,
  classes: readonly string[],
  modalities: readonly string[],
): PartRows {
  const facts = framesFactsOf(artifact);
  const clips = clipsOf(artifact);
  const count = clips.at(-1) ?? 0;
  const ofClips = (name: string): Int32Array => numbersOf(artifact, name, Int32Array, clips.length - 1);
  const tracks = ['audio', 'video'].flatMap((modality): [string, FramesTrack][] => {
    const track = framesTrackOf(artifact, modality);
    if (track === undefined) return [];
    if (track.starts.length !== count)
      throw unsound(artifact, `its ${modality} has not the windows of its clips`);
    return [[modality, track]];
  });
  // A clip has a modality in all of its windows or in none.
  const needed = tracks.filter(([modality]) => modalities.includes(modality)).map(([, { starts }]) => starts);
  const all = Int32Array.from({ length: clips.length - 1 }, (_, clip) => clip);
  const kept = all.filter((clip) => needed.every((starts) => (starts[clips[clip] ?? 0] ?? -1) >= 0));
  const [lacking] = modalities.filter((one) => !tracks.some(([modality]) => modality === one));
  if (all.length > 0 && (lacking !== undefined || kept.length === 0)) {
    throw lackingModality(lacking ?? modalities.join(' and '), 'no clip of a part');
  }
  const isWhole = kept.length === all.length;
  const ofKept = (values: Int32Array): Int32Array =>
    isWhole ? values : Int32Array.from(kept, (clip) => values[clip] ?? 0);
  const offsets = isWhole ? clips : offsetsOf(clips, kept);
  const inputs = tracks.flatMap(([modality, track]): [string, Rows][] => {
    const starts = isWhole ? track.starts : windowsOf(track.starts, clips, kept);
    return starts.includes(-1) ? [] : [[modality, windowRows([{ ...track, starts }], modality)]];
  });
  const labels = ofClips('labels').map((label) =>
    label < 0 ? -1 : classes.indexOf(facts.classes[label] ?? ''),
  );
  return {
    count: offsets.at(-1) ?? 0,
    inputs: Object.fromEntries(inputs),
    clips: offsets,
    labels: ofKept(labels),
    ...(isWhole ? {} : { kept, leftOut: all.length - kept.length }),
    ...(facts.keepsApart === null ? {} : { groups: ofKept(ofClips('groups')) }),
  };
}

/** First window of each of the kept clips, and the number of windows at the end, counted without the others. */
function offsetsOf(clips: Int32Array, kept: Int32Array): Int32Array {
  const offsets = new Int32Array(kept.length + 1);
  kept.forEach((clip, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + (clips[clip + 1] ?? 0) - (clips[clip] ?? 0);
  });
  return offsets;
}

function windowsOf(starts: Int32Array, clips: Int32Array, kept: Int32Array): Int32Array {
  const offsets = offsetsOf(clips, kept);
  const result = new Int32Array(offsets.at(-1) ?? 0);
  kept.forEach((clip, index) => {
    result.set(starts.subarray(clips[clip] ?? 0, clips[clip + 1] ?? 0), offsets[index] ?? 0);
  });
  return result;
}

/** The windows of an artifact that have all of the modalities; undefined when it lacks one wholly. */
function windowsWith(artifact: Artifact, modalities: readonly string[]): readonly FramesTrack[] | undefined {
  const tracks = modalities.map((modality) => framesTrackOf(artifact, modality));
  const known = tracks.filter((track) => track !== undefined);
  const [first] = known;
  if (known.length < tracks.length || !first) return undefined;
  const complete = first.starts.map((_, window) =>
    known.every(({ starts }) => (starts[window] ?? -1) >= 0) ? 1 : 0,
  );
  return known.map((track) => ({ ...track, starts: track.starts.filter((_, window) => complete[window]) }));
}

/** @throws MmxError `corpora/modality` when there are none */
function windowRows(tracks: readonly FramesTrack[], modality: string): RowSource {
  const [first] = tracks;
  if (!first) throw lackingModality(modality);
  const columns = first.values.columns * first.frames;
  const count = tracks.reduce((sum, { starts }) => sum + starts.length, 0);
  const track = new Uint8Array(count);
  const offset = new Uint32Array(count);
  let row = 0;
  tracks.forEach(({ starts, values }, index) => {
    for (const start of starts) {
      track[row] = index;
      offset[row++] = start * values.columns;
    }
  });
  const data = tracks.map(({ values }) => values.data);
  return {
    rows: count,
    columns,
    copyRow(index, out, at) {
      const from = offset[index];
      if (from === undefined) throw new RangeError(`window ${index} of ${count} does not exist`);
      const values = data[track[index] ?? 0] as Float32Array;
      out.set(values.subarray(from, from + columns), at);
    },
  };
}
