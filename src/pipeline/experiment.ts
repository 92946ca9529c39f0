import {
  type Experiment,
  type RbmConfig,
  rbmConfig,
  type SettledRbmConfig,
  settledRbm,
} from '../config/schema.js';
import type { Corpus } from '../corpora/corpus.js';
import type { Setting } from '../evaluation/settings.js';
import type { Json } from '../json.js';
import type { Architecture } from '../models/architectures.js';
import type { Branch } from '../models/deep-autoencoder.js';
import type { StageSpec } from './stage.js';
import type {
  AutoencoderStageParameters,
  CcaStageParameters,
  ClipSource,
  ExampleData,
  FramesStageParameters,
  FrontEndStageParameters,
  LabelledData,
  RbmChoiceParameters,
  RbmStageParameters,
  ScoreParameters,
  SoundKind,
  TrainingData,
  UnitsStageParameters,
} from './stages/parameters.js';

/** An experiment whose names have been looked up and found to fit together. */
export interface ResolvedExperiment {
  readonly experiment: Experiment;
  readonly corpus: Corpus;
  readonly fingerprint: string;
  /** Both modalities in the corpus's order, with the inputs the models see. */
  readonly modalities: readonly [ResolvedModality, ResolvedModality];
  /** Rows of inputs in each part, for estimates; of clips, about. */
  readonly rows: { readonly train: number; readonly test: number };
  readonly classes: readonly string[];
  /** Of corpora of clips: the pool that features are learnt from, and the labelled corpus in it. */
  readonly clips?: ClipPool;
  readonly architecture: Architecture;
  readonly setting: Setting;
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
}

export interface PooledSource {
  readonly source: ClipSource;
  /** Training clips. */
  readonly clips: number;
  /** What its clips have that the pool can use. */
  readonly has: { readonly audio: boolean; readonly video: boolean };
}

