import type { EvaluationConfig } from '../../config/index.js';
import type { Setting } from '../../evaluation/settings.js';

/** The modalities that clips of each part need to be scored. */
export interface NeededModalities {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/**
 * Clips that are seen in two ways, once as in supervised training and once as in testing, need all that is shown in
 * either: those that are cross-validated, and those that `presence` takes the scaling of both from.
 */
export function neededModalities(
  { supervisedTraining, testing }: Pick<Setting, 'supervisedTraining' | 'testing'>,
  { protocol, standardise }: Pick<EvaluationConfig, 'protocol' | 'standardise'>,
): NeededModalities {
  const both = [...new Set([...supervisedTraining, ...testing])];
  const seesBoth = protocol === 'train-folds' || standardise === 'presence';
  return {
    train: seesBoth ? both : supervisedTraining,
    test: protocol === 'test-folds' ? both : testing,
  };
}
