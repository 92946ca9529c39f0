import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { Loader } from './extends.js';
import { kebabName } from './layer-schema.js';
import { text } from './numbers.js';
import { Problems } from './problems.js';
import { type ConfigNode, nodeAt, type ScalarNode } from './tree.js';
import { validate } from './validate.js';

const mostTables = 100;

/** What `mmx reproduce` computes: a list of tables, and an experiment to draw. */
const reproductionSchema = z.strictObject({
  reproduce: kebabName.describe('Name of the folder of the results'),
  title: text().describe('Heading of the results'),
  tables: z
    .record(kebabName, text())
    .refine((listed) => Object.keys(listed).length <= mostTables, `must list at most ${mostTables} tables`)
    .describe('By folder of the results: a table, relative to this file'),
  needs: z
    .strictObject({
      copy: kebabName.describe('Its name, as --data and mmx data fetch have it'),
      size: text().describe('How much there is to fetch'),
    })
    .optional()
    .describe('A copy of recordings: nothing stands in for it but at scale smoke'),
  left_out: z
    .record(kebabName, text())
    .optional()
    .describe('Tables that claims are about and that are not listed, by folder: why'),
  figure4: text().optional().describe('An experiment whose deep units are drawn'),
});

export type Reproduction = z.output<typeof reproductionSchema>;

/** The configurations that a reproduction read from `path` lists: its tables, then its experiment. */
export function filesOf({ tables, figure4 }: Reproduction, path: string): readonly string[] {
  const listed = [...Object.values(tables), ...(figure4 === undefined ? [] : [figure4])];
  return listed.map((file) => fileAt(file, path));
}

const fileAt = (file: string, path: string): string => (isAbsolute(file) ? file : join(dirname(path), file));

const scalarsOf = (node: ConfigNode): readonly ScalarNode[] =>
  node.kind === 'scalar'
    ? [node]
    : (node.kind === 'map' ? [...node.entries.values()].map((entry) => entry.node) : node.items).flatMap(
        scalarsOf,
      );

/** @throws ConfigError (exit code 2) with every problem at once */
export function loadReproduction(path: string): Reproduction {
  const problems = new Problems();
  const loader = new Loader(problems);
  const file = loader.load(path);
  const value = file && validate(reproductionSchema, file, problems);
  problems.throwIfAny();
  // From here on they are loaded as if the user had named them, and messages show their lines.
  for (const key of ['tables', 'figure4']) {
    const node = file && nodeAt(file, [key]);
    for (const listed of node ? scalarsOf(node) : []) {
      loader.check(fileAt(String(listed.value), path), listed.at);
    }
  }
  problems.throwIfAny();
  if (!value) throw new Error('a file that is not valid adds a problem');
  return value;
}