export interface ResolvedModality {
  readonly name: string;
  readonly dimensions: number;
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
  const seed = architecture.seeded || experiment.features.beside.length > 0 ? runSeed : 0;
  const builder = new StageBuilder(resolved, seed);
  const pieces = builder.piecesOf(architecture, setting);
  const modalities = resolved.modalities.map(({ name, dimensions }) => ({
    modality: name,
    visible: dimensions,
  }));
  const made = { pretraining: Object.values(pieces), pieces };
  if (experiment.measure === 'unimodal-units') {
    const parameters: UnitsStageParameters = {
      corpus: builder.corpus,
      family: architecture.family,
      modalities,
    };
    const result: StageSpec = {
      kind: 'units',
      label: `units of ${architecture.name}${builder.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...builder.unlabelled(), ...pieces },
      cost: builder.scoreCost() / 10,
    };
    return { ...made, result };
  }
  const { noise: _, ...evaluation } = experiment.evaluation;
  const labelled = builder.labelled(experiment.evaluation.protocol !== 'train-folds');
  const parameters: ScoreParameters = {
    corpus: labelled.data,
    architecture: { family: architecture.family, encodes: architecture.encodes },
    modalities,
    setting: {
      name: setting.name,
      supervisedTraining: setting.supervisedTraining,
      testing: setting.testing,
    },
    features: experiment.features,
    weighting: architecture.family.endsWith('-cca') ? experiment.cca.weighting : 0,
    evaluation,
    seed,
  };
  const beside = experiment.features.beside.map((modality) => ` + ${modality} rbm`).join('');
  const result: StageSpec = {
    kind: 'score',
    label: `score ${architecture.name}${beside}, ${setting.name}${builder.noiseLabel}${builder.seedLabel}`,
    parameters: parameters as unknown as Json,
    inputs: { ...labelled.inputs, ...pieces },
    cost: builder.scoreCost(),
  };
  return { ...made, result };
}

const frameRole = (index: number): string => `frames_${index}`;

/** Role of the RBM whose features are put beside those of the architecture. */
export const besideRole = (modality: string): string => `beside_${modality}`;

/** Windows that a clip of a second or so gives, for estimates. */
export const WINDOWS_A_CLIP = 20;

/** Name of the RBM on top of a modality's first one. */
export const aboveOf = (modality: string): string => `${modality}_above`;

/** Relative cost of one multiply-add of a training step, in the unit of {@link StageSpec.cost}: a billion. */
const BILLION = 1e9;

/** Products over all examples that a classifier and the choice of its C take, roughly. */
const SOLVER_PASSES = 1000;

/** Multiply-adds that making the frames of one clip takes, roughly. */
const CLIP_COST = 1e9;

class StageBuilder {
  readonly corpus: TrainingData;
  readonly seedLabel: string;
  readonly noiseLabel: string;
  readonly #resolved: ResolvedExperiment;
  readonly #seed: number;

  constructor(resolved: ResolvedExperiment, seed: number) {
    const { experiment, architecture, fingerprint, clips } = resolved;
    const { name, train, held_out: heldOut } = experiment.corpus;
    const { noise } = experiment.evaluation;
    this.#resolved = resolved;
    this.#seed = seed;
    this.seedLabel = architecture.seeded || experiment.features.beside.length > 0 ? `, seed ${seed}` : '';
    this.noiseLabel = noise ? `, noise at ${noise.snr} dB` : '';
    this.corpus = clips
      ? { frames: clips.sources.map((_, index) => frameRole(index)) }
      : { name, train: train ?? null, heldOut: heldOut ?? null, fingerprint };
  }

  /** Pretrained pieces by role. */
  piecesOf(architecture: Architecture, setting: Setting): Record<string, StageSpec> {
    const beside = this.#resolved.experiment.features.beside.map((modality): [string, StageSpec] => [
      besideRole(modality),
      this.#modalityRbms([modality])[modality] as StageSpec,
    ]);
    return { ...this.#ownPieces(architecture, setting), ...Object.fromEntries(beside) };
  }

  #ownPieces(architecture: Architecture, setting: Setting): Record<string, StageSpec> {
    switch (architecture.family) {
      case 'preprocessed':
        return {};
      case 'rbm':
        return this.#modalityRbms([...new Set([...setting.supervisedTraining, ...setting.testing])]);
      case 'shallow-bimodal-rbm':
        return { shallow: this.#shallow() };
      case 'bimodal-dbn':
        return this.#dbn();
      case 'single-input-deep-autoencoder':
      case 'single-input-shallow-autoencoder':
      case 'bimodal-deep-autoencoder':
        return { autoencoder: this.#autoencoder(architecture) };
      case 'raw-cca':
        return { cca: this.#cca({}) };
      case 'rbm-cca': {
        const rbms = this.#modalityRbms(this.#modalities);
        return { ...rbms, cca: this.#cca(rbms) };
      }
      case 'stacked-rbm-cca': {
        const rbms = this.#stacks();
        return { ...rbms, cca: this.#cca(rbms) };
      }
    }
  }

  scoreCost(): number {
    const { rows, experiment } = this.#resolved;
    const { classifier, protocol } = experiment.evaluation;
    const widths = [this.#config('joint').hidden, ...this.#modalities.map((m) => this.#branch(m).hidden)];
    const solved = protocol === 'train-test' ? rows.train : rows.test;
    return (Math.max(...widths) * solved * SOLVER_PASSES * [classifier.c].flat().length) / BILLION;
  }

  /** The frames that features are learnt from, by role; none for corpora of plain examples. */
  unlabelled(): Record<string, StageSpec> {
    const { clips } = this.#resolved;
    return Object.fromEntries(
      (clips?.sources ?? []).map((pooled, index) => [frameRole(index), this.#frames(pooled, 'train', null)]),
    );
  }

  /** The labelled examples of a stage, and the inputs they are in. @param tested whether it needs the test part */
  labelled(tested: boolean): { readonly data: LabelledData; readonly inputs: Record<string, StageSpec> } {
    const { clips, experiment, classes } = this.#resolved;
    if (!clips) {
      return { data: { ...(this.corpus as ExampleData), test: experiment.corpus.test ?? null }, inputs: {} };
    }
    const { noise } = experiment.evaluation;
    const draws = noise ? Array.from({ length: noise.draws }, (_, draw) => draw + 1) : [null];
    const inputs = {
      train: this.#frames(clips.labelled, 'train', noise?.training === 'noisy' ? 0 : null),
      ...Object.fromEntries(
        (tested ? draws : []).map((draw, index) => [
          `test_${index}`,
          this.#frames(clips.labelled, 'test', draw),
        ]),
      ),
    };
    const tests = Object.keys(inputs).filter((role) => role !== 'train');
    return { data: { train: 'train', tests, classes }, inputs };
  }

  get #modalities(): [string, string] {
    const [a, b] = this.#resolved.modalities;
    return [a.name, b.name];
  }

  /** Rows that have all of these modalities. */
  #trainCount(modalities: readonly string[] = this.#modalities): number {
    const { clips, rows } = this.#resolved;
    if (!clips) return rows.train;
    return clips.sources
      .filter(({ has }) => modalities.every((modality) => has[modality as keyof typeof has]))
      .reduce((sum, source) => sum + WINDOWS_A_CLIP * source.clips, 0);
  }

  #frontEnd(): StageSpec {
    const pool = this.#pool();
    const sources = pool.sources.map(({ source }) => source);
    const parameters: FrontEndStageParameters = {
      sources,
      sound: pool.sound,
      frontEnd: this.#resolved.experiment.front_end,
    };
    const names = [...new Set(sources.map(({ name }) => name))];
    return {
      kind: 'front-end',
      label: `front end of ${names.join(', ')}`,
      parameters: parameters as unknown as Json,
      inputs: {},
      cost: (pool.sources.reduce((sum, { clips }) => sum + clips, 0) * CLIP_COST) / BILLION,
    };
  }

  #frames({ source, clips }: PooledSource, part: 'train' | 'test', draw: number | null): StageSpec {
    const { experiment } = this.#resolved;
    const { noise } = experiment.evaluation;
    const parameters: FramesStageParameters = {
      source,
      part,
      test: part === 'test' ? (experiment.corpus.test ?? null) : null,
      sound: this.#pool().sound,
      frontEnd: experiment.front_end,
      noise: noise && draw !== null ? { snr: noise.snr, seed: noise.seed, draw } : null,
    };
    const drawn = parameters.noise ? ` at ${parameters.noise.snr} dB, draw ${draw}` : '';
    const preset = source.preset === null ? '' : ` ${source.preset}`;
    return {
      kind: 'frames',
      label: `frames of ${source.name}${preset}, ${part}${drawn}`,
      parameters: parameters as unknown as Json,
      inputs: { front_end: this.#frontEnd() },
      cost: (clips * CLIP_COST) / BILLION,
    };
  }

  #pool(): ClipPool {
    const { clips } = this.#resolved;
    if (!clips) throw new Error('only corpora of clips have a front end');
    return clips;
  }

  #branch(modality: string): Branch {
    const found = this.#resolved.modalities.find(({ name }) => name === modality);
    if (!found) throw new Error(`the corpus has no modality ${modality}`);
    return { modality, visible: found.dimensions, hidden: this.#config(modality).hidden };
  }

  #config(name: string): RbmConfig {
    return rbmConfig(this.#resolved.experiment, name);
  }

  #modalityRbms(modalities: readonly string[]): Record<string, StageSpec> {
    return Object.fromEntries(
      modalities.map((modality) => [
        modality,
        this.#rbm(modality, { of: 'modalities', modalities: [modality] }, this.#branch(modality).visible, {}),
      ]),
    );
  }

  /** Two layers a modality, each trained on the posteriors of the one below. */
  #stacks(): Record<string, StageSpec> {
    const first = this.#modalityRbms(this.#modalities);
    const above = this.#modalities.map((modality): [string, StageSpec] => {
      const below = { [modality]: first[modality] as StageSpec };
      const visible = { of: 'posteriors', modalities: [modality] } as const;
      return [aboveOf(modality), this.#rbm(aboveOf(modality), visible, this.#config(modality).hidden, below)];
    });
    return { ...first, ...Object.fromEntries(above) };
  }

  #shallow(): StageSpec {
    const visible = this.#modalities.reduce((sum, modality) => sum + this.#branch(modality).visible, 0);
    return this.#rbm('shallow', { of: 'modalities', modalities: this.#modalities }, visible, {});
  }

  #dbn(): Record<string, StageSpec> {
    const first = this.#modalityRbms(this.#modalities);
    const visible = this.#modalities.reduce((sum, modality) => sum + this.#branch(modality).hidden, 0);
    const joint = this.#rbm('joint', { of: 'posteriors', modalities: this.#modalities }, visible, first);
    return { ...first, joint };
  }

  /** One RBM; where its sparsity target is a list, the best of one RBM a target. */
  #rbm(
    name: string,
    visible: RbmStageParameters['visible'],
    width: number,
    inputs: Record<string, StageSpec>,
  ): StageSpec {
    const config = this.#config(name);
    const { target } = config.sparsity;
    if (typeof target === 'number') return this.#trainedRbm(name, visible, width, settledRbm(config), inputs);
    const candidates = target.map((one, index): [string, StageSpec] => [
      `candidate_${index}`,
      this.#trainedRbm(name, visible, width, settledRbm(config, one), inputs),
    ]);
    const { features, evaluation } = this.#resolved.experiment;
    const labelled = this.labelled(false);
    const parameters: RbmChoiceParameters = {
      corpus: labelled.data,
      modality: name,
      targets: target,
      unimodal: features.unimodal,
      pooling: evaluation.pooling,
      classifier: evaluation.classifier,
      seed: this.#seed,
    };
    return {
      kind: 'rbm-choice',
      label: `rbm ${name} of rho ${target.join(', ')}${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...labelled.inputs, ...Object.fromEntries(candidates) },
      cost: target.length * this.scoreCost(),
    };
  }

