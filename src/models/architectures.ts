/**
 * What each architecture learns, from which pieces, and where it can be used. An architecture says what is
 * learnt; a setting says which modality is seen where; `unusable` says why a pair makes no sense.
 */
export type ArchitectureFamily =
  | 'preprocessed'
  | 'rbm'
  | 'shallow-bimodal-rbm'
  | 'bimodal-dbn'
  | 'single-input-deep-autoencoder'
  | 'single-input-shallow-autoencoder'
  | 'bimodal-deep-autoencoder'
  | 'raw-cca'
  | 'rbm-cca'
  | 'stacked-rbm-cca';

export interface Architecture {
  readonly name: string;
  readonly family: ArchitectureFamily;
  /** Modalities the trained model can encode. */
  readonly encodes: readonly string[];
  /** False where the result does not depend on the seed: one run says everything. */
  readonly seeded: boolean;
}

/**
 * True when a seed makes a difference to the features of an experiment.
 *
 * @param beside modalities whose RBM's features stand beside those of the architecture
 */
export const isSeeded = ({ seeded }: Pick<Architecture, 'seeded'>, beside: readonly string[]): boolean =>
  seeded || beside.length > 0;

/** The parts of a learning setting that decide whether an architecture fits it. */
export interface SettingDemand {
  readonly name: string;
  readonly family: 'classic' | 'fusion' | 'cross-modality' | 'shared';
  readonly supervisedTraining: readonly string[];
  readonly testing: readonly string[];
}

/** The architectures of a corpus with modalities `[a, b]`. */
export function architecturesOf([a, b]: readonly [string, string]): readonly Architecture[] {
  const both = [a, b];
  return [
    { name: 'preprocessed', family: 'preprocessed', encodes: both, seeded: false },
    { name: 'rbm', family: 'rbm', encodes: both, seeded: true },
    { name: 'shallow-bimodal-rbm', family: 'shallow-bimodal-rbm', encodes: both, seeded: true },
    { name: 'bimodal-dbn', family: 'bimodal-dbn', encodes: both, seeded: true },
    ...(['deep', 'shallow'] as const).flatMap((depth) =>
      both.map((modality) => ({
        name: `${modality}-only-${depth}-autoencoder`,
        family: `single-input-${depth}-autoencoder` as const,
        encodes: [modality],
        seeded: true,
      })),
    ),
    { name: 'bimodal-deep-autoencoder', family: 'bimodal-deep-autoencoder', encodes: both, seeded: true },
    { name: 'raw-cca', family: 'raw-cca', encodes: both, seeded: false },
    { name: 'rbm-cca', family: 'rbm-cca', encodes: both, seeded: true },
    { name: 'stacked-rbm-cca', family: 'stacked-rbm-cca', encodes: both, seeded: true },
  ];
}

/**
 * Why `architecture` cannot be used in `setting`, or undefined when it can.
 *
 * @param beside modalities whose own RBM's features are put beside the architecture's
 */
export function unusable(
  architecture: Architecture,
  setting: SettingDemand,
  beside: readonly string[] = [],
): string | undefined {
  const needed = [...new Set([...setting.supervisedTraining, ...setting.testing])];
  switch (architecture.family) {
    case 'preprocessed':
    case 'rbm':
      if (setting.family === 'cross-modality') {
        return `it learns nothing from the other modality, so '${setting.name}' would repeat 'classic-${needed[0]}'`;
      }
      if (setting.family === 'shared') return 'its features of the two modalities have no space in common';
      return undefined;
    case 'single-input-deep-autoencoder':
    case 'single-input-shallow-autoencoder': {
      if (setting.family === 'classic') {
        return "it learns from both modalities, which 'classic' excludes (use cross-modality, or the rbm)";
      }
      const missing = needed.find(
        (modality) => !architecture.encodes.includes(modality) && !beside.includes(modality),
      );
      return missing === undefined
        ? undefined
        : `it encodes only ${architecture.encodes[0]}, and the setting shows it ${missing}`;
    }
    default:
      return setting.family === 'classic'
        ? "it learns from both modalities, which 'classic' excludes (use fusion, cross-modality or shared)"
        : undefined;
  }
}
