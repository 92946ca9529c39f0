import { MmxError } from '../../errors.js';
import { type FrontEndOptions, unwhiten, type Whitening } from '../../frontend/index.js';
import { type Matrix, matrix, sliceColumns } from '../../matrix.js';

/**
 * Whitened windows as the sound and the pictures they are of. `mean` adds the mean that the whitening took away: of data,
 * not of weights. Errors have the code `report/figure-4`.
 */

/** One audio window (1 × frames · dimensions) as a spectrogram, bins × frames. */
export function spectrogramOf(
  window: Matrix,
  whitening: Whitening | undefined,
  { audio }: FrontEndOptions,
  mean = false,
): Matrix {
  const frames = frameByFrame(window, audio.frames);
  const values = audio.whitening === null ? frames : unwhiten(required(whitening, 'sound'), frames, { mean });
  // The spectrum stands before its derivatives, which were whitened with it.
  const spectra = sliceColumns(values, 0, firstOf(values, audio.derivatives.order + 1));
  const result = matrix(spectra.columns, spectra.rows);
  for (let frame = 0; frame < spectra.rows; frame++) {
    for (let bin = 0; bin < spectra.columns; bin++) {
      result.data[bin * spectra.rows + frame] = spectra.data[frame * spectra.columns + bin] as number;
    }
  }
  return result;
}

/** One video window (1 × frames · dimensions) as pictures, frames × pixels. */
export function picturesOf(
  window: Matrix,
  whitening: Whitening | undefined,
  { video }: FrontEndOptions,
  mean = false,
): Matrix {
  const frames = frameByFrame(window, video.frames);
  // The whitened picture stands before its derivatives, which were taken after the whitening.
  const values = sliceColumns(frames, 0, firstOf(frames, video.derivatives.order + 1));
  return video.whitening === null ? values : unwhiten(required(whitening, 'pictures'), values, { mean });
}

/** Columns of the first of equal parts. */
function firstOf({ columns }: Matrix, parts: number): number {
  if (columns % parts === 0) return columns / parts;
  throw new MmxError(
    'report/figure-4',
    `frames of ${columns} numbers cannot be divided into ${parts} parts (signal and derivatives)`,
  );
}

function frameByFrame({ data }: Matrix, frames: number): Matrix {
  return matrix(frames, data.length / frames, data);
}

function required(whitening: Whitening | undefined, what: string): Whitening {
  if (whitening !== undefined) return whitening;
  throw new MmxError(
    'report/figure-4',
    `Figure 4 cannot be drawn: the front end holds no whitening of ${what}`,
  );
}
