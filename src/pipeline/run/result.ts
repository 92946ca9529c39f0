import { type ExitCode, MmxError } from '../../errors.js';

export type StageEnd = 'ran' | 'reused' | 'unneeded' | 'failed' | 'skipped' | 'interrupted' | 'not-started';

export interface StageReport {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  readonly end: StageEnd;
  /** Wall-clock seconds in this run; 0 unless it ran. */
  readonly seconds: number;
}

export interface StageFailure {
  readonly hash: string;
  readonly label: string;
  readonly error: MmxError;
}

export interface RunResult {
  /** Hash of each target, in the order given. Its artifact is stored unless `error` is set. */
  readonly targets: readonly string[];
  /** Every stage of the graph, inputs before what needs them. */
  readonly stages: readonly StageReport[];
  readonly ran: number;
  readonly reused: number;
  readonly failures: readonly StageFailure[];
  /** The signal that ended the run early. */
  readonly interrupted: string | undefined;
  /** The run under which missing stages are in the queue of Slurm, where nobody waits for them. */
  readonly queued: string | undefined;
  /** Set when a target is missing: everything that went wrong in one error, to be reported once. */
  readonly error: MmxError | undefined;
  readonly seconds: number;
  /** Largest resident set of any process that ran stages. */
  readonly peakRssBytes: number;
}

/** As a shell says that a signal ended a process; whoever cancels jobs in a queue sends none to this one. */
const interruptCodes: Readonly<Record<string, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What a process ends with after a signal that it was sent. */
export const exitCodeOf = (signal: string): ExitCode => interruptCodes[signal] ?? 1;

/** One error for everything that went wrong, to be reported once; undefined when nothing did. */
export function errorOfRun(
  stages: readonly StageReport[],
  failures: readonly StageFailure[],
  signal: string | undefined,
): MmxError | undefined {
  const count = (...ends: StageEnd[]) => stages.filter(({ end }) => ends.includes(end)).length;
  const ran = count('ran');
  const missing = count('failed', 'skipped', 'interrupted', 'not-started');
  if (signal !== undefined && missing > 0) {
    const message = `Interrupted by ${signal} with ${ran} of ${ran + missing} stages done.`;
    return new MmxError('run/interrupted', message, {
      exitCode: exitCodeOf(signal),
      hint: 'Run the same command again: it continues where it stopped.',
    });
  }
  const first = failures[0];
  if (first === undefined) return undefined;
  const { code, hint, exitCode } = first.error;
  const skipped = count('skipped');
  const cause = failures.length === 1 ? 'it' : 'them';
  const others =
    skipped === 0
      ? ''
      : skipped === 1
        ? ` 1 stage that needs ${cause} did not run.`
        : ` ${skipped} stages that need ${cause} did not run.`;
  // The same cause (a full disk, a damaged corpus) often fails many stages: it is told once.
  const labelsOf = new Map<string, string[]>();
  for (const { label, error } of failures) {
    labelsOf.set(error.message, [...(labelsOf.get(error.message) ?? []), label]);
  }
  const sentences = [...labelsOf].map(([message, labels]) =>
    message.includes(`"${labels[0]}"`) ? message : `${listed(labels)} failed: ${message}`,
  );
  const last = sentences.pop() ?? '';
  const stop = others === '' || /[.!?]$/.test(last) ? '' : '.';
  return new MmxError(code, [...sentences, `${last}${stop}${others}`], {
    exitCode,
    cause: first.error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function listed(labels: readonly string[]): string {
  const shown = labels.slice(0, 3).map((label) => `"${label}"`);
  const more = labels.length - shown.length;
  return `${labels.length === 1 ? 'Stage' : 'Stages'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
