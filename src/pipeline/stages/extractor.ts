import type { LoadedPieces } from '../../architectures/architecture.js';
import { kindOf } from '../../architectures/index.js';
import { rbmOf } from '../../architectures/pieces/artifacts.js';
import {
  type FeatureExtractor,
  rbmExtractor,
  sideBySide,
  toUnitLength,
} from '../../models/feature-extractors.js';
import { besideRole, inputOf } from '../graph/roles.js';
import type { Artifact } from '../graph/stage.js';
import type { ScoreParameters } from './parameters.js';

/** The trained pieces of an architecture, put together; `dispose` frees their tensors. */
export interface LoadedExtractor {
  readonly extract: FeatureExtractor;
  dispose(): void;
}

/** What of the parameters of a score says how features are made. */
type ExtractorParameters = Pick<ScoreParameters, 'modalities' | 'features' | 'weighting'> & {
  readonly readout?: LoadedPieces['readout'];
  readonly architecture: Pick<ScoreParameters['architecture'], 'family'>;
};

/**
 * What architectures read their models from; `dispose` frees all that they own.
 *
 * @param fold of models that are trained fold by fold, which one
 */
export function loadPieces(
  { modalities, features, weighting, readout = 'svm' }: Omit<ExtractorParameters, 'architecture'>,
  artifacts: Readonly<Record<string, Artifact>>,
  fold = 0,
): { readonly pieces: LoadedPieces; dispose(): void } {
  const owned: { dispose(): void }[] = [];
  const own = <T extends { dispose(): void }>(model: T): T => {
    owned.push(model);
    return model;
  };
  return {
    pieces: { artifacts, modalities, features, weighting, fold, readout, own },
    dispose: () => {
      for (const model of owned) model.dispose();
    },
  };
}

/** @param fold as of {@link loadPieces} */
export function extractorOf(
  parameters: ExtractorParameters,
  artifacts: Readonly<Record<string, Artifact>>,
  fold = 0,
): LoadedExtractor {
  const { architecture, features } = parameters;
  const { pieces, dispose } = loadPieces(parameters, artifacts, fold);
  const { own } = pieces;
  const beside = features.beside.map((modality) =>
    rbmExtractor(
      new Map([[modality, own(rbmOf(inputOf(artifacts, besideRole(modality))))]]),
      features.unimodal,
    ),
  );
  const bare = sideBySide([kindOf(architecture.family).extractor(pieces), ...beside]);
  return {
    extract: features.normalise === 'l2' ? (present) => toUnitLength(bare(present)) : bare,
    dispose,
  };
}

/**
 * The extractors of the folds of a cross-validation: one for all where no label is learnt from, one for each where the
 * model itself was trained on the labels of the others.
 */
export class FoldExtractors {
  readonly #parameters: ScoreParameters;
  readonly #artifacts: Readonly<Record<string, Artifact>>;
  readonly #loaded = new Map<number, LoadedExtractor>();
  #last: { readonly fold: number; readonly value: unknown } | undefined;

  constructor(parameters: ScoreParameters, artifacts: Readonly<Record<string, Artifact>>) {
    this.#parameters = parameters;
    this.#artifacts = artifacts;
  }

  of(fold: number): FeatureExtractor {
    const own = this.#ownOf(fold);
    let loaded = this.#loaded.get(own);
    if (!loaded) {
      loaded = extractorOf(this.#parameters, this.#artifacts, own);
      this.#loaded.set(own, loaded);
    }
    return loaded.extract;
  }

  /** What `make` makes with the extractor of a fold; folds that share it share the result. */
  memoised<Made>(fold: number, make: (extract: FeatureExtractor) => Made): Made {
    const own = this.#ownOf(fold);
    if (this.#last?.fold !== own) this.#last = { fold: own, value: make(this.of(own)) };
    return this.#last.value as Made;
  }

  #ownOf(fold: number): number {
    return kindOf(this.#parameters.architecture.family).supervised ? fold : 0;
  }

  dispose(): void {
    for (const loaded of this.#loaded.values()) loaded.dispose();
  }
}
