import { nameWithin } from '../../evaluation/settings.js';
import type { SettingDemand } from '../architecture.js';

/*
 * What architectures ask of the modalities that a setting shows. All that is shown has been learnt from: settings see to it.
 */

type Shown = SettingDemand['setting'];

/** Of architectures that learn from each modality by itself: features stand side by side. */
export function learnsNothingShared({ setting }: SettingDemand): string | undefined {
  const { name, featureLearning, supervisedTraining, testing } = setting;
  const misfit = sideBySideMisfit(setting);
  if (misfit !== undefined) return misfit;
  const unused = outside(featureLearning, supervisedTraining);
  if (unused.length === 0) return undefined;
  const same = nameWithin(supervisedTraining, testing);
  return `it learns nothing from ${unused.join(', ')}, so '${name}' would repeat '${same}'`;
}

/** Why features that stand side by side, some of each modality, do not fit the classifier; undefined when they do. */
function sideBySideMisfit({ supervisedTraining, testing }: Shown): string | undefined {
  const [unseen, missing] = [outside(testing, supervisedTraining), outside(supervisedTraining, testing)];
  if (unseen.length === 0 && missing.length === 0) return undefined;
  if (unseen.length === 0) {
    return 'it has fewer features for one modality than the classifier is trained on';
  }
  if (unseen.length === testing.length) return 'its features of different modalities do not share a space';
  return `the classifier is not trained on its features of ${unseen.join(', ')}`;
}

/** Of architectures that encode one modality, learning from several. */
export function encodesOneOnly({ architecture, setting, beside }: SettingDemand): string | undefined {
  const { featureLearning, supervisedTraining, testing } = setting;
  if (featureLearning.length === 1) {
    return "it learns from both modalities, which 'classic' excludes (use cross-modality, or the rbm)";
  }
  const [own = ''] = architecture.encodes;
  if (!featureLearning.includes(own)) return `it encodes only ${own}, which the setting does not learn from`;
  const missing = [...supervisedTraining, ...testing].find(
    (modality) => modality !== own && !beside.includes(modality),
  );
  if (missing !== undefined) return `it encodes only ${own}, and the setting shows it ${missing}`;
  return supervisedTraining.includes(own) && testing.includes(own)
    ? undefined
    : `it encodes only ${own}, which the setting does not show it`;
}

/** Of architectures that learn from several modalities together; any of them may be absent later. */
export const excludesClassic = ({ setting }: SettingDemand): string | undefined =>
  setting.featureLearning.length === 1
    ? "it learns from both modalities, which 'classic' excludes (use fusion, cross-modality or shared)"
    : undefined;

/** Of canonical correlations, which are of two modalities: the variates of both have a space in common, and stand side by side. */
export function correlatesTwo(demand: SettingDemand): string | undefined {
  const { featureLearning, supervisedTraining, testing } = demand.setting;
  if (featureLearning.length > 2) {
    return `CCA needs two modalities, but the setting learns from ${featureLearning.join(', ')}`;
  }
  if (supervisedTraining.length > testing.length) {
    return 'it has fewer features for one modality than the classifier is trained on';
  }
  if (supervisedTraining.length < testing.length) {
    return 'it has more features for both modalities than the classifier is trained on';
  }
  return excludesClassic(demand);
}

/** Of networks that learn from labels and nothing else. */
export function learnsWhatItIsShown({ setting }: SettingDemand): string | undefined {
  const { name, featureLearning, supervisedTraining, testing } = setting;
  const unknown = outside(testing, supervisedTraining);
  if (unknown.length > 0) {
    return `it is trained on ${supervisedTraining.join(', ')} only and cannot use ${unknown.join(', ')}`;
  }
  if (outside(featureLearning, supervisedTraining).length === 0) return undefined;
  const same = nameWithin(supervisedTraining, testing);
  return `it learns from what it is trained on, so '${name}' would repeat '${same}'`;
}

/** Those of a list that are not in another. */
const outside = (list: readonly string[], other: readonly string[]): readonly string[] =>
  list.filter((one) => !other.includes(one));
