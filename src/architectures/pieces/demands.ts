import type { SettingDemand } from '../architecture.js';

/** Where features of the modalities stand side by side, one without the others fits no classifier of all. */
const featuresSideBySide = 'its features of one modality are fewer than those the classifier is trained on';

/** Of architectures that learn from each modality by itself. */
export function learnsNothingShared({ setting }: SettingDemand): string | undefined {
  const { name, family, supervisedTraining, testing } = setting;
  if (family === 'cross-modality') {
    const [shown = ''] = [...supervisedTraining, ...testing];
    return `it learns nothing from the other modality, so '${name}' would repeat 'classic-${shown}'`;
  }
  if (family === 'shared') return 'its features of the two modalities have no space in common';
  if (family === 'absent') return featuresSideBySide;
  return undefined;
}

/** Of architectures that encode one modality, learning from all. */
export function encodesOneOnly({ architecture, setting, beside }: SettingDemand): string | undefined {
  if (setting.family === 'classic') {
    return "it learns from both modalities, which 'classic' excludes (use cross-modality, or the rbm)";
  }
  const missing = [...setting.supervisedTraining, ...setting.testing].find(
    (modality) => !architecture.encodes.includes(modality) && !beside.includes(modality),
  );
  return missing === undefined
    ? undefined
    : `it encodes only ${architecture.encodes[0]}, and the setting shows it ${missing}`;
}

/** Of architectures that learn from all modalities. */
export const excludesClassic = ({ setting }: SettingDemand): string | undefined =>
  setting.family === 'classic'
    ? "it learns from both modalities, which 'classic' excludes (use fusion, cross-modality or shared)"
    : undefined;

/** As {@link excludesClassic}, with features of the modalities side by side. */
export const excludesClassicAndAbsent = (demand: SettingDemand): string | undefined =>
  demand.setting.family === 'absent' ? featuresSideBySide : excludesClassic(demand);
