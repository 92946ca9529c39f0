import { type AutoencoderConfig, rbmConfig } from '../../config/schema.js';
import type { AutoencoderParameters, AutoencoderShape, Branch } from '../../models/autoencoder.js';
import { autoencoderExtractor, type FeatureExtractor } from '../../models/feature-extractors.js';
import { Rbm } from '../../models/rbm.js';
import { autoencoderReconstructor, type Reconstructor } from '../../models/reconstructors.js';
import { randomAutoencoder, unrollDbn, unrollShallow } from '../../models/unroll.js';
import type { TrainingData } from '../../pipeline/data/parameters.js';
import { unlabelledRows } from '../../pipeline/data/rows.js';
import { defineStage } from '../../pipeline/graph/define-stage.js';
import { matrixOf, numbersOf } from '../../pipeline/graph/read-artifact.js';
import { inputOf } from '../../pipeline/graph/roles.js';
import type { Artifact, StageSpec } from '../../pipeline/graph/stage.js';
import { BILLION } from '../../pipeline/graph/stage-cost.js';
import { trainAutoencoder } from '../../training/train-autoencoder.js';
import type {
  ArchitectureFinding,
  AskedOf,
  FirstLayers,
  JointLayer,
  LoadedPieces,
  PiecePlan,
} from '../architecture.js';
import { autoencoderArtifact, autoencoderOf, rbmParametersOf, rbmShapeOf } from './artifacts.js';
import { sideBySideWeights } from './joint-weights.js';
import { branchOf, dbnRbms, learntFrom, rbmStages, shallowRbm } from './rbm.js';

/**
 * Parameters of an `autoencoder` stage. Inputs: the RBMs of the DBN it is unrolled from (one a modality, and
 * `joint`), or none when it starts from random weights.
 */
