import { z } from 'zod';
import { integerUpTo } from '../config/numbers.js';
import { decodeVideo } from '../formats/movie.js';
import { defineModality } from './modality.js';

const options = z.strictObject({
  frames: integerUpTo(256)
    .default(8)
    .describe('Number of frames taken from each movie, evenly spread over its length'),
  height: integerUpTo(256).default(32).describe('Height in pixels; frames are scaled to it'),
  width: integerUpTo(256).default(32).describe('Width in pixels; frames are scaled to it'),
});

type Options = z.output<typeof options>;

/** So many grey pictures of each movie: a sequence of pictures, whatever the length of the movie. */
export const video = defineModality<Options, Uint8Array, null>({
  kind: 'video',
  summary: 'movies, as a fixed number of greyscale frames each',
  given: 'file',
  options,
  range: () => 'unit',
  shape: ({ frames, height, width }) => [frames, height * width],
  read({ value, from, to }, { frames, height, width }) {
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const { count, data } = decodeVideo(value, { height, width, ...range });
    const size = height * width;
    const kept = new Uint8Array(frames * size);
    for (let frame = 0; frame < frames; frame++) {
      // The middle of each of so many equal stretches.
      const from = Math.min(count - 1, Math.floor(((frame + 0.5) * count) / frames));
      kept.set(data.subarray(from * size, (from + 1) * size), frame * size);
    }
    return kept;
  },
  fitted: z.null(),
  fit: () => null,
  row: (pictures) => pictures,
});
