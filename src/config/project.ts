import { z } from 'zod';
import { documentKeys } from './document-keys.js';
import { ValueCount } from './limits.js';
import { text } from './numbers.js';
import { ConfigError, Problems } from './problems.js';
import { readSource } from './read-source.js';
import { parseFile } from './read-yaml.js';
import { type Resolved, resolved } from './resolved.js';
import { validate } from './validate.js';

/** What the file of a project says. Folders are as written: relative to the file. */
const projectSchema = z.strictObject({
  results: text().optional().describe('Folder for runs and results, relative to this file; default: results'),
  store: text()
    .optional()
    .describe('Folder of stored artifacts, relative to this file; default: runs/store in the results'),
  data: z
    .record(z.string(), text(), 'must be a map of corpora to folders')
    .optional()
    .describe('Folders of your copies of corpora, relative to this file, by the names that `--data` takes'),
});

export type Project = z.output<typeof projectSchema>;

/** Name of the file that makes its folder a project. */
export const projectFile = 'mmx.yaml';

/**
 * Reads the file of a project. A file with comments alone is a project with default folders.
 *
 * @throws ConfigError (exit code 2) with every problem at once
 */
export function loadProject(path: string): Resolved<Project> {
  const problems = new Problems();
  const source = readSource(path, undefined, problems);
  const tree = source && parseFile(source, new ValueCount(), problems);
  if (source && !tree && problems.sorted().every(({ code }) => code === 'config/empty')) {
    const whole = { source, start: 0, end: 0 };
    return resolved<Project>({}, { kind: 'map', entries: new Map(), at: whole }, [path]);
  }
  const value = tree && validate(projectSchema, tree, problems);
  if (tree && value) return resolved<Project>(value, tree, [path]);
  const isConfig = tree !== undefined && [...tree.entries.keys()].some((key) => documentKeys.has(key));
  throw new ConfigError(problems.sorted(), isConfig ? { hint: otherwiseNamed } : {});
}

const otherwiseNamed = `${projectFile} names the folders of a project (results, store, data); give a config another name`;
