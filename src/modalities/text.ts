import { z } from 'zod';
import { integerUpTo } from '../config/numbers.js';
import { defineModality } from './modality.js';

const mostTokens = 1_000_000;

const options = z.strictObject({
  as: z
    .enum(['tokens', 'words'])
    .default('tokens')
    .describe(
      '`tokens`: a sequence of tokens, for encoders with an embedding; `words`: a vector of ones and zeros that says which words occur',
    ),
  vocabulary: integerUpTo(mostTokens)
    .min(3, { error: `must be a whole number from 3 to ${mostTokens}` })
    .default(10_000)
    .describe(
      'Number of tokens: 0 is padding, 1 is any unknown word, the others are the most frequent words',
    ),
  length: integerUpTo(10_000).default(50).describe('Tokens per example; longer texts are cut'),
});

type Options = z.output<typeof options>;

/** Tokens before the words: 0 fills short texts up, 1 is every word that is not in the vocabulary. */
const UNKNOWN = 1;
const FIRST = 2;

const vocabulary = z.object({ words: z.array(z.string()) });

/**
 * The words of a text in lower case: letters, digits and the apostrophes between them. Everything else parts words. The
 * typographic apostrophe is the plain one.
 */
export const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019\u0092]/g, "'")
    .match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*/gu) ?? [];

/** The most frequent words of some texts, at most so many; of equally frequent ones those first in the alphabet. */
export function frequentWords(texts: readonly (readonly string[])[], most: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a, often], [b, oftener]) => oftener - often || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word);
}

/** Numbers of the words of a vocabulary, made once for all texts. */
const numbers = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function numbersIn(words: readonly string[]): ReadonlyMap<string, number> {
  const known = numbers.get(words) ?? new Map(words.map((word, index) => [word, index + FIRST]));
  numbers.set(words, known);
  return known;
}

/** Words, numbered by how often the training part has them. */
export const text = defineModality<Options, readonly string[], z.output<typeof vocabulary>>({
  kind: 'text',
  summary: 'text, as a sequence of tokens or as a bag of words',
  given: 'text',
  options,
  range: (asked) => (asked.as === 'tokens' ? 'tokens' : 'unit'),
  shape: (asked) => [asked.as === 'tokens' ? asked.length : asked.vocabulary - FIRST],
  padded: (asked) => asked.as === 'tokens',
  vocabulary: (asked) => (asked.as === 'tokens' ? asked.vocabulary : undefined),
  read: ({ value }) => wordsOf(value),
  fitted: vocabulary,
  fit: (texts, asked) => ({ words: [...frequentWords(texts, asked.vocabulary - FIRST)] }),
  row(words, { words: known }, asked) {
    const numberOf = numbersIn(known);
    if (asked.as === 'tokens') {
      const tokens = new Float32Array(asked.length);
      words.slice(0, asked.length).forEach((word, place) => {
        tokens[place] = numberOf.get(word) ?? UNKNOWN;
      });
      return tokens;
    }
    // One byte a word would be 255; presence is 1 all the same.
    const present = new Uint8Array(asked.vocabulary - FIRST);
    for (const word of words) {
      const number = numberOf.get(word);
      if (number !== undefined) present[number - FIRST] = 255;
    }
    return present;
  },
});
