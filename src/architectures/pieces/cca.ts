import { type CcaConfig, type FeaturesConfig, rbmConfig } from '../../config/schema.js';
import type { MatrixSource } from '../../matrix.js';
import { fitCca } from '../../models/cca.js';
import {
  ccaExtractor,
  type FeatureExtractor,
  rbmExtractor,
  stackedExtractor,
} from '../../models/feature-extractors.js';
import type { Rbm } from '../../models/rbm.js';
import type { TrainingData } from '../../pipeline/data/parameters.js';
import { type Rows, sourceOfRows, unlabelledRows } from '../../pipeline/data/rows.js';
import { defineStage } from '../../pipeline/graph/define-stage.js';
import { aboveOf, inputOf } from '../../pipeline/graph/roles.js';
import type { StageContext, StageSpec } from '../../pipeline/graph/stage.js';
import { BILLION } from '../../pipeline/graph/stage-cost.js';
import type { ArchitectureFinding, AskedOf, LoadedPieces, PiecePlan } from '../architecture.js';
import { ccaArtifact, ccaOf, rbmOf } from './artifacts.js';
import { branchOf, learntFrom, stacksOf } from './rbm.js';

/** Parameters of a `cca` stage. Inputs: none (raw), or one `rbm` a modality. */
export interface CcaStageParameters {
  readonly corpus: TrainingData;
  readonly modalities: readonly [string, string];
  readonly config: Pick<CcaConfig, 'dimensions' | 'ridge'>;
  /** What is read from the RBMs. */
  readonly unimodal: FeaturesConfig['unimodal'];
}

/** Ridge CCA between the two modalities of the training part, raw or through their RBMs. No labels. */
export const ccaStage = defineStage<CcaStageParameters>({
  kind: 'cca',
  version: 1,
  async run({ corpus, modalities, config, unimodal }, context) {
    const [x, y] = modalities;
    const rows = await unlabelledRows(corpus, modalities, context);
    const views = {
      x: viewOf(x, rows[x] as Rows, context, unimodal),
      y: viewOf(y, rows[y] as Rows, context, unimodal),
    };
    const model = fitCca(views.x.source, views.y.source, config);
    views.x.dispose();
    views.y.dispose();
    return ccaArtifact(model);
  },
});

interface View {
  readonly source: MatrixSource;
  dispose(): void;
}

/** Posteriors are computed as they are read: at 60,000 x 2,000 they would be half a gigabyte a modality. */
function viewOf(
  modality: string,
  rows: Rows,
  context: StageContext,
  unimodal: CcaStageParameters['unimodal'],
): View {
  if (!(modality in context.inputs)) {
    return { source: sourceOfRows(rows), dispose: () => undefined };
  }
  const owned: Rbm[] = [];
  const own = (rbm: Rbm): Rbm => {
    owned.push(rbm);
    return rbm;
  };
  const extract =
    aboveOf(modality) in context.inputs
      ? stackedExtractor(stacksOf([modality], context.inputs, own))
      : rbmExtractor(new Map([[modality, own(rbmOf(inputOf(context.inputs, modality)))]]), unimodal);
  return {
    source: sourceOfRows(rows, {
      columns: owned.reduce((sum, { shape }) => sum + shape.hidden, 0),
      extract: (inputs) => extract({ [modality]: inputs }),
    }),
    dispose: () => {
      for (const rbm of owned) rbm.dispose();
    },
  };
}

/** @param rbms whose hidden layers are correlated; none for the inputs themselves */
export function ccaPiece(plan: PiecePlan, rbms: Record<string, StageSpec>): StageSpec {
  const { cca, features } = plan.experiment;
  const [a = '', b = ''] = learntFrom(plan);
  const raw = Object.keys(rbms).length === 0;
  const names: readonly string[] = raw ? [a, b] : Object.keys(rbms);
  const width = names.reduce(
    (sum, name) => sum + (raw ? branchOf(plan, name).visible : rbmConfig(plan.experiment, name).hidden),
    0,
  );
  const of = raw ? 'raw' : names.length > 2 ? 'of stacked RBMs' : 'of RBMs';
  return ccaStage.spec(
    {
      corpus: plan.training,
      modalities: [a, b],
      config: { dimensions: cca.dimensions, ridge: cca.ridge },
      unimodal: features.unimodal,
    },
    {
      label: `cca ${of} (${cca.dimensions})${raw ? '' : plan.seedLabel}`,
      inputs: { ...plan.unlabelled([a, b]), ...rbms },
      cost: (width * width * plan.rowsHaving([a, b])) / BILLION,
    },
  );
}

/** Canonical variates of what `lower` makes of the inputs. */
export function variatesExtractor(
  { artifacts, modalities, weighting }: LoadedPieces,
  lower: FeatureExtractor,
): FeatureExtractor {
  const [a = '', b = ''] = modalities.map(({ modality }) => modality);
  return ccaExtractor(ccaOf(inputOf(artifacts, 'cca')), { [a]: 'x', [b]: 'y' }, lower, weighting);
}

/**
 * More variates asked for than there can be.
 *
 * @param layers RBMs whose hidden units are correlated, of a modality; none for the inputs themselves
 */
export function* variateFindings(
  { experiment, corpus, setting }: AskedOf,
  layers?: (modality: string) => readonly string[],
): Iterable<ArchitectureFinding> {
  const { featureLearning: learnt } = setting;
  if (corpus.kind === 'clips' || learnt.length !== 2) return;
  const widths = learnt.map((name) =>
    layers
      ? layers(name).reduce((sum, layer) => sum + rbmConfig(experiment, layer).hidden, 0)
      : (corpus.dimensions[name] ?? 0),
  );
  const most = Math.min(...widths);
  if (experiment.cca.dimensions <= most) return;
  yield {
    path: 'cca.dimensions',
    message: `at most ${most} pairs of canonical variates exist here, but ${experiment.cca.dimensions} are requested`,
  };
}
