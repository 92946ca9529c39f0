import type { z } from 'zod';
import type { Json } from '../json.js';

/**
 * `unit`: values in [0, 1], fit for binary visible units; `real`: scaled to mean 0 and variance 1; `tokens`: numbers of
 * words, which only encoders with an embedding can read.
 */
export type ValueRange = 'unit' | 'real' | 'tokens';

/** Where one example of a modality is read from. */
export interface ModalitySource {
  /** Path of a file, or the text itself. */
  readonly value: string;
  /** Seconds of a recording or movie; from the beginning, or to the end, where absent. */
  readonly from?: number;
  readonly to?: number;
  /** Of a file that holds many examples: which of them, from 0. */
  readonly index?: number;
}

/** The values of one example. Bytes stand for values of 0 to 1, in steps of 1/255. */
export type Row = Float32Array | Uint8Array;

/** How the examples of one modality become rows of values, with its options. */
export interface ModalityReader {
  readonly range: ValueRange;
  /** What the values of a row are: [n] a vector, or n tokens; [time, channels] a sequence; [height, width, channels] a picture. */
  readonly shape: readonly number[];
  /** Values of a row. */
  readonly width: number;
  /** Whether steps that are zero throughout (token 0) only fill a short sequence up. */
  readonly padded: boolean;
  /** Of tokens: how many there are, 0 to vocabulary − 1. */
  readonly vocabulary?: number;
  /** Reads an example. @throws MmxError naming the file and what is wrong with it */
  read(source: ModalitySource): unknown;
  /** What rows are made with: a vocabulary, a scaling. @param items of the training part alone */
  fit(items: readonly unknown[]): Json;
  /** @param fitted what {@link fit} gave, which may have been stored since @throws z.ZodError when it is not that */
  row(item: unknown, fitted: Json): Row;
}

/** One kind of modality. Each is one file of this folder and one line of `index.ts`. */
export interface ModalityKind {
  /** Its name in configs and listings: `text`, `image` … */
  readonly kind: string;
  /** For people, in a line. */
  readonly summary: string;
  /** What a listing gives of an example: the path of a file, or the thing itself. */
  readonly given: 'file' | 'text';
  /** What a config may set of it, with defaults. */
  readonly options: z.ZodType;
  /** @throws z.ZodError for options that the schema refuses; configs are checked before */
  reader(options: unknown): ModalityReader;
}

/** What distinguishes one kind of modality from another. */
export interface ModalityDefinition<Options, Item, Fitted>
  extends Pick<ModalityKind, 'kind' | 'summary' | 'given'> {
  readonly options: z.ZodType<Options>;
  range(options: Options): ValueRange;
  shape(options: Options): readonly number[];
  padded?(options: Options): boolean;
  vocabulary?(options: Options): number | undefined;
  read(source: ModalitySource, options: Options): Item;
  /** Of what `fit` gives: it is stored with the rows of the training part, and read again for those of the test part. */
  readonly fitted: z.ZodType<Fitted>;
  fit(items: readonly Item[], options: Options): Fitted;
  row(item: Item, fitted: Fitted, options: Options): Row;
}

/** Values of an example of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/** Ties the types of a kind together; those who use it need not know them. */
export function defineModality<Options, Item, Fitted>(
  definition: ModalityDefinition<Options, Item, Fitted>,
): ModalityKind {
  const { kind, summary, given, options: schema } = definition;
  return {
    ...{ kind, summary, given, options: schema },
    reader(asked) {
      const options = schema.parse(asked);
      const vocabulary = definition.vocabulary?.(options);
      const shape = definition.shape(options);
      // Parsing a vocabulary of thousands of words for each example would take longer than looking them up.
      let latest: { readonly json: Json; readonly fitted: Fitted } | undefined;
      return {
        range: definition.range(options),
        shape,
        width: sizeOf(shape),
        padded: definition.padded?.(options) ?? false,
        ...(vocabulary === undefined ? {} : { vocabulary }),
        read: (source) => definition.read(source, options),
        fit: (items) => definition.fit(items as readonly Item[], options) as Json,
        row(item, fitted) {
          if (latest?.json !== fitted) latest = { json: fitted, fitted: definition.fitted.parse(fitted) };
          return definition.row(item as Item, latest.fitted, options);
        },
      };
    },
  };
}
