import type { ChosenC } from '../../evaluation/cross-validation.js';
import type { Json } from '../../json.js';
import { rbmExtractor } from '../../models/feature-extractors.js';
import type { Artifact, StageImplementation } from '../graph/stage.js';
import { inputOf, rbmOf } from './artifacts.js';
import { crossValidatedC } from './classifier.js';
import { trainingPart } from './data.js';
import { featuresOf, labelledOf } from './features.js';
import type { RbmChoiceParameters } from './parameters.js';

/** Takes, of RBMs that differ in their sparsity target, the best for classifying the training part. */
export const rbmChoiceStage: StageImplementation = {
  kind: 'rbm-choice',
  version: 1,
  async run(context) {
    const { corpus, modality, targets, unimodal, pooling, classifier, seed } =
      context.parameters as unknown as RbmChoiceParameters;
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
      context.progress({ done: index + 1, total: targets.length, note });
    }
    if (!best) throw new Error('an rbm-choice has at least one candidate');
    const { tensors, json } = best.artifact;
    return { tensors, json: { ...(json as Record<string, Json>), target: best.target, tried } as Json };
  },
};

const bestOf = (scores: ChosenC['scores']): number => Math.max(...scores.map(({ accuracy }) => accuracy));
