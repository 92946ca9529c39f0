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

/**
 * Which clips are tested: those of every third speaker, of two the second; of a single speaker every third recording.
 *
 * @returns a part for each clip, and what the parts are made of
 */
export function partsOf(clips: readonly { readonly speaker: string; readonly recording: string }[]): {
  readonly parts: readonly ('train' | 'test')[];
  readonly by: 'speaker' | 'recording';
} {
  const by = new Set(clips.map(({ speaker }) => speaker)).size > 1 ? 'speaker' : 'recording';
  const units = [...new Set(clips.map((clip) => clip[by]))].sort(byName);
  const tested = new Set(units.filter((_, index) => index % 3 === 2 || (units.length === 2 && index === 1)));
  return { parts: clips.map((clip) => (tested.has(clip[by]) ? 'test' : 'train')), by };
}
