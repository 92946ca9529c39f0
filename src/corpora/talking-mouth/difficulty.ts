/**
 * What makes a preset hard. These numbers may be tuned on the rows of a table that learn no features
 * (preprocessed audio and video into a linear classifier), and on nothing else.
 */
export interface Difficulty {
  readonly video: {
    /** Factor of the visemes' distance from the mouth at rest. */
    readonly contrast: number;
    /** Seconds of coarticulation: how far a phone reaches into its neighbours. */
    readonly coarticulation: number;
    /** Standard deviation of a speaker's targets about the table's. */
    readonly habit: number;
    /** The same of one utterance about its speaker's. */
    readonly slip: number;
    /** Standard deviation of the slow wandering of the mouth in the picture, pixels; scale and roll follow it. */
    readonly drift: number;
    /** Factor of how much speakers' mouths differ. */
    readonly faces: number;
    /** Standard deviation of the camera's noise, grey levels. */
    readonly noise: number;
    /** Standard deviation of the lens's blur, pixels. */
    readonly blur: number;
  };
  readonly audio: {
    /** Signal-to-noise ratios of speakers' rooms, dB. */
    readonly snr: readonly [number, number];
    /** Lengths of vocal tracts, as factors of the voice's own. */
    readonly tract: readonly [number, number];
    /** Standard deviation of the logarithm of a speaker's tempo, and of one utterance about it. */
    readonly tempo: number;
    readonly hurry: number;
    /** Strength of the room's echoes. */
    readonly room: number;
  };
  /** Seconds recorded before the first phone, and after the last: at least and at most. */
  readonly margin: readonly [number, number];
}

export type PresetName = 'digits' | 'letters' | 'sentences' | 'mcgurk';

/** Recorded as CUAVE was: many talkers, a moving head, some distance from the camera. */
const group: Difficulty = {
  video: {
    contrast: 0.7,
    coarticulation: 0.055,
    habit: 0.12,
    slip: 0.05,
    drift: 1.6,
    faces: 1,
    noise: 2.5,
    blur: 0.6,
  },
  audio: { snr: [26, 44], tract: [0.88, 1.14], tempo: 0.1, hurry: 0.06, room: 0.15 },
  margin: [0.14, 0.28],
};

/** Close to the camera, with clear articulation, cut soon after speech. */
const studio: Difficulty = {
  video: { ...group.video, contrast: 0.9, slip: 0.045, drift: 0.6, noise: 2 },
  audio: { ...group.audio, snr: [32, 48], tract: [0.9, 1.12], hurry: 0.03, room: 0.06 },
  margin: [0.14, 0.2],
};

/** `sentences` and `mcgurk` have the same people, so they must have the same numbers. */
export const difficulty: Readonly<Record<PresetName, Difficulty>> = {
  digits: group,
  letters: { ...studio, video: { ...studio.video, drift: 1 } },
  sentences: studio,
  mcgurk: studio,
};
