import type { EvaluationConfig, FeaturesConfig, UnitMeasure } from '../../config/index.js';
import type { LabelledData, TrainingData } from '../data/parameters.js';

/** Parameters of a `score` stage. Inputs: the pretrained pieces of the architecture, by role. */
export interface ScoreParameters {
  readonly corpus: LabelledData;
  readonly architecture: { readonly family: string; readonly encodes: readonly string[] };
  /** Those that features are learnt from, in the corpus's order; of a classic setting all of the corpus. */
  readonly modalities: readonly { readonly modality: string; readonly visible: number }[];
  readonly setting: {
    /** Absent of a setting that has no name of its own: the lists say all. */
    readonly name?: string;
    readonly supervisedTraining: readonly string[];
    readonly testing: readonly string[];
  };
  readonly features: FeaturesConfig;
  /** Power of the canonical correlation that weights a variate; 0 where there is no CCA. */
  readonly weighting: number;
  readonly evaluation: Omit<EvaluationConfig, 'noise' | 'label_share' | 'readout'>;
  /** `head`: the model answers by itself. Absent: a linear support vector machine reads its features. */
  readonly readout?: 'head';
  /** Share of the labels that supervised training may see; absent for all. */
  readonly labelShare?: number;
  readonly seed: number;
}

/** Parameters of a `units` stage: which hidden units see one modality only. Inputs: the model's pieces and the frames. */
export interface UnitsStageParameters {
  readonly corpus: TrainingData;
  readonly family: string;
  /** The two that features are learnt from, in the corpus's order. */
  readonly modalities: readonly { readonly modality: string; readonly visible: number }[];
}

/** Hidden units that see one modality only, by one measure. */
export interface UnimodalUnits {
  /** Percent of hidden units that are unimodal. */
  readonly unimodal: number;
  /** Hidden units by their largest share of one modality: ten equal steps from 0 to 1. */
  readonly histogram: readonly number[];
}

/** What a `units` stage leaves behind. */
export interface Units extends Readonly<Record<UnitMeasure, UnimodalUnits>> {
  readonly hidden: number;
}

/** What a `score` stage leaves behind. */
export interface Score {
  /** Percent of test examples classified correctly; over folds and over draws of noise, the mean. */
  readonly accuracy: number;
  /** The same of each draw of the noise. */
  readonly draws?: readonly number[];
  readonly folds: readonly number[];
  /** C of each fitted classifier, and how cross-validation came to it. */
  readonly c: readonly number[];
  readonly crossValidation: readonly { readonly c: number; readonly accuracy: number }[];
  /** [true class][predicted class], counts over all tested examples. */
  readonly confusion: readonly (readonly number[])[];
  /** Counts of the classes answered to test clips that have no right answer, where there are any. */
  readonly answers?: readonly number[];
  /** Clips of each part that were not scored, lacking a modality that the setting shows; absent where there are none. */
  readonly leftOut?: { readonly train: number; readonly test: number };
  readonly dimensions: number;
  readonly trained: number;
  readonly tested: number;
}
