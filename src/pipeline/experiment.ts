import { type Experiment, type RbmConfig, rbmConfig } from '../config/schema.js';
import type { Corpus } from '../corpora/corpus.js';
import type { Setting } from '../evaluation/settings.js';
import type { Json } from '../json.js';
import type { Architecture } from '../models/architectures.js';
import type { Branch } from '../models/deep-autoencoder.js';
import type { StageSpec } from './stage.js';
import type {
  AutoencoderStageParameters,
  CcaStageParameters,
  ClipParameters,
  RbmStageParameters,
  ScoreParameters,
  TrainingCorpus,
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
  /** Of corpora of clips. */
  readonly clips?: ClipParameters;
  readonly architecture: Architecture;
  readonly setting: Setting;
}

export interface ResolvedModality {
  readonly name: string;
  readonly dimensions: number;
}

/** The stages of one experiment and seed: what is learnt without labels, and the score made from it. */
export interface ExperimentStages {
  readonly pretraining: readonly StageSpec[];
  readonly score: StageSpec;
}

/**
 * Names the stages of an experiment. Rows that share a corpus, a seed and the hyperparameters of a piece share
 * that piece, because equal specs have equal identities.
 */
export function stagesOf(resolved: ResolvedExperiment, runSeed: number): ExperimentStages {
  const { experiment, architecture, setting } = resolved;
  const seed = architecture.seeded ? runSeed : 0;
  const builder = new StageBuilder(resolved, seed);
  const inputs = builder.inputsOf(architecture, setting);
  const cca = architecture.family.endsWith('-cca');
  const parameters: ScoreParameters = {
    corpus: { ...builder.corpus, test: experiment.corpus.test ?? null },
    architecture: { family: architecture.family, encodes: architecture.encodes },
    modalities: resolved.modalities.map(({ name, dimensions }) => ({
      modality: name,
      visible: dimensions,
    })),
    setting: {
      name: setting.name,
      supervisedTraining: setting.supervisedTraining,
      testing: setting.testing,
    },
    features: experiment.features,
    weighting: cca ? experiment.cca.weighting : 0,
    evaluation: experiment.evaluation,
    seed,
  };
  const score: StageSpec = {
    kind: 'score',
    label: `score ${architecture.name}, ${setting.name}${builder.seedLabel}`,
    parameters: parameters as unknown as Json,
    inputs,
    cost: builder.scoreCost(),
  };
  return { pretraining: Object.values(inputs), score };
}

/** Name of the RBM on top of a modality's first one. */
export const aboveOf = (modality: string): string => `${modality}_above`;

/** Relative cost of one multiply-add of a training step, in the unit of {@link StageSpec.cost}: a billion. */
const BILLION = 1e9;

/** Products over all examples that a classifier and the choice of its C take, roughly. */
const SOLVER_PASSES = 1000;

class StageBuilder {
  readonly corpus: TrainingCorpus;
  readonly seedLabel: string;
  readonly #resolved: ResolvedExperiment;
  readonly #seed: number;

  constructor(resolved: ResolvedExperiment, seed: number) {
    const { name, train, held_out: heldOut } = resolved.experiment.corpus;
    this.#resolved = resolved;
    this.#seed = seed;
    this.seedLabel = resolved.architecture.seeded ? `, seed ${seed}` : '';
    const { fingerprint, clips } = resolved;
    this.corpus = {
      name,
      train: train ?? null,
      heldOut: heldOut ?? null,
      fingerprint,
      ...(clips ? { clips } : {}),
    };
  }

