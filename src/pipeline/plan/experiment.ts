import type { ModalityInput } from '../../architectures/architecture.js';
import { type Architecture, isSeeded } from '../../architectures/index.js';
import { type Experiment, unitMeasureOf } from '../../config/schema.js';
import type { Corpus } from '../../corpora/corpus.js';
import type { MmxError } from '../../errors.js';
import type { Setting } from '../../evaluation/settings.js';
import type { ClipSource, ExamplesStageParameters, SoundKind } from '../data/parameters.js';
import type { StageSpec } from '../graph/stage.js';
import { neededModalities } from '../readouts/needed-modalities.js';
import { scoreStage } from '../stages/score.js';
import { unitsStage } from '../stages/units.js';
import { piecePlanOf, piecesOf } from './piece-plan.js';
import { StageData } from './stage-data.js';

/** An experiment whose names have been looked up and found to fit together. */
export interface ResolvedExperiment {
  readonly experiment: Experiment;
  readonly corpus: Corpus;
  readonly fingerprint: string;
  /** In the corpus's order, with the inputs the models see. */
  readonly modalities: readonly ModalityInput[];
  /** Rows of inputs in each part, for estimates; of clips, about. */
  readonly rows: { readonly train: number; readonly test: number };
  readonly classes: readonly string[];
  /** Of corpora of clips: the pool that features are learnt from, and the labelled corpus in it. */
  readonly clips?: ClipPool;
  /** Of listed corpora: what their rows are read from. */
  readonly listed?: ListedInputs;
  readonly architecture: Architecture;
  readonly setting: Setting;
}

/** The examples of a listed corpus, as stages read them modality by modality. */
export interface ListedInputs {
  /** How a modality is read, and the hash of what it is read from. */
  read(modality: string): Pick<ExamplesStageParameters, 'kind' | 'options' | 'fingerprint'>;
  /** Modalities that the copy has. */
  readonly has: readonly string[];
}

/** Corpora of clips whose training parts are learnt from together. */
export interface ClipPool {
  /** In an order that does not depend on which of them is evaluated: experiments on either share what they learn. */
  readonly sources: readonly PooledSource[];
  /** The evaluated corpus; one of `sources`. */
  readonly labelled: PooledSource;
  readonly sound: SoundKind | null;
  /** Corpora that the config names and that are not there. */
  readonly leftOut: readonly string[];
  /** Movies in which the mouths have to be found before anything can be computed, by corpus. */
  readonly missing: readonly MissingMouths[];
  /** The clips of the evaluated corpus that are used. */
  readonly parts: { readonly train: PartCounts; readonly test: PartCounts };
}

/** Movies of a corpus in which it is not known where the mouth is. */
export interface MissingMouths {
  readonly corpus: string;
  /** By path: the second at which the last of their clips ends; not finite where a clip is the whole movie. */
  readonly movies: ReadonlyMap<string, number>;
  /** What the first of their clips says. */
  readonly error: MmxError;
}

/** How many clips a part has, as far as it is known before any is read. */
export interface PartCounts {
  readonly clips: number;
  /** Clips more that were chosen, and whose movies cannot be used. */
  readonly unusable: number;
  readonly labelled: number;
  /** Different labels. */
  readonly classes: number;
  /** Labelled clips that have sound, pictures, both. */
  readonly having: Readonly<Record<'audio' | 'video' | 'both', number>>;
}

export interface PooledSource {
  readonly source: ClipSource;
  /** Training clips. */
  readonly clips: number;
  /** About so many windows they give, for estimates. */
  readonly windows: number;
  /** What its clips have that the pool can use. */
  readonly has: { readonly audio: boolean; readonly video: boolean };
  /** Its sound is the MFCC of its waveforms. */
  readonly makesMfcc: boolean;
}

/** The stages of one experiment and seed: what is learnt without labels, and what it is measured by. */
export interface ExperimentStages {
  readonly pretraining: readonly StageSpec[];
  /** The learnt pieces by role, without what they were made from. */
  readonly pieces: Readonly<Record<string, StageSpec>>;
  /** A `score`, or `units`. */
  readonly result: StageSpec;
}

/**
 * Names the stages of an experiment. Rows that share a corpus, a seed and the hyperparameters of a piece share
 * that piece, because equal specs have equal identities.
 */
export function stagesOf(resolved: ResolvedExperiment, runSeed: number): ExperimentStages {
  const { experiment, architecture, setting } = resolved;
  const seed = isSeeded(architecture, experiment.features.beside) ? runSeed : 0;
  const data = new StageData(resolved);
  const plan = piecePlanOf(resolved, data, seed);
  const pieces = piecesOf(plan);
  const { seedLabel } = plan;
  // Of a single modality all are named: stored scores of classic settings have them in their identity.
  const learnt = setting.featureLearning;
  const modalities = resolved.modalities
    .filter(({ name }) => learnt.length === 1 || learnt.includes(name))
    .map(({ name, dimensions }) => ({ modality: name, visible: dimensions }));
  const made = { pretraining: Object.values(pieces), pieces };
  if (unitMeasureOf(experiment.measure)) {
    const result = unitsStage.spec(
      { corpus: data.training, family: architecture.family, modalities },
      {
        label: `units of ${architecture.name}${seedLabel}`,
        inputs: { ...data.unlabelled(modalities.map(({ modality }) => modality)), ...pieces },
        cost: plan.scoreCost() / 10,
      },
    );
    return { ...made, result };
  }
  const { noise, label_share: labelShare, readout, ...evaluation } = experiment.evaluation;
  const labelled = data.labelled(
    evaluation.protocol === 'train-folds' ? 'train' : 'test',
    neededModalities(setting, evaluation),
  );
  const beside = experiment.features.beside.map((modality) => ` + ${modality} rbm`).join('');
  const noisy = noise ? `, noise at ${noise.snr} dB` : '';
  const result = scoreStage.spec(
    {
      corpus: labelled.data,
      architecture: { family: architecture.family, encodes: architecture.encodes },
      modalities,
      setting: {
        ...(setting.isNamed ? { name: setting.name } : {}),
        supervisedTraining: setting.supervisedTraining,
        testing: setting.testing,
      },
      features: experiment.features,
      weighting: architecture.family.endsWith('-cca') ? experiment.cca.weighting : 0,
      evaluation,
      ...(architecture.kind.supervised && readout !== 'svm' ? { readout: 'head' as const } : {}),
      ...(labelShare < 1 ? { labelShare } : {}),
      seed,
    },
    {
      label: `score ${architecture.name}${beside}, ${setting.name}${noisy}${seedLabel}`,
      inputs: { ...labelled.inputs, ...pieces },
      cost: plan.scoreCost(),
    },
  );
  return { ...made, result };
}
