import { MmxError } from '../errors.js';
import { type Matrix, matrix } from '../matrix.js';
import { resample } from './resample.js';
import { forEachProductRow } from './row-product.js';
import { checkSamples, type Waveform } from './tracks.js';

/** A waveform cut into overlapping frames; beyond its end there is silence. */
export interface Frames {
  readonly samples: Float32Array;
  readonly frames: number;
  /** Sample at which the first frame begins. */
  readonly first: number;
  /** Samples of a frame. */
  readonly length: number;
  /** Samples from one frame to the next. */
  readonly hop: number;
}

/** How a waveform is cut: durations in seconds. */
export interface Framing {
  /** Samples a second to which the waveform is brought first. */
  readonly rate: number;
  readonly window: number;
  readonly hop: number;
}

/**
 * Cuts a waveform into frames, those at the end that are not whole left out. A waveform too short for one is filled up
 * with silence to one.
 *
 * @param firstOf sample at which the first frame begins, of the samples of a frame and of a hop; 0 when absent
 * @throws MmxError `frontend/waveform` when there are no samples or some are not finite; `frontend/rate` for rates
 *   and durations that make no window
 */
export function cutIntoFrames(
  waveform: Waveform,
  { rate, window, hop: period }: Framing,
  firstOf: (length: number, hop: number) => number = () => 0,
): Frames {
  checkSamples(waveform);
  const length = Math.round(rate * window);
  const hop = Math.round(rate * period);
  if (!(length >= 2 && hop >= 1)) {
    throw new MmxError(
      'frontend/rate',
      `windows of ${window} s every ${period} s at ${rate} samples/s hold ${length} samples every ${hop}`,
      { exitCode: 2 },
    );
  }
  const samples = resample(waveform.samples, waveform.rate, rate);
  const first = firstOf(length, hop);
  const frames = Math.max(0, Math.floor((samples.length - first - length) / hop)) + 1;
  return { samples, frames, first, length, hop };
}

/** Sums of the squared samples of each frame, as they are. */
export function frameEnergies({ samples, frames, first, length, hop }: Frames): Float64Array {
  return Float64Array.from({ length: frames }, (_, frame) => {
    const begin = first + frame * hop;
    let sum = 0;
    for (let i = begin; i < begin + length; i++) sum += (samples[i] ?? 0) ** 2;
    return sum;
  });
}

/** Points of a DFT that HTK takes of a frame: filled up with zeros to a power of two. */
export const pointsOf = ({ length }: Frames): number => 2 ** Math.ceil(Math.log2(length));

/**
 * frames × bins of magnitudes, of the plain DFT (Σ x e^…, no factor).
 *
 * @param points of the DFT, at least as many as a frame has samples
 * @param window a weight a sample
 * @param preEmphasis k of x(t) − k x(t − 1), taken within a frame; 0 for none
 */
export function magnitudes(
  { samples, frames, first, length, hop }: Frames,
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
      const begin = first + frame * hop;
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
