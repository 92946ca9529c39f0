/**
 * A learning setting (paper, figure 1), as data: which modalities are seen while features are learnt, while the
 * classifier is trained and while it is tested. Each list is in the corpus's order, and no modality is shown that
 * features are not learnt from.
 */
export interface Setting {
  readonly name: string;
  /** False of a map that is none of {@link settingsOf}: its name is derived from its lists and says nothing more. */
  readonly isNamed: boolean;
  readonly featureLearning: readonly string[];
  readonly supervisedTraining: readonly string[];
  readonly testing: readonly string[];
}

/** A setting as a config writes it where it does not name one: lists of modalities, each in any order. */
export interface SettingLists {
  /** Seen while features are learnt; what `train` and `test` show when absent. */
  readonly learn?: readonly string[] | undefined;
  /** Seen while the classifier is trained. */
  readonly train: readonly string[];
  /** Seen while it is tested; as in `train` when absent. */
  readonly test?: readonly string[] | undefined;
}

/**
 * The named settings of a corpus, named after its modalities: `shared-audio-to-video` … Of two modalities they are the
 * paper's seven and, last, `fusion-to-audio` and `fusion-to-video`.
 *
 * @param modalities names, in the corpus's order; at least one
 */
export function settingsOf(modalities: readonly string[]): readonly Setting[] {
  const setting = (
    name: string,
    featureLearning: readonly string[],
    supervisedTraining: readonly string[],
    testing = supervisedTraining,
  ): Setting => ({ name, isNamed: true, featureLearning, supervisedTraining, testing });
  const classic = modalities.map((one) => setting(classicName(one), [one], [one]));
  if (modalities.length === 1) return classic;
  const pairs = modalities.flatMap((from) =>
    modalities.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return [
    ...classic,
    setting('fusion', modalities, modalities),
    ...modalities.map((one) => setting(`cross-modality-${one}`, modalities, [one])),
    ...pairs.map(([from, to]) => setting(`shared-${from}-to-${to}`, modalities, [from], [to])),
    ...modalities.map((one) => setting(`fusion-to-${one}`, modalities, modalities, [one])),
  ];
}

/**
 * The setting that lists of modalities ask for: the named one that has the same lists, or one of a derived name.
 *
 * @param lists of modalities of the corpus, each without repeats
 * @param modalities in the corpus's order
 */
export function settingOfLists(lists: SettingLists, modalities: readonly string[]): Setting {
  const seen = completed(lists);
  const inOrder = (list: readonly string[]): readonly string[] =>
    modalities.filter((modality) => list.includes(modality));
  const ordered = { learn: inOrder(seen.learn), train: inOrder(seen.train), test: inOrder(seen.test) };
  const named = settingsOf(modalities).find(
    (one) =>
      isEqual(one.featureLearning, ordered.learn) &&
      isEqual(one.supervisedTraining, ordered.train) &&
      isEqual(one.testing, ordered.test),
  );
  return (
    named ?? {
      name: derivedName(ordered),
      isNamed: false,
      featureLearning: ordered.learn,
      supervisedTraining: ordered.train,
      testing: ordered.test,
    }
  );
}

/** The lists with those that are absent filled in. */
export function completed({ learn, train, test = train }: SettingLists): Seen {
  return { learn: learn ?? [...new Set([...train, ...test])], train, test };
}

interface Seen {
  readonly learn: readonly string[];
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/**
 * The name of a setting that learns from what it is trained on and nothing else.
 *
 * @param train not all modalities of the corpus
 */
export function nameWithin(train: readonly string[], test: readonly string[]): string {
  const [only, second] = train;
  if (only !== undefined && second === undefined && isEqual(train, test)) return classicName(only);
  return derivedName({ learn: train, train, test });
}

/**
 * The name of a setting as a record has it: one of {@link settingsOf}, or lists.
 *
 * @param modalities of its corpus, in order; none where the corpus is not known, and lists stay as they are written
 */
export function nameOfRecorded(setting: string | SettingLists, modalities: readonly string[]): string {
  if (typeof setting === 'string') return setting;
  const seen = completed(setting);
  const isKnown = [seen.learn, seen.train, seen.test].flat().every((one) => modalities.includes(one));
  return isKnown ? settingOfLists(setting, modalities).name : derivedName(seen);
}

const classicName = (modality: string): string => `classic-${modality}`;

const derivedName = ({ learn, train, test }: Seen): string =>
  `learn ${learn.join('+')}, train ${train.join('+')}, test ${test.join('+')}`;

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

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
