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
