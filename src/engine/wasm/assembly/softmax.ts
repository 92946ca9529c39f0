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

// out = exp(x)
export function exponentials(x: usize, out: usize, n: i32, table: usize): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(out, exponential(v128.load(x), table));
    x += 16; out += 16;
  }
  for (; i < n; i++) {
    v128.store32_lane(out, exponential(v128.load32_splat(x), table), 0);
    x += 4; out += 4;
  }
}
