import type { ClassifierConfig } from '../../config/index.js';
import { type ChosenC, chooseC } from '../../evaluation/cross-validation.js';
import { fitLinearSvm, type LinearSvm } from '../../evaluation/svm/index.js';
import type { Labelled } from './features.js';

/** The best of the config's values of C in cross-validation over the examples, which must be of the training part. */
export function crossValidatedC(
  { features, labels, groups }: Labelled,
  classifier: ClassifierConfig,
  {
    classes,
    seed,
    onProgress,
  }: {
    readonly classes: number;
    readonly seed: number;
    /** Told how many fits are done, of how many. */
    readonly onProgress?: (done: number, total: number) => void;
  },
): ChosenC {
  return chooseC(features, labels, [classifier.c].flat(), {
    classes,
    folds: classifier.cv_folds,
    seed,
    tolerance: classifier.tolerance,
    bias: classifier.bias,
    ...(classifier.cv_examples === 'all' ? {} : { examples: classifier.cv_examples }),
    ...(groups ? { groups } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
}

/** The classifier of a config at one value of C. */
export function fitClassifier(
  { features, labels }: Labelled,
  { tolerance, bias }: ClassifierConfig,
  { c, classes }: { readonly c: number; readonly classes: number },
): LinearSvm {
  return fitLinearSvm(features, labels, { c, classes, tolerance, bias });
}
