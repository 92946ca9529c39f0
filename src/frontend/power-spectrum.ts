/**
 * Squared magnitudes of the DFT of real samples (Σ x e^…, no factor), by a fast Fourier transform in double precision.
 * It runs on the host, so its bits are the same whatever the engine.
 */
export class PowerSpectrum {
  /** From 0 Hz to the Nyquist frequency: points / 2 + 1. */
  readonly bins: number;
  readonly #half: number;
  readonly #reversed: Uint32Array;
  /** cos and sin of 2π k / points. */
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  /** @param points of the DFT: a power of two, 4 at least */
  constructor(points: number) {
    if (!(points >= 4 && Number.isInteger(Math.log2(points)))) {
      throw new RangeError(`a DFT of ${points} points: a power of two from 4 on is needed`);
    }
    const half = points / 2;
    this.#half = half;
    this.bins = half + 1;
    this.#reversed = bitReversal(half);
    this.#cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / points));
    this.#sines = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / points));
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
  }

  /**
   * @param samples as many as the DFT has points
   * @param target where the `bins` values go
   */
  of(samples: Float64Array, target: Float32Array | Float64Array): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    // Even samples as real part, odd ones as imaginary part: one complex transform of half the length serves.
    for (let i = 0; i < half; i++) {
      const from = 2 * (this.#reversed[i] as number);
      real[i] = samples[from] as number;
      imaginary[i] = samples[from + 1] as number;
    }
    this.#transform();
    for (let k = 0; k <= half; k++) {
      const at = k % half;
      const mirrored = (half - k) % half;
      const evenReal = ((real[at] as number) + (real[mirrored] as number)) / 2;
      const evenImaginary = ((imaginary[at] as number) - (imaginary[mirrored] as number)) / 2;
      const oddReal = ((imaginary[at] as number) + (imaginary[mirrored] as number)) / 2;
      const oddImaginary = ((real[mirrored] as number) - (real[at] as number)) / 2;
      const cosine = k === half ? -1 : (this.#cosines[k] as number);
      const sine = k === half ? 0 : (this.#sines[k] as number);
      const re = evenReal + cosine * oddReal + sine * oddImaginary;
      const im = evenImaginary + cosine * oddImaginary - sine * oddReal;
      target[k] = re * re + im * im;
    }
  }

  /** In place: the DFT of what was put in bit-reversed order (Cooley and Tukey, radix 2). */
  #transform(): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    const cosines = this.#cosines;
    const sines = this.#sines;
    for (let width = 1; width < half; width *= 2) {
      const step = half / width;
      for (let offset = 0; offset < width; offset++) {
        const cosine = cosines[offset * step] as number;
        const sine = sines[offset * step] as number;
        for (let i = offset; i < half; i += 2 * width) {
          const j = i + width;
          const a = real[j] as number;
          const b = imaginary[j] as number;
          const re = cosine * a + sine * b;
          const im = cosine * b - sine * a;
          const c = real[i] as number;
          const d = imaginary[i] as number;
          real[j] = c - re;
          imaginary[j] = d - im;
          real[i] = c + re;
          imaginary[i] = d + im;
        }
      }
    }
  }
}

function bitReversal(length: number): Uint32Array {
  const reversed = new Uint32Array(length);
  for (let i = 1; i < length; i++) {
    reversed[i] = ((reversed[i >> 1] as number) >> 1) | (i & 1 ? length >> 1 : 0);
  }
  return reversed;
}
