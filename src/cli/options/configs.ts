import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { nearest } from '../../edit-distance.js';
import { MmxError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';

/** Longer words are no names: they are left to whoever reads the file. */
const longestName = 200;

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

/** Names of the configs that come with mmx, as in `mnist-halves/demo`. */
export function shippedConfigs(): readonly string[] {
  const root = join(packageRoot(), 'configs');
  // An installation without them can still do everything else.
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(isYaml)
    .map((name) =>
      name
        .split(sep)
        .join('/')
        .replace(/\.ya?ml$/, ''),
    )
    .sort();
}

/**
 * The file that a word of the command line means: a local one, or the config of that name that comes with mmx, with or
 * without `.yaml`, and with or without `configs/` before it.
 *
 * @returns a path relative to the working directory where it comes with mmx, as manifests keep it; the word itself where
 *   there is no such file and no name is near
 * @throws MmxError `config/missing-file` (exit code 2) where a name is near
 */
export function configFile(word: string): string {
  if (existsSync(word) || word.length > longestName) return word;
  const name = word.replace(/^configs\//, '').replace(/\.ya?ml$/, '');
  const names = shippedConfigs();
  if (names.includes(name))
    return relative(process.cwd(), join(packageRoot(), 'configs', ...`${name}.yaml`.split('/')));
  const near = nearest(name, names);
  if (near === undefined) return word;
  throw new MmxError('config/missing-file', `${word}: the file does not exist`, {
    exitCode: 2,
    hint: `did you mean ${near}, which comes with mmx?`,
  });
}
