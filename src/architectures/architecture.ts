import type { z } from 'zod';
import type { Experiment } from '../config/index.js';
import type { Corpus } from '../corpora/corpus.js';
import type { Setting } from '../evaluation/settings.js';
import type { Matrix } from '../matrix.js';
import type { FeatureExtractor } from '../models/feature-extractors.js';
import type { Rbm } from '../models/rbm.js';
import type { Reconstructor } from '../models/reconstructors.js';
import type { LabelledData, TrainingData } from '../pipeline/data/parameters.js';
import type { Artifact, StageImplementation, StageSpec } from '../pipeline/graph/stage.js';

/**
 * What is learnt, from which pieces, and how features are read from them. An architecture says what is learnt; a
 * setting says which modality is seen where. Each kind is one file of this folder and one line of `index.ts`.
 */
export interface ArchitectureKind {
  /** Part of the identity of scores: it must not change once results are stored. */
  readonly family: string;
  /** For people, in a line: `mmx data info`, the schema of editors. */
  readonly summary: string;
  /**
   * Where there is one architecture for each modality: its name, as in `video-only-deep-autoencoder`. Otherwise there is
   * one, which encodes all modalities and is called as the family.
   */
  nameFor?(modality: string): string;
  /** False where the result does not depend on the seed: one run says everything. */
  readonly seeded: boolean;
  /** The keys of `models.FAMILY` in a config, with their defaults; none where the kind has none of its own. */
  readonly options?: z.ZodType;
  /** True where encoders may read tokens; other architectures need values. */
  readonly readsTokens?: boolean;
  /** True where labels are learnt from: a model for each fold of a cross-validation, and it can answer by itself. */
  readonly supervised?: boolean;
  /** Kinds of stages that it brings. */
  readonly stages: readonly StageImplementation[];
  /** Why it cannot be used in a setting, or undefined when it can. */
  unusable(demand: SettingDemand): string | undefined;
  /** What is wrong with an experiment, which schemas cannot see. */
  findings?(asked: AskedOf): Iterable<ArchitectureFinding>;
  /** Trained pieces by role, for the extractor. */
  pieces(plan: PiecePlan): Record<string, StageSpec>;
  /** Features of the pieces. `own` keeps a model until the extractor is disposed of. */
  extractor(pieces: LoadedPieces): FeatureExtractor;
  /** What the model makes of the inputs that it is shown, where it gives any back. `own` as of {@link extractor}. */
  reconstructor?(pieces: LoadedPieces): Reconstructor;
  /** The layer that joins the modalities, where there is one whose units can be looked at one by one. */
  jointLayer?(pieces: LoadedPieces): JointLayer;
  /** What figure 4 of the paper is drawn of, where there are first layers below a joint one. */
  firstLayers?(artifacts: Readonly<Record<string, Artifact>>): FirstLayers;
}

/**
 * The options of an architecture in an experiment, `models.FAMILY`, with their defaults.
 *
 * @throws z.ZodError for options that its schema refuses; experiments are checked before
 */
export const optionsOf = <Options>(
  { family, options }: { readonly family: string; readonly options: z.ZodType<Options> },
  { models }: Experiment,
): Options => options.parse(models[family] ?? {});

/** One architecture of a corpus. */
export interface Architecture {
  readonly name: string;
  readonly kind: ArchitectureKind;
  readonly family: string;
  /** Modalities the trained model can encode. */
  readonly encodes: readonly string[];
  readonly seeded: boolean;
}

/** The architectures that a kind gives for a corpus. @param modalities in the corpus's order */
export function architecturesOfKind(
  kind: ArchitectureKind,
  modalities: readonly string[],
): readonly Architecture[] {
  const { family, seeded } = kind;
  if (!kind.nameFor) return [{ name: family, kind, family, encodes: modalities, seeded }];
  return modalities.map((modality) => ({
    name: kind.nameFor?.(modality) ?? family,
    kind,
    family,
    encodes: [modality],
    seeded,
  }));
}

/**
 * True when a seed makes a difference to the features of an experiment.
 *
 * @param beside modalities whose RBM's features stand beside those of the architecture
 */
