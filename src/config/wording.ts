import { visible } from '../visible.js';

/** Characters of a name or a value that a message shows. */
const shownCharacters = 60;
/** Names that a message lists. */
const shownNames = 40;
/** Characters of a sentence: the longest of ours lists all architectures. */
const sentenceCharacters = 1500;

/** A name or a value of a configuration, on one line, cut to what a reader can take in. */
export function brief(text: string): string {
  // Cut first: writing out the characters of a megabyte takes its time.
  return text.length > shownCharacters ? `${visible(text.slice(0, shownCharacters - 1))}…` : visible(text);
}

/** `a, b, c`, the first of them when there are many. */
export function briefList(names: readonly string[]): string {
  const listed = names.slice(0, shownNames).map(brief).join(', ');
  const rest = names.length - shownNames;
  return rest > 0 ? `${listed} and ${rest} more` : listed;
}

/** A whole sentence on one line; far more than any sentence needs is cut. */
export function sentenceOf(text: string): string {
  return text.length > sentenceCharacters ? `${visible(text.slice(0, sentenceCharacters))}…` : visible(text);
}
