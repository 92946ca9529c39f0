import type { MmxError } from '../errors.js';
import type { FeatureTrack, FrameTrack, Waveform } from '../frontend/tracks.js';

export type { FeatureTrack, FrameTrack, Waveform } from '../frontend/tracks.js';

/** One utterance: a spoken letter, digit, syllable or sentence. */
export interface Clip {
  /** Unique in its corpus, e.g. `A1_Anya`. */
  readonly id: string;
  readonly speaker: string;
  /** Which time the speaker said it, from 1, where the corpus counts them. */
  readonly repetition: number | null;
  /** Name of its class; null where the clip serves feature learning only. */
  readonly label: string | null;
  readonly audio: Waveform | FeatureTrack | null;
  readonly video: FrameTrack | null;
}

/** Where the sound or the pictures of a clip are read from: equal bytes and stretches are equal tracks. */
export interface TrackSource {
  /** In the order in which they are read: one file, or the pictures of a folder. */
  readonly files: readonly string[];
  /** Seconds; from the beginning, or to the end, where absent. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Null: the clip lacks this. */
export interface ClipSources {
  readonly sound: TrackSource | null;
  readonly pictures: TrackSource | null;
}

/** Each file that a clip is read from. */
export const filesOf = ({ sound, pictures }: ClipSources): readonly string[] => [
  ...(sound?.files ?? []),
  ...(pictures?.files ?? []),
];

/** What is known of a clip before its sound and pictures are read. */
export type ClipEntry = Omit<Clip, 'audio' | 'video'> & {
  readonly part: 'train' | 'test';
  /** Absent where a clip is generated. */
  readonly sources?: ClipSources;
  /** Where the clip is listed, e.g. `line 7`, for people who look for it there. */
  readonly place?: string;
  /** What the user has to make before the pictures can be read, mouth boxes; null when they are there. Absent: nothing. */
  readonly missing?: () => MmxError | null;
  /** False where a look through its movie has shown that it cannot be used: it is counted, and never read. */
  readonly isUsable?: () => boolean;
  /** Reads it. @throws MmxError naming the file and what is wrong with it */
  readonly load: () => Clip;
};

/** What the parts of a corpus keep apart: no speaker is in both, or speakers are and no repetition is. */
export type KeptApart = 'speakers' | 'repetitions';

/** How a message names a clip. */
export const clipName = ({ id, place }: Pick<ClipEntry, 'id' | 'place'>): string =>
  place === undefined ? id : `${id} (${place})`;
