// The non-linearities of tfjs-backend-wasm, to the bit, on vectors: networks that were trained by its kernels get the
// same numbers. exp and sigmoid in kernels.ts are others, with other last bits.

// @ts-ignore: decorator
@inline function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// exp(x) - 1, as expm1f of musl (FreeBSD's s_expm1f.c), for -0.52 < x <= 20. Its cases for exponents n of -1, 0 and 1
// are the general one, multiplied by powers of 2; from 15.6 on it is less exact than there, which tanh does not show.
// @ts-ignore: decorator
@inline function exponentialMinusOne(x0: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(splat(reinterpret<f32>(0x3fb8aa3b)), x0)); // x / ln 2
  const high = f32x4.sub(x0, f32x4.mul(n, splat(reinterpret<f32>(0x3f317180)))); // ln 2, the upper bits
  const low = f32x4.mul(n, splat(reinterpret<f32>(0x3717f7d1))); // and the lower
  const x = f32x4.sub(high, low);
  const c = f32x4.sub(f32x4.sub(high, x), low);
  const hfx = f32x4.mul(splat(0.5), x);
  const hxs = f32x4.mul(x, hfx);
  const q = f32x4.add(splat(-3.3333212137e-2), f32x4.mul(hxs, splat(1.5807170421e-3)));
  const r = f32x4.add(splat(1), f32x4.mul(hxs, q));
  const t = f32x4.sub(splat(3), f32x4.mul(r, hfx));
  let e = f32x4.mul(hxs, f32x4.div(f32x4.sub(r, t), f32x4.sub(splat(6), f32x4.mul(x, t))));
  e = f32x4.sub(f32x4.sub(f32x4.mul(x, f32x4.sub(e, c)), c), hxs);
  // 2^n and 2^-n by their exponents, which 1.5 · 2^23 + 127 brings into the lowest bits.
  const magic = splat(reinterpret<f32>(0x4b40007f));
  const power = i32x4.shl(f32x4.add(magic, n), 23);
  const inverse = i32x4.shl(f32x4.sub(magic, n), 23);
  return f32x4.mul(f32x4.add(f32x4.sub(x, e), f32x4.sub(splat(1), inverse)), power);
}

// tanh(x), as tanhf of musl; NaN stays NaN.
// @ts-ignore: decorator
@inline
export function tanhVector(x0: v128): v128 {
  const signs = v128.and(x0, i32x4.splat(0x80000000));
  const x = f32x4.abs(x0);
  const isLarge = f32x4.gt(x, splat(reinterpret<f32>(0x3f0c9f54))); // ln 3 / 2
  const isSmall = f32x4.le(x, splat(reinterpret<f32>(0x3e82c578))); // ln (5/3) / 2
  const twice = f32x4.min(f32x4.add(x, x), splat(20));
  const t = exponentialMinusOne(v128.xor(twice, v128.and(isSmall, i32x4.splat(0x80000000))));
  const quotient = f32x4.div(v128.bitselect(splat(2), f32x4.abs(t), isLarge), f32x4.add(t, splat(2)));
  return v128.or(v128.bitselect(f32x4.sub(splat(1), quotient), quotient, isLarge), signs);
}

// 1 / (1 + exp(-x)), as XNNPACK (f32-vsigmoid, wasmsimd-rr2-p5-div); NaN stays NaN.
// @ts-ignore: decorator
@inline
export function sigmoidVector(x: v128): v128 {
  const z = f32x4.abs(x);
  const magic = splat(reinterpret<f32>(0x4b40007f)); // 1.5 · 2^23 + 127
  const shifted = f32x4.add(magic, f32x4.mul(z, splat(reinterpret<f32>(0xbfb8aa3b))));
  const power = i32x4.shl(shifted, 23);
  const n = f32x4.sub(shifted, magic);
  let t = f32x4.add(z, f32x4.mul(n, splat(reinterpret<f32>(0x3f317200)))); // ln 2, the upper bits
  t = f32x4.add(t, f32x4.mul(n, splat(reinterpret<f32>(0x35bfbe8e)))); // and the lower
  let p = f32x4.add(splat(reinterpret<f32>(0x3d2b9d0d)), f32x4.mul(t, splat(reinterpret<f32>(0xbc07cfce))));
  p = f32x4.add(splat(reinterpret<f32>(0xbe2aad40)), f32x4.mul(t, p));
  p = f32x4.add(splat(reinterpret<f32>(0x3efffee3)), f32x4.mul(t, p));
  p = f32x4.add(splat(reinterpret<f32>(0xbf7ffffb)), f32x4.mul(t, p));
  const e = f32x4.add(power, f32x4.mul(f32x4.mul(t, power), p));
  let y = f32x4.div(e, f32x4.add(e, splat(1)));
  y = v128.andnot(y, f32x4.gt(z, splat(reinterpret<f32>(0x42aeac4f))));
  return v128.bitselect(y, f32x4.sub(splat(1), y), i32x4.shr_s(x, 31));
}
