import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';

const ending = '.yaml';
const folder = (): string => join(packageRoot(), 'datasets', 'downloads');

/** The file that describes how an open corpus is fetched. */
export const descriptionFile = (name: string): string => join(folder(), `${name}${ending}`);

/** Names of the open corpora that can be fetched, in order. Help needs them, so nothing heavy is loaded for them. */
export function downloadNames(): readonly string[] {
  try {
    return readdirSync(folder())
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length))
      .sort();
  } catch {
    return []; // an installation without them can still do everything else
  }
}