  #trainedRbm(
    name: string,
    visible: RbmStageParameters['visible'],
    width: number,
    config: SettledRbmConfig,
    inputs: Record<string, StageSpec>,
  ): StageSpec {
    const parameters: RbmStageParameters = { corpus: this.corpus, name, visible, config, seed: this.#seed };
    const { hidden, cd_steps: steps, epochs } = config;
    const isChoice = typeof this.#config(name).sparsity.target !== 'number';
    const rho = isChoice ? `, rho ${config.sparsity.target}` : '';
    return {
      kind: 'rbm',
      label: `rbm ${name} (${width} → ${hidden}${rho})${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.unlabelled(), ...inputs },
      // CD-k: one product up, then down and up again per Gibbs step, and the gradient over both phases.
      cost: ((3 + 2 * steps) * width * hidden * this.#trainCount(visible.modalities) * epochs) / BILLION,
    };
  }

  #autoencoder(architecture: Architecture): StageSpec {
    const { autoencoder: config } = this.#resolved.experiment;
    const modalities = this.#modalities.map((modality) => this.#branch(modality));
    const isShallow = architecture.family === 'single-input-shallow-autoencoder';
    const joint = this.#config(isShallow ? 'shallow' : 'joint').hidden;
    const start = (): Record<string, StageSpec> => (isShallow ? { shallow: this.#shallow() } : this.#dbn());
    const parameters: AutoencoderStageParameters = {
      corpus: this.corpus,
      modalities,
      inputs: architecture.encodes,
      outputs: config.reconstruct === 'both' ? this.#modalities : architecture.encodes,
      joint,
      ...(isShallow ? { depth: 'shallow' } : {}),
      config,
      seed: this.#seed,
    };
    const weights = modalities.reduce(
      (sum, { visible, hidden }) => sum + 2 * (isShallow ? visible * joint : hidden * (visible + joint)),
      0,
    );
    return {
      kind: 'autoencoder',
      label: `${architecture.name} (joint ${joint})${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.unlabelled(), ...(config.initialise === 'dbn' ? start() : {}) },
      cost: config.fine_tune ? (3 * weights * this.#trainCount() * config.epochs) / BILLION : 1,
    };
  }

  #cca(rbms: Record<string, StageSpec>): StageSpec {
    const { cca, features } = this.#resolved.experiment;
    const parameters: CcaStageParameters = {
      corpus: this.corpus,
      modalities: this.#modalities,
      config: { dimensions: cca.dimensions, ridge: cca.ridge },
      unimodal: features.unimodal,
    };
    const raw = Object.keys(rbms).length === 0;
    const names: readonly string[] = raw ? this.#modalities : Object.keys(rbms);
    const width = names.reduce(
      (sum, name) => sum + (raw ? this.#branch(name).visible : this.#config(name).hidden),
      0,
    );
    return {
      kind: 'cca',
      label: `cca ${raw ? 'raw' : names.length > 2 ? 'of stacked RBMs' : 'of RBMs'} (${cca.dimensions})${raw ? '' : this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.unlabelled(), ...rbms },
      cost: (width * width * this.#trainCount()) / BILLION,
    };
  }
}
