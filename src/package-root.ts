import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MmxError } from './errors.js';

/**
 * The folder of the nearest `package.json` above this module: the same from `src/` and from `dist/`.
 *
 * @throws MmxError `installation/incomplete`
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new MmxError(
        'installation/incomplete',
        'No package.json lies above the program, so its data is missing.',
        { hint: 'Run mmx from its own installation.' },
      );
    }
    folder = parent;
  }
  return folder;
}
