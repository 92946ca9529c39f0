import { inputArguments, runTool, streamPieces, toolVersion } from './ffmpeg.js';
import { type Movie, type MovieFailure, type MovieVideo, movieFailure, probeMovie } from './movie-probe.js';

export { type Movie, type MovieAudio, type MovieVideo, probeMovie } from './movie-probe.js';

/** A rectangle of a picture, in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of a movie's pictures, and in which size. */
export interface VideoOptions {
  /** Size to scale to, after cropping; the picture's own when absent. */
  readonly width?: number;
  readonly height?: number;
  readonly crop?: Rectangle;
  /** Seconds: frames whose centre lies in [from, to) are kept. */
  readonly from?: number;
  readonly to?: number;
  /** What {@link probeMovie} said, where it is known. */
  readonly probed?: Movie;
}

/** Grey pictures, 0 to 255, frame after frame, each row by row. */
export interface GreyFrames {
  /** Frames a second. */
  readonly rate: number;
  /** Seconds from `from` (0 when absent) to the centre of the first frame. */
  readonly start: number;
  /** Number of the first frame in the movie, from 0. */
  readonly first: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Of pictures; a clip of 60x80 lasts six hours in it. */
const MAXIMUM_BYTES = 2 ** 29;
/** Of 16-bit samples, which are held once more as float32. */
const MAXIMUM_SOUND_BYTES = 2 ** 27;
/**
 * Decoding begins this many seconds early: a program stream has no index, a seek lands between two key frames, and
 * pictures before the next key frame are lost.
 */
const RUN_UP = 3;

/**
 * Decodes pictures of a movie to grey.
 *
 * Frame k of the result is frame `first + k` of the movie, at its constant rate: a frame that the stream lacks is the
 * one before it again. Interlaced pictures are taken as they are.
 *
 * @throws MmxError as {@link probeMovie} does, and when the range holds no frame or would not fit in memory
 */
export function decodeVideo(file: string, options: VideoOptions = {}): GreyFrames {
  const movie = options.probed ?? probeMovie(file);
  const fail = movieFailure(file);
  const video = videoIn(movie, fail);
  const { rate } = video;
  const { from, to } = rangeOf(options, movie, fail);
  const { filters, width, height } = picture(video, options, fail);
  const begin = Math.max(0, from - RUN_UP);
  const expected = Math.ceil((Math.min(to, movie.duration + 1) - from) * rate) + 2;
  const size = width * height;
  const limit = Math.ceil(expected * 1.25 + 50) * size;
  if (limit > MAXIMUM_BYTES) {
    throw fail(`its ${expected} frames of ${width} x ${height} do not fit in memory`, 'decode it in parts');
  }
  // Kept are frames that appear from half a frame before `from`: their centres then lie in the range.
  const trim = `trim=start=${fixed(from - begin - 0.5 / rate)}:end=${fixed(to - begin - 0.5 / rate)}`;
  const { output, text } = runTool(
    'ffmpeg',
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'info', '-nostats'],
      ...(begin > 0 ? ['-ss', fixed(begin)] : []),
      ...inputArguments(file),
      ...['-map', '0:V:0', '-t', fixed(to - begin + 1), ...everyFrame()],
      ...['-vf', [trim, ...filters, 'format=gray', 'showinfo=checksum=0'].join(',')],
      ...['-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
    ],
    file,
    { bytes: limit, seconds: 120 + 4 * (to - begin) },
  );
  const indices = frameTimes(text).map((time) => Math.round((begin + time - video.start) * rate) + 0);
  if (output.length !== indices.length * size) {
    throw fail(`${indices.length} frames were announced, and ${output.length / size} were decoded`);
  }
  const first = indices[0];
  const last = indices.at(-1);
  if (first === undefined || last === undefined) {
    throw fail(`it has no frame between ${fixed(from)} and ${fixed(to)} seconds`);
  }
  return {
    rate,
    start: video.start + (first + 0.5) / rate - from,
    first,
    count: last - first + 1,
    width,
    height,
    data: atConstantRate(output, indices, size, limit, fail),
  };
}

/**
 * Decodes a whole movie to grey, one frame at a time: for movies too long to hold. Frame k belongs to the time
 * `start + k / rate` of the movie; a frame that the stream lacks is the one before it again.
 *
 * @throws MmxError as {@link decodeVideo} does
 */
