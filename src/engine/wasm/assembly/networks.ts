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

// Back through y = sigmoid(x).
// @ts-ignore: decorator
@inline function gate(delta: v128, y: v128): v128 {
  return f32x4.mul(delta, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

// @ts-ignore: decorator
@inline function tanhSlope(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
}

// Back through a step of an LSTM (models/layers/lstm-cell.ts): [batch, hidden] everywhere, but sums are
// [batch, 4 hidden]. The tail of a row is computed a number at a time, in the same order of operations.
export function cellBackward(
  input: usize, forget: usize, candidate: usize, output: usize, previous: usize, squashed: usize,
  hiddenDelta: usize, cellDelta: usize, sums: usize, cell: usize, batch: i32, hidden: i32,
): void {
  const part = <usize>hidden << 2;
  for (let b = 0; b < batch; b++) {
    let c = 0;
    for (; c + 4 <= hidden; c += 4) {
      const i = v128.load(input), f = v128.load(forget), g = v128.load(candidate), o = v128.load(output);
      const s = v128.load(squashed), h = v128.load(hiddenDelta);
      const whole = f32x4.add(v128.load(cellDelta), f32x4.mul(f32x4.mul(h, o), tanhSlope(s)));
      v128.store(sums, gate(f32x4.mul(whole, g), i));
      v128.store(sums + part, gate(f32x4.mul(whole, v128.load(previous)), f));
      v128.store(sums + 2 * part, f32x4.mul(f32x4.mul(whole, i), tanhSlope(g)));
      v128.store(sums + 3 * part, gate(f32x4.mul(h, s), o));
      v128.store(cell, f32x4.mul(whole, f));
      input += 16; forget += 16; candidate += 16; output += 16; previous += 16; squashed += 16;
      hiddenDelta += 16; cellDelta += 16; sums += 16; cell += 16;
    }
    for (; c < hidden; c++) {
      const i = load<f32>(input), f = load<f32>(forget), g = load<f32>(candidate), o = load<f32>(output);
      const s = load<f32>(squashed), h = load<f32>(hiddenDelta);
      const whole: f32 = load<f32>(cellDelta) + h * o * (1 - s * s);
      store<f32>(sums, whole * g * (i * (1 - i)));
      store<f32>(sums + part, whole * load<f32>(previous) * (f * (1 - f)));
      store<f32>(sums + 2 * part, whole * i * (1 - g * g));
      store<f32>(sums + 3 * part, h * s * (o * (1 - o)));
      store<f32>(cell, whole * f);
      input += 4; forget += 4; candidate += 4; output += 4; previous += 4; squashed += 4;
      hiddenDelta += 4; cellDelta += 4; sums += 4; cell += 4;
    }
    sums += 3 * part;
  }
}
