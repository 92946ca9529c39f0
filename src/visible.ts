/**
 * What a terminal obeys, or what makes a line read otherwise than it is written: control characters of C0 and C1,
 * marks and overrides of writing direction, line separators, invisible operators and tags, and halves of surrogate
 * pairs. Tabs and line ends are among them. Joiners (U+200C, U+200D) are not: words and emoji need them.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** The text on one line, with every character that could not be seen written out: `\x1b`, `\u202e`, `\n`. */
export function visible(text: string): string {
  return text.replace(unseen, written);
}

/** As {@link visible}, with line ends left as they are. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** JSON text with the same characters as escapes of JSON: the values are those of the text as it was. */
export function visibleJson(text: string): string {
  const escaped = (character: string): string =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  return text.replace(unseen, (character) => (character === '\n' ? character : escaped(character)));
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return short[character] ?? `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}
