import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';
import { cepstraOf, type MelOptions, melBands, melColumns, melFilters } from './mel.js';
import { resample } from './resample.js';
import { forEachProductRow } from './row-product.js';
import type { FrameSeries, Waveform } from './tracks.js';

export type WindowShape = 'hann' | 'hamming' | 'rectangular';
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
  checkSamples(waveform);
  const { rate } = options;
  const length = Math.round(rate * options.window);
  const hop = Math.round(rate * options.hop);
  if (!(length >= 2 && hop >= 1)) {
    throw new MmxError(
      'frontend/rate',
      `windows of ${options.window} s every ${options.hop} s at ${rate} samples/s hold ${length} samples every ${hop}`,
      { exitCode: 2 },
    );
  }
  const samples = resample(waveform.samples, waveform.rate, rate);
  const frames = Math.max(0, Math.floor((samples.length - length) / hop)) + 1;
  const cut: Frames = { samples, frames, length, hop };
  const window = windowOf(options.shape, length);
  const { mel } = options;
  // HTK fills a frame up with zeros to a power of two before it places the filters.
  const points = mel === null ? length : 2 ** Math.ceil(Math.log2(length));
  const spectra = magnitudes(cut, points, window, options.preEmphasis);
  const bands = mel === null ? spectra : melBands(spectra, melFilters(mel.bands, points / 2 + 1, rate));
  rescale(bands.data, options);
  const values =
    mel === null || mel.cepstra === null ? bands : withEnergy(bands, mel, mel.cepstra, cut, options.floor);
  return { rate: rate / hop, start: length / 2 / rate, values };
}

/** A waveform cut into overlapping frames. */
interface Frames {
  readonly samples: Float32Array;
  readonly frames: number;
  /** Samples of a frame. */
  readonly length: number;
  /** Samples from one frame to the next. */
  readonly hop: number;
}

function magnitudes(
  { samples, frames, length, hop }: Frames,
  points: number,
  window: Float64Array,
  preEmphasis: number,
): Matrix {
  const bins = Math.floor(points / 2) + 1;
  const result = matrix(frames, bins);
  forEachProductRow(
    frames,
    knownDftMatrix(length, points),
    (frame, target) => {
      const begin = frame * hop;
      for (let i = 0; i < length; i++) target[i] = (window[i] as number) * (samples[begin + i] ?? 0);
      if (preEmphasis !== 0) emphasise(target, samples, begin, length, window, preEmphasis);
    },
    (frame, values) => {
      const offset = frame * bins;
      for (let k = 0; k < bins; k++) {
        const real = values[k] as number;
        const imaginary = values[bins + k] as number;
        result.data[offset + k] = Math.sqrt(real * real + imaginary * imaginary);
      }
    },
  );
  return result;
}

/** Windowed samples after x(t) − k x(t − 1); the first, which has none before it, is multiplied by 1 − k. */
function emphasise(
  target: Float32Array | Float64Array,
  samples: Float32Array,
  begin: number,
  length: number,
  window: Float64Array,
  k: number,
): void {
  for (let i = 0; i < length; i++) {
    const before = samples[begin + Math.max(0, i - 1)] ?? 0;
    target[i] = (window[i] as number) * ((samples[begin + i] ?? 0) - k * before);
  }
}

/** Cepstra with the logarithm of each frame's energy (of the samples as they are) in the last column. */
function withEnergy(
  bands: Matrix,
  { lifter }: MelOptions,
  cepstra: number,
  { samples, frames, length, hop }: Frames,
  floor: number,
): Matrix {
  const result = matrix(frames, cepstra + 1);
  cepstraOf(bands, cepstra, lifter, result);
  const energies = Float32Array.from({ length: frames }, (_, frame) => {
    let sum = 0;
    for (let i = frame * hop; i < frame * hop + length; i++) sum += (samples[i] ?? 0) ** 2;
    return sum;
  });
  // Energies are squares of magnitudes: twice the decibels.
  toLogarithm(energies, 2 * floor);
  energies.forEach((energy, frame) => {
    result.data[frame * (cepstra + 1) + cepstra] = energy;
  });
  return result;
}

const dftMatrices = new Map<string, Matrix>();

function knownDftMatrix(length: number, points: number): Matrix {
  const key = `${length}/${points}`;
  const known = dftMatrices.get(key) ?? dftMatrix(length, points);
  dftMatrices.set(key, known);
  return known;
}

/**
 * length × 2 bins: real and imaginary part of the DFT of real input, filled up with zeros to `points`. A product with it
 * serves any length (20 ms are 320 samples, no power of two) and runs on the engine.
 */
function dftMatrix(length: number, points: number): Matrix {
  const bins = Math.floor(points / 2) + 1;
  const result = matrix(length, 2 * bins);
  for (let n = 0; n < length; n++) {
    for (let k = 0; k < bins; k++) {
      // Reduced before the cosine is taken, as the product is exact and the angle is not.
      const angle = (2 * Math.PI * ((n * k) % points)) / points;
      result.data[n * 2 * bins + k] = Math.cos(angle);
      result.data[n * 2 * bins + bins + k] = -Math.sin(angle);
    }
  }
  return result;
}

/** The window's samples; Hann and Hamming in their periodic form, as is usual for spectral analysis. */
function windowOf(shape: WindowShape, length: number): Float64Array {
  const [constant, cosine] = { hann: [0.5, 0.5], hamming: [0.54, 0.46], rectangular: [1, 0] }[shape] as [
    number,
    number,
  ];
  return Float64Array.from({ length }, (_, i) => constant - cosine * Math.cos((2 * Math.PI * i) / length));
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

function checkSamples({ samples }: Waveform): void {
  if (samples.length === 0) throw new MmxError('frontend/waveform', 'the sound has no samples');
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new MmxError(
      'frontend/waveform',
      `sample ${bad} of the sound is ${samples[bad]}, not a number to use`,
    );
  }
}
