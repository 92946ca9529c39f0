import type { FrontEndConfig, MfccConfig } from '../../config/index.js';
import type { Json } from '../../json.js';

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

/** Training examples of a listed corpus: what they are is in the identity of the `examples` artifacts among the inputs. */
export interface ListedData {
  /** Name of the corpus. */
  readonly listed: string;
}

/** What is learnt from without labels. */
export type TrainingData = ExampleData | ClipData | ListedData;

/** Parameters of an `examples` stage. Input, of the test part: `train`, the same modality of the training part. */
export interface ExamplesStageParameters {
  readonly corpus: string;
  readonly modality: string;
  /** Kind of the modality, and its options with their defaults. */
  readonly kind: string;
  readonly options: Json;
  readonly part: 'train' | 'test';
  /** Examples used of each part, evenly spread; null for all. Of the training part `test` is null. */
  readonly train: number | null;
  readonly test: number | null;
  /** Training examples that replace the test part; null for none. */
  readonly heldOut: number | null;
  readonly preset: string | null;
  readonly fingerprint: string;
}

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
  | (ListedData & { readonly classes: readonly string[] })
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
