import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { z } from 'zod';
import type { ListedCorpus, ListedExample, OpenedListing } from '../../corpora/corpus.js';
import { heldOutRows } from '../../corpora/held-out.js';
import { listedReader } from '../../corpora/listed.js';
import { corpusNamed } from '../../corpora/registry.js';
import { MmxError } from '../../errors.js';
import type { Json } from '../../json.js';
import type { Row } from '../../modalities/modality.js';
import { defineStage } from '../graph/define-stage.js';
import { numbersOf, resultOf, unsound } from '../graph/read-artifact.js';
import { inputOf } from '../graph/roles.js';
import type { Artifact, TensorData } from '../graph/stage.js';
import { text } from '../graph/stored-values.js';
import type { ExamplesStageParameters } from './parameters.js';
import { spread } from './spread.js';

/** Numbers that an artifact may have: its bytes are read at once. */
const mostNumbers = 2 ** 29;

/**
 * The rows of one modality of one part of a listed corpus, each read from its file or text. What rows are made with, a
 * vocabulary or a scaling, is learnt from the training part; the test part takes it from there (input `train`).
 */
export const examplesStage = defineStage<ExamplesStageParameters>({
  kind: 'examples',
  version: 1,
  async run(parameters, context) {
    const { modality, part } = parameters;
    const corpus = corpusOfStage(parameters);
    const reader = listedReader(corpus, modality);
    const opened = corpus.open({
      data: context.local[corpus.name],
      preset: parameters.preset ?? undefined,
    });
    const examples = examplesOfPart(opened, part, parameters);
    const items: unknown[] = [];
    for (const [index, { sources, place }] of examples.entries()) {
      const source = sources[modality];
      if (source) items.push(reader.read(source));
      if (index % 50 === 0) await yieldToEvents();
      context.progress({ done: index + 1, total: examples.length + 1, unit: 'examples', note: place });
    }
    if (items.length === 0) {
      throw new MmxError('corpora/modality', `no ${part} example of ${corpus.name} has ${modality}`, {
        hint: `mmx data check ${corpus.name} --data ${corpus.name}=DIR lists what is there`,
      });
    }
    const fitted: Json =
      part === 'train' ? reader.fit(items) : resultOf(inputOf(context.inputs, 'train'), facts).fitted;
    const { width } = reader;
    if (examples.length * width > mostNumbers) {
      throw new MmxError(
        'corpora/too-large',
        `${examples.length} examples of ${corpus.name} with ${width} values of ${modality} each are more than one artifact holds`,
        {
          exitCode: 2,
          hint: `use fewer (corpus.${part}), or make ${modality} smaller (corpus.inputs.${modality})`,
        },
      );
    }
    const present = Uint8Array.from(examples, ({ sources }) => (sources[modality] ? 1 : 0));
    const rows = rowsOfItems(
      items.map((item) => reader.row(item, fitted)),
      present,
      width,
    );
    const classes = distinct(examples.flatMap(({ label }) => label ?? []));
    const isGrouped = examples.every(({ group }) => group !== null);
    const groups = distinct(examples.flatMap(({ group }) => group ?? []));
    const result: ExamplesFacts = { fitted, classes };
    return {
      tensors: {
        rows: { shape: [examples.length, width], data: rows },
        present: { shape: [present.length], data: present },
        labels: integers(examples, ({ label }) => label, classes),
        ...(isGrouped ? { groups: integers(examples, ({ group }) => group, groups) } : {}),
      },
      json: result,
    };
  },
});

/** The corpus with its modality read as a stage asks for. */
function corpusOfStage({ corpus: name, modality, kind, options }: ExamplesStageParameters): ListedCorpus {
  const corpus = corpusNamed(name);
  if (corpus.kind !== 'listed') throw new Error(`${name} is no listed corpus`);
  return corpus.withInputs({ [modality]: { kind, ...(options as Record<string, unknown>) } });
}

/** Where the examples of a stage are listed, in their order: a line, or the name of an utterance. @param data the copy */
export function placesOfStage(
  parameters: ExamplesStageParameters,
  data: string | undefined,
): readonly string[] {
  const opened = corpusOfStage(parameters).open({ data, preset: parameters.preset ?? undefined });
  return examplesOfPart(opened, parameters.part, parameters).map(({ place }) => place);
}

