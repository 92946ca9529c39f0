import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';
import type { FrameSeries } from './tracks.js';

/** What the models see at once. The paper: 10 audio frames and 4 video frames, "overlapping". */
export interface WindowOptions {
  readonly audioFrames: number;
  readonly videoFrames: number;
  /**
   * Frames from one window to the next: of video where there is video, 1 by default, which overlaps most ([NS]).
   */
  readonly stride: number;
  /**
   * The same for sound alone, in audio frames; about 1/25 s when absent, so that a second of sound gives as many
   * examples with pictures as without.
   */
  readonly audioStride?: number;
}

export const defaultWindows: WindowOptions = { audioFrames: 10, videoFrames: 4, stride: 1 };

/** Windows of a clip. Row i of both matrices belongs to the time `times[i]`. */
export interface Windows {
  /** windows × (frames · dimensions), frame after frame. */
  readonly audio?: Matrix;
  readonly video?: Matrix;
  /** Seconds from the beginning of the clip to the window's centre; the video window's where there is one. */
  readonly times: Float64Array;
}

/** Where the windows of one modality lie in its frames: window i is the frames `starts[i]` and so many after it. */
export interface PlacedTrack {
  readonly frames: Matrix;
  readonly starts: Int32Array;
}

/** The windows of a clip before they are copied out of its frames, which they overlap. */
export interface PlacedWindows {
  readonly audio?: PlacedTrack;
  readonly video?: PlacedTrack;
  readonly times: Float64Array;
}

/**
 * Places windows of contiguous frames over the frames of one clip. With both modalities, each video window is paired
 * with the audio window whose centre is nearest in time; index arithmetic would drift, as 29.97 pictures and 100
 * spectra a second have no common stride. A pair further apart than half a video frame is left out, which cuts both
 * modalities to what overlaps.
 *
 * A modality with fewer frames than one window has its first and last frame repeated, evenly at both ends: the
 * clip stays in its test set, and repetition adds no movement. For the same reason two modalities that overlap at all
 * give one window at least, the pair nearest in time.
 *
 * @throws MmxError `frontend/windows` when a modality has no frames, or the two have no time in common
 */
export function placeWindows(
  tracks: { readonly audio?: FrameSeries | undefined; readonly video?: FrameSeries | undefined },
  options: WindowOptions = defaultWindows,
): PlacedWindows {
  const { audioFrames, videoFrames, stride } = options;
  const audio = tracks.audio && padded(tracks.audio, audioFrames, 'sound');
  const video = tracks.video && padded(tracks.video, videoFrames, 'picture');
  const placed = (track: FrameSeries, starts: readonly number[]): PlacedTrack => ({
    frames: track.values,
    starts: Int32Array.from(starts),
  });
  if (audio !== undefined && video !== undefined) {
    const pairs = pairsInTime(audio, video, options);
    return {
      audio: placed(
        audio,
        pairs.map((pair) => pair.audio),
      ),
      video: placed(
        video,
        pairs.map((pair) => pair.video),
      ),
      times: Float64Array.from(pairs, (pair) => centre(video, pair.video, videoFrames)),
    };
  }
  if (video !== undefined) {
    const starts = strided(video, videoFrames, stride);
    return { video: placed(video, starts), times: centres(video, starts, videoFrames) };
  }
  if (audio !== undefined) {
    const starts = strided(
      audio,
      audioFrames,
      options.audioStride ?? Math.max(1, Math.round(audio.rate / 25)),
    );
    return { audio: placed(audio, starts), times: centres(audio, starts, audioFrames) };
  }
  throw new MmxError('frontend/windows', 'the clip has neither sound nor pictures');
}

/** The windows of {@link placeWindows}, each copied into a row of its own. */
export function cutWindows(
  tracks: { readonly audio?: FrameSeries | undefined; readonly video?: FrameSeries | undefined },
  options: WindowOptions = defaultWindows,
): Windows {
  const { audio, video, times } = placeWindows(tracks, options);
  return {
    ...(audio ? { audio: gather(audio, options.audioFrames) } : {}),
    ...(video ? { video: gather(video, options.videoFrames) } : {}),
    times,
  };
}

interface Pair {
  readonly audio: number;
  readonly video: number;
}

function pairsInTime(audio: FrameSeries, video: FrameSeries, options: WindowOptions): readonly Pair[] {
  const { audioFrames, videoFrames, stride } = options;
  if (firstTime(audio) > lastTime(video) || firstTime(video) > lastTime(audio)) {
    const span = (track: FrameSeries): string =>
      `${firstTime(track).toFixed(3)} to ${lastTime(track).toFixed(3)} s`;
    throw new MmxError(
      'frontend/windows',
      `the sound (${span(audio)}) and the pictures (${span(video)}) have no time in common`,
    );
  }
  const lastStart = audio.values.rows - audioFrames;
  const candidates = strided(video, videoFrames, stride).map((start) => {
    const time = centre(video, start, videoFrames);
    const exact = (time - audio.start) * audio.rate - (audioFrames - 1) / 2;
    // Ties go to the later window; the margin keeps rounding from deciding them.
    const nearest = Math.min(lastStart, Math.max(0, Math.floor(exact + 0.5 + 1e-6)));
    return { audio: nearest, video: start, distance: Math.abs(centre(audio, nearest, audioFrames) - time) };
  });
  const close = candidates.filter(({ distance }) => distance <= 0.5 / video.rate + 1e-9);
  if (close.length > 0) return close;
  return [candidates.reduce((best, other) => (other.distance < best.distance ? other : best))];
}

function strided(track: FrameSeries, frames: number, stride: number): number[] {
  if (!(Number.isSafeInteger(stride) && stride > 0)) {
    throw new RangeError(`windows: a stride must be a positive whole number, not ${stride}`);
  }
  const starts: number[] = [];
  for (let start = 0; start + frames <= track.values.rows; start += stride) starts.push(start);
  return starts;
}

/** Copies each window's frames into one row. */
function gather({ frames: { columns, data }, starts }: PlacedTrack, frames: number): Matrix {
  const width = frames * columns;
  const result = matrix(starts.length, width);
  starts.forEach((start, row) => {
    result.data.set(data.subarray(start * columns, start * columns + width), row * width);
  });
  return result;
}

function padded(track: FrameSeries, frames: number, what: string): FrameSeries {
  const { values, rate, start } = track;
  const { rows, columns, data } = values;
  if (rows === 0) throw new MmxError('frontend/windows', `the clip has no ${what} frames`);
  if (rows >= frames) return track;
  const before = Math.floor((frames - rows) / 2);
  const result = matrix(frames, columns);
  for (let row = 0; row < frames; row++) {
    const source = Math.min(rows - 1, Math.max(0, row - before));
    result.data.set(data.subarray(source * columns, (source + 1) * columns), row * columns);
  }
  return { rate, start: start - before / rate, values: result };
}

function centre({ start, rate }: FrameSeries, first: number, frames: number): number {
  return start + (first + (frames - 1) / 2) / rate;
}

function centres(track: FrameSeries, starts: readonly number[], frames: number): Float64Array {
  return Float64Array.from(starts, (start) => centre(track, start, frames));
}

function firstTime({ start }: FrameSeries): number {
  return start;
}

function lastTime({ start, rate, values }: FrameSeries): number {
  return start + (values.rows - 1) / rate;
}
