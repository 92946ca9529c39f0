// One step of an LSTM (models/layers/recurrence.ts), element by element: what lies between its products. Pointers are byte
// offsets of float32 matrices [batch, hidden], but gates and sums are [batch, 4 hidden]: input gate, forget gate,
// candidate, output gate. `real`, where it is not 0, is a column of ones and zeros, `realStride` bytes from row to row:
// a row that is not real keeps its state. The tail of a row is computed a number at a time, to the same bits.

import { sigmoidVector, tanhVector } from "./activations";

// A vector's worth of a row, or its one number at the end.
// @ts-ignore: decorator
@inline function read(from: usize, isWhole: bool): v128 {
  return isWhole ? v128.load(from) : v128.load32_zero(from);
}

// @ts-ignore: decorator
@inline function write(to: usize, x: v128, isWhole: bool): void {
  if (isWhole) v128.store(to, x);
  else v128.store32_lane(to, x, 0);
}

// The new value in rows that are real, the old one in the others.
// @ts-ignore: decorator
@inline function chosen(next: v128, kept: v128, real: v128): v128 {
  return f32x4.add(f32x4.mul(next, real), f32x4.mul(kept, f32x4.sub(f32x4.splat(1), real)));
}

// gates = their non-linearities of what is there; cell = forget previous + input candidate; squashed = tanh(cell);
// hidden = output squashed.
export function cellForward(
  gates: usize, previousCell: usize, previousHidden: usize, real: usize, realStride: usize,
  cell: usize, squashed: usize, hidden: usize, batch: i32, units: i32,
): void {
  const part = <usize>units << 2;
  for (let b = 0; b < batch; b++) {
    const R = real ? v128.load32_splat(real) : f32x4.splat(1);
    for (let c = 0; c < units;) {
      const isWhole = c + 4 <= units;
      const i = sigmoidVector(read(gates, isWhole)), f = sigmoidVector(read(gates + part, isWhole));
      const g = tanhVector(read(gates + 2 * part, isWhole)), o = sigmoidVector(read(gates + 3 * part, isWhole));
      const before = read(previousCell, isWhole);
      let next = f32x4.add(f32x4.mul(f, before), f32x4.mul(i, g));
      const s = tanhVector(next);
      let h = f32x4.mul(o, s);
      if (real) {
        next = chosen(next, before, R);
        h = chosen(h, read(previousHidden, isWhole), R);
      }
      write(gates, i, isWhole);
      write(gates + part, f, isWhole);
      write(gates + 2 * part, g, isWhole);
      write(gates + 3 * part, o, isWhole);
      write(cell, next, isWhole);
      write(squashed, s, isWhole);
      write(hidden, h, isWhole);
      const bytes: usize = isWhole ? 16 : 4;
      gates += bytes; previousCell += bytes; previousHidden += bytes;
      cell += bytes; squashed += bytes; hidden += bytes;
      c += isWhole ? 4 : 1;
    }
    gates += 3 * part;
    real += realStride;
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

// Back through cellForward. hiddenDelta gets outer, the delta that reaches the state from above, added; sums are the
// deltas of what was there before the non-linearities; cellDelta becomes that of the cell before. 0 for no outer.
export function cellBackward(
  gates: usize, previousCell: usize, squashed: usize, outer: usize, real: usize, realStride: usize,
  hiddenDelta: usize, cellDelta: usize, sums: usize, batch: i32, units: i32,
): void {
  const part = <usize>units << 2;
  for (let b = 0; b < batch; b++) {
    const R = real ? v128.load32_splat(real) : f32x4.splat(1);
    for (let c = 0; c < units;) {
      const isWhole = c + 4 <= units;
      const i = read(gates, isWhole), f = read(gates + part, isWhole);
      const g = read(gates + 2 * part, isWhole), o = read(gates + 3 * part, isWhole);
      const s = read(squashed, isWhole), above = read(cellDelta, isWhole);
      let arrived = read(hiddenDelta, isWhole);
      if (outer) {
        arrived = f32x4.add(arrived, read(outer, isWhole));
        write(hiddenDelta, arrived, isWhole);
        outer += isWhole ? 16 : 4;
      }
      const h = real ? f32x4.mul(arrived, R) : arrived;
      const whole = f32x4.add(real ? f32x4.mul(above, R) : above, f32x4.mul(f32x4.mul(h, o), tanhSlope(s)));
      write(sums, gate(f32x4.mul(whole, g), i), isWhole);
      write(sums + part, gate(f32x4.mul(whole, read(previousCell, isWhole)), f), isWhole);
      write(sums + 2 * part, f32x4.mul(f32x4.mul(whole, i), tanhSlope(g)), isWhole);
      write(sums + 3 * part, gate(f32x4.mul(h, s), o), isWhole);
      const below = f32x4.mul(whole, f);
      write(cellDelta, real ? chosen(below, above, R) : below, isWhole);
      const bytes: usize = isWhole ? 16 : 4;
      gates += bytes; previousCell += bytes; squashed += bytes;
      hiddenDelta += bytes; cellDelta += bytes; sums += bytes;
      c += isWhole ? 4 : 1;
    }
    gates += 3 * part;
    sums += 3 * part;
    real += realStride;
  }
}

// kept = next in rows that are real, kept in the others
export function keepPadding(
  next: usize, kept: usize, real: usize, realStride: usize, batch: i32, units: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const R = v128.load32_splat(real);
    for (let c = 0; c < units;) {
      const isWhole = c + 4 <= units;
      write(kept, chosen(read(next, isWhole), read(kept, isWhole), R), isWhole);
      const bytes: usize = isWhole ? 16 : 4;
      next += bytes; kept += bytes;
      c += isWhole ? 4 : 1;
    }
    real += realStride;
  }
}
