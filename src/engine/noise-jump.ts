/**
 * Jumping ahead in xoshiro128+, for devices on which thousands of threads draw at once: a step is linear over
 * the field of two elements, so k steps are one product with a 128 x 128 matrix of bits, and a thread reaches
 * its place in a lane of `noise.ts` by a few such products instead of all the steps before it. (Blackman and
 * Vigna 2018, section 3.3, jump by fixed powers of two in the same way.)
 */

/** Steps in one digit of a jump: jumps are written in base 16. */
export const jumpBase = 16;

/** Words of one matrix: 128 columns of four 32-bit words, bit b of word w being entry 32 w + b. */
export const matrixWords = 512;

/** The four words of one lane after a step of xoshiro128+. */
function step(state: Uint32Array): Uint32Array {
  let [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
  const t = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = (s3 << 11) | (s3 >>> 21);
  return Uint32Array.of(s0, s1, s2, s3);
}

function stepMatrix(): Uint32Array {
  const matrix = new Uint32Array(matrixWords);
  for (let column = 0; column < 128; column++) {
    const unit = new Uint32Array(4);
    unit[column >>> 5] = 1 << (column & 31);
    matrix.set(step(unit), 4 * column);
  }
  return matrix;
}

/** a b: first the steps of b, then those of a. */
function product(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(matrixWords);
  for (let column = 0; column < 128; column++) {
    let [o0, o1, o2, o3] = [0, 0, 0, 0];
    for (let bit = 0; bit < 128; bit++) {
      if ((((b[4 * column + (bit >>> 5)] ?? 0) >>> (bit & 31)) & 1) === 0) continue;
      o0 ^= a[4 * bit] ?? 0;
      o1 ^= a[4 * bit + 1] ?? 0;
      o2 ^= a[4 * bit + 2] ?? 0;
      o3 ^= a[4 * bit + 3] ?? 0;
    }
    out.set([o0, o1, o2, o3], 4 * column);
  }
  return out;
}

/**
 * Matrices that jump by v · stride · 16^d steps, for every digit position d below `digits` and v from 1 to 15:
 * the matrix of (d, v) begins at word `matrixWords` · (15 d + v - 1). Together they reach every multiple of
 * `stride` below stride · 16^digits in at most `digits` products.
 */
export function jumpTable(stride: number, digits: number): Uint32Array {
  let unit = power(stepMatrix(), stride);
  const table = new Uint32Array(digits * (jumpBase - 1) * matrixWords);
  for (let digit = 0; digit < digits; digit++) {
    let jump = unit;
    for (let value = 1; value < jumpBase; value++) {
      table.set(jump, ((jumpBase - 1) * digit + value - 1) * matrixWords);
      jump = product(unit, jump);
    }
    unit = jump;
  }
  return table;
}

function power(matrix: Uint32Array, exponent: number): Uint32Array {
  if (exponent === 1) return matrix;
  const half = power(matrix, Math.floor(exponent / 2));
  const square = product(half, half);
  return exponent % 2 === 0 ? square : product(matrix, square);
}
