import { MmxError } from '../errors.js';
import type { Matrix } from '../matrix.js';

/** Sound: mono, −1 to 1. */
export interface Waveform {
  readonly kind: 'waveform';
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float32Array;
}

/** Vectors at regular times: row i belongs to the time `start + i / rate`. */
export interface FrameSeries {
  /** Frames a second. */
  readonly rate: number;
  /** Seconds from the beginning of the clip to the centre of the first frame. */
  readonly start: number;
  /** frames × dimensions. */
  readonly values: Matrix;
}

/** Sound of which only features exist (AVLetters' MFCCs). */
export interface FeatureTrack extends FrameSeries {
  readonly kind: 'features';
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

/** What the front end sees of a clip. */
export interface ClipTracks {
  /** Names the clip in errors, and keys the noise added to it. */
  readonly id: string;
  readonly audio: Waveform | FeatureTrack | null;
  readonly video: FrameTrack | null;
}

/** @throws MmxError `frontend/waveform` when there are no samples or some are not finite */
export function checkSamples({ samples }: Waveform): void {
  if (samples.length === 0) throw new MmxError('frontend/waveform', 'the sound has no samples');
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new MmxError(
      'frontend/waveform',
      `sample ${bad} of the sound is ${samples[bad]}, not a number to use`,
    );
  }
}
