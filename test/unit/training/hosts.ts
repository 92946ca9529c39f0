import type { Snapshot, TrainingHost } from '../../../src/training/loop.js';

/** Keeps nothing and says nothing. */
export const quiet: TrainingHost = {
  checkpoint: { load: () => undefined, offer: () => undefined },
  progress: () => undefined,
};

/** Takes a snapshot at one update and stops there, as a killed process would. */
export function killedAfter(update: number): TrainingHost & { saved: () => Snapshot } {
  let seen = 0;
  let saved: Snapshot | undefined;
  return {
    checkpoint: {
      load: () => undefined,
      offer: (take) => {
        seen++;
        if (seen < update) return;
        saved = structuredClone(take());
        throw new Error('killed');
      },
    },
    progress: () => undefined,
    saved: () => saved as Snapshot,
  };
}

/** Goes on from a snapshot. */
export const resumedFrom = (snapshot: Snapshot): TrainingHost => ({
  ...quiet,
  checkpoint: { load: () => snapshot, offer: () => undefined },
});
