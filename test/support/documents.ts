import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './mmx.js';

/** What a section of a document shows: blocks of code below paragraphs that end in a path, "The list. `configs/a.yaml`:". */
export interface Shown {
  readonly path: string;
  readonly language: string;
  readonly content: string;
}

/** @param heading of the section, without `#` */
export function sectionOf(document: string, heading: string): string {
  const text = readFileSync(join(projectRoot, document), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no section '${heading}'`);
  return section;
}

function blocksOf(document: string, heading: string): readonly Shown[] {
  const blocks = sectionOf(document, heading).matchAll(/`([\w./-]+)`:\n\n```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, path = '', language = '', content = '']) => ({ path, language, content }));
}

/** The whole files that a section shows, by path. */
export const filesShown = (document: string, heading: string): ReadonlyMap<string, string> =>
  new Map(
    blocksOf(document, heading)
      .filter(({ language }) => language !== 'diff')
      .map(({ path, content }) => [path, content]),
  );

/**
 * Does in a copy of the source what a section says: writes its files, and enters the lines of its diffs.
 *
 * @returns the files that it names
 */
export function follow(document: string, heading: string, copy: string): readonly string[] {
  const blocks = blocksOf(document, heading);
  for (const { path, language, content } of blocks) {
    const file = join(copy, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, language === 'diff' ? entered(readFileSync(file, 'utf8'), content) : content);
  }
  return blocks.map(({ path }) => path);
}

/** The block of a section that is no file of the source: a config to try what was added. */
export function configShown(document: string, heading: string): string {
  const [, config = ''] = /```yaml\n([\s\S]*?)```/.exec(sectionOf(document, heading)) ?? [];
  return config;
}

/**
 * The lines of a diff in a text: each is put before the line of the text that follows it in the diff, or behind the one
 * before it where a gap (`…`) follows, or at the top. Lines with a `-` are taken out.
 */
export function entered(text: string, diff: string): string {
  const lines = text.split('\n');
  const steps = diff.trimEnd().split('\n');
  let at = 0;
  steps.forEach((step, index) => {
    if (step.startsWith('+')) {
      const next = steps.slice(index).find((one) => !one.startsWith('+'));
      if (next !== undefined && !next.trim().startsWith('…')) at = placeOf(lines, next.slice(1), at);
      lines.splice(at, 0, step.slice(1));
      at++;
    } else if (step.startsWith('-')) {
      at = placeOf(lines, step.slice(1), at);
      lines.splice(at, 1);
    } else if (!step.trim().startsWith('…')) at = placeOf(lines, step.slice(1), at) + 1;
  });
  return lines.join('\n');
}

function placeOf(lines: readonly string[], line: string, from: number): number {
  const found = lines.indexOf(line, from);
  if (found < 0) throw new Error(`the source has no line '${line}' there`);
  return found;
}
