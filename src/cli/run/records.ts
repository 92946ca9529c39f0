import { join } from 'node:path';
import { MmxError } from '../../errors.js';
import type { Json } from '../../json.js';
import { manifestIfThere, type RunManifest, writeManifest } from '../../pipeline/runs/manifest.js';
import type { RunOutcome } from '../../pipeline/runs/outcome.js';
import { isComplete, isSameWork } from '../../pipeline/runs/same-work.js';
import { namesIn } from '../../pipeline/store/files.js';
import { recordedFolder, runsDirectory } from '../project/places.js';
import { haveOneName } from './run-id.js';

export const manifestDirectory = (): string => join(runsDirectory(), 'manifests');
export const manifestPath = (id: string): string => join(manifestDirectory(), `${id}.json`);

/** Ids of the recorded runs, newest first. */
export function runIds(): string[] {
  return namesIn(manifestDirectory())
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
    .reverse();
}

/** The record that a run is found by from now on. */
export interface KeptRecord {
  /** Of this run, or of the earlier one that did all of the same work. */
  readonly id: string;
  /** What goes beside the results: of the run that computed them. */
  readonly manifest: RunManifest<unknown>;
  /** Folders that the results go to. */
  readonly out: readonly string[];
}

/**
 * Writes the record of a run that has ended. A run that found everything stored leaves no record where an earlier one has
 * done the same work: the earlier one's then says when it was asked for again, with which command, and where its results went.
 *
 * @throws MmxError `store/*` when it cannot be written
 */
export function keepRecord(
  id: string,
  made: RunManifest<Json>,
  {
    out,
    outcome,
    isPart,
  }: {
    readonly out: (id: string) => readonly string[];
    readonly outcome: RunOutcome | undefined;
    readonly isPart: boolean;
  },
): KeptRecord {
  if (isPart) return { id, manifest: made, out: out(id) };
  const earlier = earlierOf(id, made);
  const folders = out(earlier?.id ?? id);
  const recorded = folders.map(recordedFolder);
  const shown = { ...(folders.length > 0 ? { out: recorded } : {}), ...(outcome ? { outcome } : {}) };
  if (earlier === undefined) {
    writeManifest(manifestPath(id), { ...made, ...shown });
    return { id, manifest: made, out: folders };
  }
  const { out: _, outcome: __, repeated: ___, ...manifest } = earlier.manifest;
  writeManifest(manifestPath(earlier.id), {
    ...manifest,
    command: made.command,
    ...shown,
    repeated: made.ended,
  });
  return { id: earlier.id, manifest, out: folders };
}

/** The newest complete run of the same work, where this one has computed nothing. */
function earlierOf(
  id: string,
  made: RunManifest<Json>,
): { readonly id: string; readonly manifest: RunManifest } | undefined {
  if (!isComplete(made) || made.stages.some(({ end }) => end === 'ran')) return undefined;
  for (const one of runIds()) {
    if (one === id || !haveOneName(one, id)) continue;
    const manifest = readableRecord(one);
    if (manifest && isComplete(manifest) && isSameWork(manifest, made)) return { id: one, manifest };
  }
  return undefined;
}

/** A damaged record is told of by whoever lists the runs. */
function readableRecord(id: string): RunManifest | undefined {
  try {
    return manifestIfThere(manifestPath(id));
  } catch (error) {
    if (error instanceof MmxError) return undefined;
    throw error;
  }
}
