import { rbmConfig } from '../../config/schema.js';
import type { ArchitectureFinding, AskedOf } from '../architecture.js';

/**
 * Binary visible units where a corpus has real values.
 *
 * @param trained the RBMs that learn from inputs, not from posteriors, with the modalities they see
 */
export function* visibleUnitFindings(
  { experiment, corpus }: Pick<AskedOf, 'experiment' | 'corpus'>,
  trained: Readonly<Record<string, readonly string[]>>,
): Iterable<ArchitectureFinding> {
  for (const [name, modalities] of Object.entries(trained)) {
    const real = corpus.modalities.find((one) => one.range === 'real' && modalities.includes(one.name));
    if (real && rbmConfig(experiment, name).visible === 'binary') {
      yield {
        path: `rbm.${name}.visible`,
        message: `binary visible units need values in [0, 1], but ${real.name} of ${corpus.name} is real-valued`,
      };
    }
  }
}

/** Each modality with an RBM of its own. */
export const oneEach = (modalities: readonly string[]): Record<string, readonly string[]> =>
  Object.fromEntries(modalities.map((name) => [name, [name]]));
