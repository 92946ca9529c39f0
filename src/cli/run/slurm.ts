import { MmxError } from '../../errors.js';
import type { SlurmOptions } from '../../pipeline/run/slurm/launch.js';
import { sbatchOptions } from '../../pipeline/run/slurm/options.js';
import { stageImplementations } from '../../pipeline/stages/index.js';
import type { RunFlags } from '../options/run.js';

/** How the run is handed to Slurm; undefined for a run on this machine. @throws MmxError `cli/usage`, `slurm/option` */
export function slurmOptionsOf({ launcher, slurm = [], wait }: RunFlags): SlurmOptions | undefined {
  if (launcher === 'slurm') {
    const task = new URL('./slurm-task.js', import.meta.url);
    return { sbatch: sbatchOptions(slurm, Object.keys(stageImplementations)), task, wait };
  }
  if (slurm.length === 0 && wait) return undefined;
  throw new MmxError('cli/usage', `${wait ? '--slurm' : '--no-wait'} needs --launcher slurm`, {
    exitCode: 2,
  });
}
