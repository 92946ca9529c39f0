import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';
import { cepstraOf, melBands } from './mel.js';
import { PowerSpectrum } from './power-spectrum.js';
import { resample } from './resample.js';
import { checkSamples, type FrameSeries, type Waveform } from './tracks.js';
import { windowOf } from './window-shape.js';

/**
 * What `librosa.feature.mfcc` of librosa 0.10 and later lets its callers choose. The rest is its default: frames centred
 * at multiples of the hop in samples with silence around them, a periodic Hann window, powers, Slaney's mel scale with
 * filters of one area, decibels within 80 dB of the largest, an orthonormal DCT-II without a lifter.
 */
export interface LibrosaMfccOptions {
  /** Samples a second to which the waveform is brought first (`sr`). */
  readonly rate: number;
  /** Coefficients c0 … c(n−1) (`n_mfcc`), no more than the bands. */
  readonly coefficients: number;
  /** Points of the DFT, and samples of a frame (`n_fft`): a power of two. */
  readonly points: number;
  /** Samples between frames (`hop_length`). */
  readonly hop: number;
  /** Filters on the mel scale from 0 Hz to the Nyquist frequency (`n_mels`). */
  readonly bands: number;
}

/** librosa's own. */
export const defaultLibrosaMfcc: LibrosaMfccOptions = {
  rate: 22050,
  coefficients: 20,
  points: 2048,
  hop: 512,
  bands: 128,
};

/** The least power of a band whose decibels are told apart from silence (`amin`). */
const leastPower = 1e-10;
/** Decibels below the largest band of the waveform under which none falls (`top_db`). */
const range = 80;

/**
 * MFCC of a waveform as librosa computes them: 1 + ⌊samples / hop⌋ frames × coefficients, frame i centred at i hops.
 * librosa is given samples at `rate`; other rates are resampled here.
 *
 * @throws MmxError `frontend/waveform` when there are no samples or some are not finite; `frontend/rate` when the rates
 *   are no positive whole numbers; `frontend/mfcc` for options that librosa's definition or the DFT has no sense for
 */
export function librosaMfcc(waveform: Waveform, options: LibrosaMfccOptions): FrameSeries {
  checkSamples(waveform);
  checkOptions(options);
  const { rate, coefficients, points, hop, bands } = options;
  const powers = powersOf(resample(waveform.samples, waveform.rate, rate), points, hop);
  const levels = melBands(powers, knownFilters(bands, powers.columns, rate));
  toDecibels(levels.data);
  const values = matrix(levels.rows, coefficients);
  cepstraOf(levels, coefficients, 0, values, 0);
  return { rate: rate / hop, start: 0, values };
}

/** frames × bins. */
function powersOf(samples: Float32Array, points: number, hop: number): Matrix {
  const { spectrum, window } = knownTransform(points);
  // Recordings are followed by silence up to one length: its powers are the zeros that are there.
  const end = 1 + samples.findLastIndex((value) => value !== 0);
  const frames = 1 + Math.floor(samples.length / hop);
  const result = matrix(frames, spectrum.bins);
  const frame = new Float64Array(points);
  for (let index = 0; index < frames; index++) {
    const begin = index * hop - points / 2;
    if (begin >= end) break;
    const [from, to] = [Math.max(0, -begin), Math.min(points, samples.length - begin)];
    frame.fill(0);
    for (let i = from; i < to; i++) frame[i] = (window[i] as number) * (samples[begin + i] as number);
    spectrum.of(frame, result.data.subarray(index * spectrum.bins, (index + 1) * spectrum.bins));
  }
  return result;
}

/** In place: powers to decibels, relative to a power of 1. */
function toDecibels(powers: Float32Array): void {
  let largest = leastPower;
  for (const power of powers) if (power > largest) largest = power;
  const floor = 10 * Math.log10(largest) - range;
  for (let i = 0; i < powers.length; i++) {
    powers[i] = Math.max(floor, 10 * Math.log10(Math.max(leastPower, powers[i] as number)));
  }
}

/** Slaney's mel scale (Auditory Toolbox): linear up to 1 kHz, which is 15 mel, from there logarithmic. */
const corner = { hertz: 1000, mel: 15 };
const linearStep = 200 / 3;
const logarithmicStep = Math.log(6.4) / 27;

const toMel = (hertz: number): number =>
  hertz < corner.hertz ? hertz / linearStep : corner.mel + Math.log(hertz / corner.hertz) / logarithmicStep;

const toHertz = (mel: number): number =>
  mel < corner.mel ? mel * linearStep : corner.hertz * Math.exp(logarithmicStep * (mel - corner.mel));

/**
 * Weights of the filters: bands × bins. Each rises linearly in Hz from the centre of the one before it to its own, and falls
 * to the centre of the next; its height is 2 over the width of its base in Hz.
 */
function slaneyFilters(bands: number, bins: number, rate: number): Matrix {
  const result = matrix(bands, bins);
  const step = toMel(rate / 2) / (bands + 1);
  for (let band = 0; band < bands; band++) {
    const [low, centre, high] = [
      toHertz(band * step),
      toHertz((band + 1) * step),
      toHertz((band + 2) * step),
    ];
    for (let bin = 0; bin < bins; bin++) {
      const hertz = (bin * rate) / (2 * (bins - 1));
      const weight = Math.min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
      if (weight > 0) result.data[band * bins + bin] = (2 / (high - low)) * weight;
    }
  }
  return result;
}

/** What was made last: the recordings of a corpus ask for the same. */
let latestFilters: { readonly key: string; readonly filters: Matrix } | undefined;
let latestTransform: Transform | undefined;

interface Transform {
  readonly points: number;
  readonly spectrum: PowerSpectrum;
  readonly window: Float64Array;
}

function knownFilters(bands: number, bins: number, rate: number): Matrix {
  const key = `${bands}/${bins}/${rate}`;
  if (latestFilters?.key !== key) latestFilters = { key, filters: slaneyFilters(bands, bins, rate) };
  return latestFilters.filters;
}

function knownTransform(points: number): Transform {
  if (latestTransform?.points !== points) {
    latestTransform = { points, spectrum: new PowerSpectrum(points), window: windowOf('hann', points) };
  }
  return latestTransform;
}

function checkOptions({ coefficients, points, hop, bands }: LibrosaMfccOptions): void {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  const problem = !(isCount(points) && points >= 4 && Number.isInteger(Math.log2(points)))
    ? `a DFT of ${points} points, where a power of two from 4 on is needed`
    : !isCount(hop)
      ? `a hop of ${hop} samples`
      : !isCount(bands) || !isCount(coefficients) || coefficients > bands
        ? `${coefficients} coefficients of ${bands} bands`
        : undefined;
  if (problem !== undefined)
    throw new MmxError('frontend/mfcc', `there are no MFCC of ${problem}`, { exitCode: 2 });
}
