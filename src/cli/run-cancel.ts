import { MmxError } from '../errors.js';
import { cancelTasks, isLive, queueOf } from '../pipeline/launchers/slurm/commands.js';
import { removeRecord, taskOf } from '../pipeline/launchers/slurm/record.js';
import type { LiveRun } from '../pipeline/running.js';
import { isHere, tasksOf } from '../pipeline/watch.js';
import { print, printJson, runsDirectory } from './output.js';
import { liveRunNamed } from './run-watch.js';

/** The work of `mmx runs cancel`. */
export async function cancel(prefix: string, { json = false }: { json?: boolean }): Promise<void> {
  const run = liveRunNamed(prefix);
  const cancelled = run.launcher === 'slurm' ? await cancelQueued(run) : cancelProcess(run);
  if (json) printJson({ id: run.id, launcher: run.launcher, ...cancelled });
  else if ('jobs' in cancelled)
    print(`${run.id}: ${cancelled.jobs} of its stages were in the queue, and are cancelled`);
  else print(`${run.id}: process ${cancelled.process} stops at its next checkpoints`);
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
