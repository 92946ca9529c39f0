import { MmxError } from '../errors.js';
import { decodeAudio, decodeVideo, type Movie, probeMovie } from '../formats/movie.js';
import type { Clip, ClipSources, FrameTrack, Waveform } from './clip.js';
import { type Finding, finding } from './finding.js';
import type { MovieBoxes } from './mouth-boxes.js';
import { cropMouth, rectangleAround } from './mouth-crop.js';
import type { ListOptions } from './recordings.js';
import { readSound } from './sound.js';

/** A part of a movie of a face. */
export interface FaceMovie {
  readonly file: string;
  /** Seconds; the whole movie where absent. */
  readonly from?: number;
  readonly to?: number;
  /** A recording of the same sound beside the movie, used where the movie has none. */
  readonly soundFile?: string | undefined;
  readonly boxes: () => MovieBoxes;
}

let lastProbed: Movie | undefined;

/** What ffprobe says, asked once for the clips of one movie after each other. */
export function probedMovie(file: string): Movie {
  if (lastProbed?.file !== file) lastProbed = probeMovie(file);
  return lastProbed;
}

/**
 * Reads sound and mouth pictures of a part of a movie. Both begin at `from`.
 *
 * @throws MmxError when the mouth boxes are missing, or the movie cannot be decoded
 */
export function loadFace(movie: FaceMovie, options: ListOptions): Pick<Clip, 'audio' | 'video'> {
  return {
    video: options.video === false ? null : mouthOf(movie),
    audio: options.audio === false ? null : soundOf(movie),
  };
}

function mouthOf({ file, from, to, boxes }: FaceMovie): FrameTrack {
  const known = boxes();
  const probed = probedMovie(file);
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { video } = probed;
  if (video === null) return cropMouth(decodeVideo(file, { ...range, probed }), known);
  // Only the neighbourhood of the mouth is decoded into memory: pictures of AVLetters2 have two million pixels.
  const frameAt = (time: number): number => Math.max(0, Math.round((time - video.start) * video.rate));
  const crop = rectangleAround(known, frameAt(from ?? 0), frameAt(to ?? probed.duration) + 1, video);
  return cropMouth(decodeVideo(file, { ...range, crop, probed }), known, crop);
}

function soundOf({ file, from, to, soundFile }: FaceMovie): Waveform {
  const probed = probedMovie(file);
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  if (probed.audio !== null || soundFile === undefined) {
    return { kind: 'waveform', ...decodeAudio(file, { ...range, probed }) };
  }
  const { rate, samples } = readSound(soundFile);
  const [begin, end] = [Math.round((from ?? 0) * rate), Math.round((to ?? Number.POSITIVE_INFINITY) * rate)];
  return { kind: 'waveform', rate, samples: samples.slice(begin, end) };
}

/** Where {@link loadFace} reads sound and pictures from. */
export function faceSources(
  { file, from, to, soundFile }: Omit<FaceMovie, 'boxes'>,
  { audio, video }: ListOptions,
): ClipSources {
  // Of a movie that has been probed it is known whether it has sound; others are not probed for this.
  const isSilent = soundFile !== undefined && lastProbed?.file === file && lastProbed.audio === null;
  return {
    sound: audio === false ? null : { files: [isSilent ? soundFile : file], from, to },
    pictures: video === false ? null : { files: [file], from, to },
  };
}

/**
 * Why the mouth in a movie is not known; null when it is, or no pictures are wanted.
 *
 * @throws MmxError when the box file cannot be used
 */
export function missingMouth({ boxes }: Pick<FaceMovie, 'boxes'>, { video }: ListOptions): MmxError | null {
  if (video === false) return null;
  try {
    boxes();
    return null;
  } catch (error) {
    if (error instanceof MmxError && error.code === 'corpora/no-boxes') return error;
    throw error;
  }
}

/** What `mmx data check` says where the box file is missing. */
export function boxFindings(
  corpus: string,
  directory: string,
  boxes: { readonly present: boolean; readonly file: string },
  options: ListOptions,
): readonly Finding[] {
  if (boxes.present || options.video === false) return [];
  return [
    finding(
      'warning',
      `there are no mouth boxes: ${boxes.file} does not exist`,
      `the pictures cannot be used until the mouths are found: mmx data prepare ${corpus} --data ${corpus}=${directory}`,
    ),
  ];
}
