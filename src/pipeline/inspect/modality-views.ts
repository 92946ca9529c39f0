import { MOUTH_HEIGHT, MOUTH_WIDTH } from '../../corpora/mouth-crop.js';
import type { FittedFrontEnd, FrontEndOptions } from '../../frontend/index.js';
import { audioDimensions, videoDimensions } from '../../frontend/index.js';
import { type Matrix, matrix, sliceRows } from '../../matrix.js';
import type { SoundKind } from '../data/parameters.js';
import { picturesOf, spectrogramOf } from './back-projection.js';

/** One row of a modality, or the weights to it, as what can be drawn. */
export interface DrawnModality {
  readonly modality: string;
  /** `spectrogram`: row 0 is the lowest frequency; `picture`: row 0 is the top. */
  readonly kind: 'picture' | 'spectrogram';
  /** Several where a row holds several frames. */
  readonly frames: readonly Matrix[];
}

/** How many values a row of a modality has, and what one (1 × inputs) looks like. */
export interface ModalityView {
  readonly inputs: number;
  readonly draw: (row: Matrix) => DrawnModality;
}

/** Views by modality; none of a modality that is no picture of anything. */
export type ModalityViews = ReadonlyMap<string, ModalityView>;

/**
 * A modality of rows of a known shape: a picture [height, width, 1], or, where `sequences` says so, frames of sound [times,
 * values a time]. Undefined for others.
 */
export function viewOfShape(
  modality: string,
  shape: readonly number[],
  { sequences = false }: { readonly sequences?: boolean } = {},
): ModalityView | undefined {
  const [first = 0, second = 0, channels] = shape;
  if (shape.length === 3 && channels === 1) {
    return {
      inputs: first * second,
      draw: ({ data }) => ({ modality, kind: 'picture', frames: [matrix(first, second, data)] }),
    };
  }
  if (!sequences || shape.length !== 2) return undefined;
  return {
    inputs: first * second,
    draw: ({ data }) => ({ modality, kind: 'spectrogram', frames: [overTime(data, first, second)] }),
  };
}

/** Rows of times × values as values × times, the first value lowest. */
function overTime(data: Float32Array, times: number, values: number): Matrix {
  const result = matrix(values, times);
  for (let time = 0; time < times; time++) {
    for (let value = 0; value < values; value++) {
      result.data[value * times + time] = data[time * values + value] as number;
    }
  }
  return result;
}

/**
 * Windows of clips, back through the whitening and without derivatives: sound that was given as waveforms as a spectrogram,
 * pictures of mouths as they are.
 *
 * @param mean whether to add the mean that the whitening took away: of data, not of weights
 */
export function viewsOfClips(
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  sound: SoundKind | null,
  { mean }: { readonly mean: boolean },
): Map<string, ModalityView> {
  const views = new Map<string, ModalityView>();
  if (sound === 'waveform' && (fitted.audio || options.audio.whitening === null)) {
    views.set('audio', {
      inputs: audioDimensions(options, 'waveform'),
      draw: (window) => ({
        modality: 'audio',
        kind: 'spectrogram',
        frames: [spectrogramOf(window, fitted.audio, options, mean)],
      }),
    });
  }
  if (fitted.video?.components.columns === MOUTH_HEIGHT * MOUTH_WIDTH) {
    views.set('video', {
      inputs: videoDimensions(options, MOUTH_HEIGHT * MOUTH_WIDTH),
      draw(window) {
        const all = picturesOf(window, fitted.video, options, mean);
        const frames = Array.from({ length: all.rows }, (_, frame) =>
          matrix(MOUTH_HEIGHT, MOUTH_WIDTH, sliceRows(all, frame, frame + 1).data),
        );
        return { modality: 'video', kind: 'picture', frames };
      },
    });
  }
  return views;
}
