import { type Changing, plainNumber } from './changing.js';

/**
 * Keyed, stateless randomness. Every draw is a function of (run seed, purpose, step) alone, so a run that is
 * resumed, reordered or spread over processes draws the same numbers. The generator is xoshiro128+ (Blackman
 * and Vigna 2018) in four interleaved lanes, so that one 128-bit SIMD register holds one word of each lane:
 * output i comes from lane i mod 4. The wasm kernels produce the same bits.
 */
export interface NoiseKey {
  /** Seed of the run, a safe integer. */
  readonly seed: number;
  /** What the draw is for, e.g. `rbm/left/hidden`: different purposes are independent. */
  readonly purpose: string;
  /** Counts the draws of one purpose, a safe integer. */
  readonly step: Changing;
}

const golden = 0x9e3779b9;
/** 2^-24: a 24-bit integer times this is exact in float32. */
const unit = 5.9604644775390625e-8;

/** The finaliser of splitmix32: a bijection of the 32-bit integers in which every input bit reaches every output bit. */
function mix(x: number): number {
  let z = x | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/**
 * The generator's 16 words of state for a key: word 4r + l is word r of lane l.
 *
 * Four accumulators absorb the key under different salts, 128 bits in all, so two keys of a run share no
 * stream in practice (a 32-bit digest would meet itself after some 10^5 steps). Each lane then takes its four
 * words from four different accumulators by splitmix32.
 */
export function noiseState(key: NoiseKey): Uint32Array {
  const { digest, position } = keyDigest(key);
  absorbInteger({ digest, position }, plainNumber(key.step, 'noise'));

  const state = new Uint32Array(16);
  for (let row = 0; row < 4; row++) {
    for (let lane = 0; lane < 4; lane++) {
      const source = digest[(lane + row) % 4] ?? 0;
      state[4 * row + lane] = mix(source + Math.imul(golden, 4 * row + lane + 1));
    }
  }
  for (let lane = 0; lane < 4; lane++) {
    // The all-zero state is xoshiro's one fixed point.
    if (!(state[lane] || state[4 + lane] || state[8 + lane] || state[12 + lane])) state[lane] = golden;
  }
  return state;
}

/** What the accumulators hold after `position` words. */
interface KeyDigest {
  readonly digest: number[];
  position: number;
}

/** The accumulators before they absorb the step: engines that draw on a device let it absorb that. */
export function keyDigest({ seed, purpose }: Omit<NoiseKey, 'step'>): KeyDigest {
  const state = { digest: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], position: 0 };
  absorbInteger(state, seed);
  absorb(state, purpose.length);
  for (let i = 0; i < purpose.length; i++) absorb(state, purpose.charCodeAt(i));
  return state;
}

function absorb(state: KeyDigest, word: number): void {
  state.position += 1;
  for (let j = 0; j < 4; j++) {
    const salt = Math.imul(golden, 4 * state.position + j);
    state.digest[j] = mix((state.digest[j] ?? 0) ^ mix((word | 0) + salt));
  }
}

function absorbInteger(state: KeyDigest, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`noise key: ${value} is not a safe integer`);
  absorb(state, value % 0x1_0000_0000);
  absorb(state, Math.floor(value / 0x1_0000_0000));
}

/** `n` draws in [0, 1), multiples of 2^-24. */
export function uniforms(key: NoiseKey, n: number): Float32Array {
  const state = noiseState(key);
  const out = new Float32Array(n);
  for (let lane = 0; lane < 4; lane++) {
    let s0 = (state[lane] ?? 0) | 0;
    let s1 = (state[4 + lane] ?? 0) | 0;
    let s2 = (state[8 + lane] ?? 0) | 0;
    let s3 = (state[12 + lane] ?? 0) | 0;
    for (let i = lane; i < n; i += 4) {
      out[i] = ((s0 + s3) >>> 8) * unit;
      const t = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= t;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
  }
  return out;
}

/** One draw in [0, 1), a multiple of 2^-48. */
export function uniform(key: NoiseKey): number {
  const [high = 0, low = 0] = uniforms(key, 2);
  return high + low * 2 ** -24;
}

/** `n` normal draws of mean 0 and standard deviation `sd`, by the Box-Muller transform; |x| is below 5.8 sd. */
export function gaussians(key: NoiseKey, n: number, sd = 1): Float32Array {
  const pairs = Math.ceil(n / 2);
  const u = uniforms(key, 2 * pairs);
  const out = new Float32Array(n);
  for (let i = 0; i < pairs; i++) {
    // 1 - u lies in (0, 1], where the logarithm is finite.
    const radius = sd * Math.sqrt(-2 * Math.log(1 - (u[2 * i] ?? 0)));
    const angle = 2 * Math.PI * (u[2 * i + 1] ?? 0);
    out[2 * i] = radius * Math.cos(angle);
    if (2 * i + 1 < n) out[2 * i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** A uniformly random order of 0 … n-1: Fisher-Yates with unbiased bounded draws. */
export function permutation(key: NoiseKey, n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  if (n < 2) return order;
  const range = 2 ** 48;
  // Two 24-bit draws make one 48-bit integer; the rejected remainder is below n / 2^48 of them.
  let draws = uniforms(key, 2 * n);
  let next = 0;
  let refills = 0;
  const below = (bound: number): number => {
    const limit = range - (range % bound);
    for (;;) {
      if (next + 2 > draws.length) {
        refills += 1;
        draws = uniforms({ ...key, purpose: `${key.purpose}/refill-${refills}` }, 64);
        next = 0;
      }
      const value = ((draws[next] ?? 0) * 2 ** 24 + (draws[next + 1] ?? 0)) * 2 ** 24;
      next += 2;
      if (value < limit) return value % bound;
    }
  };
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1);
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order;
}
