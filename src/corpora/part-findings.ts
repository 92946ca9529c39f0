import { type Finding, finding, findingAbout, plural } from './finding.js';

/** A clip or an example, as far as the split and the labels go. */
interface Placed {
  readonly part: 'train' | 'test';
  readonly label: string | null;
}

/** The two parts of a copy, and what one of it is called. */
export interface Parts<Item extends Placed> {
  readonly train: readonly Item[];
  readonly test: readonly Item[];
  /** `clip`, `example`. */
  readonly noun: string;
  /** Name of one, for people. */
  nameOf(item: Item): string;
}

/** @param tests false where there is no test part by design */
export function emptyParts<Item extends Placed>(
  { train, test, noun }: Parts<Item>,
  tests = true,
): readonly Finding[] {
  if (train.length === 0) {
    return [finding('error', `there is no training ${noun}`, 'this copy cannot be used for training')];
  }
  if (test.length > 0 || !tests) return [];
  return [
    finding(
      'warning',
      `there is no test ${noun}`,
      'features can be learnt from this copy, but it cannot be evaluated',
    ),
  ];
}

/** Classes that one part has and the other has not. */
export function lopsidedClasses<Item extends Placed>({ train, test, noun }: Parts<Item>): readonly Finding[] {
  const classesOf = (items: readonly Item[]): ReadonlySet<string> =>
    new Set(items.flatMap(({ label }) => label ?? []));
  const [trained, tested] = [classesOf(train), classesOf(test)];
  if (trained.size === 1) {
    const matters = 'features can be learnt from this copy, but a classifier needs at least two classes';
    return [finding('warning', `all labelled training ${noun}s have the same class`, matters, [...trained])];
  }
  if (trained.size === 0 || tested.size === 0) return [];
  const without = (a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] =>
    [...a].filter((name) => !b.has(name)).sort();
  return [
    ...findingAbout(
      without(tested, trained),
      'warning',
      (count) =>
        `${plural(count, 'class', 'es')} ${count === 1 ? 'is' : 'are'} in the test part but not in the training part`,
      `every test ${noun} of these classes is classified wrongly`,
    ),
    ...findingAbout(
      without(trained, tested),
      'note',
      (count) =>
        `${plural(count, 'class', 'es')} ${count === 1 ? 'is' : 'are'} in the training part but not in the test part`,
      'the accuracy says nothing about these classes',
    ),
  ];
}

/** A corpus without any label serves feature learning only, and says so elsewhere. */
export function unlabelled<Item extends Placed>({
  train,
  test,
  noun,
  nameOf,
}: Parts<Item>): readonly Finding[] {
  const without = (items: readonly Item[]): readonly string[] =>
    items.filter((one) => one.label === null).map(nameOf);
  if (without(train).length === train.length && without(test).length === test.length) return [];
  return [
    ...findingAbout(
      without(train),
      'note',
      (count) => `${plural(count, `training ${noun}`)} without a label`,
      'features are learnt from them; the classifier does not see them',
    ),
    ...findingAbout(
      without(test),
      'note',
      (count) => `${plural(count, `test ${noun}`)} without a label`,
      'they are left out of the accuracy; their predictions are counted',
    ),
  ];
}

/** Items of one part that are read from the same as one before them. @param keyOf undefined where it is read from nothing */
export function listedTwice<Item extends Placed>(
  { train, test, noun, nameOf }: Parts<Item>,
  keyOf: (item: Item) => string | undefined,
): readonly Finding[] {
  const repeated = [train, test].flatMap((items) => {
    const first = new Map<string, Item>();
    return items.flatMap((item) => {
      const key = keyOf(item);
      if (key === undefined) return [];
      const known = first.get(key);
      if (known === undefined) {
        first.set(key, item);
        return [];
      }
      const otherwise = known.label === item.label ? '' : `, which has the label '${known.label ?? ''}'`;
      return [`${nameOf(item)} is ${nameOf(known)}${otherwise}`];
    });
  });
  return findingAbout(
    repeated,
    'warning',
    (count) => `${plural(count, noun)} ${count === 1 ? 'is' : 'are'} listed twice in one part`,
    'they count twice in training or in the accuracy',
  );
}
