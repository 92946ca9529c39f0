/** Step size and momentum of contrastive divergence over the epochs. */
export interface Schedule {
  readonly learningRate: number;
  /** d of learning rate / (1 + d · epoch), epochs counted from 0. */
  readonly learningRateDecay: number;
  readonly momentum: { readonly initial: number; readonly final: number; readonly switchEpoch: number };
}

export function scheduleAt(schedule: Schedule, epoch: number): { learningRate: number; momentum: number } {
  return {
    learningRate: schedule.learningRate / (1 + schedule.learningRateDecay * epoch),
    momentum: epoch < schedule.momentum.switchEpoch ? schedule.momentum.initial : schedule.momentum.final,
  };
}
