import type { Matrix } from '../matrix.js';

/** Sound as recorded: mono, −1 to 1. */
export interface Waveform {
  readonly kind: 'waveform';
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

/** Sound of which only features exist (AVLetters' MFCCs): one row a frame. */
export interface FeatureTrack {
  readonly kind: 'features';
  /** Frames a second. */
  readonly rate: number;
  /** Seconds from the beginning of the clip to the centre of the first frame. */
  readonly start: number;
  readonly values: Matrix;
}

/** Grey pictures of a mouth, 0 to 255, frame after frame, each row by row. */
export interface FrameTrack {
  /** Frames a second. */
  readonly rate: number;
  /** Seconds from the beginning of the clip to the centre of the first frame. */
  readonly start: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

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
