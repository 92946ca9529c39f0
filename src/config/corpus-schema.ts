import { z } from 'zod';
import { flag, modality, nonNegativeInteger, positive, positiveInteger, text } from './numbers.js';

/** Which examples are learnt from and tested: the sections `corpus` and `unlabelled` of an experiment. */

const corpusError = { error: 'must be the name of a corpus, or a map with its `name` and options' };

const corpusOptions = {
  train: positiveInteger()
    .optional()
    .describe(
      'Number of training examples used: the first ones, or for clips and files evenly spread ones; all when absent',
    ),
  test: positiveInteger()
    .optional()
    .describe(
      'Number of test examples used: the first ones, or for clips and files evenly spread ones; all when absent',
    ),
  held_out: positiveInteger()
    .optional()
    .describe(
      'For choosing hyperparameters: this number of training examples, the last ones, replaces the test part',
    ),
  preset: text().optional().describe('Variant of a generated corpus, or label set of another corpus'),
  seed: nonNegativeInteger().optional().describe('For a generated corpus: seed of its speakers'),
  scale: positive()
    .max(1)
    .optional()
    .describe('For a generated corpus: fraction of its speakers that is used'),
  data: text()
    .optional()
    .describe(
      "Folder of the user's copy, for a corpus that is not embedded; a relative path counts from the config's folder",
    ),
  inputs: z
    .record(
      modality,
      z.record(z.string(), z.unknown(), 'must be a map of options'),
      'must be a map of modalities',
    )
    .optional()
    .describe(
      'For corpora of files: how each modality is read, by name of the modality. Options of its kind; for your own examples also its `kind`',
    ),
};

const corpusSection = z.strictObject({
  name: text().describe('Name of the corpus; `mmx data ls` lists them'),
  ...corpusOptions,
});

export const unlabelledCorpus = z
  .union(
    [
      text(),
      z.strictObject({
        name: text().describe('Name of the corpus; `mmx data ls` lists them'),
        train: corpusOptions.train,
        preset: corpusOptions.preset,
        seed: corpusOptions.seed,
        scale: corpusOptions.scale,
        data: corpusOptions.data,
        optional: flag()
          .default(false)
          .describe('Whether the corpus is left out, with a note, when there is no copy of it'),
        stands_in_for: text()
          .optional()
          .describe(
            'For a generated corpus: it is learnt from only when there is no copy of the corpus named here',
          ),
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
  .describe('The corpus with its options, or its name alone');

/** Some of its options: what a row or a column may set. */
export const partialCorpus = z
  .union([text(), corpusSection.partial()], corpusError)
  .describe('The corpus with its options, its name alone, or some of its options');
