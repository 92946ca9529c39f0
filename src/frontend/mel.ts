import { type Matrix, matrix } from '../matrix.js';

/**
 * The mel scale as an alternative to the linear bins of the spectrogram; not in the paper. Definitions are those of the
 * HTK Book (Young et al., version 3.4, sections 5.4 to 5.6).
 */
export interface MelOptions {
  /** Triangular filters, evenly spread on the mel scale from 0 Hz to the Nyquist frequency. */
  readonly bands: number;
  /**
   * Cepstral coefficients c1 … cn taken of the logarithms of the bands, with the logarithm of the frame's energy after
   * them (HTK's MFCC_E); null keeps the bands.
   */
  readonly cepstra: number | null;
  /** L of the lifter, which scales c_n by 1 + L/2 · sin(πn/L); 0 for none. */
  readonly lifter: number;
}

/** Values a frame. */
export const melColumns = ({ bands, cepstra }: MelOptions): number =>
  cepstra === null ? bands : cepstra + 1;

/** Mel(f) = 1127 ln(1 + f/700), f in Hz (HTK Book, eq. 5.13). */
export const mel = (frequency: number): number => 1127 * Math.log1p(frequency / 700);

/**
 * Weights of the filters: bands × bins. Each rises linearly in mel from the centre of the one before it to its own, and
 * falls to the centre of the next; the zeroth bin, which holds the mean alone, belongs to none.
 *
 * @param bins of a DFT of 2 (bins − 1) points
 * @param rate samples per second
 */
export function melFilters(bands: number, bins: number, rate: number): Matrix {
  const result = matrix(bands, bins);
  const step = mel(rate / 2) / (bands + 1);
  for (let bin = 1; bin < bins; bin++) {
    const place = mel((bin * rate) / (2 * (bins - 1))) / step;
    for (let band = 0; band < bands; band++) {
      const weight = 1 - Math.abs(place - (band + 1));
      if (weight > 0) result.data[band * bins + bin] = weight;
    }
  }
  return result;
}

/** frames × bins of magnitudes, or of powers → frames × bands. */
export function melBands(magnitudes: Matrix, filters: Matrix): Matrix {
  const { rows, columns } = magnitudes;
  const result = matrix(rows, filters.rows);
  const feet = feetOf(filters);
  for (let row = 0; row < rows; row++) {
    for (let band = 0; band < filters.rows; band++) {
      const end = feet[2 * band + 1] as number;
      let sum = 0;
      for (let bin = feet[2 * band] as number; bin < end; bin++) {
        sum +=
          (filters.data[band * columns + bin] as number) * (magnitudes.data[row * columns + bin] as number);
      }
      result.data[row * filters.rows + band] = sum;
    }
  }
  return result;
}

const knownFeet = new WeakMap<Matrix, Uint32Array>();

/** First bin of each filter and the one after its last: a filter is a triangle, and beyond its feet it only adds zeros. */
function feetOf(filters: Matrix): Uint32Array {
  const known = knownFeet.get(filters);
  if (known !== undefined) return known;
  const { rows, columns, data } = filters;
  const feet = new Uint32Array(2 * rows);
  for (let band = 0; band < rows; band++) {
    const weights = data.subarray(band * columns, (band + 1) * columns);
    feet[2 * band] = Math.max(
      0,
      weights.findIndex((weight) => weight !== 0),
    );
    feet[2 * band + 1] = 1 + weights.findLastIndex((weight) => weight !== 0);
  }
  knownFeet.set(filters, feet);
  return feet;
}

/**
 * frames × bands of logarithms → frames × cepstra: c_n = √(2/N) Σ m_j cos(πn (j − ½) / N), liftered (HTK Book,
 * eqs. 5.14 and 5.17). The zeroth has the factor √(1/N), which makes the cosines an orthonormal basis.
 *
 * @param target where the coefficients go: its rows are at least as wide, and what lies behind them stays
 * @param first n of the first coefficient
 */
export function cepstraOf(
  { rows, columns, data }: Matrix,
  cepstra: number,
  lifter: number,
  target: Matrix,
  first: 0 | 1 = 1,
): void {
  const weights = knownCosines(cepstra, columns, lifter, first);
  for (let row = 0; row < rows; row++) {
    for (let n = 0; n < cepstra; n++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) {
        sum += (weights[n * columns + j] as number) * (data[row * columns + j] as number);
      }
      target.data[row * target.columns + n] = sum;
    }
  }
}

/** The weights made last: the clips of a corpus ask for the same ones. */
let latest: { readonly key: string; readonly weights: Float64Array } | undefined;

/** cepstra × columns. */
function knownCosines(cepstra: number, columns: number, lifter: number, first: 0 | 1): Float64Array {
  const key = `${cepstra}/${columns}/${lifter}/${first}`;
  if (latest?.key === key) return latest.weights;
  const weights = Float64Array.from({ length: cepstra * columns }, (_, i) => {
    const n = Math.floor(i / columns) + first;
    const scale = lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * n) / lifter);
    return (
      scale *
      Math.sqrt((n === 0 ? 1 : 2) / columns) *
      Math.cos((Math.PI * n * ((i % columns) + 0.5)) / columns)
    );
  });
  latest = { key, weights };
  return weights;
}
