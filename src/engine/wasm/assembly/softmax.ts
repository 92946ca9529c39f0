// Softmax over rows (engine/rows.ts), with the bits of tfjs's operations one after the other: exp is musl's expf, in double
// precision with a table of powers of 2 (Arm's optimized routines), and terms are added up one by one.

// 2^z for z = 32 x / ln 2, rounded to float32. `table` holds the bits of 2^(i / 32) minus i << 47, 32 times 8 bytes.
// @ts-ignore: decorator
@inline function power(z: v128, table: usize): v128 {
  const shift = f64x2.splat(6755399441055744.0); // 1.5 · 2^52: what is added rounds, and its lowest bits count
  const shifted = f64x2.add(z, shift);
  const r = f64x2.sub(z, f64x2.sub(shifted, shift));
  const low = i64x2.extract_lane(shifted, 0), high = i64x2.extract_lane(shifted, 1);
  let s = i64x2.splat(load<i64>(table + (<usize>(low & 31) << 3)));
  s = i64x2.replace_lane(s, 1, load<i64>(table + (<usize>(high & 31) << 3)));
  s = i64x2.add(s, i64x2.shl(shifted, 47));
  const p = f64x2.add(f64x2.mul(f64x2.splat(reinterpret<f64>(0x3ebc6af84b912394)), r), f64x2.splat(reinterpret<f64>(0x3f2ebfce50fac4f3)));
  const q = f64x2.add(f64x2.mul(f64x2.splat(reinterpret<f64>(0x3f962e42ff0c52d6)), r), f64x2.splat(1));
  return f64x2.mul(f64x2.add(f64x2.mul(p, f64x2.mul(r, r)), q), s);
}

// exp(x) for x <= 0; 0 where that is below the normal range, as there. NaN stays NaN.
// @ts-ignore: decorator
@inline function exponential(x: v128, table: usize): v128 {
  const scale = f64x2.splat(reinterpret<f64>(0x40471547652b82fe)); // 32 / ln 2
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const a = f32x4.demote_f64x2_zero(power(f64x2.mul(low, scale), table));
  const b = f32x4.demote_f64x2_zero(power(f64x2.mul(high, scale), table));
  const y = i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  return v128.andnot(y, f32x4.lt(x, f32x4.splat(reinterpret<f32>(0xc2cff1b5))));
}

// exp(x - most), of a row; the difference is at most 0.
function powersOfRow(x: usize, out: usize, columns: i32, table: usize): void {
  let c = 0;
  let most = f32x4.splat(-Infinity);
  for (; c + 4 <= columns; c += 4) most = f32x4.max(most, v128.load(x + (<usize>c << 2)));
  let largest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; c < columns; c++) largest = max(largest, load<f32>(x + (<usize>c << 2)));
  most = f32x4.splat(largest);
  for (c = 0; c + 4 <= columns; c += 4) {
    v128.store(out, exponential(f32x4.sub(v128.load(x), most), table));
    x += 16; out += 16;
  }
  for (; c < columns; c++) {
    v128.store32_lane(out, exponential(f32x4.sub(v128.load32_splat(x), most), table), 0);
    x += 4; out += 4;
  }
}

// out = exp(x) over the sum of exp(x), of each row
export function softmax(x: usize, out: usize, rows: i32, columns: i32, table: usize): void {
  const row = <usize>columns << 2;
  for (let r = 0; r < rows; r++) {
    powersOfRow(x, out, columns, table);
    let sum: f32 = 0;
    for (let c = 0; c < columns; c++) sum += load<f32>(out + (<usize>c << 2));
    const S = f32x4.splat(sum);
    let c = 0, to = out;
    for (; c + 4 <= columns; c += 4) {
      v128.store(to, f32x4.div(v128.load(to), S));
      to += 16;
    }
    for (; c < columns; c++) {
      store<f32>(to, load<f32>(to) / sum);
      to += 4;
    }
    x += row; out += row;
  }
}

// @ts-ignore: decorator
@inline function term(delta: usize, y: usize): f32 {
  return load<f32>(delta) * load<f32>(y);
}

function throughRow(delta: usize, y: usize, out: usize, columns: i32, sum: f32): void {
  const S = f32x4.splat(sum);
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    const Y = v128.load(y);
    v128.store(out, f32x4.sub(f32x4.mul(v128.load(delta), Y), f32x4.mul(Y, S)));
    delta += 16; y += 16; out += 16;
  }
  for (; c < columns; c++) {
    const Y = load<f32>(y);
    store<f32>(out, load<f32>(delta) * Y - Y * sum);
    delta += 4; y += 4; out += 4;
  }
}

// out = delta y - y (sum of delta y), of each row: back through y = softmax(x). The sums of four rows are added up beside
// each other, since every addition waits for the one before.
export function softmaxBackward(delta: usize, y: usize, out: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    let s0: f32 = 0, s1: f32 = 0, s2: f32 = 0, s3: f32 = 0;
    for (let c: usize = 0; c < row; c += 4) {
      s0 += term(delta + c, y + c);
      s1 += term(delta + row + c, y + row + c);
      s2 += term(delta + 2 * row + c, y + 2 * row + c);
      s3 += term(delta + 3 * row + c, y + 3 * row + c);
    }
    throughRow(delta, y, out, columns, s0);
    throughRow(delta + row, y + row, out + row, columns, s1);
    throughRow(delta + 2 * row, y + 2 * row, out + 2 * row, columns, s2);
    throughRow(delta + 3 * row, y + 3 * row, out + 3 * row, columns, s3);
    delta += 4 * row; y += 4 * row; out += 4 * row;
  }
  for (; r < rows; r++) {
    let sum: f32 = 0;
    for (let c: usize = 0; c < row; c += 4) sum += term(delta + c, y + c);
    throughRow(delta, y, out, columns, sum);
    delta += row; y += row; out += row;
  }
}
