import { z } from 'zod';
import { Loader } from './extends.js';
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

/** @throws ConfigError (exit code 2) with every problem at once */
export function loadReproduction(path: string): Reproduction {
  const problems = new Problems();
  const file = new Loader(problems).load(path);
  const value = file && validate(reproductionSchema, file, problems);
  problems.throwIfAny();
  if (!value) throw new Error('a file that is not valid adds a problem');
  return value;
}
