import { statSync } from 'node:fs';
import { MmxError } from '../errors.js';
import { whyUnread } from './bytes.js';
import { inputArguments, runTool } from './ffmpeg.js';

/** What ffprobe says of a movie. All times are seconds from the beginning of the file's first stream. */
export interface Movie {
  readonly file: string;
  readonly duration: number;
  readonly video: MovieVideo | null;
  readonly audio: MovieAudio | null;
}

export interface MovieVideo {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate: number;
  /** When the first frame appears. */
  readonly start: number;
  /** Frames in the stream: counted where asked for, else what the container says, if anything. */
  readonly frames: number | null;
}

export interface MovieAudio {
  readonly codec: string;
  /** Samples a second. */
  readonly rate: number;
  readonly channels: number;
  readonly start: number;
}

const MAXIMUM_SIDE = 16_384;
const MAXIMUM_RATE = 1000;

/** Makes an error of what is wrong with a movie; `hint` says what to do. */
export type MovieFailure = (problem: string, hint?: string) => MmxError;

/**
 * Asks ffprobe what is in a movie.
 *
 * @param options.count decode the whole file to count its frames
 * @throws MmxError `formats/no-ffmpeg` when ffprobe is not installed; `formats/movie` when the file is no movie or its
 *   sizes are absurd
 */
export function probeMovie(file: string, options: { readonly count?: boolean } = {}): Movie {
  const fail = movieFailure(file);
  let bytes: number;
  try {
    bytes = statSync(file).size;
  } catch (cause) {
    throw fail(whyUnread(cause));
  }
  if (bytes === 0) throw fail('it is empty');
  const args = ['-v', 'error', '-show_format', '-show_streams', '-of', 'json'];
  if (options.count) args.push('-count_frames');
  const { output } = runTool('ffprobe', [...args, ...inputArguments(file)], file, {
    bytes: 16 * 2 ** 20,
    seconds: options.count ? 600 : 60,
  });
  const { format, streams } = parseProbe(output.toString('utf8'), fail);
  const origin = seconds(format.start_time) ?? 0;
  const duration =
    seconds(format.duration) ?? Math.max(0, ...streams.map((one) => seconds(one.duration) ?? 0));
  const startOf = (stream: Fields): number => (seconds(stream.start_time) ?? origin) - origin;
  const video = streams.find((one) => one.codec_type === 'video' && !isCover(one));
  const audio = streams.find((one) => one.codec_type === 'audio');
  if (!(duration >= 0 && duration <= 48 * 3600))
    throw fail(`its header gives a duration of ${duration} seconds`);
  return {
    file,
    duration,
    video: video === undefined ? null : videoOf(video, startOf(video), options.count === true, fail),
    audio: audio === undefined ? null : audioOf(audio, startOf(audio), fail),
  };
}

/** Errors that say which movie is not usable, and why. */
export function movieFailure(file: string): MovieFailure {
  return (problem, hint) =>
    new MmxError('formats/movie', `the movie ${file} is not usable: ${problem}`, hint ? { hint } : {});
}

type Fields = Readonly<Record<string, unknown>>;

function parseProbe(text: string, fail: MovieFailure): { format: Fields; streams: readonly Fields[] } {
  try {
    const { format, streams } = JSON.parse(text) as { format?: Fields; streams?: readonly Fields[] };
    return { format: format ?? {}, streams: streams ?? [] };
  } catch {
    throw fail('the answer of ffprobe cannot be read');
  }
}

/** Cover art of a music file comes as a video stream of one picture. */
function isCover(stream: Fields): boolean {
  return (stream.disposition as Fields | undefined)?.attached_pic === 1;
}

function videoOf(stream: Fields, start: number, counted: boolean, fail: MovieFailure): MovieVideo {
  const [width, height] = [Number(stream.width), Number(stream.height)];
  if (!(width >= 1 && height >= 1 && width <= MAXIMUM_SIDE && height <= MAXIMUM_SIDE)) {
    throw fail(`its pictures are ${stream.width} x ${stream.height}`);
  }
  const rate = ratio(stream.avg_frame_rate) ?? ratio(stream.r_frame_rate) ?? 0;
  if (!(rate > 0 && rate <= MAXIMUM_RATE)) throw fail(`its rate is ${rate} frames per second`);
  const frames = Number((counted ? stream.nb_read_frames : stream.nb_frames) ?? Number.NaN);
  return {
    codec: String(stream.codec_name ?? 'unknown'),
    width,
    height,
    rate,
    start,
    frames: Number.isInteger(frames) ? frames : null,
  };
}

function audioOf(stream: Fields, start: number, fail: MovieFailure): MovieAudio {
  const [rate, channels] = [Number(stream.sample_rate), Number(stream.channels)];
  if (!(rate >= 1000 && rate <= 768_000))
    throw fail(`its sound has ${stream.sample_rate} samples per second`);
  return { codec: String(stream.codec_name ?? 'unknown'), rate, channels, start };
}

function ratio(text: unknown): number | null {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(String(text));
  if (match === null) return null;
  const value = Number(match[1]) / Number(match[2] ?? 1);
  return Number.isFinite(value) && value > 0 ? value : null;
}

function seconds(text: unknown): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}
