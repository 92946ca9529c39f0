// SIMD kernels on the heap of tfjs-backend-wasm, whose memory this module imports. Pointers are byte offsets
// of float32 tensors in it; nothing is allocated and there are no data segments. Elementwise kernels allow
// their output to be one of their inputs.

export { products } from "./batches";
export { reluBackward } from "./networks";
export { cellBackward, cellForward, keepPadding } from "./recurrence";
export { softmax, softmaxBackward } from "./softmax";
export {
  addRows, gatherWindows, maxOfPartsBackward, maxOfWindows, maxOfWindowsBackward, scatterWindows,
} from "./windows";

// @ts-ignore: decorator
@inline function rotateLeft(v: v128, k: i32): v128 {
  return v128.or(i32x4.shl(v, k), i32x4.shr_u(v, 32 - k));
}

// exp(x) to about 2 ulp (Cephes' polynomial), clamped to the normal range of float32; NaN stays NaN.
// @ts-ignore: decorator
@inline function exponential(x0: v128): v128 {
  let x = f32x4.min(f32x4.max(x0, f32x4.splat(-87.3)), f32x4.splat(88.0));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let y = f32x4.splat(1.9875691500e-4);
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(x, x)), x), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(y, power);
}

// @ts-ignore: decorator
@inline function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x))));
}

// out[i] = u[i] < p[i] ? 1 : 0, where u is four interleaved xoshiro128+ streams of the 16 words at `state`.
export function bernoulli(p: usize, out: usize, n: i32, state: usize): void {
  let s0 = v128.load(state), s1 = v128.load(state, 16), s2 = v128.load(state, 32), s3 = v128.load(state, 48);
  const unit = f32x4.splat(5.9604644775390625e-8), one = f32x4.splat(1);
  const end = out + (<usize>n << 2);
  while (out < end) {
    const draw = i32x4.shr_u(i32x4.add(s0, s3), 8);
    const t = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, t);
    s3 = rotateLeft(s3, 11);
    const u = f32x4.mul(f32x4.convert_i32x4_s(draw), unit);
    if (end - out >= 16) {
      v128.store(out, v128.and(f32x4.lt(u, v128.load(p)), one));
    } else {
      store<f32>(out, f32x4.extract_lane(u, 0) < load<f32>(p) ? 1 : 0);
      if (end - out > 4) store<f32>(out, f32x4.extract_lane(u, 1) < load<f32>(p, 4) ? 1 : 0, 4);
      if (end - out > 8) store<f32>(out, f32x4.extract_lane(u, 2) < load<f32>(p, 8) ? 1 : 0, 8);
    }
    out += 16;
    p += 16;
  }
}

// The long kernels take 16 elements in a turn of their loop: with 4, V8's checks of the loop cost half the time.

// @ts-ignore: decorator
@inline function momentumVector(w: usize, v: usize, g: usize, M: v128, A: v128, D: v128): void {
  const W = v128.load(w);
  const push = f32x4.sub(f32x4.mul(A, v128.load(g)), f32x4.mul(D, W));
  const V = f32x4.add(f32x4.mul(M, v128.load(v)), push);
  v128.store(v, V);
  v128.store(w, f32x4.add(W, V));
}

// v = momentum v + (ascent g - decay w); w += v
export function momentumUpdate(w: usize, v: usize, g: usize, n: i32, momentum: f32, ascent: f32, decay: f32): void {
  const M = f32x4.splat(momentum), A = f32x4.splat(ascent), D = f32x4.splat(decay);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    momentumVector(w, v, g, M, A, D);
    momentumVector(w + 16, v + 16, g + 16, M, A, D);
    momentumVector(w + 32, v + 32, g + 32, M, A, D);
    momentumVector(w + 48, v + 48, g + 48, M, A, D);
    w += 64; v += 64; g += 64;
  }
  for (; i < n; i++) {
    const W = load<f32>(w);
    const V: f32 = momentum * load<f32>(v) + (ascent * load<f32>(g) - decay * W);
    store<f32>(v, V);
    store<f32>(w, W + V);
    w += 4; v += 4; g += 4;
  }
}

// @ts-ignore: decorator
@inline function adamVector(
  w: usize, m: usize, v: usize, g: usize, B1: v128, C1: v128, B2: v128, C2: v128, S: v128, R: v128, E: v128,
): void {
  const G = v128.load(g);
  const M = f32x4.add(f32x4.mul(B1, v128.load(m)), f32x4.mul(C1, G));
  const V = f32x4.add(f32x4.mul(B2, v128.load(v)), f32x4.mul(C2, f32x4.mul(G, G)));
  v128.store(m, M);
  v128.store(v, V);
  const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(V), R), E);
  v128.store(w, f32x4.sub(v128.load(w), f32x4.div(f32x4.mul(S, M), denominator)));
}

