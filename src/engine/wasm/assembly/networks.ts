// What layers of networks do element by element (models/layers). Pointers are byte offsets of float32 tensors.

// @ts-ignore: decorator
@inline function reluBackwardVector(upstream: usize, y: usize, out: usize): void {
  const slope = v128.and(f32x4.gt(v128.load(y), f32x4.splat(0)), f32x4.splat(1));
  v128.store(out, f32x4.mul(v128.load(upstream), slope));
}

// out = y > 0 ? upstream : 0 · upstream
export function reluBackward(upstream: usize, y: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    reluBackwardVector(upstream, y, out);
    reluBackwardVector(upstream + 16, y + 16, out + 16);
    reluBackwardVector(upstream + 32, y + 32, out + 32);
    reluBackwardVector(upstream + 48, y + 48, out + 48);
    upstream += 64; y += 64; out += 64;
  }
  for (; i < n; i++) {
    const slope: f32 = load<f32>(y) > 0 ? 1 : 0;
    store<f32>(out, load<f32>(upstream) * slope);
    upstream += 4; y += 4; out += 4;
  }
}