/** Examples of each part that are used, evenly spread where only some are: a listing may go class by class. */
export function examplesOfPart(
  { examples }: Pick<OpenedListing, 'examples'>,
  part: 'train' | 'test',
  { train, test, heldOut }: Pick<ExamplesStageParameters, 'train' | 'test' | 'heldOut'>,
): readonly ListedExample[] {
  const used = (of: 'train' | 'test', count: number | null): readonly ListedExample[] =>
    spread(
      examples.filter((example) => example.part === of),
      count,
    );
  if (heldOut === null) return part === 'train' ? used('train', train) : used('test', test);
  const kept = used('train', train);
  const groups = distinct(kept.flatMap(({ group }) => group ?? []));
  const isGrouped = kept.every(({ group }) => group !== null);
  const rows = heldOutRows(
    kept.length,
    isGrouped ? placesIn(groups, kept, ({ group }) => group) : undefined,
    heldOut,
  );
  return Array.from(part === 'train' ? rows.train : rows.heldOut, (row) => kept[row] as ListedExample);
}

/** What is known of the rows of an `examples` artifact. */
interface ExamplesFacts {
  readonly fitted: Json;
  /** The labels that occur, sorted; the tensor `labels` counts into them, −1 for none. */
  readonly classes: readonly string[];
}

const facts: z.ZodType<ExamplesFacts> = z.object({
  fitted: z.json() as z.ZodType<Json>,
  classes: z.array(text),
});

/** Rows of a modality as an artifact holds them, and which examples have it. */
export interface StoredExamples {
  readonly rows: {
    readonly rows: number;
    readonly columns: number;
    readonly data: Float32Array | Uint8Array;
  };
  readonly present: Uint8Array;
  readonly classes: readonly string[];
  readonly labels: Int32Array;
  readonly groups?: Int32Array;
}

/** @throws MmxError `store/unsound` when it holds something else */
export function storedExamples(artifact: Artifact): StoredExamples {
  const [count = 0, columns = 0] = artifact.tensors.rows?.shape ?? [];
  const data = artifact.tensors.rows?.data;
  if (!(data instanceof Float32Array || data instanceof Uint8Array) || data.length !== count * columns) {
    throw unsound(artifact, 'it holds no rows of examples');
  }
  return {
    rows: { rows: count, columns, data },
    present: numbersOf(artifact, 'present', Uint8Array, count),
    classes: resultOf(artifact, facts).classes,
    labels: numbersOf(artifact, 'labels', Int32Array, count),
    ...(artifact.tensors.groups ? { groups: numbersOf(artifact, 'groups', Int32Array, count) } : {}),
  };
}

/** One row an example, zeros where it lacks the modality. */
function rowsOfItems(items: readonly Row[], present: Uint8Array, width: number): Float32Array | Uint8Array {
  const size = present.length * width;
  const result = items.every((row) => row instanceof Uint8Array)
    ? new Uint8Array(size)
    : new Float32Array(size);
  let next = 0;
  present.forEach((has, index) => {
    if (has === 0) return;
    const row = items[next++] as Row;
    if (row.length !== width) throw new Error(`a row of ${row.length} values where ${width} are expected`);
    const from = index * width;
    if (row instanceof Uint8Array && result instanceof Float32Array) {
      for (let i = 0; i < width; i++) result[from + i] = (row[i] as number) / 255;
    } else result.set(row, from);
  });
  return result;
}

function integers(
  examples: readonly ListedExample[],
  nameOf: (example: ListedExample) => string | null,
  names: readonly string[],
): TensorData {
  return { shape: [examples.length], data: placesIn(names, examples, nameOf) };
}

/** Where the name of each example stands among all of them; −1 for none. */
function placesIn(
  names: readonly string[],
  examples: readonly ListedExample[],
  nameOf: (example: ListedExample) => string | null,
): Int32Array {
  const places = new Map<string | null, number>(names.map((name, place) => [name, place]));
  return Int32Array.from(examples, (example) => places.get(nameOf(example)) ?? -1);
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
