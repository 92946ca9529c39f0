import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './mmx.js';

/** A block of code in a document. */
export interface ShownBlock {
  /** That the paragraph above it ends in, as in "The list. `configs/a.yaml`:"; none where it ends in no path. */
  readonly path?: string;
  /** After the opening fence: `ts`, `diff` … */
  readonly language: string;
  readonly content: string;
}

/**
 * The fenced blocks of code of a section, in their order.
 *
 * @param heading of the section, without `#`
 */
export function blocksShown(document: string, heading: string): readonly ShownBlock[] {
  const text = readFileSync(join(projectRoot, document), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no section '${heading}'`);
  const blocks = section.matchAll(/(?:`([\w./-]+)`:\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, path, language = '', content = '']) => ({
    ...(path === undefined ? {} : { path }),
    language,
    content,
  }));
}

/** The whole files that a section shows, by path. */
export const filesShown = (document: string, heading: string): ReadonlyMap<string, string> =>
  new Map(
    blocksShown(document, heading).flatMap(({ path, language, content }) =>
      path === undefined || language === 'diff' ? [] : [[path, content] as const],
    ),
  );

/**
 * A text with the change that a block of the language `diff` shows. Lines begin with a blank, `-` or `+`; a line of `…`
 * leaves something out. What is there before must be in the text exactly once.
 */
export function changed(text: string, diff: string): string {
  return diff.split(/^…\n/m).reduce((before, hunk) => {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const of = (signs: string): string =>
      lines
        .filter((line) => signs.includes(line[0] ?? ' '))
        .map((line) => `${line.slice(1)}\n`)
        .join('');
    const [old, now] = [of(' -'), of(' +')];
    const pieces = before.split(old);
    if (old === '' || pieces.length !== 2) throw new Error(`the text has this not once:\n${old}`);
    return pieces.join(now);
  }, text);
}
