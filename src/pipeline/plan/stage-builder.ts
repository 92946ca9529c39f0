import { type RbmConfig, rbmConfig, type SettledRbmConfig, settledRbm } from '../../config/schema.js';
import type { Setting } from '../../evaluation/settings.js';
import type { Json } from '../../json.js';
import { type Architecture, isSeeded } from '../../models/architectures.js';
import type { Branch } from '../../models/autoencoder.js';
import { aboveOf, besideRole } from '../graph/roles.js';
import type { StageSpec } from '../graph/stage.js';
import type {
  AutoencoderStageParameters,
  CcaStageParameters,
  RbmChoiceParameters,
  RbmStageParameters,
} from '../stages/parameters.js';
import type { ResolvedExperiment } from './experiment.js';
import { BILLION, SOLVER_PASSES } from './stage-cost.js';
import { StageData } from './stage-data.js';

/** Names the stages of one experiment and seed: what is learnt from what, with which parameters and at which cost. */
export class StageBuilder {
  readonly data: StageData;
  readonly seedLabel: string;
  readonly noiseLabel: string;
  readonly #resolved: ResolvedExperiment;
  readonly #seed: number;

  constructor(resolved: ResolvedExperiment, seed: number) {
    const { experiment, architecture } = resolved;
    const { noise } = experiment.evaluation;
    this.data = new StageData(resolved);
    this.#resolved = resolved;
    this.#seed = seed;
    this.seedLabel = isSeeded(architecture, experiment.features.beside) ? `, seed ${seed}` : '';
    this.noiseLabel = noise ? `, noise at ${noise.snr} dB` : '';
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
      .reduce((sum, { windows }) => sum + windows, 0);
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
    const labelled = this.data.labelled(null);
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
    const parameters: RbmStageParameters = {
      corpus: this.data.training,
      name,
      visible,
      config,
      seed: this.#seed,
    };
    const { hidden, cd_steps: steps, epochs } = config;
    const isChoice = typeof this.#config(name).sparsity.target !== 'number';
    const rho = isChoice ? `, rho ${config.sparsity.target}` : '';
    return {
      kind: 'rbm',
      label: `rbm ${name} (${width} → ${hidden}${rho})${this.seedLabel}`,
      parameters: parameters as unknown as Json,
      inputs: { ...this.data.unlabelled(), ...inputs },
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
      corpus: this.data.training,
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
      inputs: { ...this.data.unlabelled(), ...(config.initialise === 'dbn' ? start() : {}) },
      cost: config.fine_tune ? (3 * weights * this.#trainCount() * config.epochs) / BILLION : 1,
    };
  }

  #cca(rbms: Record<string, StageSpec>): StageSpec {
    const { cca, features } = this.#resolved.experiment;
    const parameters: CcaStageParameters = {
      corpus: this.data.training,
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
      inputs: { ...this.data.unlabelled(), ...rbms },
      cost: (width * width * this.#trainCount()) / BILLION,
    };
  }
}