export const isSeeded = ({ seeded }: Pick<Architecture, 'seeded'>, beside: readonly string[]): boolean =>
  seeded || beside.length > 0;

/** A setting that an architecture is asked for. */
export interface SettingDemand {
  readonly architecture: Pick<Architecture, 'encodes'>;
  readonly setting: Pick<Setting, 'name' | 'featureLearning' | 'supervisedTraining' | 'testing'>;
  /** Modalities whose own RBM's features are put beside the architecture's. */
  readonly beside: readonly string[];
}

/**
 * Why `architecture` cannot be used in `setting`, or undefined when it can.
 *
 * @param beside modalities whose own RBM's features are put beside the architecture's
 */
export const unusable = (
  architecture: Architecture,
  setting: SettingDemand['setting'],
  beside: readonly string[] = [],
): string | undefined => architecture.kind.unusable({ architecture, setting, beside });

export interface ArchitectureFinding {
  /** Key of the config: `rbm.video.visible`. */
  readonly path: string;
  readonly message: string;
}

/** An experiment, and what its names stand for. */
export interface AskedOf {
  readonly experiment: Experiment;
  readonly architecture: Architecture;
  readonly setting: Setting;
  readonly corpus: Corpus;
}

/** An input of the models: a row of so many values. */
export interface ModalityInput {
  readonly name: string;
  readonly dimensions: number;
  /** Of the values of a row, where they are a sequence (times × values) or a picture (height × width × channels). */
  readonly shape?: readonly number[];
  /** Whether steps that are zero throughout only fill a sequence up. */
  readonly padded?: boolean;
  /** Of tokens: how many there are. */
  readonly vocabulary?: number;
}

/** What an architecture names its stages from. */
export interface PiecePlan {
  readonly experiment: Experiment;
  readonly architecture: Architecture;
  readonly setting: Setting;
  /** In the corpus's order. */
  readonly modalities: readonly ModalityInput[];
  readonly classes: readonly string[];
  readonly seed: number;
  /** Ends the label of a stage: `, seed 3`; nothing where the seed makes no difference. */
  readonly seedLabel: string;
  /** What features are learnt from. */
  readonly training: TrainingData;
  /** The stages behind these modalities of `training`, by role; none where a corpus is held as it is. */
  unlabelled(modalities: readonly string[]): Record<string, StageSpec>;
  /** These modalities of the labelled training part, and the stages behind them. No test example is in it. */
  labelledTraining(modalities: readonly string[]): {
    readonly data: LabelledData;
    readonly inputs: Record<string, StageSpec>;
  };
  /** Unlabelled training rows that have all of these modalities, about. */
  rowsHaving(modalities: readonly string[]): number;
  /** About the cost of fitting a linear classifier on the features. */
  scoreCost(): number;
}

/** Stored pieces, and what is to be read from them. */
export interface LoadedPieces {
  readonly artifacts: Readonly<Record<string, Artifact>>;
  readonly modalities: readonly { readonly modality: string; readonly visible: number }[];
  readonly features: Experiment['features'];
  /** Power of the canonical correlation that weights a variate; 0 where there is no CCA. */
  readonly weighting: number;
  /** Of cross-validated parts whose models are trained fold by fold: which one. */
  readonly fold: number;
  /** `head`: a supervised model's probabilities of the classes are wanted, not its features. */
  readonly readout: 'head' | 'svm';
  own<Model extends { dispose(): void }>(model: Model): Model;
}

/** Hidden units that see all modalities, and what lies below them. */
export interface JointLayer {
  /** Of each modality: its units × hidden units. */
  readonly weights: readonly Matrix[];
  /** The first layer of each modality; none where the layer sees the inputs themselves. */
  readonly below: ReadonlyMap<string, Rbm>;
}

/** First layers of sound and pictures, and the layer that joins them: units × units each. */
export interface FirstLayers {
  readonly audio: { readonly weights: Matrix };
  readonly video: { readonly weights: Matrix };
  readonly joint: Matrix;
}
