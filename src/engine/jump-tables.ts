/**
 * Jumps of one lane of xoshiro128+ (noise.ts). Its step is linear over GF(2), so any number of steps is a
 * 128 × 128 matrix of bits, and a GPU thread can start where its draws begin (Vigna 2018, "jumping ahead").
 */

/** Draws of one lane that the shortest jump passes over. */
export const shortestJump = 16;
/** Digits in base 64 of the number of shortest jumps. */
export const digits = 4;
const base = 64;
/** Draws of one lane that the digits reach. */
export const longestLane = shortestJump * base ** digits;

const bits = 128;
const words = 4;
const nibbles = 32;
const values = 16;
const tableWords = nibbles * values * words;

/** Column j, four words, is where the j-th bit of the state goes. */
type BitMatrix = Uint32Array;

/**
 * For every digit d of the number of shortest jumps and each of its 64 values i the table of i · 16 · 64^d steps: what each
 * value of each four bits of the state contributes to the state after them, [digits, 64, 32, 16] entries of four words.
 */
export function jumpTables(): Uint32Array {
  const tables = new Uint32Array(digits * base * tableWords);
  let jump = steps(shortestJump);
  for (let digit = 0; digit < digits; digit++) {
    const once = nibbleTable(jump);
    let power = jump;
    for (let i = 1; i < base; i++) {
      tables.set(nibbleTable(power), (digit * base + i) * tableWords);
      power = after(power, once);
    }
    jump = power;
  }
  return tables;
}

/** The matrix of n steps: where n steps take each single bit. */
function steps(n: number): BitMatrix {
  const matrix = new Uint32Array(bits * words);
  for (let bit = 0; bit < bits; bit++) {
    const state = matrix.subarray(bit * words, (bit + 1) * words);
    state[bit >>> 5] = 1 << (bit & 31);
    for (let i = 0; i < n; i++) step(state);
  }
  return matrix;
}

/** One step of a lane in place, without its output. */
export function step(state: Uint32Array): void {
  let [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
  const t = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = (s3 << 11) | (s3 >>> 21);
  state.set([s0, s1, s2, s3]);
}

function nibbleTable(matrix: BitMatrix): Uint32Array {
  const table = new Uint32Array(tableWords);
  for (let nibble = 0; nibble < nibbles; nibble++) {
    for (let value = 1; value < values; value++) {
      const at = (nibble * values + value) * words;
      // The value without its lowest bit was done before.
      const rest = (nibble * values + (value & (value - 1))) * words;
      const column = (4 * nibble + Math.log2(value & -value)) * words;
      for (let w = 0; w < words; w++) table[at + w] = (table[rest + w] ?? 0) ^ (matrix[column + w] ?? 0);
    }
  }
  return table;
}

/** A state after the jump of a nibble table. */
export function jumped(state: Uint32Array, table: Uint32Array): Uint32Array {
  const out = new Uint32Array(words);
  for (let nibble = 0; nibble < nibbles; nibble++) {
    const value = ((state[nibble >>> 3] ?? 0) >>> (4 * (nibble & 7))) & 15;
    const at = (nibble * values + value) * words;
    for (let w = 0; w < words; w++) out[w] = (out[w] ?? 0) ^ (table[at + w] ?? 0);
  }
  return out;
}

/** The matrix of a jump, then the jump of a table. */
function after(matrix: BitMatrix, table: Uint32Array): BitMatrix {
  const out = new Uint32Array(bits * words);
  for (let at = 0; at < out.length; at += words) {
    out.set(jumped(matrix.subarray(at, at + words), table), at);
  }
  return out;
}
