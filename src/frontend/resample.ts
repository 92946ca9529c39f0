import { MmxError } from '../errors.js';

/** Stop-band attenuation the filter is designed for, in dB. */
const attenuation = 80;
/** The transition lies between 0.9 and 1 of the lower of the two Nyquist frequencies. */
const transition = 0.1;

/**
 * Changes the sampling rate by the rational ratio `to / from`: a windowed-sinc low-pass (Kaiser window) evaluated
 * directly at the output's times, one polyphase branch for each fractional position. Linear phase and no delay:
 * output sample j belongs to the time j / to, as input sample i to i / from.
 *
 * Quality: up to 0.9 of the lower Nyquist frequency the gain is 1 within 0.002 dB; from that Nyquist frequency on,
 * aliases and images are at least 78 dB down. Beyond both ends the signal is taken as zero.
 *
 * @param samples at `from` samples a second; returned as it is when the rates are equal
 * @returns ⌈length · to / from⌉ samples
 * @throws MmxError `frontend/rate` when a rate is not a positive whole number
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  for (const rate of [from, to]) {
    if (!(Number.isSafeInteger(rate) && rate > 0)) {
      throw new MmxError('frontend/rate', `a sampling rate must be a positive whole number, not ${rate}`);
    }
  }
  if (from === to) return samples;
  const common = greatestCommonDivisor(from, to);
  const up = to / common;
  const down = from / common;
  const filter = new LowPass(Math.min(1, up / down), up);
  const { reach } = filter;
  const out = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let j = 0; j < out.length; j++) {
    const numerator = j * down;
    const phase = numerator % up;
    const first = (numerator - phase) / up - reach + 1;
    const taps = filter.branch(phase);
    const begin = Math.max(0, -first);
    const end = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let t = begin; t < end; t++) sum += (taps[t] as number) * (samples[first + t] as number);
    out[j] = sum;
  }
  return out;
}

/** Low-pass filter cut off below the fraction `band` of the input's Nyquist frequency. */
class LowPass {
  /** Input samples it reaches to either side. */
  readonly reach: number;
  readonly #cutoff: number;
  readonly #half: number;
  readonly #branches: (Float64Array | undefined)[];

  constructor(band: number, phases: number) {
    // Kaiser's formula for the length that gives `attenuation` with this transition width.
    this.#half = (attenuation - 7.95) / (2.285 * transition * Math.PI * band) / 2;
    this.reach = Math.ceil(this.#half);
    this.#cutoff = band * (1 - transition / 2);
    this.#branches = new Array(phases);
  }

  /** Taps for an output `phase / phases` input samples after an input sample, which is tap `reach` − 1. */
  branch(phase: number): Float64Array {
    const known = this.#branches[phase];
    if (known !== undefined) return known;
    const taps = new Float64Array(2 * this.reach);
    const fraction = phase / this.#branches.length;
    let sum = 0;
    for (let t = 0; t < taps.length; t++) {
      const value = this.#response(t - this.reach + 1 - fraction);
      taps[t] = value;
      sum += value;
    }
    // Unit gain at 0 Hz in every branch, else a constant would come out with a tone at the old rate.
    for (let t = 0; t < taps.length; t++) taps[t] = (taps[t] as number) / sum;
    this.#branches[phase] = taps;
    return taps;
  }

  #response(time: number): number {
    const position = time / this.#half;
    if (Math.abs(position) >= 1) return 0;
    const angle = Math.PI * this.#cutoff * time;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    return sinc * besselI0(beta * Math.sqrt(1 - position * position));
  }
}

/** Kaiser's shape parameter for the attenuation. */
const beta = 0.1102 * (attenuation - 8.7);

/** Modified Bessel function of the first kind and order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
