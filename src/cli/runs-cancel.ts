import { Command } from 'commander';
import { MmxError } from '../errors.js';
import { cancelTasks, isLive, queueOf } from '../pipeline/launchers/slurm/commands.js';
import { removeRecord, taskOf } from '../pipeline/launchers/slurm/record.js';
import type { LiveRun } from '../pipeline/running.js';
import { isHere, tasksOf } from '../pipeline/watch.js';
import { print, printJson, runsDirectory } from './output.js';
import { liveRunNamed } from './runs-watch.js';

/** `mmx runs cancel`: ends a run of another terminal, or in the queue of Slurm. */
export function cancelCommand(): Command {
  return new Command('cancel')
    .description('end a run in progress; what is stored stays, and the same command continues it')
    .argument('<live-run>', 'its id, or the beginning of it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Stages that are being made take a checkpoint, if they can, before they end.

Examples:
  $ mmx runs cancel 20260102-0304
  $ mmx runs cancel 20260102-030405-small --json`,
    )
    .action(async (prefix: string, { json = false }: { json?: boolean }) => {
      const run = liveRunNamed(prefix);
      const cancelled = run.launcher === 'slurm' ? await cancelQueued(run) : cancelProcess(run);
      if (json) printJson({ id: run.id, launcher: run.launcher, ...cancelled });
      else if ('jobs' in cancelled)
        print(`${run.id}: ${cancelled.jobs} of its stages were in the queue, and are cancelled`);
      else print(`${run.id}: process ${cancelled.process} stops at its next checkpoints`);
    });
}

async function cancelQueued(run: LiveRun): Promise<{ jobs: number }> {
  const tasks = tasksOf(runsDirectory(), run);
  const queue = await queueOf([...new Set(tasks.map(({ job }) => job))]);
  const live = tasks.map(taskOf).filter((task) => {
    const entry = queue.get(task);
    return entry !== undefined && isLive(entry);
  });
  await cancelTasks(live);
  removeRecord(runsDirectory(), run.id);
  return { jobs: live.length };
}

function cancelProcess(run: LiveRun): { process: number } {
  if (!isHere(run)) {
    throw new MmxError('runs/elsewhere', `${run.id} runs on ${run.host}, and can only be cancelled there`);
  }
  process.kill(run.pid, 'SIGTERM');
  return { process: run.pid };
}
