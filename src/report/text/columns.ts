/** Columns of a terminal or of raw text that a string takes: wide characters two, combining marks none. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.normalize('NFC')) {
    if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** Hangul, CJK and full-width ranges of Unicode's East Asian Width (W and F), and emoji drawn as pictures. */
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]$/u;

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The beginning of a text that takes more columns than it may, with an ellipsis. */
export function cut(text: string, width: number): string {
  // A character is at most two code units, and few marks join to one.
  if (displayWidth(text.slice(0, 8 * width)) <= width && text.length <= 8 * width) return text;
  const [first = ''] = chop(text.slice(0, 8 * width), width - 1);
  return `${first}…`;
}

/** Lines of at most `width` columns, broken at spaces, and inside a word only when it is longer than a line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => chop(long, width))) {
    if (line === '') line = word;
    else if (displayWidth(line) + 1 + displayWidth(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines;
}

function chop(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const more = displayWidth(character);
    if (piece !== '' && used + more > width) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += more;
  }
  pieces.push(piece);
  return pieces;
}

/**
 * Texts of one width in which the parts stand under each other, the first of each line by its decimal point:
 * `["87.9", " ± 0.4", " (3)"]` under `["100.0", "", " (10)"]`. A line without parts is blank.
 */
export function alignNumbers(lines: readonly (readonly string[])[]): readonly string[] {
  const split = lines.map(([first = '', ...rest]) => {
    const point = first.indexOf('.');
    return point < 0 ? [first, '', ...rest] : [first.slice(0, point), first.slice(point), ...rest];
  });
  const widths = Array.from({ length: Math.max(0, ...split.map((parts) => parts.length)) }, (_, part) =>
    Math.max(...split.map((parts) => displayWidth(parts[part] ?? ''))),
  );
  return split.map((parts) =>
    widths.map((width, part) => (part === 1 ? padEnd : padStart)(parts[part] ?? '', width)).join(''),
  );
}
