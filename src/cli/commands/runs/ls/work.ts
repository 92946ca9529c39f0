import { MmxError } from '../../../../errors.js';
import { type RunManifest, readManifest } from '../../../../pipeline/runs/manifest.js';
import { liveRuns } from '../../../../pipeline/runs/marks.js';
import { print, printJson, runsDirectory, say } from '../../../output.js';
import { manifestPath, runIds } from '../find.js';

/** The work of `mmx runs ls`. */
export function listRuns(flags: { readonly json?: boolean }): void {
  const { runs, unread } = recordedRuns();
  for (const { error } of unread) say(`mmx: ${error.message} It is left out here.`);
  if (flags.json) {
    const damaged = unread.map(({ id, error: { code, message } }) => ({ id, error: { code, message } }));
    printJson([...runs.map(({ id, manifest }) => ({ id, ...summaryOf(manifest) })), ...damaged]);
    return;
  }
  const live = liveRuns(runsDirectory());
  for (const { id, launcher, command } of live)
    print(`${id}  in progress  ${launcher}  ${command.join(' ')}`);
  if (runs.length === 0 && live.length === 0)
    print('no runs yet: mmx table configs/mnist-halves/demo.yaml makes one');
  for (const { id, manifest } of runs) {
    const { stages, seconds, engine, complete } = summaryOf(manifest);
    print(
      `${id}  ${complete ? 'complete  ' : 'unfinished'}  ${stages} stages  ${seconds.toFixed(0)} s  ${engine}`,
    );
  }
}

/** All runs whose manifest can be read, newest first, and what is wrong with the other manifests. */
function recordedRuns(): {
  runs: { id: string; manifest: RunManifest }[];
  unread: { id: string; error: MmxError }[];
} {
  const runs: { id: string; manifest: RunManifest }[] = [];
  const unread: { id: string; error: MmxError }[] = [];
  for (const id of runIds()) {
    try {
      runs.push({ id, manifest: readManifest(manifestPath(id)) });
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      unread.push({ id, error });
    }
  }
  return { runs, unread };
}

function summaryOf({ stages, seconds, engine, started }: RunManifest): {
  started: string;
  seconds: number;
  stages: number;
  engine: string;
  complete: boolean;
} {
  const done = ['ran', 'reused', 'unneeded'];
  return {
    started,
    seconds,
    stages: stages.length,
    engine: engine.name,
    complete: stages.every(({ end }) => done.includes(end)),
  };
}
