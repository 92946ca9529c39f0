import { visible } from '../visible.js';
import { position } from './positions.js';
import type { Place } from './tree.js';

const width = 100;

/** The line a place is on, cut to about 100 characters around it, and carets under the place. */
export function excerptOf(place: Place): readonly string[] {
  const { text, kind } = place.source;
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const newline = text.indexOf('\n', place.start);
  const lineEnd = newline < 0 ? text.length : newline;
  const lastCharacter = lineStart + text.slice(lineStart, lineEnd).trimEnd().length;
  const isLong = lastCharacter - lineStart > width;
  const from =
    isLong && place.start - lineStart > width / 2
      ? Math.min(place.start - width / 2, lastCharacter - width)
      : lineStart;
  const to = Math.min(lastCharacter, from + width);
  const shown = (start: number, end: number): string => visible(text.slice(start, end).replaceAll('\t', ' '));
  const end = Math.max(place.start, Math.min(to, Math.max(place.end, place.start + 1)));
  const before = from > lineStart ? `…${shown(from + 1, place.start)}` : shown(from, place.start);
  const marked = shown(place.start, end);
  const after = to < lastCharacter ? `${shown(end, to - 1)}…` : shown(end, to);
  const gutter = kind === 'file' ? `  ${position(place).line} | ` : '  ';
  const blank = kind === 'file' ? `${' '.repeat(gutter.length - 2)}| ` : gutter;
  const carets = '^'.repeat(Math.max(1, marked.length));
  return [`${gutter}${before}${marked}${after}`, `${blank}${' '.repeat(before.length)}${carets}`];
}
