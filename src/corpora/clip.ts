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

/** What is known of a clip before its sound and pictures are read. */
export type ClipEntry = Omit<Clip, 'audio' | 'video'> & {
  readonly part: 'train' | 'test';
  /** Reads it. @throws MmxError naming the file and what is wrong with it */
  readonly load: () => Clip;
};
