import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import {
  type Experiment,
  loadExperiment,
  loadReproduction,
  type Reproduction,
  type Resolved,
  type ResolvedTable,
} from '../../../config/index.js';
import { MmxError } from '../../../errors.js';
import { figureOf, paperNamed, reproductionFile, reproductions } from '../../../papers/find.js';
import type { Drawing, Figure, Paper } from '../../../papers/paper.js';
import type { StageSpec } from '../../../pipeline/graph/stage.js';
import type { PreparedExperiments } from '../../../pipeline/plan/prepare.js';
import { availability } from '../../options/corpora.js';
import { filesAndOverrides, type RunFlags } from '../../options/run.js';
import { openTable, targetsOf as targetsOfTables } from '../../run/table.js';

/** A list of tables with all that it names loaded. */
export interface OpenedReproduction {
  readonly reproduction: Reproduction;
  readonly known: Paper;
  /** By the folders of their results; at least one. */
  readonly tables: readonly [OpenedTable, ...OpenedTable[]];
  readonly drawn: readonly { readonly figure: Figure; readonly experiment: Resolved<Experiment> }[];
  readonly overrides: readonly string[];
}

type OpenedTable = readonly [folder: string, table: ResolvedTable];

/**
 * Reads a list of tables and what it names.
 *
 * @param paper the name of a list that comes with mmx, or a file
 * @param words overrides of all of its cells
 * @throws ConfigError; MmxError `cli/usage`, `papers/*`, `published/*`, and `corpora/missing` where it needs a copy
 */
export function openReproduction(
  paper: string,
  words: readonly string[],
  flags: RunFlags,
): OpenedReproduction {
  const file = listOf(paper);
  const { files, overrides } = filesAndOverrides([file, ...words], flags);
  if (files.length > 1) {
    throw new MmxError('cli/usage', `'${files[1]}' is not an override (key=value)`, { exitCode: 2 });
  }
  const reproduction = loadReproduction(file);
  const known = paperNamed(reproduction.paper, file);
  const place = (path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));
  const [first, ...others] = Object.entries(reproduction.tables).map(
    ([folder, path]): OpenedTable => [folder, openTable(place(path), overrides, flags)],
  );
  if (!first) throw new MmxError('config/empty', `${file} lists no tables`, { exitCode: 2 });
  const tables = [first, ...others] as const;
  refuseStandIns(reproduction, paper, tables);
  const drawn = Object.entries(reproduction.figures).map(([key, path]) => ({
    figure: figureOf(known, key, file),
    experiment: loadExperiment(place(path), overrides, availability(flags.data)),
  }));
  return { reproduction, known, tables, drawn, overrides };
}

/** Those of the tables, cell by cell, then those of the figures. */
export const experimentsOf = ({ tables, drawn }: OpenedReproduction): readonly Resolved<Experiment>[] => [
  ...tables.flatMap(([, { cells }]) => cells.map(({ experiment }) => experiment)),
  ...drawn.map(({ experiment }) => experiment),
];

/** A figure, what draws it, and the place of its experiment in the run. */
export interface PlannedFigure {
  readonly figure: Figure;
  readonly drawing: Drawing;
  readonly at: number;
}

/**
 * What a run of the {@link experimentsOf} a list has to compute: the results of the cells, and what figures are drawn of.
 *
 * @throws MmxError when a figure cannot be drawn of its experiment
 */
export async function targetsOf(
  { tables, drawn }: OpenedReproduction,
  { experiments, local }: PreparedExperiments,
): Promise<{ readonly targets: readonly StageSpec[]; readonly drawings: readonly PlannedFigure[] }> {
  const computed = tables.reduce((sum, [, { cells }]) => sum + cells.length, 0);
  const drawings = await Promise.all(
    drawn.map(async ({ figure }, index) => ({
      figure,
      drawing: await figure.load(),
      at: computed + index,
    })),
  );
  const targets = [
    ...targetsOfTables({ experiments: experiments.slice(0, computed), local }),
    ...drawings.flatMap(({ drawing, at }) =>
      drawing.targets({ experiments: experiments.slice(at, at + 1), local }),
    ),
  ];
  return { targets, drawings };
}

/** A paper is in the package; anything else is a file of the user's. */
function listOf(paper: string): string {
  const known = reproductionFile(paper);
  if (known !== undefined) return known;
  if (existsSync(paper)) return paper;
  throw new MmxError('cli/usage', `'${paper}' is neither a paper that mmx can reproduce nor a file`, {
    exitCode: 2,
    hint: reproductions()
      .map((one) => `mmx reproduce ${one}`)
      .join(', or '),
  });
}

/** Small enough to show that all works, and nothing else: there a generated corpus may stand in for any. */
const smallScale = 'smoke';

/** @throws MmxError `corpora/missing` where something would stand in for the copy that a reproduction needs */
function refuseStandIns(
  { reproduce: name, needs }: Reproduction,
  paper: string,
  tables: readonly (readonly [string, ResolvedTable])[],
): void {
  const cells = tables.flatMap(([, table]) => table.cells);
  const stoodIn = cells.some(
    ({ standIn, experiment }) => standIn !== undefined && experiment.value.scale !== smallScale,
  );
  if (needs === undefined || !stoodIn) return;
  const { copy, size } = needs;
  const fetched = `data/${copy}`;
  const use = `mmx reproduce ${paper} --data ${copy}=${fetched}`;
  throw new MmxError('corpora/missing', `${name} needs your copy of ${copy}`, {
    exitCode: 2,
    hint: existsSync(join(fetched, 'fetched.json'))
      ? `there is one: ${use}`
      : `mmx data fetch ${copy} (${size}) gets one into ${fetched}, then: ${use}. With --smoke the embedded corpus stands in`,
  });
}
