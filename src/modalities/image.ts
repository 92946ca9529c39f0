import { z } from 'zod';
import { integerUpTo, numberFrom } from '../config/numbers.js';
import { decodeVideo, probeMovie } from '../formats/movie.js';
import { readPng } from '../formats/png.js';
import { resized } from '../frontend/resize.js';
import { defineModality, type ModalitySource } from './modality.js';

const options = z.strictObject({
  height: integerUpTo(1024).default(28).describe('Height in pixels; pictures are scaled to it'),
  width: integerUpTo(1024).default(28).describe('Width in pixels; pictures are scaled to it'),
  at: numberFrom(0, 1)
    .default(0.5)
    .describe('For movies: position of the frame, as a fraction of the length of the movie'),
});

type Options = z.output<typeof options>;

/** Grey pictures scaled to one size: of files, or one frame of each movie. */
export const image = defineModality<Options, Uint8Array, null>({
  kind: 'image',
  summary: 'greyscale pictures (.png, and other formats that ffmpeg reads), or one frame of a movie',
  given: 'file',
  options,
  range: () => 'unit',
  shape: ({ height, width }) => [height, width, 1],
  read: (source, size) =>
    /\.png$/i.test(source.value) ? resized(readPng(source.value), size) : frameOf(source, size),
  fitted: z.null(),
  fit: () => null,
  row: (picture) => picture,
});

function frameOf({ value, from, to }: ModalitySource, { height, width, at }: Options): Uint8Array {
  const probed = probeMovie(value);
  const begin = from ?? 0;
  const end = Math.max(begin, to ?? probed.duration);
  const rate = probed.video?.rate ?? 25;
  // One frame and a half around the moment always hold the centre of a frame.
  const moment = begin + at * Math.max(0, end - begin - 1.5 / rate);
  const { data } = decodeVideo(value, { probed, height, width, from: moment, to: moment + 1.5 / rate });
  return data.slice(0, height * width);
}
