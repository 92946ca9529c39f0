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
  const filter = lowPass(up, down);
  const out = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let start = 0; start < Math.min(up, out.length); start++) {
    const phase = (start * down) % up;
    convolve(
      out,
      start,
      up,
      samples,
      (start * down - phase) / up - filter.reach + 1,
      down,
      filter.branch(phase),
    );
  }
  return out;
}

/** out[start + s·stride] = Σ taps[t] · samples[first + s·step + t], for all s; samples beyond the ends are zero. */
function convolve(
  out: Float32Array,
  start: number,
  stride: number,
  samples: Float32Array,
  first: number,
  step: number,
  taps: Float64Array,
): void {
  const n = taps.length;
  let i = first;
  let j = start;
  for (; j < out.length && i < 0; i += step, j += stride) out[j] = tapped(samples, i, taps);
  // Four sums at a time: one alone would wait for each of its additions.
  for (; j + 3 * stride < out.length && i + 3 * step + n <= samples.length; i += 4 * step, j += 4 * stride) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let t = 0; t < n; t++) {
      const tap = taps[t] as number;
      const from = i + t;
      s0 += tap * (samples[from] as number);
      s1 += tap * (samples[from + step] as number);
      s2 += tap * (samples[from + 2 * step] as number);
      s3 += tap * (samples[from + 3 * step] as number);
    }
    out[j] = s0;
    out[j + stride] = s1;
    out[j + 2 * stride] = s2;
    out[j + 3 * stride] = s3;
  }
  for (; j < out.length; i += step, j += stride) out[j] = tapped(samples, i, taps);
}

/** Σ taps[t] · samples[first + t] over the samples there are. */
function tapped(samples: Float32Array, first: number, taps: Float64Array): number {
  const end = Math.min(taps.length, samples.length - first);
  let sum = 0;
  for (let t = Math.max(0, -first); t < end; t++) {
    sum += (taps[t] as number) * (samples[first + t] as number);
  }
  return sum;
}

/** The filter made last: the clips of a corpus mostly ask for the same one. */
let latest: { readonly up: number; readonly down: number; readonly filter: LowPass } | undefined;

function lowPass(up: number, down: number): LowPass {
  if (latest?.up !== up || latest.down !== down) {
    latest = { up, down, filter: new LowPass(Math.min(1, up / down), up) };
  }
  return latest.filter;
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
