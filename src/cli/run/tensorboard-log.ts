import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Resolved, ResolvedTable } from '../../config/index.js';
import { MmxError } from '../../errors.js';
import {
  cellsOfStages,
  measuredStage,
  seedOf,
  seriesOfEpochs,
  stagesBehind,
} from '../../pipeline/evidence/measurements.js';
import type { StageSpec } from '../../pipeline/graph/stage.js';
import type { PreparedRun } from '../../pipeline/plan/prepare.js';
import type { RunObserver } from '../../pipeline/run/events.js';
import { makeDirectory } from '../../pipeline/store/files.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import { type TaggedStage, TensorboardEvents, timesOf } from '../../report/measurements/tensorboard.js';

export interface LogOptions {
  /** Folder of the run. */
  readonly directory: string;
  readonly started: Date;
  readonly store: ArtifactStore;
  /** Told once why nothing more is written: the run itself goes on. */
  readonly warn: (sentence: string) => void;
}

/**
 * An observer that writes down for TensorBoard what stages measure: curves while they grow, results when they are there, and
 * both of stages that were stored before.
 */
export function tensorboardLog(
  prepared: PreparedRun,
  targets: readonly StageSpec[],
  config: Resolved<unknown>,
  { directory, started, store, warn }: LogOptions,
): RunObserver {
  let writable = true;
  const events = new TensorboardEvents(started.getTime() / 1000, (file, bytes) => {
    if (!writable) return;
    const path = join(directory, file);
    try {
      makeDirectory(dirname(path));
      appendFileSync(path, bytes);
    } catch (error) {
      writable = false;
      warn(`${path} cannot be written: ${(error as Error).message}; nothing more is logged.`);
    }
  });
  const specs = stagesBehind(targets, prepared.identity);
  const cells = cellsOfStages(cellsOf(prepared, config), prepared.identity);
  const tagged = (stage: { hash: string; kind: string; label: string }): TaggedStage => ({
    ...stage,
    seed: seedOf(specs.get(stage.hash)?.parameters),
    cells: [...(cells.get(stage.hash) ?? [])],
  });
  return (event) => {
    switch (event.type) {
      case 'stage-progress': {
        const now = Date.now() / 1000;
        events.add(tagged(event), seriesOfEpochs(event.progress.epochs ?? []), () => now);
        break;
      }
      case 'stage-done':
      case 'stage-reused': {
        const stage = stored(event);
        if (stage !== undefined) events.add(tagged(event), stage.series, timesOf(stage));
        break;
      }
      default:
        break;
    }
  };

  function stored({ hash, kind, label }: { hash: string; kind: string; label: string }) {
    try {
      return measuredStage(store, { hash, kind, label });
    } catch (error) {
      if (error instanceof MmxError) return undefined; // whoever needs it says what is wrong with it
      throw error;
    }
  }
}

/** The cells of a table; of plain experiments, architecture and setting. */
function cellsOf(
  { experiments }: PreparedRun,
  config: Resolved<unknown>,
): readonly { readonly name: string; readonly results: readonly StageSpec[] }[] {
  const cells = 'cells' in config ? (config as ResolvedTable).cells : [];
  const isTable = cells.length === experiments.length;
  return experiments.map(({ resolved, runs }, index) => {
    const cell = isTable ? cells[index] : undefined;
    return {
      name: cell ? `${cell.row}/${cell.column}` : `${resolved.architecture.name}/${resolved.setting.name}`,
      results: runs.map(({ stages }) => stages.result),
    };
  });
}
