import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MmxError } from '../errors.js';
import { whyUnread } from '../formats/bytes.js';
import { featureName, movieName, recordingName } from '../formats/file-names.js';
import { readHtk } from '../formats/htk.js';
import { decodeVideo } from '../formats/movie.js';
import { readNpy } from '../formats/npy.js';
import { readPng } from '../formats/png.js';
import { statusOf } from '../read-file.js';
import type { Clip, ClipEntry, ClipSources, FrameTrack } from './clip.js';
import { loadFace } from './face-movie.js';
import { readLips } from './lips.js';
import type { MovieBoxes } from './mouth-boxes.js';
import { MOUTH_HEIGHT, MOUTH_WIDTH, toMouthSize } from './mouth-crop.js';
import type { ListOptions } from './recordings.js';
import { readSound } from './sound.js';

interface Source<Kind extends string> {
  readonly kind: Kind;
  readonly path: string;
  /** As written in the manifest. */
  readonly written: string;
}

/** A line of a manifest, checked. */
export interface ManifestRow {
  readonly audio: Source<'recording' | 'features' | 'movie'> | null;
  readonly video: Source<'movie' | 'folder' | 'npy' | 'mat'> | null;
  /** Seconds. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Frames a second of folders and arrays. */
  readonly videoRate: number;
  /** The pictures of the movie show nothing but the mouth. */
  readonly wholeMouth: boolean;
  readonly speaker: string;
  readonly repetition: number | null;
  readonly label: string | null;
  readonly part: ClipEntry['part'];
}

/** What an entry of the column audio is. @throws MmxError `corpora/manifest` when it does not exist or is nothing known */
export function audioKind(path: string, written: string): NonNullable<ManifestRow['audio']> {
  requireFile(path, written);
  if (recordingName.test(path)) return { kind: 'recording', path, written };
  if (featureName.test(path)) return { kind: 'features', path, written };
  if (movieName.test(path)) return { kind: 'movie', path, written };
  throw unknown('audio', written, '.wav, .sph, .mfcc, .htk, or a movie');
}

/** What an entry of the column video is. Throws as {@link audioKind} does. */
export function videoKind(path: string, written: string): NonNullable<ManifestRow['video']> {
  if (statusOf(path)?.isDirectory()) return { kind: 'folder', path, written };
  requireFile(path, written);
  if (/\.npy$/i.test(path)) return { kind: 'npy', path, written };
  if (/\.mat$/i.test(path)) return { kind: 'mat', path, written };
  if (movieName.test(path)) return { kind: 'movie', path, written };
  throw unknown('video', written, 'a movie, a folder of PNG pictures, .npy or .mat');
}

/** Where sound and pictures of a line are read from. */
export function sourcesOf({ audio, video, from, to }: ManifestRow): ClipSources {
  const pictures = video?.kind === 'folder' ? picturesIn(video.path) : [video?.path ?? ''];
  return {
    sound: audio === null ? null : { files: [audio.path], from, to },
    pictures: video === null ? null : { files: pictures, from, to },
  };
}

/** Paths of the pictures of a folder. */
const picturesIn = (folder: string): readonly string[] =>
  pictureNames(folder).map((name) => join(folder, name));

/** @throws MmxError naming the file that is damaged */
export function loadRow(
  row: ManifestRow,
  boxes: { readonly of: (movie: string) => MovieBoxes },
  options: ListOptions,
): Pick<Clip, 'audio' | 'video'> {
  return {
    audio: options.audio === false ? null : soundOf(row),
    video: options.video === false ? null : picturesOf(row, boxes),
  };
}

function soundOf({ audio, from, to }: ManifestRow): Clip['audio'] {
  if (audio === null) return null;
  if (audio.kind === 'features') {
    const { samplePeriodSeconds, values } = readHtk(audio.path);
    return { kind: 'features', rate: 1 / samplePeriodSeconds, start: samplePeriodSeconds, values };
  }
  if (audio.kind === 'movie') {
    const never = (): never => {
      throw new Error('pictures of a sound');
    };
    return loadFace({ file: audio.path, ...range(from, to), boxes: never }, { video: false }).audio;
  }
  const sound = readSound(audio.path);
  const [begin, end] = [Math.round((from ?? 0) * sound.rate), Math.round((to ?? Infinity) * sound.rate)];
  const samples = sound.samples.slice(begin, end);
  if (samples.length === 0) {
    const length = (sound.samples.length / sound.rate).toFixed(2);
    throw damaged(audio.path, `it ends after ${length} s, before ${from} s`);
  }
  return { ...sound, samples };
}

