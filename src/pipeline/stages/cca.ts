import type { MatrixSource } from '../../matrix.js';
import { fitCca } from '../../models/cca.js';
import { rbmExtractor, stackedExtractor } from '../../models/feature-extractors.js';
import type { Rbm } from '../../models/rbm.js';
import { aboveOf } from '../graph/roles.js';
import type { StageContext, StageImplementation } from '../graph/stage.js';
import { ccaArtifact, inputOf, rbmOf } from './artifacts.js';
import { type Rows, sourceOfRows, unlabelledRows } from './data.js';
import { stacksOf } from './extractor.js';
import type { CcaStageParameters } from './parameters.js';

/** Ridge CCA between the two modalities of the training part, raw or through their RBMs. No labels. */
export const ccaStage: StageImplementation = {
  kind: 'cca',
  version: 1,
  async run(context) {
    const { corpus, modalities, config } = context.parameters as unknown as CcaStageParameters;
    const [x, y] = modalities;
    const rows = await unlabelledRows(corpus, modalities, context);
    const views = { x: viewOf(x, rows[x] as Rows, context), y: viewOf(y, rows[y] as Rows, context) };
    const model = fitCca(views.x.source, views.y.source, config);
    views.x.dispose();
    views.y.dispose();
    return ccaArtifact(model);
  },
};

interface View {
  readonly source: MatrixSource;
  dispose(): void;
}

/** Posteriors are computed as they are read: at 60,000 x 2,000 they would be half a gigabyte a modality. */
function viewOf(modality: string, rows: Rows, context: StageContext): View {
  const { unimodal } = context.parameters as unknown as CcaStageParameters;
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
