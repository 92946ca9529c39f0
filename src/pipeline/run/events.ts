import type { MmxError } from '../../errors.js';
import type { StageProgress } from '../graph/stage.js';

interface OfStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
}

/** What a run tells while it runs. Printing it is the business of `report`. */
export type RunEvent =
  | {
      readonly type: 'run-start';
      /** Stages to run and stages taken from the store. */
      readonly run: number;
      readonly reused: number;
      /** Sum of the costs of the stages to run. */
      readonly cost: number;
      readonly jobs: number;
    }
  /** The stages are in the queue of Slurm; `found` were there before, left by another run. */
  | {
      readonly type: 'submitted';
      readonly run: string;
      readonly stages: number;
      readonly arrays: number;
      readonly found: number;
    }
  /** `meanwhile`: it was to run, but another run on the same store finished it first. */
  | (OfStage & { readonly type: 'stage-reused'; readonly cost: number; readonly meanwhile: boolean })
  /** It was to be reused, or had run, and is to run again: its artifact is damaged or gone. A warning says why. */
  | (OfStage & { readonly type: 'stage-again'; readonly cost: number })
  | (OfStage & { readonly type: 'stage-start'; readonly cost: number })
  | (OfStage & { readonly type: 'stage-progress'; readonly progress: StageProgress })
  | (OfStage & { readonly type: 'stage-done'; readonly cost: number; readonly seconds: number })
  | (OfStage & { readonly type: 'stage-failed'; readonly error: MmxError })
  /** A stage that could not run because another one, `because`, failed. */
  | (OfStage & { readonly type: 'stage-skipped'; readonly because: string })
  | { readonly type: 'warning'; readonly message: string; readonly label?: string }
  /** The user asked to stop; running stages are taking a checkpoint. */
  | { readonly type: 'interrupted'; readonly signal: string }
  | { readonly type: 'run-end'; readonly seconds: number };

export type RunObserver = (event: RunEvent) => void;
