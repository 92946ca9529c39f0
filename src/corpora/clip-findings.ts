import { type ClipEntry, clipName, type TrackSource } from './clip.js';
import { type Finding, finding, findingAbout, plural } from './finding.js';
import { emptyParts, listedTwice, lopsidedClasses, type Parts, unlabelled } from './part-findings.js';
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
  const parts: Parts<ClipEntry> = { train, test, noun: 'clip', nameOf: clipName };
  return [
    ...emptyParts(parts, facts.tests),
    ...repeated(train, test, facts),
    ...listedTwice(parts, keyOfClip),
    ...lopsidedClasses(parts),
    ...unlabelled(parts),
    ...(facts.modalities.length > 1 ? oneModality(clips) : []),
  ];
}

type Clips = readonly ClipEntry[];

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
        'the published split contains them, so they are kept; tables count them in a note',
      )
    : findingAbout(
        examples,
        'error',
        what,
        'memorised recordings would count as recognised: put each recording in one part only',
      );
}

/** What a clip is read from; generated clips are read from nothing. */
function keyOfClip({ sources }: ClipEntry): string | undefined {
  const keyOf = (source: TrackSource | null): unknown =>
    source && [source.files, source.from ?? 0, source.to];
  return sources && JSON.stringify([keyOf(sources.sound), keyOf(sources.pictures)]);
}

function oneModality(clips: Clips): readonly Finding[] {
  const lacking = (track: 'sound' | 'pictures'): readonly string[] =>
    clips.filter(({ sources }) => sources?.[track] === null).map(clipName);
  return (['sound', 'pictures'] as const).flatMap((track) => {
    const without = lacking(track);
    if (without.length === clips.length) {
      return [finding('note', `no clip has ${track}`, `experiments that need ${track} cannot use this copy`)];
    }
    return findingAbout(
      without,
      'note',
      (count) => `${plural(count, 'clip')} without ${track}`,
      `they are left out of experiments that need ${track}, and counted`,
    );
  });
}
