import type { RunResult } from '../../pipeline/run/result.js';

/** Ends a command whose stages are in the queue of Slurm, and who does not wait for them: what was asked is done. */
export class LeftInQueue extends Error {
  readonly run: string;
  /** Stages that are to be made. */
  readonly stages: number;

  constructor(run: string, { stages }: RunResult) {
    super(`run ${run} is in the queue`);
    this.run = run;
    this.stages = stages.filter(({ end }) => end === 'not-started').length;
  }
}
