/**
 * The learning settings of the paper (Fig. 1), as data: which modalities are seen while features are learnt,
 * while the classifier is trained and while it is tested. `A` and `B` stand for the two modalities of a corpus.
 */
export interface Setting {
  readonly name: string;
  readonly family: SettingFamily;
  readonly featureLearning: readonly string[];
  readonly supervisedTraining: readonly string[];
  readonly testing: readonly string[];
}

export type SettingFamily = 'classic' | 'fusion' | 'cross-modality' | 'shared';

type Role = 'A' | 'B';

const table: readonly {
  readonly family: SettingFamily;
  readonly name: string;
  readonly featureLearning: readonly Role[];
  readonly supervisedTraining: readonly Role[];
  readonly testing: readonly Role[];
}[] = [
  { family: 'classic', name: 'classic-A', featureLearning: ['A'], supervisedTraining: ['A'], testing: ['A'] },
  { family: 'classic', name: 'classic-B', featureLearning: ['B'], supervisedTraining: ['B'], testing: ['B'] },
  {
    family: 'fusion',
    name: 'fusion',
    featureLearning: ['A', 'B'],
    supervisedTraining: ['A', 'B'],
    testing: ['A', 'B'],
  },
  {
    family: 'cross-modality',
    name: 'cross-modality-A',
    featureLearning: ['A', 'B'],
    supervisedTraining: ['A'],
    testing: ['A'],
  },
  {
    family: 'cross-modality',
    name: 'cross-modality-B',
    featureLearning: ['A', 'B'],
    supervisedTraining: ['B'],
    testing: ['B'],
  },
  {
    family: 'shared',
    name: 'shared-A-to-B',
    featureLearning: ['A', 'B'],
    supervisedTraining: ['A'],
    testing: ['B'],
  },
  {
    family: 'shared',
    name: 'shared-B-to-A',
    featureLearning: ['A', 'B'],
    supervisedTraining: ['B'],
    testing: ['A'],
  },
];

/** The seven settings of a corpus with modalities `[a, b]`, named after them: `shared-audio-to-video` … */
export function settingsOf([a, b]: readonly [string, string]): readonly Setting[] {
  const modality = (role: Role): string => (role === 'A' ? a : b);
  return table.map((row) => ({
    name: row.name.replace(/\b[AB]\b/g, (role) => modality(role as Role)),
    family: row.family,
    featureLearning: row.featureLearning.map(modality),
    supervisedTraining: row.supervisedTraining.map(modality),
    testing: row.testing.map(modality),
  }));
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
