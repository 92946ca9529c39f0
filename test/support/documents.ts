import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './mmx.js';

/**
 * The files that a section of a document shows: each is a block of code below a paragraph that ends in its path,
 * as in "The list. `configs/a.yaml`:".
 *
 * @param heading of the section, without `#`
 * @returns by path
 */
export function filesShown(document: string, heading: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(projectRoot, document), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no section '${heading}'`);
  const blocks = section.matchAll(/`([\w./-]+)`:\n\n```\w*\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, path = '', content = '']) => [path, content]));
}
