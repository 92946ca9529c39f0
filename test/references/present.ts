import { dirname, join } from 'node:path';
import { z } from 'zod';
import { experimentsOf, openReproduction, targetsOf } from '../../src/cli/commands/reproduce/open.js';
import { availability } from '../../src/cli/options/corpora.js';
import { openTable, targetsOf as resultsOf } from '../../src/cli/run/table.js';
import { sortOut } from '../../src/cli/run/usable-cells.js';
import { type Experiment, loadSweep, type Resolved, type ResolvedTable } from '../../src/config/index.js';
import { uniform } from '../../src/engine/noise.js';
import { packageRoot } from '../../src/package-root.js';
import type { StageSpec } from '../../src/pipeline/graph/stage.js';
import { type PreparedExperiments, prepareExperiments } from '../../src/pipeline/plan/prepare.js';
import type { LocalCorpora } from '../../src/pipeline/plan/resolve.js';
import type { RunManifest } from '../../src/pipeline/runs/manifest.js';
import { readStored } from '../../src/stored-json.js';

/** The command of a manifest as the present code takes it, before anything is computed. */
export interface PresentRun {
  readonly experiments: readonly Resolved<Experiment>[];
  readonly prepared: PreparedExperiments;
  /** What is to be computed of experiments that stand in the order of `experiments`. */
  readonly targetsOf: (prepared: PreparedExperiments) => Promise<readonly StageSpec[]>;
}

/** Everything but the words: what the command line of a run says lies in `overrides` of its manifest. */
const noFlags = { launcher: 'local', wait: true } as const;

export interface RecordedRun {
  /** Of the manifest. */
  readonly path: string;
  readonly manifest: RunManifest;
  /** Whether the manifest is of everything that its command computed, or of one table of that. */
  readonly isWhole: boolean;
}

/**
 * @param data copies of corpora, by corpus
 * @throws ConfigError, MmxError where the command would be refused
 */
export async function presentRun(run: RecordedRun, data: LocalCorpora): Promise<PresentRun> {
  const { manifest, isWhole } = run;
  const [, command, named = ''] = manifest.command;
  const { overrides } = manifest.config;
  const flags = { ...noFlags, data };
  if (command === 'reproduce' && isWhole) {
    const opened = openReproduction(named, overrides, flags);
    return runOf(
      experimentsOf(opened),
      data,
      async (prepared) => (await targetsOf(opened, prepared)).targets,
    );
  }
  const file = join(packageRoot(), manifest.config.file);
  const cells = command === 'sweep' ? pointsOf(run, file, data) : cellsOf(openTable(file, overrides, flags));
  return runOf(cells, data, async (prepared) => resultsOf(prepared));
}

const cellsOf = ({ cells }: ResolvedTable): readonly Resolved<Experiment>[] =>
  cells.map(({ experiment }) => experiment);

function runOf(
  experiments: readonly Resolved<Experiment>[],
  data: LocalCorpora,
  targetsOfRun: PresentRun['targetsOf'],
): PresentRun {
  return { experiments, prepared: prepareExperiments(experiments, data), targetsOf: targetsOfRun };
}

/** Of a sweep its points, or on the test part those that were chosen, as `leaderboard.json` beside says. */
function pointsOf(
  { path, manifest, isWhole }: RecordedRun,
  file: string,
  data: LocalCorpora,
): readonly Resolved<Experiment>[] {
  const sweep = loadSweep(file, manifest.config.overrides, availability(data), uniform);
  if (isWhole) return sortOut(sweep).usable.flatMap((index) => sweep.cells[index]?.experiment ?? []);
  const { chosen } = readStored(join(dirname(path), '..', 'leaderboard.json'), withChoices, {
    what: 'the leaderboard of a sweep',
    code: 'references/leaderboard',
    limit: 2 ** 26,
  });
  return sweep.value.columns.flatMap(
    ({ id }) => sweep.tests.find(({ row, column }) => row === chosen[id] && column === id)?.experiment ?? [],
  );
}

/** Row by column. */
const withChoices = z.looseObject({ chosen: z.record(z.string(), z.string()) });
