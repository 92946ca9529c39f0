import { type ClipEntry, clipName, type TrackSource } from './clip.js';
import { type Finding, finding, findingAbout, plural } from './finding.js';
import { repeatedClips } from './repeats.js';

/** What the findings depend on beside the clips. */
interface CorpusFacts {
  readonly modalities: readonly string[];
  readonly publishedSplit: boolean;
  /** False where the corpus has no test part by design. */
  readonly tests?: boolean;
}

/** What is odd about the clips of a copy taken together, and what makes numbers from them untrue. */
export function clipFindings(clips: readonly ClipEntry[], facts: CorpusFacts): readonly Finding[] {
  const [train, test] = (['train', 'test'] as const).map((part) => clips.filter((one) => one.part === part));
  if (!train || !test || clips.length === 0) return [];
  return [
    ...emptyParts(train, test, facts),
    ...repeated(train, test, facts),
    ...listedTwice(clips),
    ...lopsidedClasses(train, test),
    ...unlabelled(train, test),
    ...(facts.modalities.length > 1 ? oneModality(clips) : []),
  ];
}

type Clips = readonly ClipEntry[];

function emptyParts(train: Clips, test: Clips, { tests = true }: CorpusFacts): readonly Finding[] {
  if (train.length === 0) {
    return [finding('error', 'there is no training clip', 'nothing can be learnt from this copy')];
  }
  if (test.length > 0 || !tests) return [];
  return [
    finding(
      'warning',
      'there is no test clip',
      'features can be learnt from this copy; it cannot be evaluated',
    ),
  ];
}

function repeated(train: Clips, test: Clips, { publishedSplit }: CorpusFacts): readonly Finding[] {
  const examples = repeatedClips(test, train).map(
    (one) => `${clipName(one.test)} is ${clipName(one.training)}`,
  );
  const what = (count: number): string =>
    `${count} of ${plural(test.length, 'test clip')} ${count === 1 ? 'is a training clip' : 'are training clips'} too`;
  return publishedSplit
    ? findingAbout(
        examples,
        'warning',
        what,
        'the split is as published, so they stay; tables count them in a note',
      )
    : findingAbout(
        examples,
        'error',
        what,
        'what was learnt by heart would count as recognised: each recording belongs to one part',
      );
}

function listedTwice(clips: Clips): readonly Finding[] {
  const first = new Map<string, ClipEntry>();
  const examples = clips.flatMap((clip) => {
    if (clip.sources === undefined) return [];
    const { sound, pictures } = clip.sources;
    const key = JSON.stringify([clip.part, keyOf(sound), keyOf(pictures)]);
    const known = first.get(key);
    if (known === undefined) {
      first.set(key, clip);
      return [];
    }
    const otherwise = known.label === clip.label ? '' : `, there labelled '${known.label ?? ''}'`;
    return [`${clipName(clip)} is ${clipName(known)}${otherwise}`];
  });
  return findingAbout(
    examples,
    'warning',
    (count) => `${plural(count, 'clip')} ${count === 1 ? 'is' : 'are'} listed twice in one part`,
    'they count twice in what is learnt, or in the accuracy',
  );
}

const keyOf = (source: TrackSource | null): unknown => source && [source.files, source.from ?? 0, source.to];

function lopsidedClasses(train: Clips, test: Clips): readonly Finding[] {
  const classesOf = (clips: Clips): ReadonlySet<string> => new Set(clips.flatMap(({ label }) => label ?? []));
  const [trained, tested] = [classesOf(train), classesOf(test)];
  if (trained.size === 1) {
    const matters = 'features can be learnt from this copy; there is nothing to tell apart';
    return [finding('warning', 'all labelled training clips are of one class', matters, [...trained])];
  }
  if (trained.size === 0 || tested.size === 0) return [];
  const without = (a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] =>
    [...a].filter((name) => !b.has(name)).sort();
  return [
    ...findingAbout(
      without(tested, trained),
      'warning',
      (count) => `${plural(count, 'class', 'es')} ${count === 1 ? 'is' : 'are'} tested and never trained`,
      'each test clip of them is answered wrongly',
    ),
    ...findingAbout(
      without(trained, tested),
      'note',
      (count) => `${plural(count, 'class', 'es')} ${count === 1 ? 'is' : 'are'} trained and never tested`,
      'the accuracy says nothing of them',
    ),
  ];
}

/** A corpus without any label serves feature learning only, and says so elsewhere. */
function unlabelled(train: Clips, test: Clips): readonly Finding[] {
  const without = (clips: Clips): readonly string[] =>
    clips.filter((one) => one.label === null).map(clipName);
  if (without(train).length === train.length && without(test).length === test.length) return [];
  return [
    ...findingAbout(
      without(train),
      'note',
      (count) => `${plural(count, 'training clip')} without a label`,
      'features are learnt from them; the classifier does not see them',
    ),
    ...findingAbout(
      without(test),
      'note',
      (count) => `${plural(count, 'test clip')} without a label`,
      'they are left out of the accuracy; what they are taken for is counted',
    ),
  ];
}

function oneModality(clips: Clips): readonly Finding[] {
  const lacking = (track: 'sound' | 'pictures'): readonly string[] =>
    clips.filter(({ sources }) => sources?.[track] === null).map(clipName);
  return (['sound', 'pictures'] as const).flatMap((track) =>
    findingAbout(
      lacking(track),
      'note',
      (count) => `${plural(count, 'clip')} without ${track}`,
      `where ${track} ${track === 'sound' ? 'is' : 'are'} needed, they are left out and counted`,
    ),
  );
}
