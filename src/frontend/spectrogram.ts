import { type Matrix, matrix } from '../matrix.js';
import { cepstraOf, type MelOptions, melBands, melColumns, melFilters } from './mel.js';
import { cutIntoFrames, type Frames, frameEnergies, magnitudes, pointsOf } from './short-time.js';
import type { FrameSeries, Waveform } from './tracks.js';
import { type WindowShape, windowOf } from './window-shape.js';

export type MagnitudeScale = 'log' | 'power' | 'magnitude';

/**
 * The paper states the window, the hop and the number of bins (161, which is 20 ms at 16 kHz without zero
 * padding); the shape of the window, a pre-emphasis and the scale of the magnitudes are not stated.
 */
export interface SpectrogramOptions {
  /** Samples a second at which the spectrogram is taken; other rates are resampled. */
  readonly rate: number;
  /** Length of the window in seconds; as many samples as the DFT has points. */
  readonly window: number;
  /** Seconds between windows. */
  readonly hop: number;
  /** `hann` by default: its side lobes fall fast enough to keep weak formants apart from the strong first. */
  readonly shape: WindowShape;
  /** k of x(t) − k x(t − 1), taken within a frame as HTK does; 0 for none. */
  readonly preEmphasis: number;
  /** Bands on the mel scale, or their cepstra, in place of the bins; null for the bins. */
  readonly mel: MelOptions | null;
  /**
   * `log`: log(magnitude + floor). A change of level or of channel adds a constant to it, which the normalisation over
   * time removes. `power`: magnitudes divided by their root mean square over the clip, so that a clip's level does not
   * change its features, raised to `exponent`. `magnitude`: as the DFT gives them.
   */
  readonly scale: MagnitudeScale;
  /** Of the power law; 0.33 is about that of perceived loudness. */
  readonly exponent: number;
  /**
   * The floor of the logarithm, in dB relative to the largest magnitude of the clip: without one, silence would
   * reach down without bound. Relative, so that a clip's level does not change its features.
   */
  readonly floor: number;
}

export const defaultSpectrogram: SpectrogramOptions = {
  rate: 16000,
  window: 0.02,
  hop: 0.01,
  shape: 'hann',
  preEmphasis: 0,
  mel: null,
  scale: 'log',
  exponent: 0.33,
  floor: -60,
};

/** Values of a frame: bins from 0 Hz to the Nyquist frequency, or what is taken of them on the mel scale. */
export function spectrogramBins({ rate, window, mel }: SpectrogramOptions): number {
  return mel === null ? Math.floor(Math.round(rate * window) / 2) + 1 : melColumns(mel);
}

/**
 * Short-time spectrum of a waveform: frames × bins. Frame i covers the samples from i hops on, so its centre is
 * at i · hop + window / 2 seconds; samples that fill no whole window at the end are left out. A waveform shorter
 * than a window is filled up with silence to one frame. Magnitudes are those of the plain DFT (Σ x e^…, no factor).
 *
 * @throws MmxError `frontend/waveform` when there are no samples or some are not finite; `frontend/rate` for rates
 *   and durations that make no window
 */
export function spectrogram(
  waveform: Waveform,
  options: SpectrogramOptions = defaultSpectrogram,
): FrameSeries {
  const cut = cutIntoFrames(waveform, options);
  const { mel, rate } = options;
  // HTK fills a frame up with zeros to a power of two before it places the filters.
  const points = mel === null ? cut.length : pointsOf(cut);
  const spectra = magnitudes(cut, points, windowOf(options.shape, cut.length), options.preEmphasis);
  const bands = mel === null ? spectra : melBands(spectra, melFilters(mel.bands, points / 2 + 1, rate));
  rescale(bands.data, options);
  const values =
    mel === null || mel.cepstra === null ? bands : withEnergy(bands, mel, mel.cepstra, cut, options.floor);
  return { rate: rate / cut.hop, start: cut.length / 2 / rate, values };
}

/** Cepstra with the logarithm of each frame's energy (of the samples as they are) in the last column. */
function withEnergy(
  bands: Matrix,
  { lifter }: MelOptions,
  cepstra: number,
  cut: Frames,
  floor: number,
): Matrix {
  const result = matrix(cut.frames, cepstra + 1);
  cepstraOf(bands, cepstra, lifter, result);
  const energies = Float32Array.from(frameEnergies(cut));
  // Energies are squares of magnitudes: twice the decibels.
  toLogarithm(energies, 2 * floor);
  energies.forEach((energy, frame) => {
    result.data[frame * (cepstra + 1) + cepstra] = energy;
  });
  return result;
}

/** In place: magnitudes to the scale asked for. */
function rescale(values: Float32Array, { scale, floor, exponent }: SpectrogramOptions): void {
  if (scale === 'log') toLogarithm(values, floor);
  else if (scale === 'power') toPower(values, exponent);
}

/** In place: (x / root mean square)^exponent. Silence throughout stays 0. */
function toPower(values: Float32Array, exponent: number): void {
  let squares = 0;
  for (const value of values) squares += value * value;
  const deviation = Math.sqrt(squares / values.length) || 1;
  for (let i = 0; i < values.length; i++) values[i] = ((values[i] as number) / deviation) ** exponent;
}

/** In place: log(x + floor), the floor `decibels` from the largest x. Silence throughout becomes one constant. */
function toLogarithm(values: Float32Array, decibels: number): void {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const floor = largest > 0 ? largest * 10 ** (decibels / 20) : 1;
  for (let i = 0; i < values.length; i++) values[i] = Math.log((values[i] as number) + floor);
}
