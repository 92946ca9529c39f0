import { MmxError } from '../../../../errors.js';
import { type RunManifest, readManifest } from '../../../../pipeline/runs/manifest.js';
import { liveRuns } from '../../../../pipeline/runs/marks.js';
import type { RunOutcome } from '../../../../pipeline/runs/outcome.js';
import { isComplete } from '../../../../pipeline/runs/same-work.js';
import { formatDuration } from '../../../../report/progress/meter.js';
import { oneLine } from '../../../../report/table/layout.js';
import { summarise } from '../../../../report/table/summary.js';
import { displayWidth, padEnd } from '../../../../report/text/columns.js';
import { outcomeText } from '../../../../report/text/outcome.js';
import { print, printJson, say } from '../../../output.js';
import { runsDirectory } from '../../../project/places.js';
import { manifestPath, runIds } from '../../../run/records.js';
import type { ListFlags } from './command.js';

/** A run as the list shows it. */
interface ListedRun {
  readonly id: string;
  /** `evaluate`, `table` …: the command. */
  readonly kind: string;
  /** The file named on the command line. */
  readonly config: string;
  /** When it was asked for last. ISO 8601. */
  readonly when: string;
  readonly started: string;
  /** Of the run that computed it. */
  readonly seconds: number;
  readonly stages: number;
  readonly engine: string;
  readonly complete: boolean;
  /** Null of runs that did not finish, and of those that an older mmx recorded. */
  readonly outcome: RunOutcome | null;
}

/** The work of `mmx runs ls`. */
export function listRuns(flags: ListFlags): void {
  const { runs, unread } = recordedRuns();
  for (const { error } of unread) say(`mmx: ${error.message} It is left out here.`);
  const shown = chosen(runs, flags);
  if (flags.json) {
    const damaged = unread.map(({ id, error: { code, message } }) => ({ id, error: { code, message } }));
    printJson([...shown.map(withSummary), ...damaged]);
    return;
  }
  const live = liveRuns(runsDirectory()).filter(({ command }) => isAskedFor(command.join(' '), flags));
  for (const { id, launcher, command } of live)
    print(`${id}  in progress  ${launcher}  ${command.join(' ')}`);
  if (shown.length === 0 && live.length === 0) {
    print(
      runs.length === 0
        ? 'no runs yet: mmx table configs/mnist-halves/demo.yaml makes one'
        : `none of ${runs.length} runs has '${flags.filter ?? ''}' in its command`,
    );
  }
  print(...linesOf(shown));
}

/** Those asked for, in the order asked for. */
function chosen(runs: readonly ListedRun[], flags: ListFlags): readonly ListedRun[] {
  const newest = runs
    .filter(({ kind, config, id }) => isAskedFor(`${kind} ${config} ${id}`, flags))
    .sort((a, b) => compare(b.when, a.when) || compare(b.id, a.id))
    .slice(0, flags.last ?? runs.length);
  // Sorting keeps the newest first among equals.
  switch (flags.sort) {
    case 'when':
      return newest;
    case 'accuracy':
      return newest.sort((a, b) => accuracyOf(b) - accuracyOf(a));
    case 'duration':
      return newest.sort((a, b) => b.seconds - a.seconds);
    case 'config':
      return newest.sort((a, b) => compare(a.config, b.config));
  }
}

const isAskedFor = (text: string, { filter = '' }: ListFlags): boolean =>
  text.toLowerCase().includes(filter.toLowerCase());

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Below every accuracy where there is none. */
const accuracyOf = ({ outcome }: ListedRun): number =>
  outcome?.quantity === 'accuracy' ? summarise(outcome.values).mean : -1;

/** What scripts read: the number itself beside the values. */
const withSummary = ({ outcome, ...run }: ListedRun): object => ({
  ...run,
  outcome: outcome && { ...outcome, ...summarise(outcome.values) },
});

function linesOf(runs: readonly ListedRun[]): readonly string[] {
  const fields = runs.map((run) => [
    run.id,
    run.complete ? 'complete' : 'unfinished',
    run.kind,
    run.outcome === null ? '–' : outcomeText(run.outcome),
    oneLine(run.config),
    `${run.when.slice(0, 16).replace('T', ' ')} UTC`,
    formatDuration(run.seconds),
  ]);
  const widths = (fields[0] ?? []).map((_, at) =>
    Math.min(60, Math.max(at === 1 ? 10 : 0, ...fields.map((row) => displayWidth(row[at] ?? '')))),
  );
  return fields.map((row) =>
    row
      .map((field, at) => padEnd(field, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** All runs whose manifest can be read, and what is wrong with the other manifests. */
function recordedRuns(): {
  readonly runs: readonly ListedRun[];
  readonly unread: readonly { readonly id: string; readonly error: MmxError }[];
} {
  const runs: ListedRun[] = [];
  const unread: { id: string; error: MmxError }[] = [];
  for (const id of runIds()) {
    try {
      runs.push(listed(id, readManifest(manifestPath(id))));
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      unread.push({ id, error });
    }
  }
  return { runs, unread };
}

function listed(id: string, manifest: RunManifest): ListedRun {
  const { command, config, stages, seconds, engine, started, repeated = started, outcome } = manifest;
  return {
    id,
    kind: command[1] ?? '',
    config: config.file,
    when: repeated,
    started,
    seconds,
    stages: stages.length,
    engine: engine.name,
    complete: isComplete(manifest),
    outcome: outcome ?? null,
  };
}
