import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { Loader } from './extends.js';
import { kebabName } from './layer-schema.js';
import { text } from './numbers.js';
import { Problems } from './problems.js';
import { type ConfigNode, nodeAt, type ScalarNode } from './tree.js';
import { validate } from './validate.js';

const mostTables = 100;

/** What `mmx reproduce` computes: a list of tables, and experiments to draw. */
const reproductionSchema = z
  .strictObject({
    reproduce: kebabName.describe('Name of the results folder'),
    title: text().describe('Heading of the results'),
    paper: kebabName.optional().describe('Paper to which the tables belong and whose claims are tested'),
    tables: z
      .record(kebabName, text())
      .refine((listed) => Object.keys(listed).length <= mostTables, `must list at most ${mostTables} tables`)
      .describe('Config file of each table, relative to this file, by results folder'),
    needs: z
      .strictObject({
        copy: kebabName.describe('Name of the copy in `--data` and `mmx data fetch`'),
        size: text().describe('Size of the download'),
      })
      .optional()
      .describe('Copy of recordings that is required; a stand-in is used only at scale `smoke`'),
    left_out: z
      .record(kebabName, text())
      .optional()
      .describe('Tables that claims refer to and that are not listed: the reason, by results folder'),
    figures: z
      .record(kebabName, text())
      .refine((listed) => Object.keys(listed).length <= mostTables, `must list at most ${mostTables} figures`)
      .optional()
      .describe('Experiment from which each figure of the paper is drawn, by name of the figure'),
    figure4: text().optional().describe('Same as `figure4` under `figures`'),
  })
  .refine(({ figures, figure4 }) => figure4 === undefined || figures?.figure4 === undefined, {
    path: ['figure4'],
    message: 'is listed under `figures` too',
  });

/** With all its figures under `figures`. */
export type Reproduction = Omit<z.output<typeof reproductionSchema>, 'figures' | 'figure4'> & {
  readonly figures: Readonly<Record<string, string>>;
};

/** The configurations that a reproduction read from `path` lists: its tables, then its experiments. */
export function filesOf({ tables, figures }: Reproduction, path: string): readonly string[] {
  const listed = [...Object.values(tables), ...Object.values(figures)];
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
  for (const key of ['tables', 'figures', 'figure4']) {
    const node = file && nodeAt(file, [key]);
    for (const listed of node ? scalarsOf(node) : []) {
      loader.check(fileAt(String(listed.value), path), listed.at);
    }
  }
  problems.throwIfAny();
  if (!value) throw new Error('a file that is not valid adds a problem');
  const { figures, figure4, ...rest } = value;
  return { ...rest, figures: { ...(figure4 === undefined ? {} : { figure4 }), ...figures } };
}
