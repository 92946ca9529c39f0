import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Installed {
  /** Path of the file that the package is loaded from. */
  readonly entry: string;
  readonly version: string;
}

/**
 * Beside what optional packages may lie: mmx itself and, where the user names one in `MMX_PACKAGES`, a folder with a
 * `node_modules`. Never the working directory by itself: anybody may have put code there.
 */
export function packagePlaces(): readonly string[] {
  const named = process.env.MMX_PACKAGES;
  if (named === undefined || named === '') return [import.meta.url];
  return [import.meta.url, pathToFileURL(join(resolve(named), 'package.json')).href];
}

/** An optional package that the user installed, in one of {@link packagePlaces}; undefined when absent. */
export function locatePackage(name: string): Installed | undefined {
  for (const from of packagePlaces()) {
    const require = createRequire(from);
    try {
      const { version } = require(`${name}/package.json`) as { version: string };
      return { entry: require.resolve(name), version };
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** Runs `load` while the console says nothing: optional packages greet and advise as they load. */
export async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const { log, warn, error, info } = console;
  const silent = (): void => {};
  Object.assign(console, { log: silent, warn: silent, error: silent, info: silent });
  try {
    return await load();
  } finally {
    Object.assign(console, { log, warn, error, info });
  }
}