export async function* streamVideo(
  file: string,
  options: Pick<VideoOptions, 'width' | 'height' | 'crop' | 'probed'> = {},
): AsyncGenerator<{
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}> {
  const video = videoIn(options.probed ?? probeMovie(file), movieFailure(file));
  const { filters, width, height } = picture(video, options, movieFailure(file));
  const args = [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', ...inputArguments(file)],
    ...['-map', '0:V:0', ...everyFrame()],
    ...['-vf', [`fps=${video.rate}`, ...filters, 'format=gray'].join(',')],
    ...['-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
  ];
  let index = 0;
  for await (const data of streamPieces(args, file, width * height))
    yield { index: index++, width, height, data };
  if (index === 0) throw movieFailure(file)('it has no frames');
}

/**
 * Decodes the sound of a movie, all channels averaged.
 *
 * Sample k belongs to the time `from + k / rate` of the movie: sound that begins late or has gaps is filled with zeros.
 *
 * @param options.rate samples a second to resample to; the movie's own when absent
 * @throws MmxError as {@link probeMovie} does, and when there is no sound, or it ends well before `to`
 */
export function decodeAudio(
  file: string,
  options: {
    readonly rate?: number;
    readonly from?: number;
    readonly to?: number;
    readonly probed?: Movie;
  } = {},
): { readonly rate: number; readonly samples: Float32Array } {
  const movie = options.probed ?? probeMovie(file);
  const fail = movieFailure(file);
  if (movie.audio === null) throw fail('it has no sound');
  const { from, to } = rangeOf(options, movie, fail);
  const rate = options.rate ?? movie.audio.rate;
  // Whole seconds, so that a part is made of the very samples of the whole.
  const begin = Math.max(0, Math.floor(from) - 1);
  const limit = Math.ceil((Math.min(to, movie.duration + 60) - begin + 2) * rate) * 2;
  if (limit > MAXIMUM_SOUND_BYTES) throw fail('its sound does not fit in memory', 'decode it in parts');
  const { output } = runTool(
    'ffmpeg',
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
      ...(begin > 0 ? ['-ss', fixed(begin)] : []),
      ...inputArguments(file),
      ...['-map', '0:a:0', '-vn', '-t', fixed(to - begin), '-ac', '1'],
      ...['-af', `aresample=${rate}:async=1:first_pts=0`, '-ar', String(rate), '-f', 's16le', 'pipe:1'],
    ],
    file,
    { bytes: limit, seconds: 120 + 2 * (to - begin) },
  );
  const skipped = Math.round((from - begin) * rate);
  const found = Math.floor(output.length / 2) - skipped;
  const bounded = options.to !== undefined;
  const wanted = bounded ? Math.round((to - from) * rate) : found;
  if (found <= 0) throw fail(`it has no sound between ${fixed(from)} and ${fixed(to)} seconds`);
  if (found < wanted - 0.25 * rate) {
    throw fail(`its sound ends at ${(from + found / rate).toFixed(2)} s, before ${to.toFixed(2)} s`);
  }
  const samples = new Float32Array(wanted);
  const kept = Math.min(wanted, found);
  for (let i = 0; i < kept; i++) samples[i] = output.readInt16LE(2 * (skipped + i)) / 32_768;
  return { rate, samples };
}

function videoIn(movie: Movie, fail: MovieFailure): MovieVideo {
  if (movie.video === null) throw fail('it has no pictures');
  return movie.video;
}

function rangeOf(
  options: { readonly from?: number; readonly to?: number },
  movie: Movie,
  fail: MovieFailure,
): { from: number; to: number } {
  const from = options.from ?? 0;
  // Some containers round their duration down: a second more loses no frame at the end.
  const to = options.to ?? movie.duration + 1;
  if (!(from >= 0 && to > from)) throw fail(`a part from ${from} to ${to} seconds cannot be cut out`);
  if (from >= movie.duration + 1) {
    throw fail(`it ends after ${movie.duration.toFixed(2)} s, before ${from.toFixed(2)} s`);
  }
  return { from, to };
}

function picture(
  video: MovieVideo,
  options: VideoOptions,
  fail: MovieFailure,
): { filters: readonly string[]; width: number; height: number } {
  const { crop } = options;
  const filters: string[] = [];
  if (crop !== undefined) {
    const { x, y, width, height } = crop;
    const whole = [x, y, width, height].every((value) => Number.isInteger(value) && value >= 0);
    if (!whole || width < 1 || height < 1 || x + width > video.width || y + height > video.height) {
      throw fail(
        `${width} x ${height} at (${x}, ${y}) lies outside its ${video.width} x ${video.height} pictures`,
      );
    }
    // Grey first: chroma is stored at half the resolution and would force the corner to even numbers.
    filters.push('format=gray', `crop=${width}:${height}:${x}:${y}`);
  }
  const own = crop ?? video;
  const [width, height] = [options.width ?? own.width, options.height ?? own.height];
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw fail(`it cannot be scaled to ${width} x ${height}`);
  }
  if (width !== own.width || height !== own.height) filters.push(`scale=${width}:${height}:flags=area`);
  return { filters, width, height };
}

/** The option by which ffmpeg writes each decoded frame once; it has another name since 5.1. */
function everyFrame(): readonly string[] {
  everyFrameOption ??= (() => {
    const version = /^(\d+)\.(\d+)/.exec(toolVersion('ffmpeg') ?? '');
    if (version === null) return '-fps_mode';
    const [major, minor] = [Number(version[1]), Number(version[2])];
    return major > 5 || (major === 5 && minor >= 1) ? '-fps_mode' : '-vsync';
  })();
  return [everyFrameOption, 'passthrough'];
}
let everyFrameOption: string | undefined;

function frameTimes(text: string): readonly number[] {
  return [
    ...text.matchAll(/Parsed_showinfo[^\r\n]*?\bn: *\d+[^\r\n]*?\bpts_time: *(-?[\d.]+(?:e[-+]?\d+)?)/g),
  ].map((match) => Number(match[1]));
}

/** The frames, each at its index: where one is missing the one before it stands again. */
function atConstantRate(
  output: Buffer,
  indices: readonly number[],
  size: number,
  limit: number,
  fail: MovieFailure,
): Uint8Array {
  const first = indices[0] ?? 0;
  const count = (indices.at(-1) ?? 0) - first + 1;
  if (indices.every((index, position) => index === first + position)) {
    return new Uint8Array(output.buffer, output.byteOffset, output.byteLength);
  }
  if (count < 1 || count * size > limit) throw fail('the times of its frames are in disorder');
  const data = new Uint8Array(count * size);
  let source = 0;
  for (let position = 0; position < count; position++) {
    while (source + 1 < indices.length && (indices[source + 1] ?? 0) <= first + position) source++;
    data.set(output.subarray(source * size, (source + 1) * size), position * size);
  }
  return data;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(6)));
}
