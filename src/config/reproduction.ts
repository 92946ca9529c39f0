import { dirname, join } from 'node:path';
import { z } from 'zod';
import { hasKey, Loader } from './extends.js';
import { text } from './numbers.js';
import { Problems } from './problems.js';
import { validate } from './validate.js';

/** What `mmx reproduce` computes: a list of tables, and an experiment to draw. */
const reproductionSchema = z.strictObject({
  reproduce: text().describe('Name of the folder of the results'),
  title: text().describe('Heading of the results'),
  tables: z.record(text(), text()).describe('By folder of the results: a table, relative to this file'),
  figure4: text().optional().describe('An experiment whose deep units are drawn'),
});

export type Reproduction = z.output<typeof reproductionSchema>;

/** True when a file lists what `mmx reproduce` computes. @throws ConfigError when it cannot be read */
export function isReproduction(path: string): boolean {
  return hasKey(path, 'reproduce');
}

/** The configurations that a reproduction read from `path` lists: its tables, then its experiment. */
export function filesOf({ tables, figure4 }: Reproduction, path: string): readonly string[] {
  const listed = [...Object.values(tables), ...(figure4 === undefined ? [] : [figure4])];
  return listed.map((file) => join(dirname(path), file));
}

/** @throws ConfigError (exit code 2) with every problem at once */
export function loadReproduction(path: string): Reproduction {
  const problems = new Problems();
  const file = new Loader(problems).load(path);
  const value = file && validate(reproductionSchema, file, problems);
  problems.throwIfAny();
  if (!value) throw new Error('a file that is not valid adds a problem');
  return value;
}
