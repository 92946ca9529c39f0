import type {
  AutoencoderConfig,
  CcaConfig,
  EvaluationConfig,
  FeaturesConfig,
  FrontEndConfig,
  RbmConfig,
} from '../../config/index.js';
import type { ArchitectureFamily } from '../../models/architectures.js';
import type { Branch } from '../../models/deep-autoencoder.js';

/**
 * Which training examples a stage reads; null where all of them, or none held out. The directory of a user's copy
 * is not part of it: the fingerprint is.
 */
export interface TrainingCorpus {
  readonly name: string;
  readonly train: number | null;
  readonly heldOut: number | null;
  readonly fingerprint: string;
  /** Of corpora of clips: how they become windows. */
  readonly clips?: ClipParameters;
}

export interface ClipParameters {
  /** Of generated corpora. */
  readonly preset: string | null;
  readonly seed: number | null;
  readonly scale: number | null;
  readonly frontEnd: FrontEndConfig;
  readonly classes: readonly string[];
}

/** The test part too: only a `score` depends on it. */
export interface WholeCorpus extends TrainingCorpus {
  readonly test: number | null;
}

/** Parameters of an `rbm` stage. Inputs: none, or one `rbm` a modality when it learns from their posteriors. */
export interface RbmStageParameters {
  readonly corpus: TrainingCorpus;
  /** A modality, `joint` (on the posteriors of the inputs, in this order) or `shallow` (on both modalities). */
  readonly name: string;
  readonly visible: { readonly of: 'modalities' | 'posteriors'; readonly modalities: readonly string[] };
  readonly config: RbmConfig;
  readonly seed: number;
}

/**
 * Parameters of an `autoencoder` stage. Inputs: the RBMs of the DBN it is unrolled from (one a modality, and
 * `joint`), or none when it starts from random weights.
 */
export interface AutoencoderStageParameters {
  readonly corpus: TrainingCorpus;
  /** Both modalities, in the order of the DBN's joint layer. */
  readonly modalities: readonly Branch[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly joint: number;
  readonly config: AutoencoderConfig;
  readonly seed: number;
}

/** Parameters of a `cca` stage. Inputs: none (raw), or one `rbm` a modality. */
export interface CcaStageParameters {
  readonly corpus: TrainingCorpus;
  readonly modalities: readonly [string, string];
  readonly config: Pick<CcaConfig, 'dimensions' | 'ridge'>;
  /** What is read from the RBMs. */
  readonly unimodal: FeaturesConfig['unimodal'];
}

/** Parameters of a `score` stage. Inputs: the pretrained pieces of the architecture, by role. */
export interface ScoreParameters {
  readonly corpus: WholeCorpus;
  readonly architecture: { readonly family: ArchitectureFamily; readonly encodes: readonly string[] };
  /** Both modalities of the corpus, in its order. */
  readonly modalities: readonly { readonly modality: string; readonly visible: number }[];
  readonly setting: {
    readonly name: string;
    readonly supervisedTraining: readonly string[];
    readonly testing: readonly string[];
  };
  readonly features: FeaturesConfig;
  /** Power of the canonical correlation that weights a variate; 0 where there is no CCA. */
  readonly weighting: number;
  readonly evaluation: EvaluationConfig;
  readonly seed: number;
}

/** What a `score` stage leaves behind. */
export interface Score {
  /** Percent of test examples classified correctly; over folds, the mean. */
  readonly accuracy: number;
  readonly folds: readonly number[];
  /** C of each fitted classifier, and how cross-validation came to it. */
  readonly c: readonly number[];
  readonly crossValidation: readonly { readonly c: number; readonly accuracy: number }[];
  /** [true class][predicted class], counts over all tested examples. */
  readonly confusion: readonly (readonly number[])[];
  readonly dimensions: number;
  readonly trained: number;
  readonly tested: number;
}
