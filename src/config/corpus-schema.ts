import { z } from 'zod';
import { flag, modality, nonNegativeInteger, positive, positiveInteger, text } from './numbers.js';

/** Which examples are learnt from and tested: the sections `corpus` and `unlabelled` of an experiment. */

const corpusError = { error: 'must be the name of a corpus, or a map with its `name` and options' };

const corpusOptions = {
  train: positiveInteger()
    .optional()
    .describe('Training examples used: the first so many, of clips and files evenly spread; all when absent'),
  test: positiveInteger()
    .optional()
    .describe('Test examples used: the first so many, of clips and files evenly spread; all when absent'),
  held_out: positiveInteger()
    .optional()
    .describe(
      'For choosing hyperparameters: this many training examples, the last ones, replace the test part',
    ),
  preset: text()
    .optional()
    .describe('Which shape of a generated corpus, or which labels of another, is used'),
  seed: nonNegativeInteger().optional().describe('Of a generated corpus: who speaks'),
  scale: positive()
    .max(1)
    .optional()
    .describe('Of a generated corpus: the part of its speakers that is used'),
  data: text().optional().describe("Directory of the user's copy, for a corpus that is not embedded"),
  inputs: z
    .record(
      modality,
      z.record(z.string(), z.unknown(), 'must be a map of options'),
      'must be a map of modalities',
    )
    .optional()
    .describe('How modalities are read, by name, of corpora of files: options, and the `kind` of your own'),
};

const corpusSection = z.strictObject({
  name: text().describe('Name of the corpus (mmx data ls)'),
  ...corpusOptions,
});

export const unlabelledCorpus = z
  .union(
    [
      text(),
      z.strictObject({
        name: text().describe('Name of the corpus (mmx data ls)'),
        train: corpusOptions.train,
        preset: corpusOptions.preset,
        seed: corpusOptions.seed,
        scale: corpusOptions.scale,
        data: corpusOptions.data,
        optional: flag().default(false).describe('Leave it out, with a note, when there is no copy of it'),
        stands_in_for: text()
          .optional()
          .describe('Of a generated corpus: learn from it only where there is no copy of this corpus'),
      }),
    ],
    corpusError,
  )
  .transform(
    (value): UnlabelledCorpus =>
      typeof value === 'string' ? { name: value, optional: false } : (value as UnlabelledCorpus),
  );

/** A corpus whose training clips serve feature learning beside those of the evaluated one. */
export interface UnlabelledCorpus {
  readonly name: string;
  readonly train?: number | undefined;
  readonly preset?: string | undefined;
  readonly seed?: number | undefined;
  readonly scale?: number | undefined;
  readonly data?: string | undefined;
  readonly optional: boolean;
  readonly stands_in_for?: string | undefined;
}

export const corpus = z
  .union([text(), corpusSection], corpusError)
  .transform(
    (value) => (typeof value === 'string' ? { name: value } : value) as z.output<typeof corpusSection>,
  )
  .describe('The corpus, or its name alone');

/** Some of its options: what a row or a column may set. */
export const partialCorpus = z
  .union([text(), corpusSection.partial()], corpusError)
  .describe('The corpus, its name alone, or some of its options');
