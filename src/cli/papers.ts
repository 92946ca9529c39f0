import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../package-root.js';

const configs = (): string => join(packageRoot(), 'configs');
const listOf = (paper: string): string => join(configs(), paper, 'reproduce.yaml');

/** Names that `mmx reproduce` knows: the folders of configurations with a list of tables, in order. */
export function papers(): readonly string[] {
  try {
    return readdirSync(configs())
      .filter((name) => existsSync(listOf(name)))
      .sort();
  } catch {
    return []; // an installation without them can still do everything else
  }
}

/** The list of a paper's tables as the user would name the file, which manifests keep; undefined when it is none of them. */
export const paperFile = (paper: string): string | undefined =>
  papers().includes(paper) ? relative(process.cwd(), listOf(paper)) : undefined;
