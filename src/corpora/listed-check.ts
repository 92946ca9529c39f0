import { MmxError } from '../errors.js';
import { breakdownOfExamples } from './breakdown.js';
import type { ListedCorpus, ListedExample } from './corpus.js';
import { type Finding, finding, findingAbout, plural } from './finding.js';
import type { Listing } from './listed.js';
import { emptyParts, listedTwice, lopsidedClasses, type Parts, unlabelled } from './part-findings.js';
import type { CorpusCheck } from './recordings.js';

/** What a look over a listed corpus must know of it. */
type Looked = Pick<ListedCorpus, 'name' | 'inputs' | 'publishedSplit'>;

/**
 * The outcome of `mmx data check` on a listed corpus: every example is read.
 *
 * @param list what it is a look over; throws MmxError where the copy cannot be read at all
 */
export function checkedListing(corpus: Looked, list: () => Listing, directory: string): CorpusCheck {
  const { name } = corpus;
  try {
    const { examples, counts, findings } = list();
    const all = [...findings, ...aboutExamples(corpus, examples)];
    const usable = examples.length > 0 && all.every(({ severity }) => severity !== 'error');
    const breakdown = breakdownOfExamples(examples);
    return { corpus: name, directory, usable, counts, breakdown, findings: all };
  } catch (error) {
    if (!(error instanceof MmxError)) throw error;
    const findings = [finding('error', error.message, error.hint ?? 'nothing can be read from this copy')];
    const breakdown = breakdownOfExamples([]);
    return { corpus: name, directory, usable: false, counts: [], breakdown, findings };
  }
}

type Examples = readonly ListedExample[];

function aboutExamples(corpus: Looked, examples: Examples): readonly Finding[] {
  if (examples.length === 0) return [];
  const of = (part: ListedExample['part']): Examples => examples.filter((one) => one.part === part);
  const parts: Parts<ListedExample> = {
    train: of('train'),
    test: of('test'),
    noun: 'example',
    nameOf: ({ place }) => place,
  };
  return [
    ...emptyParts(parts),
    ...damaged(corpus, examples),
    ...leaks(corpus, examples),
    ...(corpus.publishedSplit
      ? []
      : [...listedTwice(parts, (one) => keyOfFiles(corpus, one)), ...inBothParts(parts)]),
    ...lopsidedClasses(parts),
    ...unlabelled(parts),
    ...lacking(corpus, examples),
  ];
}

/** Examples that cannot be read. */
function damaged({ inputs }: Looked, examples: Examples): readonly Finding[] {
  const broken: string[] = [];
  for (const { name, kind, options } of inputs) {
    const reader = kind.reader(options);
    for (const { sources, place } of examples) {
      const source = sources[name];
      if (!source) continue;
      try {
        reader.read(source);
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        broken.push(`${place}: ${error.message}`);
      }
    }
  }
  return findingAbout(
    broken,
    'error',
    (count) => `${plural(count, 'example')} cannot be read`,
    'a run stops at such a file: replace these files, or remove them to continue without them',
  );
}

/**
 * Test examples that are read from just the files, and texts, that a training example is read from, where the split is the
 * user's own. Texts alone may repeat: people say the same things.
 */
export function leaks(
  corpus: Pick<Looked, 'publishedSplit' | 'inputs'>,
  examples: Examples,
): readonly Finding[] {
  if (corpus.publishedSplit) return [];
  const keyOf = (one: ListedExample): string | undefined => keyOfFiles(corpus, one);
  const learnt = new Set(examples.filter(({ part }) => part === 'train').map(keyOf));
  learnt.delete(undefined);
  const repeated = examples.filter((one) => one.part === 'test' && learnt.has(keyOf(one)));
  return findingAbout(
    repeated.map(({ place }) => place),
    'error',
    (count) =>
      `${plural(count, 'test example')} ${count === 1 ? 'is a training example' : 'are training examples'} too`,
    'training examples must not be tested: remove them from one part',
  );
}

/** Equal for examples that are read from the same; undefined for those that have texts alone. */
function keyOfFiles({ inputs }: Pick<Looked, 'inputs'>, { sources }: ListedExample): string | undefined {
  return inputs.some(({ name, kind }) => kind.given === 'file' && sources[name])
    ? JSON.stringify(inputs.map(({ name }) => sources[name] ?? null))
    : undefined;
}

function inBothParts({ train, test }: Parts<ListedExample>): readonly Finding[] {
  const groupsOf = (examples: Examples): ReadonlySet<string> =>
    new Set(examples.flatMap(({ group }) => group ?? []));
  const learnt = groupsOf(train);
  return findingAbout(
    [...groupsOf(test)].filter((group) => learnt.has(group)),
    'note',
    (count) => `${plural(count, 'group')} ${count === 1 ? 'is' : 'are'} in both parts`,
    'the accuracy is for groups seen in training, not for new ones',
  );
}

function lacking({ inputs }: Looked, examples: Examples): readonly Finding[] {
  return inputs.flatMap(({ name }) => {
    const without = examples.filter(({ sources }) => !sources[name]);
    if (without.length === examples.length) {
      return [finding('warning', `there is no ${name}`, `settings that show ${name} cannot be used`)];
    }
    return findingAbout(
      without.map(({ place }) => place),
      'warning',
      (count) => `${plural(count, 'example')} without ${name}`,
      `they are left out of experiments that need ${name}, and counted`,
    );
  });
}
