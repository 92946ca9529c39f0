import { Lexer } from 'yaml';
import { mostLevels, mostLexemes } from './limits.js';

/** Why a text is not handed to the parser. */
export interface Refusal {
  readonly code: 'config/syntax' | 'config/too-large';
  readonly sentence: string;
  /** Offset of the first character that is too much. */
  readonly at: number;
}

/** Signs that the lexer puts between the pieces of the text. */
const signs: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);
const scalarSign = '\u001f';

/**
 * Looks through a text with the lexer alone, which is quick and keeps nothing. The parser's cost is in the number of
 * lexical units, of which any byte can be one, and of the mistakes it tells of. Brackets in one another exhaust its
 * stack.
 */
export function refusal(text: string): Refusal | undefined {
  let at = 0;
  let units = 0;
  let open = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (signs.has(lexeme)) {
      isScalar = lexeme === scalarSign;
      continue;
    }
    // Each escape in a text may be a mistake.
    units += 1 + (lexeme.startsWith('"') ? lexeme.split('\\').length - 1 : 0);
    if (units > mostLexemes) {
      return { code: 'config/too-large', sentence: 'the YAML is too long for a config', at };
    }
    if (!isScalar && (lexeme === '[' || lexeme === '{')) open += 1;
    if (!isScalar && (lexeme === ']' || lexeme === '}')) open -= 1;
    if (open > 2 * mostLevels) return { code: 'config/syntax', sentence: tooDeep, at };
    isScalar = false;
    at += lexeme.length;
  }
  return undefined;
}

export const tooDeep = 'values are nested too deeply';
