import { MmxError } from '../../../../errors.js';
import { cancelTasks, isLive, queueOf } from '../../../../pipeline/run/slurm/commands.js';
import { removeRecord, taskOf } from '../../../../pipeline/run/slurm/record.js';
import type { LiveRun } from '../../../../pipeline/runs/marks.js';
import { isHere, tasksOf } from '../../../../pipeline/runs/watch.js';
import { errorCodeOf } from '../../../../pipeline/store/files.js';
import { print, printJson } from '../../../output.js';
import { runsDirectory } from '../../../project/places.js';
import { liveRunNamed } from '../watch/work.js';

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
  // 0 and negative numbers are groups of processes, of this one too.
  if (run.pid < 2) throw notToBeCancelled(run, 'its mark names no process');
  try {
    process.kill(run.pid, 'SIGTERM');
  } catch (error) {
    const gone = errorCodeOf(error) === 'ESRCH';
    throw notToBeCancelled(run, `process ${run.pid} ${gone ? 'is gone' : 'is not yours to end'}`);
  }
  return { process: run.pid };
}

const notToBeCancelled = ({ id, journal }: LiveRun, why: string): MmxError =>
  new MmxError('runs/not-cancelled', `${id} cannot be cancelled: ${why}`, {
    hint: `its mark is beside ${journal}`,
  });
