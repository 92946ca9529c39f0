import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Installed {
  /** Path of the file that the package is loaded from. */
  readonly entry: string;
  readonly version: string;
}

/** An optional package that the user installed, beside mmx or in the working directory; undefined when absent. */
export function locatePackage(name: string): Installed | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
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
