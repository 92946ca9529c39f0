import { CommanderError } from 'commander';
import { MmxError } from '../errors.js';
import { keepLog } from '../pipeline/run/errors.js';
import { limitError } from '../process-limits.js';
import { refuseUnknownHelp } from './help.js';
import { print, printJson, say } from './output.js';
import { program } from './program.js';
import { logDirectory } from './project/places.js';
import { LeftInQueue } from './run/left-in-queue.js';

/** Entry of `bin/mmx.js`: runs the command line and sets the exit code. Nothing escapes as a stack trace. */
export async function main(argv: readonly string[]): Promise<void> {
  leaveQuietlyWhenThePipeCloses();
  try {
    const mmx = program();
    refuseUnknownHelp(mmx, argv.slice(2));
    await mmx.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error, argv.includes('--json'));
  }
}

function report(error: unknown, json: boolean): number {
  if (error instanceof LeftInQueue) {
    const { run, stages } = error;
    if (json) printJson({ run, queued: stages });
    else
      print(
        `${run} is in the queue of Slurm: mmx runs watch ${run}, or the same command to wait and write the results`,
      );
    return 0;
  }
  if (error instanceof CommanderError) {
    // Commander has printed it, for people.
    if (error.exitCode === 0) return 0;
    if (json && error.code !== 'commander.help') {
      printError('cli/usage', error.message.replace(/^error: /, ''), 'mmx --help lists the commands');
    }
    return 2;
  }
  const known = error instanceof MmxError ? error : (limitError(error, 'the command') ?? unexpected(error));
  if (json) printError(known.code, known.message, known.hint);
  else {
    const [first = '', ...rest] = known.lines;
    say(`mmx: ${first}`, ...rest, ...(known.hint === undefined ? [] : [`  → ${known.hint}`]));
  }
  return known.exitCode;
}

function printError(code: string, message: string, hint: string | undefined): void {
  printJson({ error: { code, message, hint: hint ?? null } });
}

/** A mistake of the program: the stack goes to a file, which the sentence names. */
function unexpected(error: unknown): MmxError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const log = keepLog(logDirectory(), text);
  const first = text.split('\n')[0] ?? 'unknown error';
  return new MmxError('internal', `unexpected failure: ${first}`, {
    hint: log === undefined ? 'please report this' : `please report this, with ${log}`,
  });
}

function leaveQuietlyWhenThePipeCloses(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
