import { editDistance } from '../edit-distance.js';

/** What is longer is no misspelt word, and comparing takes time in proportion. */
const longestWord = 100;

/** The candidate a misspelt word most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), { swaps: true });
    // A word with every letter changed is another word, however short.
    if (distance < least && distance < word.length) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

const PLACEHOLDER = '[a-z][a-z0-9_]*';

/**
 * Words a misspelt one can be compared with, made from patterns such as `^shared-<name>-to-<name>$` by filling
 * in the names the word itself holds at those positions: `shard-left-to-right` gives `shared-left-to-right`.
 */
export function fillPatterns(word: string, patterns: readonly string[]): string[] {
  const tokens = word.split('-');
  return patterns.map((pattern) => {
    const parts = pattern.replace(/^\^|\$$/g, '').split(/-(?![^[]*\])/);
    const filled = parts.map((part, i) => {
      if (part !== PLACEHOLDER) return part;
      const token = i === 0 ? tokens[0] : tokens[tokens.length - (parts.length - i)];
      return token ?? '';
    });
    return filled.join('-');
  });
}
