/**
 * A learning setting (paper, figure 1), as data: which modalities are seen while features are learnt, while the
 * classifier is trained and while it is tested.
 */
export interface Setting {
  readonly name: string;
  readonly family: SettingFamily;
  readonly featureLearning: readonly string[];
  readonly supervisedTraining: readonly string[];
  readonly testing: readonly string[];
}

/** The paper's four, and `absent`: modalities that were there in training and are not in testing. */
export type SettingFamily = 'classic' | 'fusion' | 'cross-modality' | 'shared' | 'absent';

/**
 * The settings of a corpus, named after its modalities: `shared-audio-to-video` … Of two modalities they are the paper's
 * seven and, last, `fusion-to-audio` and `fusion-to-video`.
 *
 * @param modalities names, in the corpus's order; at least one
 */
export function settingsOf(modalities: readonly string[]): readonly Setting[] {
  const setting = (
    name: string,
    family: SettingFamily,
    supervisedTraining: readonly string[],
    testing = supervisedTraining,
  ): Setting => ({
    name,
    family,
    featureLearning: family === 'classic' ? supervisedTraining : modalities,
    supervisedTraining,
    testing,
  });
  const classic = modalities.map((one) => setting(`classic-${one}`, 'classic', [one]));
  if (modalities.length === 1) return classic;
  const pairs = modalities.flatMap((from) =>
    modalities.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return [
    ...classic,
    setting('fusion', 'fusion', modalities),
    ...modalities.map((one) => setting(`cross-modality-${one}`, 'cross-modality', [one])),
    ...pairs.map(([from, to]) => setting(`shared-${from}-to-${to}`, 'shared', [from], [to])),
    ...modalities.map((one) => setting(`fusion-to-${one}`, 'absent', modalities, [one])),
  ];
}

/**
 * A modality that the classifier is to see and a corpus does not have; undefined where it has all. What features are
 * learnt from is not asked: other corpora can lend it.
 *
 * @param has modalities of the corpus
 */
export function unseenIn(
  has: readonly string[],
  { supervisedTraining, testing }: Setting,
): string | undefined {
  return [...supervisedTraining, ...testing].find((name) => !has.includes(name));
}
