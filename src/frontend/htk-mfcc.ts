import { type Matrix, matrix } from '../matrix.js';
import { withDerivatives } from './derivatives.js';
import { cepstraOf, melBands, melFilters } from './mel.js';
import { naming } from './naming.js';
import { cutIntoFrames, type Framing, frameEnergies, magnitudes, pointsOf } from './short-time.js';
import type { FeatureTrack, Waveform } from './tracks.js';
import { type WindowShape, windowOf } from './window-shape.js';

/**
 * MFCC of a waveform as HTK computes them (Young et al., The HTK Book, version 3.4, chapter 5), of the kind MFCC_E_D:
 * what a corpus of waveforms needs to stand beside one that holds such files and no sound. The cepstra of the
 * spectrogram (`MelOptions`) are others: their logarithms have a floor relative to the clip, and their energy is not
 * normalised.
 */
export interface HtkMfccOptions extends Framing {
  /** Hann and Hamming in their symmetric form. */
  readonly shape: WindowShape;
  /** k of x(t) − k x(t − 1), taken within a frame; 0 for none. */
  readonly preEmphasis: number;
  /** Triangular filters on the mel scale from 0 Hz to the Nyquist frequency. */
  readonly channels: number;
  /** Coefficients c1 … cn; fewer than the channels. */
  readonly cepstra: number;
  /** L of the lifter; 0 for none. */
  readonly lifter: number;
  /** dB below the loudest frame of the clip under which no energy falls; null for none. */
  readonly silenceFloor: number | null;
  /** Normalised log energy is 1 − scale · (largest − energy). */
  readonly energyScale: number;
  /** Frames to either side over which the deltas' slope is fitted. */
  readonly deltaWindow: number;
  /** Of the first and last `deltaWindow` frames: `DerivativeOptions.ends`. */
  readonly deltaEnds: 'repeat' | 'difference';
}

/** Values a frame: cepstra, energy, and the deltas of both. */
export const htkMfccColumns = ({ cepstra }: Pick<HtkMfccOptions, 'cepstra'>): number => 2 * (cepstra + 1);

/** HTK reads samples as 16-bit integers, and its floors are of that scale. */
const fullScale = 32768;

/**
 * The MFCC track of a waveform. Frame k is centred at (k + 1) hops, counted from the first multiple of a hop at which a
 * whole window fits, so that frames lie between pictures as those of AVLetters do. Each holds the cepstra, the
 * normalised log energy, and their deltas.
 *
 * Neither a band nor an energy is less than 1 before its logarithm: the least that integer samples other than silence
 * can have.
 *
 * @throws MmxError `frontend/waveform` when there are no samples or some are not finite; `frontend/rate` for rates
 *   and durations that make no window
 */
export function htkMfcc(waveform: Waveform, options: HtkMfccOptions): FeatureTrack {
  const { channels, cepstra, lifter, rate, shape, preEmphasis } = options;
  const cut = cutIntoFrames(waveform, options, firstWhole);
  const points = pointsOf(cut);
  const window = windowOf(shape, cut.length, 'symmetric').map((weight) => fullScale * weight);
  const bands = melBands(
    magnitudes(cut, points, window, preEmphasis),
    melFilters(channels, points / 2 + 1, rate),
  );
  for (let i = 0; i < bands.data.length; i++) bands.data[i] = logarithm(bands.data[i] as number);
  const statics = matrix(cut.frames, cepstra + 1);
  cepstraOf(bands, cepstra, lifter, statics);
  const energies = frameEnergies(cut).map((energy) => logarithm(fullScale ** 2 * energy));
  setColumn(statics, cepstra, normalisedEnergies(energies, options));
  return {
    kind: 'features',
    rate: rate / cut.hop,
    start: (cut.first + cut.length / 2) / rate,
    values: withDerivatives(statics, {
      order: 1,
      halfWindow: options.deltaWindow,
      scale: 'slope',
      ends: options.deltaEnds,
    }),
  };
}

/** As {@link htkMfcc}, of a clip: what is wrong with its sound is said with its name. */
export function mfccOfClip(id: string, waveform: Waveform, options: HtkMfccOptions): FeatureTrack {
  return naming(id, () => htkMfcc(waveform, options));
}

/** Where the window that is centred at the first multiple of a hop begins, of those that begin in the clip. */
function firstWhole(length: number, hop: number): number {
  return Math.ceil(length / 2 / hop) * hop - Math.floor(length / 2);
}

/** Natural, of 1 at least. */
const logarithm = (value: number): number => Math.log(Math.max(1, value));

function normalisedEnergies(
  energies: Float64Array,
  { silenceFloor, energyScale }: Pick<HtkMfccOptions, 'silenceFloor' | 'energyScale'>,
): Float64Array {
  const largest = energies.reduce((most, energy) => Math.max(most, energy));
  const least = silenceFloor === null ? Number.NEGATIVE_INFINITY : largest - (silenceFloor * Math.LN10) / 10;
  return energies.map((energy) => 1 - (largest - Math.max(least, energy)) * energyScale);
}

function setColumn({ columns, data }: Matrix, column: number, values: Float64Array): void {
  values.forEach((value, row) => {
    data[row * columns + column] = value;
  });
}