// m = b1 m + c1 g; v = b2 v + c2 g²; w -= stepSize m / (sqrt(v) secondScale + epsilon)
export function adamUpdate(
  w: usize, m: usize, v: usize, g: usize, n: i32,
  b1: f32, c1: f32, b2: f32, c2: f32, stepSize: f32, secondScale: f32, epsilon: f32,
): void {
  const B1 = f32x4.splat(b1), C1 = f32x4.splat(c1), B2 = f32x4.splat(b2), C2 = f32x4.splat(c2);
  const S = f32x4.splat(stepSize), R = f32x4.splat(secondScale), E = f32x4.splat(epsilon);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    adamVector(w, m, v, g, B1, C1, B2, C2, S, R, E);
    adamVector(w + 16, m + 16, v + 16, g + 16, B1, C1, B2, C2, S, R, E);
    adamVector(w + 32, m + 32, v + 32, g + 32, B1, C1, B2, C2, S, R, E);
    adamVector(w + 48, m + 48, v + 48, g + 48, B1, C1, B2, C2, S, R, E);
    w += 64; m += 64; v += 64; g += 64;
  }
  for (; i < n; i++) {
    const G = load<f32>(g);
    const M: f32 = b1 * load<f32>(m) + c1 * G;
    const V: f32 = b2 * load<f32>(v) + c2 * (G * G);
    store<f32>(m, M);
    store<f32>(v, V);
    store<f32>(w, load<f32>(w) - (stepSize * M) / (sqrt<f32>(V) * secondScale + epsilon));
    w += 4; m += 4; v += 4; g += 4;
  }
}

// @ts-ignore: decorator
@inline function sigmoidBackwardVector(upstream: usize, y: usize, out: usize): void {
  const Y = v128.load(y);
  v128.store(out, f32x4.mul(v128.load(upstream), f32x4.mul(Y, f32x4.sub(f32x4.splat(1), Y))));
}

// out = upstream (y (1 - y))
export function sigmoidBackward(upstream: usize, y: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    sigmoidBackwardVector(upstream, y, out);
    sigmoidBackwardVector(upstream + 16, y + 16, out + 16);
    sigmoidBackwardVector(upstream + 32, y + 32, out + 32);
    sigmoidBackwardVector(upstream + 48, y + 48, out + 48);
    upstream += 64; y += 64; out += 64;
  }
  for (; i < n; i++) {
    const Y = load<f32>(y);
    store<f32>(out, load<f32>(upstream) * (Y * (1 - Y)));
    upstream += 4; y += 4; out += 4;
  }
}

// @ts-ignore: decorator
@inline function scaledDifferenceVector(a: usize, b: usize, out: usize, S: v128): void {
  v128.store(out, f32x4.mul(f32x4.sub(v128.load(a), v128.load(b)), S));
}

// out = scale (a - b)
export function scaledDifference(a: usize, b: usize, out: usize, n: i32, scale: f32): void {
  const S = f32x4.splat(scale);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    scaledDifferenceVector(a, b, out, S);
    scaledDifferenceVector(a + 16, b + 16, out + 16, S);
    scaledDifferenceVector(a + 32, b + 32, out + 32, S);
    scaledDifferenceVector(a + 48, b + 48, out + 48, S);
    a += 64; b += 64; out += 64;
  }
  for (; i < n; i++) {
    store<f32>(out, (load<f32>(a) - load<f32>(b)) * scale);
    a += 4; b += 4; out += 4;
  }
}

// @ts-ignore: decorator
@inline function scaledCopyVector(x: usize, out: usize, S: v128): void {
  v128.store(out, f32x4.mul(v128.load(x), S));
}

// out = scale x; a scale of -1 negates, of 1 copies
export function scaledCopy(x: usize, out: usize, n: i32, scale: f32): void {
  const S = f32x4.splat(scale);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    scaledCopyVector(x, out, S);
    scaledCopyVector(x + 16, out + 16, S);
    scaledCopyVector(x + 32, out + 32, S);
    scaledCopyVector(x + 48, out + 48, S);
    x += 64; out += 64;
  }
  for (; i < n; i++) {
    store<f32>(out, load<f32>(x) * scale);
    x += 4; out += 4;
  }
}

