import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';
import { resample } from './resample.js';
import { forEachProductRow } from './row-product.js';
import type { FrameSeries, Waveform } from './tracks.js';

export type WindowShape = 'hann' | 'hamming' | 'rectangular';
export type MagnitudeScale = 'log' | 'magnitude';

/**
 * The paper states the window, the hop and the number of bins (161, which is 20 ms at 16 kHz without zero
 * padding); the shape of the window and the scale of the magnitudes are not stated.
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
  /**
   * `log` by default: log(magnitude + floor). A change of level or of channel adds a constant to it, which the
   * normalisation over time removes, and its range suits linear-Gaussian visible units.
   */
  readonly scale: MagnitudeScale;
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
  scale: 'log',
  floor: -60,
};

/** Bins of a spectrogram: 0 Hz to the Nyquist frequency. */
export function spectrogramBins({ rate, window }: SpectrogramOptions): number {
  return Math.floor(Math.round(rate * window) / 2) + 1;
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
  const values = magnitudes(samples, frames, length, hop, windowOf(options.shape, length));
  if (options.scale === 'log') toLogarithm(values.data, options.floor);
  return { rate: rate / hop, start: length / 2 / rate, values };
}

function magnitudes(
  samples: Float32Array,
  frames: number,
  length: number,
  hop: number,
  window: Float64Array,
): Matrix {
  const bins = Math.floor(length / 2) + 1;
  const result = matrix(frames, bins);
  forEachProductRow(
    frames,
    knownDftMatrix(length),
    (frame, target) => {
      const begin = frame * hop;
      for (let i = 0; i < length; i++) target[i] = (window[i] as number) * (samples[begin + i] ?? 0);
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

const dftMatrices = new Map<number, Matrix>();

function knownDftMatrix(length: number): Matrix {
  const known = dftMatrices.get(length) ?? dftMatrix(length);
  dftMatrices.set(length, known);
  return known;
}

/**
 * length × 2 bins: real and imaginary part of the DFT of real input. A product with it serves any length (20 ms are
 * 320 samples, no power of two) and runs on the engine.
 */
function dftMatrix(length: number): Matrix {
  const bins = Math.floor(length / 2) + 1;
  const result = matrix(length, 2 * bins);
  for (let n = 0; n < length; n++) {
    for (let k = 0; k < bins; k++) {
      // Reduced before the cosine is taken, as the product is exact and the angle is not.
      const angle = (2 * Math.PI * ((n * k) % length)) / length;
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