export interface AutoencoderStageParameters {
  readonly corpus: TrainingData;
  /** All that are learnt from, in the order of the DBN's joint layer. */
  readonly modalities: readonly Branch[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly joint: number;
  /** `shallow`: `joint` is the only hidden layer, and the input is the shallow bimodal RBM. */
  readonly depth?: 'shallow';
  readonly config: AutoencoderConfig;
  readonly seed: number;
}

/** Unrolls a bimodal DBN, or a shallow bimodal RBM, into an autoencoder and fine-tunes it, without labels, on the training part. */
export const autoencoderStage = defineStage<AutoencoderStageParameters>({
  kind: 'autoencoder',
  version: 1,
  async run({ corpus, modalities, inputs, outputs, joint, depth, config, seed }, context) {
    const named = (names: readonly string[]): Branch[] =>
      modalities.filter(({ modality }) => names.includes(modality));
    const shape: AutoencoderShape = {
      inputs: named(inputs),
      outputs: named(outputs),
      joint,
      loss: config.loss,
      ...(depth ? { depth } : {}),
    };
    const initial =
      config.initialise === 'dbn'
        ? unrolled(shape, modalities, context.inputs)
        : randomAutoencoder(shape, seed);
    if (!config.fine_tune) return autoencoderArtifact(shape, initial, []);
    const data = await unlabelledRows(corpus, [...new Set([...inputs, ...outputs])], context);
    const { parameters: trained, curve } = await trainAutoencoder(
      data,
      shape,
      initial,
      config,
      seed,
      context,
    );
    return autoencoderArtifact(shape, trained, curve);
  },
});

function unrolled(
  shape: AutoencoderShape,
  modalities: readonly Branch[],
  artifacts: Readonly<Record<string, Artifact>>,
): AutoencoderParameters {
  if (shape.depth === 'shallow') {
    const shallow = inputOf(artifacts, 'shallow');
    const { sigma } = rbmShapeOf(shallow);
    return unrollShallow(shape, { rbm: rbmParametersOf(shallow), sigma, order: modalities });
  }
  const first = Object.fromEntries(
    modalities.map(({ modality }) => {
      const artifact = inputOf(artifacts, modality);
      return [modality, { ...rbmParametersOf(artifact), sigma: rbmShapeOf(artifact).sigma }];
    }),
  );
  return unrollDbn(shape, { first, joint: rbmParametersOf(inputOf(artifacts, 'joint')), order: modalities });
}

/** Kinds of stages of the autoencoders: they are unrolled from RBMs. */
export const autoencoderStages = [...rbmStages, autoencoderStage];

/** @param depth `shallow` where the shared layer is the only hidden one */
export function autoencoderPiece(plan: PiecePlan, depth: 'deep' | 'shallow'): Record<string, StageSpec> {
  const { autoencoder: config } = plan.experiment;
  const { architecture, seedLabel } = plan;
  const names = learntFrom(plan);
  const modalities = names.map((modality) => branchOf(plan, modality));
  const isShallow = depth === 'shallow';
  const joint = rbmConfig(plan.experiment, isShallow ? 'shallow' : 'joint').hidden;
  const start = (): Record<string, StageSpec> => (isShallow ? { shallow: shallowRbm(plan) } : dbnRbms(plan));
  const weights = modalities.reduce(
    (sum, { visible, hidden }) => sum + 2 * (isShallow ? visible * joint : hidden * (visible + joint)),
    0,
  );
  const inputs = architecture.encodes.filter((modality) => names.includes(modality));
  const outputs = config.reconstruct === 'both' ? names : inputs;
  const autoencoder = autoencoderStage.spec(
    {
      corpus: plan.training,
      modalities,
      inputs,
      outputs,
      joint,
      ...(isShallow ? { depth: 'shallow' as const } : {}),
      config,
      seed: plan.seed,
    },
    {
      label: `${architecture.name} (joint ${joint})${seedLabel}`,
      inputs: {
        ...plan.unlabelled([...new Set([...inputs, ...outputs])]),
        ...(config.initialise === 'dbn' ? start() : {}),
      },
      cost: config.fine_tune ? (3 * weights * plan.rowsHaving(names) * config.epochs) / BILLION : 1,
    },
  );
  return { autoencoder };
}

/** Features of the shared layer; an absent input is zero. */
export const sharedLayerExtractor = ({ artifacts, features, own }: LoadedPieces): FeatureExtractor =>
  autoencoderExtractor(own(autoencoderOf(inputOf(artifacts, 'autoencoder'))), features.joint);

/** Outputs for the modalities that are shown; an absent input is zero. */
export const outputsOfAutoencoder = ({ artifacts, own }: LoadedPieces): Reconstructor =>
  autoencoderReconstructor(own(autoencoderOf(inputOf(artifacts, 'autoencoder'))));

/** Why the outputs of an autoencoder do not fit the values of a corpus. */
export function* lossFindings({ experiment, corpus, setting }: AskedOf): Iterable<ArchitectureFinding> {
  if (experiment.autoencoder.loss !== 'cross-entropy') return;
  const real = corpus.modalities.find(
    ({ name, range }) => range === 'real' && setting.featureLearning.includes(name),
  );
  if (!real) return;
  yield {
    path: 'autoencoder.loss',
    message: `cross-entropy needs values in [0, 1], but ${real.name} of ${corpus.name} is real-valued`,
  };
}

/** The shared layer of a bimodal deep autoencoder: its first layers are seen as RBMs, whose posteriors are the encoder. */
export function sharedLayer({ artifacts, modalities, own }: LoadedPieces): JointLayer {
  const artifact = inputOf(artifacts, 'autoencoder');
  const below = new Map(
    modalities.map(({ modality }) => {
      const { rows, columns, data } = matrixOf(artifact, `encoder.${modality}.weights`);
      const rbm = new Rbm(
        { visible: rows, hidden: columns, units: 'binary', sigma: 1 },
        {
          weights: data,
          visibleBias: new Float32Array(rows),
          hiddenBias: numbersOf(artifact, `encoder.${modality}.bias`, Float32Array, columns),
        },
      );
      return [modality, own(rbm)];
    }),
  );
  return sideBySideWeights(matrixOf(artifact, 'joint.weights'), below);
}

/** First layers and shared layer of a bimodal deep autoencoder of sound and pictures. */
export function sharedFirstLayers(artifacts: LoadedPieces['artifacts']): FirstLayers {
  const autoencoder = inputOf(artifacts, 'autoencoder');
  return {
    audio: { weights: matrixOf(autoencoder, 'encoder.audio.weights') },
    video: { weights: matrixOf(autoencoder, 'encoder.video.weights') },
    joint: matrixOf(autoencoder, 'joint.weights'),
  };
}
