import type { ArtifactStore } from '../../store/store.js';
import { isLive, queueOf } from './commands.js';
import { type PlacedTask, removeRecord, slurmRecords, taskOf } from './record.js';

/**
 * Where stages are that earlier runs of this directory left in the queue, by hash: they are waited for and not
 * submitted again. Records of runs of which nothing is left there are removed.
 *
 * @throws MmxError `slurm/missing`, `slurm/unreachable`
 */
export async function tasksInQueue(
  runsDirectory: string,
  store: ArtifactStore,
): Promise<ReadonlyMap<string, PlacedTask>> {
  const records = slurmRecords(runsDirectory);
  const queue = await queueOf([...new Set(records.flatMap(({ tasks }) => tasks.map(({ job }) => job)))]);
  const found = new Map<string, PlacedTask>();
  for (const { id, tasks } of records) {
    const live = tasks.filter((task) => {
      const entry = queue.get(taskOf(task));
      // One that is being cleaned up has ended already, well or not: the store knows.
      return entry !== undefined && isLive(entry) && entry.state !== 'COMPLETING';
    });
    if (live.length === 0 && tasks.length > 0) removeRecord(runsDirectory, id);
    for (const task of live) if (!store.has(task.hash)) found.set(task.hash, task);
  }
  return found;
}
