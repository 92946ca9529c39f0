import { Loader } from './extends.js';
import { parseOverrides } from './overrides.js';
import { Problems } from './problems.js';
import { type Resolved, resolved } from './resolved.js';
import { type Experiment, experimentSchema } from './schema.js';
import { mergeMaps } from './tree.js';
import { validate } from './validate.js';

/**
 * Reads an experiment: the file, laid over what it extends, under the command line's overrides.
 *
 * @param overrides `key.path=value` with YAML values
 * @throws ConfigError (exit code 2) with every problem of every file and override at once
 */
export function loadExperiment(path: string, overrides: readonly string[] = []): Resolved<Experiment> {
  const problems = new Problems();
  const loader = new Loader(problems);
  const file = loader.load(path);
  const overlay = parseOverrides(overrides, problems);
  if (file?.entries.has('table')) {
    const at = file.entries.get('table')?.key;
    problems.addFatal('config/is-table', at, 'this is a table of experiments, not one: use `mmx table`');
  }
  if (!file || problems.fatal) {
    problems.throwIfAny();
    throw new Error('a file that cannot be read adds a problem');
  }
  const tree = overlay ? mergeMaps(file, overlay) : file;
  const value = validate(experimentSchema, tree, problems);
  problems.throwIfAny();
  return resolved(value as Experiment, tree, loader.files);
}