  /** Pretrained pieces by role. */
  inputsOf(architecture: Architecture, setting: Setting): Record<string, StageSpec> {
    return { ...this.#frontEnd(), ...this.#piecesOf(architecture, setting) };
  }

  #piecesOf(architecture: Architecture, setting: Setting): Record<string, StageSpec> {
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
      case 'bimodal-deep-autoencoder':
        return { autoencoder: this.#autoencoder(architecture) };
      case 'raw-cca':
        return { cca: this.#cca({}) };
      case 'rbm-cca': {
        const rbms = this.#modalityRbms(this.#modalities);
        return { ...rbms, cca: this.#cca(rbms) };
      }
      case 'stacked-rbm-cca': {
        const stack = this.#stacks();
        return { ...stack, cca: this.#cca(stack) };
      }
    }
  }

  /** Fitting classifiers: examples × features × classes, times the passes of a solver and its cross-validation. */
  scoreCost(): number {
    const { evaluation, cca } = this.#resolved.experiment;
    const { family } = this.#resolved.architecture;
    const examples = evaluation.protocol === 'train-test' ? this.#trainCount : this.#testCount;
    const inputs = this.#modalities.map((modality) => this.#branch(modality));
    const width = {
      preprocessed: inputs.reduce((sum, { visible }) => sum + visible, 0),
      rbm: inputs.reduce((sum, { hidden }) => sum + hidden, 0),
      'shallow-bimodal-rbm': this.#config('shallow').hidden,
      'raw-cca': cca.dimensions,
      'rbm-cca': cca.dimensions,
      'stacked-rbm-cca': cca.dimensions,
      'bimodal-dbn': this.#config('joint').hidden,
      'single-input-deep-autoencoder': this.#config('joint').hidden,
      'bimodal-deep-autoencoder': this.#config('joint').hidden,
    }[family];
    return (SOLVER_PASSES * examples * width * this.#resolved.classes.length) / BILLION;
  }

  get #modalities(): readonly [string, string] {
    const [a, b] = this.#resolved.corpus.modalities;
    return [a.name, b.name];
  }

  get #trainCount(): number {
    return this.#resolved.rows.train;
  }

  get #testCount(): number {
    return this.#resolved.rows.test;
  }

  /** What turns clips into windows, under its role; nothing where examples need no front end. */
  #frontEnd(): Record<string, StageSpec> {
    if (!this.corpus.clips) return {};
    const spec: StageSpec = {
      kind: 'front-end',
      label: `front end of ${this.corpus.name}`,
      parameters: { corpus: this.corpus } as unknown as Json,
      inputs: {},
      cost: (this.#trainCount * 1e6) / BILLION,
    };
    return { front_end: spec };
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

  #rbm(
    name: string,
    visible: RbmStageParameters['visible'],
    width: number,
    inputs: Record<string, StageSpec>,
  ): StageSpec {
    const config = this.#config(name);
    const parameters: RbmStageParameters = { corpus: this.corpus, name, visible, config, seed: this.#seed };
    return {
      kind: 'rbm',
      label: `rbm ${name} (${width} → ${config.hidden})${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.#frontEnd(), ...inputs },
      // CD-k: one product up, then down and up again per Gibbs step, and the gradient over both phases.
      cost: ((3 + 2 * config.cd_steps) * width * config.hidden * this.#trainCount * config.epochs) / BILLION,
    };
  }

  #autoencoder(architecture: Architecture): StageSpec {
    const { autoencoder: config } = this.#resolved.experiment;
    const modalities = this.#modalities.map((modality) => this.#branch(modality));
    const joint = this.#config('joint').hidden;
    const parameters: AutoencoderStageParameters = {
      corpus: this.corpus,
      modalities,
      inputs: architecture.encodes,
      outputs: config.reconstruct === 'both' ? this.#modalities : architecture.encodes,
      joint,
      config,
      seed: this.#seed,
    };
    const weights = modalities.reduce((sum, { visible, hidden }) => sum + 2 * hidden * (visible + joint), 0);
    return {
      kind: 'autoencoder',
      label: `${architecture.name} (joint ${joint})${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.#frontEnd(), ...(config.initialise === 'dbn' ? this.#dbn() : {}) },
      cost: config.fine_tune ? (3 * weights * this.#trainCount * config.epochs) / BILLION : 1,
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
      inputs: { ...this.#frontEnd(), ...rbms },
      cost: (width * width * this.#trainCount) / BILLION,
    };
  }
}
