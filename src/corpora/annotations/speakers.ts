import { type FoundFile, stemOf } from '../directory.js';

/** What speakers are told by and which part they are in is a guess from names, which a user corrects in the manifest. */
interface Spoken {
  readonly recording: FoundFile;
  /** As the annotations say. */
  readonly said: string | null;
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** Speakers of stretches of recordings, and what they are taken from. */
export function speakersOf(clips: readonly Spoken[]): {
  readonly speakers: readonly string[];
  readonly from: 'annotations' | 'folders' | 'names';
} {
  if (clips.every(({ said }) => said !== null)) {
    return { speakers: clips.map(({ said }) => said ?? ''), from: 'annotations' };
  }
  const folders = clips.map(({ recording }) => recording.parts.at(-2) ?? '');
  if (new Set(folders).size > 1 && !folders.includes('')) return { speakers: folders, from: 'folders' };
  const stems = clips.map(({ recording }) => stemOf(recording.name));
  const speakers = stems.map((stem) => /^(.+?)[ _-]/.exec(stem)?.[1] ?? stem);
  return { speakers, from: 'names' };
}

/** What the training and the test part keep apart. */
export type PartsBy = 'speaker' | 'repetition' | 'recording';

/**
 * Which clips are tested: those of every third speaker, of two the second; of a single speaker every third repetition, or
 * recording where repetitions are not counted.
 *
 * @param asked what the parts keep apart, in place of that
 * @returns a part for each clip, and what the parts are made of
 */
export function partsOf(
  clips: readonly {
    readonly speaker: string;
    readonly recording: string;
    readonly repetition?: number | undefined;
  }[],
  asked?: PartsBy,
): {
  readonly parts: readonly ('train' | 'test')[];
  readonly by: PartsBy;
} {
  const countOf = (by: PartsBy): number => new Set(clips.map((clip) => clip[by])).size;
  const by =
    asked ?? (['speaker', 'repetition'] as const).find((one) => countOf(one) > 1) ?? ('recording' as const);
  const keyOf = (clip: (typeof clips)[number]): string => String(clip[by] ?? '');
  const units = [...new Set(clips.map(keyOf))].sort(byName);
  const tested = new Set(units.filter((_, index) => index % 3 === 2 || (units.length === 2 && index === 1)));
  return { parts: clips.map((clip) => (tested.has(keyOf(clip)) ? 'test' : 'train')), by };
}
