import { Loader, refuseSweep } from './extends.js';
import {
  addUnknownScales,
  compose,
  type LoadOptions,
  type ResolvedExperiment,
  validateComposed,
} from './layers.js';
import { parseOverrides } from './overrides.js';
import { Problems } from './problems.js';
import { mergeMaps, nodeAt } from './tree.js';

/**
 * Reads an experiment: the file, laid over what it extends, under its stand-in (where its corpus has no copy),
 * under its scale, under the command line's overrides.
 *
 * @param overrides `key.path=value` with YAML values
 * @throws ConfigError (exit code 2) with every problem of every file and override at once
 */
export function loadExperiment(
  path: string,
  overrides: readonly string[] = [],
  options: LoadOptions = {},
): ResolvedExperiment {
  const problems = new Problems();
  const loader = new Loader(problems);
  const file = loader.load(path);
  const overlay = parseOverrides(overrides, problems);
  if (file) refuseSweep(overlay ? mergeMaps(file, overlay) : file, problems);
  if (file && nodeAt(file, ['table']) && !problems.fatal) {
    const at = file.entries.get('table')?.key;
    problems.addFatal(
      'config/is-table',
      at,
      'this is a table of experiments, not a single experiment: use `mmx table`',
    );
  }
  if (!file || problems.fatal) {
    problems.throwIfAny();
    throw new Error('a file that cannot be read adds a problem');
  }
  const composed = compose(file, overlay, options);
  const experiment = validateComposed(composed, loader.files, problems);
  addUnknownScales(composed, problems);
  problems.throwIfAny();
  if (!experiment) throw new Error('a document that is not valid adds a problem');
  return experiment;
}
