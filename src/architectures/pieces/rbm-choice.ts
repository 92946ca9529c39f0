import type { ClassifierConfig, EvaluationConfig, FeaturesConfig } from '../../config/index.js';
import type { ChosenC } from '../../evaluation/cross-validation.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import type { LabelledData } from '../../pipeline/data/parameters.js';
import { trainingPart } from '../../pipeline/data/rows.js';
import { defineStage } from '../../pipeline/graph/define-stage.js';
import { inputOf } from '../../pipeline/graph/roles.js';
import type { Artifact } from '../../pipeline/graph/stage.js';
import { crossValidatedC } from '../../pipeline/readouts/classifier.js';
import { featuresOf, labelledOf } from '../../pipeline/readouts/features.js';
import { rbmOf } from './artifacts.js';

/**
 * Parameters of an `rbm-choice` stage: of RBMs of one modality that differ in their sparsity target, the one whose
 * features classify the labelled training examples best in cross-validation (paper, section 2.1). Inputs: the
 * candidates `candidate_0` …, and the frames of the training part where there are clips.
 */
export interface RbmChoiceParameters {
  readonly corpus: LabelledData;
  readonly modality: string;
  readonly targets: readonly number[];
  readonly unimodal: FeaturesConfig['unimodal'];
  readonly pooling: EvaluationConfig['pooling'];
  readonly classifier: ClassifierConfig;
  readonly seed: number;
}

/** Takes, of RBMs that differ in their sparsity target, the best for classifying the training part. */
export const rbmChoiceStage = defineStage<RbmChoiceParameters>({
  kind: 'rbm-choice',
  version: 1,
  async run({ corpus, modality, targets, unimodal, pooling, classifier, seed }, context) {
    const part = await trainingPart(corpus, context, [modality]);
    let best: { readonly artifact: Artifact; readonly target: number; readonly accuracy: number } | undefined;
    const tried: { readonly target: number; readonly accuracy: number; readonly c: number }[] = [];
    for (const [index, target] of targets.entries()) {
      const artifact = inputOf(context.inputs, `candidate_${index}`);
      const rbm = rbmOf(artifact);
      const extract = rbmExtractor(new Map([[modality, rbm]]), unimodal);
      const examples = labelledOf(featuresOf(part, [modality], extract, pooling), part);
      rbm.dispose();
      const classes = 1 + examples.labels.reduce((most, label) => Math.max(most, label), 0);
      const { c, scores } = crossValidatedC(examples, classifier, { classes, seed });
      const accuracy = bestOf(scores);
      tried.push({ target, accuracy, c });
      // On a tie the earlier target stays.
      if (!best || accuracy > best.accuracy) best = { artifact, target, accuracy };
      const note = `rho ${target}: ${accuracy.toFixed(2)} % in cross-validation`;
      context.progress({ done: index + 1, total: targets.length, unit: 'RBMs', note });
    }
    if (!best) throw new Error('an rbm-choice has at least one candidate');
    const { tensors, json } = best.artifact;
    return { tensors, json: { ...(json as object), target: best.target, tried } };
  },
});

const bestOf = (scores: ChosenC['scores']): number => Math.max(...scores.map(({ accuracy }) => accuracy));
