import type {
  AutoencoderConfig,
  CcaConfig,
  ClassifierConfig,
  EvaluationConfig,
  FeaturesConfig,
  FrontEndConfig,
  MfccConfig,
  SettledRbmConfig,
  UnitMeasure,
} from '../../config/index.js';
import type { ArchitectureFamily } from '../../models/architectures.js';
import type { Branch } from '../../models/autoencoder.js';

/**
 * Which training examples a stage reads of a corpus of plain examples; null where all of them, or none held out. The
 * directory of a user's copy is not part of it: the fingerprint is.
 */
export interface ExampleData {
  readonly name: string;
  readonly train: number | null;
  readonly heldOut: number | null;
  readonly fingerprint: string;
}

/** Training clips: what they are is in the identity of the `frames` artifacts among the inputs. */
export interface ClipData {
  /** Roles of the inputs that hold the frames of the pooled corpora. */
  readonly frames: readonly string[];
}

/** What is learnt from without labels. */
export type TrainingData = ExampleData | ClipData;

/** One corpus of clips of a pool, as `front-end` and `frames` stages read it. */
export interface ClipSource {
  readonly name: string;
  readonly fingerprint: string;
  /** Of generated corpora. */
  readonly preset: string | null;
  readonly seed: number | null;
  readonly scale: number | null;
  /** Training clips used, evenly spread; null for all. */
  readonly train: number | null;
}

/**
 * How the sound of a pool is given. Clips that give it otherwise lend their pictures only, or, where the front end asks
 * for it, the MFCC of their waveform.
 */
export type SoundKind = 'waveform' | 'features';

/** The front end of a stage: `features.mfcc` is there only where MFCC may be made of waveforms. */
export type StageFrontEnd = Omit<FrontEndConfig, 'features'> & {
  readonly features: Omit<FrontEndConfig['features'], 'waveforms' | 'mfcc'> & {
    readonly mfcc?: MfccConfig;
  };
};

/** Parameters of a `front-end` stage, which fits the whitening of a pool of training clips. No inputs. */
export interface FrontEndStageParameters {
  readonly sources: readonly ClipSource[];
  readonly sound: SoundKind | null;
  readonly frontEnd: StageFrontEnd;
}

/** Parameters of a `frames` stage: the whitened frames of one part of one corpus. Input: `front_end`. */
export interface FramesStageParameters {
  readonly source: ClipSource;
  readonly part: 'train' | 'test';
  /** Test clips used; null for all. */
  readonly test: number | null;
  readonly sound: SoundKind | null;
  readonly frontEnd: StageFrontEnd;
  /** Noise added to the waveform. */
  readonly noise: { readonly snr: number; readonly seed: number; readonly draw: number } | null;
}

/** The labelled examples of a stage: of a corpus of plain examples, or of clips whose frames are among the inputs. */
export type LabelledData =
  | (ExampleData & { readonly test: number | null })
  | {
      /** Role of the frames of the training part. */
      readonly train: string;
      /**
       * Roles of the frames that are tested: of the test part, one, or one for each draw of the noise; under the protocol
       * `train-folds` of the training part with each draw, none without noise.
       */
      readonly tests: readonly string[];
      readonly classes: readonly string[];
    };

/** Parameters of an `rbm` stage. Inputs: none, or one `rbm` a modality when it learns from their posteriors. */
export interface RbmStageParameters {
  readonly corpus: TrainingData;
  /** A modality, `joint` (on the posteriors of the inputs, in this order) or `shallow` (on both modalities). */
  readonly name: string;
  readonly visible: { readonly of: 'modalities' | 'posteriors'; readonly modalities: readonly string[] };
  readonly config: SettledRbmConfig;
  readonly seed: number;
}

/**
 * Parameters of an `rbm-choice` stage: of RBMs of one modality that differ in their sparsity target, the one whose
 * features classify the labelled training examples best in cross-validation (paper, section 2.1). Inputs: the
 * candidates `candidate_0` …, and the frames of the training part where there are clips.
 */
export interface RbmChoiceParameters {
  readonly corpus: LabelledData;
  readonly modality: string;
  readonly targets: readonly number[];
  readonly unimodal: FeaturesConfig['unimodal'];
  readonly pooling: EvaluationConfig['pooling'];
  readonly classifier: ClassifierConfig;
  readonly seed: number;
}

/**
 * Parameters of an `autoencoder` stage. Inputs: the RBMs of the DBN it is unrolled from (one a modality, and
 * `joint`), or none when it starts from random weights.
 */
export interface AutoencoderStageParameters {
  readonly corpus: TrainingData;
  /** Both modalities, in the order of the DBN's joint layer. */
  readonly modalities: readonly Branch[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly joint: number;
  /** `shallow`: `joint` is the only hidden layer, and the input is the shallow bimodal RBM. */
  readonly depth?: 'shallow';
  readonly config: AutoencoderConfig;
  readonly seed: number;
}

/** Parameters of a `cca` stage. Inputs: none (raw), or one `rbm` a modality. */
export interface CcaStageParameters {
  readonly corpus: TrainingData;
  readonly modalities: readonly [string, string];
  readonly config: Pick<CcaConfig, 'dimensions' | 'ridge'>;
  /** What is read from the RBMs. */
  readonly unimodal: FeaturesConfig['unimodal'];
}

/** Parameters of a `score` stage. Inputs: the pretrained pieces of the architecture, by role. */
export interface ScoreParameters {
  readonly corpus: LabelledData;
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
  readonly evaluation: Omit<EvaluationConfig, 'noise'>;
  readonly seed: number;
}

/** Parameters of a `units` stage: which hidden units see one modality only. Inputs: the model's pieces and the frames. */
export interface UnitsStageParameters {
  readonly corpus: TrainingData;
  readonly family: ArchitectureFamily;
  /** Both modalities of the corpus, in its order. */
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