function picturesOf(
  row: ManifestRow,
  boxes: { readonly of: (movie: string) => MovieBoxes },
): FrameTrack | null {
  const { video, videoRate: rate, from, to } = row;
  if (video === null) return null;
  if (video.kind === 'mat') return { ...readLips(video.path), rate, start: 0.5 / rate };
  if (video.kind === 'folder') return { ...pngFolder(video.path), rate, start: 0.5 / rate };
  if (video.kind === 'npy') return { ...npyFrames(video.path), rate, start: 0.5 / rate };
  if (!row.wholeMouth) {
    const source = { file: video.path, ...range(from, to), boxes: () => boxes.of(video.written) };
    return loadFace(source, { audio: false }).video;
  }
  const { first: _, ...track } = decodeVideo(video.path, {
    ...range(from, to),
    height: MOUTH_HEIGHT,
    width: MOUTH_WIDTH,
  });
  return track;
}

type Frames = Pick<FrameTrack, 'count' | 'height' | 'width' | 'data'>;

function pngFolder(folder: string): Frames {
  const files = picturesIn(folder);
  if (files.length === 0) throw damaged(folder, 'it holds no PNG pictures');
  return toMouths(files, readPng);
}

/** The pictures of a folder in the order of their names, numbers in them as numbers. */
function pictureNames(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => /\.png$/i.test(name) && !name.startsWith('.'))
    .sort(new Intl.Collator('en', { numeric: true }).compare);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new MmxError('corpora/manifest', `cannot list the folder ${folder}: ${whyUnread(cause)}`, {
      cause,
    });
  }
}

function npyFrames(file: string): Frames {
  const { shape, data } = readNpy(file);
  const [count = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || count === 0 || height === 0 || width === 0) {
    throw damaged(file, `it is an array of ${shape.join(' x ')}; frames x height x width are expected`);
  }
  const stray = data.findIndex((value) => !(value >= 0 && value <= 255));
  if (stray >= 0)
    throw damaged(file, `its element ${stray} is ${data[stray]}; grey values from 0 to 255 are expected`);
  const size = height * width;
  return toMouths(new Array<string>(count).fill(file), (_, index) => ({
    height,
    width,
    data: Uint8Array.from(data.subarray(index * size, (index + 1) * size), Math.round),
  }));
}

type Picture = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** Smaller pictures show no mouth, and a file of a megabyte could hold a million of them. */
const SMALLEST_SIDE = 12;

/** Pictures scaled to 60x80, held one at a time in their own size. @param files where each lies */
function toMouths(files: readonly string[], read: (file: string, index: number) => Picture): Frames {
  const size = MOUTH_HEIGHT * MOUTH_WIDTH;
  const data = new Uint8Array(files.length * size);
  let first: Picture | undefined;
  for (const [index, file] of files.entries()) {
    const picture = read(file, index);
    const { width, height } = picture;
    first ??= { width, height, data: new Uint8Array(0) };
    if (width !== first.width || height !== first.height) {
      throw damaged(
        file,
        `it is ${width} x ${height}, but the pictures before it are ${first.width} x ${first.height}`,
      );
    }
    if (Math.min(width, height) < SMALLEST_SIDE) {
      throw damaged(file, `its pictures are ${width} x ${height} pixels, too small for a mouth`);
    }
    const fits = width === MOUTH_WIDTH && height === MOUTH_HEIGHT;
    data.set(fits ? picture.data : toMouthSize(picture), index * size);
  }
  return { count: files.length, height: MOUTH_HEIGHT, width: MOUTH_WIDTH, data };
}

function range(from: number | undefined, to: number | undefined): { from?: number; to?: number } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function requireFile(path: string, written: string): void {
  const status = statusOf(path);
  if (status === undefined) throw new MmxError('corpora/manifest', `${written} does not exist`);
  if (!status.isFile()) throw new MmxError('corpora/manifest', `${written} is not a file`);
}

function unknown(column: string, written: string, known: string): MmxError {
  return new MmxError(
    'corpora/manifest',
    `${column} is '${written}', which has no known type; known: ${known}`,
  );
}

function damaged(file: string, problem: string): MmxError {
  return new MmxError('corpora/damaged', `${file} is not usable: ${problem}`);
}
