import type { Json } from '../../json.js';
import { examplesStage } from '../data/examples.js';
import { stageFrontEnd } from '../data/heard-sound.js';
import type {
  ExampleData,
  FramesStageParameters,
  FrontEndStageParameters,
  LabelledData,
  TrainingData,
} from '../data/parameters.js';
import { frameRole, rowsRole, testedRowsRole, testRole } from '../graph/roles.js';
import type { StageSpec } from '../graph/stage.js';
import { BILLION, CLIP_COST } from '../graph/stage-cost.js';
import type { NeededModalities } from '../readouts/needed-modalities.js';
import type { ClipPool, PooledSource, ResolvedExperiment } from './experiment.js';

/** Multiply-adds for each value of a row that is read, about. */
const VALUE_COST = 1000;

/** What the stages of an experiment read: which examples, and of clips the stages that make their frames. */
export class StageData {
  /** The examples that features are learnt from. */
  readonly training: TrainingData;
  readonly #resolved: ResolvedExperiment;

  constructor(resolved: ResolvedExperiment) {
    const { experiment, fingerprint, clips, listed } = resolved;
    const { name, train, held_out: heldOut } = experiment.corpus;
    this.#resolved = resolved;
    this.training = clips
      ? { frames: clips.sources.map((_, index) => frameRole(index)) }
      : listed
        ? { listed: name }
        : { name, train: train ?? null, heldOut: heldOut ?? null, fingerprint };
  }

  /**
   * The frames, or the rows of these modalities, that features are learnt from, by role; none where a corpus is held as it
   * is. Frames hold all modalities.
   */
  unlabelled(modalities: readonly string[]): Record<string, StageSpec> {
    const { clips, listed } = this.#resolved;
    if (listed) {
      return Object.fromEntries(
        modalities.map((modality) => [rowsRole(modality), this.#examples(modality, 'train')]),
      );
    }
    return Object.fromEntries(
      (clips?.sources ?? []).map((pooled, index) => [frameRole(index), this.#frames(pooled, 'train', null)]),
    );
  }

  /**
   * The labelled examples of a stage, and the inputs they are in.
   *
   * @param tested what is tested: the test part; the training part, which is there already unless noise is added; nothing
   * @param needed modalities that examples of each part must have
   */
  labelled(
    tested: 'test' | 'train' | null,
    needed: NeededModalities,
  ): {
    readonly data: LabelledData;
    readonly inputs: Record<string, StageSpec>;
  } {
    const { clips, listed, experiment, classes } = this.#resolved;
    if (listed) {
      const training = this.unlabelled(needed.train);
      const testing = (tested === 'test' ? needed.test : []).map((modality): [string, StageSpec] => [
        testedRowsRole(modality),
        this.#examples(modality, 'test'),
      ]);
      return {
        data: { listed: experiment.corpus.name, classes },
        inputs: { ...training, ...Object.fromEntries(testing) },
      };
    }
    if (!clips) {
      return {
        data: { ...(this.training as ExampleData), test: experiment.corpus.test ?? null },
        inputs: {},
      };
    }
    const { noise } = experiment.evaluation;
    const drawn = noise ? Array.from({ length: noise.draws }, (_, draw) => draw + 1) : [];
    const draws = tested === 'test' && !noise ? [null] : drawn;
    const inputs = {
      train: this.#frames(clips.labelled, 'train', noise?.training === 'noisy' ? 0 : null),
      ...Object.fromEntries(
        (tested === null ? [] : draws).map((draw, index) => [
          testRole(index),
          this.#frames(clips.labelled, tested ?? 'test', draw),
        ]),
      ),
    };
    const tests = Object.keys(inputs).filter((role) => role !== 'train');
    return { data: { train: 'train', tests, classes }, inputs };
  }

  #examples(modality: string, part: 'train' | 'test'): StageSpec {
    const { listed, experiment, rows, modalities } = this.#resolved;
    if (!listed) throw new Error('only listed corpora have stages of examples');
    const { name, train, test, held_out: heldOut, preset } = experiment.corpus;
    const isTest = part === 'test';
    const width = modalities.find((one) => one.name === modality)?.dimensions ?? 1;
    return examplesStage.spec(
      {
        corpus: name,
        modality,
        ...listed.read(modality),
        part,
        train: isTest && heldOut === undefined ? null : (train ?? null),
        test: isTest && heldOut === undefined ? (test ?? null) : null,
        heldOut: heldOut ?? null,
        preset: preset ?? null,
      },
      {
        label: `${modality} of ${name}, ${part}`,
        inputs: isTest ? { train: this.#examples(modality, 'train') } : {},
        cost: ((isTest ? rows.test : rows.train) * width * VALUE_COST) / BILLION,
      },
    );
  }

  #frontEnd(): StageSpec {
    const pool = this.#pool();
    const sources = pool.sources.map(({ source }) => source);
    const parameters: FrontEndStageParameters = {
      sources,
      sound: pool.sound,
      frontEnd: stageFrontEnd(this.#resolved.experiment.front_end, pool.sound),
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
    const { sound } = this.#pool();
    const parameters: FramesStageParameters = {
      source,
      part,
      test: part === 'test' ? (experiment.corpus.test ?? null) : null,
      sound,
      frontEnd: stageFrontEnd(experiment.front_end, sound),
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
}
