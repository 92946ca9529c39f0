import { join } from 'node:path';
import { z } from 'zod';
import { list, text } from '../../pipeline/graph/stored-values.js';
import { storedIfThere } from '../../stored-json.js';
import { type FigureKind, figureKinds } from './figure-kinds.js';

/** What is known of a figure of one of our models: `NAME.json` beside `NAME.png`. */
export interface FigureRecord {
  readonly format: 1;
  readonly kind: FigureKind;
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  /** What it shows, to one who does not see it. */
  readonly alt: string;
  readonly corpus: string;
  /** The corpus is generated, not recorded. */
  readonly synthetic: boolean;
  readonly architecture: string;
  /** Those that the same model serves. */
  readonly settings: readonly string[];
  readonly seed: number;
  /** Pixels it is to be shown wide. */
  readonly width: number;
}

const record: z.ZodType<FigureRecord> = z.object({
  format: z.literal(1),
  kind: z.enum(figureKinds),
  title: text,
  caption: text,
  alt: text,
  corpus: text,
  synthetic: z.boolean(),
  architecture: text,
  settings: list(text),
  seed: z.int(),
  width: z.int().positive().max(32_767),
});

const kind = {
  what: 'the record of a figure',
  code: 'report/figure-record',
  limit: 2 ** 20,
  hint: 'mmx figure writes it anew',
};

/**
 * The record of a figure in a folder; undefined where there is none.
 *
 * @param name of the figure, without `.json`
 * @throws MmxError `report/figure-record` when it is not what it should be
 */
export const figureRecordIn = (directory: string, name: string): FigureRecord | undefined =>
  storedIfThere(join(directory, `${name}.json`), record, kind);

/** The name of a figure's files, if a file is one of them. */
export function figureNameOf(file: string): string | undefined {
  const isFigure = figureKinds.some((one) => file.startsWith(`${one}-`));
  return isFigure && file.endsWith('.json') ? file.slice(0, -'.json'.length) : undefined;
}
