import { decodeVideo, probeMovie } from '../../formats/movie.js';
import { encodeNpy } from '../../formats/npy.js';
import { loadFace } from '../face-movie.js';
import type { MouthBox, MovieBoxes } from '../mouth-boxes.js';
import { MOUTH_HEIGHT, MOUTH_WIDTH, toMouthSize } from '../mouth-crop.js';
import type { Picture } from './mouth.js';

/** A frame of a movie, and the mouth that a model would be shown of it. */
export interface SampleFrame {
  readonly index: number;
  readonly picture: Picture;
  readonly box: MouthBox | null;
  readonly mouth: Picture | null;
}

/**
 * Frames from all over a movie, in the middle of equal parts of it.
 *
 * @param boxes null where no mouth was found
 * @throws MmxError when the movie cannot be read
 */
export function sampleFrames(
  file: string,
  boxes: MovieBoxes | null,
  frames: number,
  count: number,
): readonly SampleFrame[] {
  const probed = probeMovie(file);
  const { rate = 1, start = 0 } = probed.video ?? {};
  const places = Array.from({ length: count }, (_, part) => Math.floor(((part + 0.5) * frames) / count));
  return [...new Set(places)].map((index) => {
    const from = start + index / rate;
    const { width, height, data } = decodeVideo(file, { from, to: from + 1 / rate, probed });
    const picture = { width, height, data: data.subarray(0, width * height) };
    const box = boxes?.at(index) ?? null;
    const mouth =
      box === null ? null : { width: MOUTH_WIDTH, height: MOUTH_HEIGHT, data: toMouthSize(picture, box) };
    return { index, picture, box, mouth };
  });
}

/** The mouth pictures of a whole movie as a `.npy` file (frames x 60 x 80), just as every model is shown them. */
export function mouthArray(file: string, boxes: MovieBoxes): Uint8Array {
  const { video } = loadFace({ file, boxes: () => boxes }, { audio: false });
  if (video === null) throw new Error('a movie without pictures');
  return encodeNpy({ shape: [video.count, video.height, video.width], data: video.data });
}