// Copies a block of `columns` elements out of rows of `sourceWidth` into rows of `outWidth`.
export function copyBlock(source: usize, sourceWidth: i32, out: usize, outWidth: i32, rows: i32, columns: i32): void {
  if (sourceWidth == columns && outWidth == columns) {
    memory.copy(out, source, <usize>rows * <usize>columns << 2);
    return;
  }
  for (let r = 0; r < rows; r++) {
    memory.copy(out, source, <usize>columns << 2);
    source += <usize>sourceWidth << 2;
    out += <usize>outWidth << 2;
  }
}

// @ts-ignore: decorator
@inline function transposeTile(x: usize, stride: usize, out: usize, outStride: usize): void {
  const a = v128.load(x), b = v128.load(x + stride);
  const c = v128.load(x + 2 * stride), d = v128.load(x + 3 * stride);
  const ab0 = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const ab1 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const cd0 = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd1 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(out, i8x16.shuffle(ab0, cd0, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(out + outStride, i8x16.shuffle(ab0, cd0, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(out + 2 * outStride, i8x16.shuffle(ab1, cd1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(out + 3 * outStride, i8x16.shuffle(ab1, cd1, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

// Writes x, [rows, columns], as [columns, rows] into rows of `outWidth`. Bands of 16 columns: a cache line of each row.
export function transpose(x: usize, rows: i32, columns: i32, out: usize, outWidth: i32): void {
  const stride = <usize>columns << 2, outStride = <usize>outWidth << 2;
  const wholeRows = rows & ~3;
  for (let c0 = 0; c0 < columns; c0 += 16) {
    const c1 = min(c0 + 16, columns), whole = c0 + ((c1 - c0) & ~3);
    for (let r = 0; r < wholeRows; r += 4) {
      const row = x + <usize>r * stride, column = out + (<usize>r << 2);
      for (let c = c0; c < whole; c += 4) {
        transposeTile(row + (<usize>c << 2), stride, column + <usize>c * outStride, outStride);
      }
    }
    for (let c = c0; c < c1; c++) {
      for (let r = c < whole ? wholeRows : 0; r < rows; r++) {
        const value = load<f32>(x + <usize>r * stride + (<usize>c << 2));
        store<f32>(out + <usize>c * outStride + (<usize>r << 2), value);
      }
    }
  }
}

// @ts-ignore: decorator
@inline function differenceOf(a: usize, b: usize): v128 {
  return b ? f32x4.sub(v128.load(a), v128.load(b)) : v128.load(a);
}

// Sums of 16 columns, which stay in registers.
function sumsOf16(a: usize, b: usize, out: usize, rows: i32, width: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let r = 0; r < rows; r++) {
    s0 = f32x4.add(s0, differenceOf(a, b));
    s1 = f32x4.add(s1, differenceOf(a + 16, b ? b + 16 : 0));
    s2 = f32x4.add(s2, differenceOf(a + 32, b ? b + 32 : 0));
    s3 = f32x4.add(s3, differenceOf(a + 48, b ? b + 48 : 0));
    a += width;
    if (b) b += width;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

// Width up to which a walk down 16 columns is the faster one: of wider rows it would leave too much out.
const fewColumns: i32 = 32;

// out[c] = scale · sum over rows of (a - b)[r, c], of rows of `width`; b = 0 stands for no second matrix
export function columnSum(a: usize, b: usize, out: usize, rows: i32, columns: i32, width: i32, scale: f32): void {
  const first = out;
  let left = columns;
  while (width <= fewColumns && left >= 16) {
    sumsOf16(a, b, out, rows, <usize>width << 2);
    a += 64; out += 64; left -= 16;
    if (b) b += 64;
  }
  if (left > 0) sumsOfRows(a, b, out, rows, left, width);
  if (scale != 1) scaledCopy(first, first, columns, scale);
}

function sumsOfRows(a: usize, b: usize, out: usize, rows: i32, columns: i32, width: i32): void {
  memory.fill(out, 0, <usize>columns << 2);
  const whole = columns & ~3;
  const skipped = <usize>(width - columns) << 2;
  for (let r = 0; r < rows; r++) {
    let o = out;
    let c = 0;
    if (b) {
      for (; c < whole; c += 4) {
        v128.store(o, f32x4.add(v128.load(o), f32x4.sub(v128.load(a), v128.load(b))));
        a += 16; b += 16; o += 16;
      }
      for (; c < columns; c++) {
        store<f32>(o, load<f32>(o) + (load<f32>(a) - load<f32>(b)));
        a += 4; b += 4; o += 4;
      }
    } else {
      for (; c < whole; c += 4) {
        v128.store(o, f32x4.add(v128.load(o), v128.load(a)));
        a += 16; o += 16;
      }
      for (; c < columns; c++) {
        store<f32>(o, load<f32>(o) + load<f32>(a));
        a += 4; o += 4;
      }
    }
    a += skipped;
    if (b) b += skipped;
  }
}

// Sum of (a - b)², accumulated in float64.
export function squaredError(a: usize, b: usize, n: i32): f64 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const d = f32x4.sub(v128.load(a), v128.load(b));
    const x = f64x2.promote_low_f32x4(d);
    const y = f64x2.promote_low_f32x4(i8x16.shuffle(d, d, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    low = f64x2.add(low, f64x2.mul(x, x));
    high = f64x2.add(high, f64x2.mul(y, y));
    a += 16; b += 16;
  }
  const sum = f64x2.add(low, high);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; i < n; i++) {
    const d = <f64>(load<f32>(a) - load<f32>(b));
    total += d * d;
    a += 4; b += 4;
  }
  return total;
}

// x[r, c] = activation(x[r, c] + bias[r · stride + c]); stride 0 gives every row the same bias, bias = 0 none;
// activation 1 is the sigmoid, 0 none.
export function biasActivation(x: usize, bias: usize, rows: i32, columns: i32, stride: i32, activation: i32): void {
  const whole = columns & ~3;
  for (let r = 0; r < rows; r++) {
    let b = bias + (<usize>(r * stride) << 2);
    let c = 0;
    for (; c < whole; c += 4) {
      let v = v128.load(x);
      if (bias) v = f32x4.add(v, v128.load(b));
      v128.store(x, activation ? sigmoid(v) : v);
      x += 16; b += 16;
    }
    for (; c < columns; c++) {
      let v = load<f32>(x);
      if (bias) v += load<f32>(b);
      store<f32>(x, activation ? f32x4.extract_lane(sigmoid(f32x4.splat(v)), 0) : v);
      x += 4; b += 4;
    }
  }
}

// transpose of each of `matrices` that lie one after the other
export function transposeEach(x: usize, rows: i32, columns: i32, out: usize, matrices: i32): void {
  const bytes = <usize>(rows * columns) << 2;
  for (let matrix = 0; matrix < matrices; matrix++) {
    transpose(x, rows, columns, out, rows);
    x += bytes; out += bytes;
  }
}

// Matrix product out = op(a) op(b), blocked as in Goto and van de Geijn (2008): panels of 4 rows of op(a) and
// 8 columns of op(b) are packed (which absorbs the transposes), 4 x 8 results stay in registers.
const depth: i32 = 256; // inner size of a block
const bandRows: i32 = 64; // rows of a packed block of op(a): 64 KiB
const bandColumns: i32 = 512; // columns of a packed block of op(b): 512 KiB

/** Bytes of scratch memory `product` needs. */
export function productScratch(): i32 {
  return 4 * (depth * (bandRows + bandColumns) + 32);
}

// Packs `count` (at most `width`, 4 or 8) vectors of length k side by side, zeros beyond: out[p, w].
// With `along`, element p of vector w lies at source + p · stride + 4 w, else at source + w · stride + 4 p.
function packPanel(source: usize, stride: usize, along: bool, count: i32, width: i32, k: i32, out: usize): void {
  const outStride = <usize>width << 2;
  if (count == width && along) {
    for (let p = 0; p < k; p++) {
      v128.store(out, v128.load(source));
      if (width == 8) v128.store(out, v128.load(source, 16), 16);
      source += stride; out += outStride;
    }
    return;
  }
  let p = 0;
  if (count == width) {
    for (; p + 4 <= k; p += 4) {
      for (let w = 0; w < width; w += 4) {
        transposeTile(
          source + <usize>w * stride + (<usize>p << 2), stride,
          out + <usize>p * outStride + (<usize>w << 2), outStride,
        );
      }
    }
  }
  for (; p < k; p++) {
    for (let w = 0; w < width; w++) {
      let value: f32 = 0;
      if (w < count) {
        value = along
          ? load<f32>(source + <usize>p * stride + (<usize>w << 2))
          : load<f32>(source + <usize>w * stride + (<usize>p << 2));
      }
      store<f32>(out + <usize>p * outStride + (<usize>w << 2), value);
    }
  }
}

// tile[4, 8] = (keep ? tile : 0) + a panel · b panel
function tileProduct(a: usize, b: usize, k: i32, tile: usize, stride: usize, keep: bool): void {
  let x0 = f32x4.splat(0), y0 = x0, x1 = x0, y1 = x0, x2 = x0, y2 = x0, x3 = x0, y3 = x0;
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load_splat<f32>(a);
    x0 = f32x4.add(x0, f32x4.mul(s, b0));
    y0 = f32x4.add(y0, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 4);
    x1 = f32x4.add(x1, f32x4.mul(s, b0));
    y1 = f32x4.add(y1, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 8);
    x2 = f32x4.add(x2, f32x4.mul(s, b0));
    y2 = f32x4.add(y2, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 12);
    x3 = f32x4.add(x3, f32x4.mul(s, b0));
    y3 = f32x4.add(y3, f32x4.mul(s, b1));
    a += 16; b += 32;
  }
  if (keep) {
    x0 = f32x4.add(x0, v128.load(tile));
    y0 = f32x4.add(y0, v128.load(tile, 16));
    x1 = f32x4.add(x1, v128.load(tile + stride));
    y1 = f32x4.add(y1, v128.load(tile + stride, 16));
    x2 = f32x4.add(x2, v128.load(tile + 2 * stride));
    y2 = f32x4.add(y2, v128.load(tile + 2 * stride, 16));
    x3 = f32x4.add(x3, v128.load(tile + 3 * stride));
    y3 = f32x4.add(y3, v128.load(tile + 3 * stride, 16));
  }
  v128.store(tile, x0);
  v128.store(tile, y0, 16);
  v128.store(tile + stride, x1);
  v128.store(tile + stride, y1, 16);
  v128.store(tile + 2 * stride, x2);
  v128.store(tile + 2 * stride, y2, 16);
  v128.store(tile + 3 * stride, x3);
  v128.store(tile + 3 * stride, y3, 16);
}

// out[m, n] = op(a) op(b) with op(a) [m, k], op(b) [k, n], parts of matrices with rows of widthA, widthB and
// widthOut; `scratch` has productScratch() bytes.
export function product(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32,
  a: usize, widthA: i32, b: usize, widthB: i32, out: usize, widthOut: i32, scratch: usize,
): void {
  const packedA = scratch;
  const packedB = scratch + <usize>(4 * depth * bandRows);
  const edge = packedB + <usize>(4 * depth * bandColumns);
  const strideA = <usize>widthA << 2, strideB = <usize>widthB << 2, strideOut = <usize>widthOut << 2;
  for (let j0 = 0; j0 < n; j0 += bandColumns) {
    const j1 = min(j0 + bandColumns, n);
    for (let p0 = 0; p0 < k; p0 += depth) {
      const kc = min(depth, k - p0);
      const panelA = <usize>(16 * kc), panelB = <usize>(32 * kc);
      let target = packedB;
      for (let j = j0; j < j1; j += 8) {
        const source = transposeB
          ? b + <usize>j * strideB + (<usize>p0 << 2)
          : b + <usize>p0 * strideB + (<usize>j << 2);
        packPanel(source, strideB, !transposeB, min(8, j1 - j), 8, kc, target);
        target += panelB;
      }
      for (let i0 = 0; i0 < m; i0 += bandRows) {
        const i1 = min(i0 + bandRows, m);
        target = packedA;
        for (let i = i0; i < i1; i += 4) {
          const source = transposeA
            ? a + <usize>p0 * strideA + (<usize>i << 2)
            : a + <usize>i * strideA + (<usize>p0 << 2);
          packPanel(source, strideA, transposeA, min(4, i1 - i), 4, kc, target);
          target += panelA;
        }
        let pb = packedB;
        for (let j = j0; j < j1; j += 8) {
          let pa = packedA;
          for (let i = i0; i < i1; i += 4) {
            const tile = out + <usize>i * strideOut + (<usize>j << 2);
            if (i + 4 <= i1 && j + 8 <= j1) {
              tileProduct(pa, pb, kc, tile, strideOut, p0 > 0);
            } else {
              tileProduct(pa, pb, kc, edge, 32, false);
              for (let r = 0; r < min(4, i1 - i); r++) {
                for (let c = 0; c < min(8, j1 - j); c++) {
                  const cell = tile + <usize>r * strideOut + (<usize>c << 2);
                  const value = load<f32>(edge + <usize>(32 * r + 4 * c));
                  store<f32>(cell, p0 > 0 ? load<f32>(cell) + value : value);
                }
              }
            }
            pa += panelA;
          }
          pb += panelB;
        }
      }
    }
  }
}
