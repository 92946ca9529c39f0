// Windows of convolutions and poolings (engine/windows.ts), and sums of rows. `table` holds, for each tap of each window,
// the place of the input it sees (int32), `places` for one outside. Matrices have rows of `channels` float32, which are
// taken 16 numbers at a time, then 4, then 1.

// @ts-ignore: decorator
@inline function copyRow(source: usize, out: usize, channels: i32): void {
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    v128.store(out, v128.load(source));
    v128.store(out, v128.load(source, 16), 16);
    v128.store(out, v128.load(source, 32), 32);
    v128.store(out, v128.load(source, 48), 48);
    source += 64; out += 64;
  }
  for (; c + 4 <= channels; c += 4) {
    v128.store(out, v128.load(source));
    source += 16; out += 16;
  }
  for (; c < channels; c++) {
    store<f32>(out, load<f32>(source));
    source += 4; out += 4;
  }
}

// @ts-ignore: decorator
@inline function addRow(source: usize, out: usize, channels: i32): void {
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(source)));
    v128.store(out, f32x4.add(v128.load(out, 16), v128.load(source, 16)), 16);
    v128.store(out, f32x4.add(v128.load(out, 32), v128.load(source, 32)), 32);
    v128.store(out, f32x4.add(v128.load(out, 48), v128.load(source, 48)), 48);
    source += 64; out += 64;
  }
  for (; c + 4 <= channels; c += 4) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(source)));
    source += 16; out += 16;
  }
  for (; c < channels; c++) {
    store<f32>(out, load<f32>(out) + load<f32>(source));
    source += 4; out += 4;
  }
}

// out[b, e] = x[b, table[e]], of `entries` = windows · taps; zero outside
export function gatherWindows(
  x: usize, table: usize, out: usize, batch: i32, places: i32, entries: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  for (let b = 0; b < batch; b++) {
    if (channels == 1) gatherNumbers(x, table, out, places, entries);
    else {
      for (let e = 0; e < entries; e++) {
        const place = load<i32>(table + (<usize>e << 2));
        const to = out + <usize>e * row;
        if (place < places) copyRow(x + <usize>place * row, to, channels);
        else memory.fill(to, 0, row);
      }
    }
    out += <usize>entries * row;
    x += <usize>places * row;
  }
}

// @ts-ignore: decorator
@inline function numberAt(x: usize, place: i32, places: i32): f32 {
  // The first number where there is none: it is read, and not used.
  const at = place < places ? place : 0;
  const value = load<f32>(x + (<usize>at << 2));
  return place < places ? value : 0;
}

function gatherNumbers(x: usize, table: usize, out: usize, places: i32, entries: i32): void {
  let e = 0;
  for (; e + 4 <= entries; e += 4) {
    store<f32>(out, numberAt(x, load<i32>(table), places));
    store<f32>(out, numberAt(x, load<i32>(table, 4), places), 4);
    store<f32>(out, numberAt(x, load<i32>(table, 8), places), 8);
    store<f32>(out, numberAt(x, load<i32>(table, 12), places), 12);
    table += 16; out += 16;
  }
  for (; e < entries; e++) {
    store<f32>(out, numberAt(x, load<i32>(table), places));
    table += 4; out += 4;
  }
}

// out[b, place] = sum of taps[b, e] over the entries e whose table has the place
export function scatterWindows(
  taps: usize, table: usize, out: usize, batch: i32, places: i32, entries: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  memory.fill(out, 0, <usize>batch * <usize>places * row);
  for (let b = 0; b < batch; b++) {
    for (let e = 0; e < entries; e++) {
      const place = load<i32>(table + (<usize>e << 2));
      if (place < places) addRow(taps, out + <usize>place * row, channels);
      taps += row;
    }
    out += <usize>places * row;
  }
}

// A NaN is above all numbers, and nothing above a NaN.
// @ts-ignore: decorator
@inline function isAbove(v: v128, best: v128): v128 {
  return v128.andnot(f32x4.eq(best, best), f32x4.le(v, best));
}

// value[b, w, c] = largest of the taps of window w and, where it is rectified, 0; tap[b, w, c] (int32) the first that
// holds it, `taps` where none does. NaN passes through.
export function maxOfWindows(
  x: usize, table: usize, value: usize, tap: usize,
  batch: i32, places: i32, windows: i32, taps: i32, channels: i32, rectified: bool,
): void {
  const row = <usize>channels << 2, list = <usize>taps << 2;
  const lowest = rectified ? f32x4.splat(0) : f32x4.splat(-Infinity), none = i32x4.splat(rectified ? taps : 0);
  for (let b = 0; b < batch; b++) {
    let entry = table;
    for (let w = 0; w < windows; w++) {
      let c = 0;
      for (; c + 16 <= channels; c += 16) {
        const column = x + (<usize>c << 2);
        let best0 = lowest, best1 = lowest, best2 = lowest, best3 = lowest;
        let tap0 = none, tap1 = none, tap2 = none, tap3 = none;
        for (let t = 0; t < taps; t++) {
          const place = load<i32>(entry + (<usize>t << 2));
          if (place >= places) continue;
          const from = column + <usize>place * row, number = i32x4.splat(t);
          const v0 = v128.load(from), v1 = v128.load(from, 16), v2 = v128.load(from, 32), v3 = v128.load(from, 48);
          const is0 = isAbove(v0, best0), is1 = isAbove(v1, best1);
          const is2 = isAbove(v2, best2), is3 = isAbove(v3, best3);
          best0 = v128.bitselect(v0, best0, is0);
          best1 = v128.bitselect(v1, best1, is1);
          best2 = v128.bitselect(v2, best2, is2);
          best3 = v128.bitselect(v3, best3, is3);
          tap0 = v128.bitselect(number, tap0, is0);
          tap1 = v128.bitselect(number, tap1, is1);
          tap2 = v128.bitselect(number, tap2, is2);
          tap3 = v128.bitselect(number, tap3, is3);
        }
        v128.store(value, best0);
        v128.store(value, best1, 16);
        v128.store(value, best2, 32);
        v128.store(value, best3, 48);
        v128.store(tap, tap0);
        v128.store(tap, tap1, 16);
        v128.store(tap, tap2, 32);
        v128.store(tap, tap3, 48);
        value += 64; tap += 64;
      }
      for (; c < channels; c++) {
        let best: f32 = rectified ? 0 : -Infinity, chosen = rectified ? taps : 0;
        for (let t = 0; t < taps; t++) {
          const place = load<i32>(entry + (<usize>t << 2));
          if (place >= places) continue;
          const v = load<f32>(x + <usize>place * row + (<usize>c << 2));
          if (v > best || (v != v && best == best)) {
            best = v;
            chosen = t;
          }
        }
        store<f32>(value, best);
        store<i32>(tap, chosen);
        value += 4; tap += 4;
      }
      entry += list;
    }
    x += <usize>places * row;
  }
}

// out[b, place, c] = sum of delta[b, w, c] over the windows that chose the place
export function maxOfWindowsBackward(
  delta: usize, tap: usize, table: usize, out: usize,
  batch: i32, places: i32, windows: i32, taps: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  memory.fill(out, 0, <usize>batch * <usize>places * row);
  for (let b = 0; b < batch; b++) {
    let entry = table;
    for (let w = 0; w < windows; w++) {
      for (let c = 0; c < channels; c++) {
        const chosen = load<i32>(tap + (<usize>c << 2));
        if (chosen >= taps) continue;
        const place = load<i32>(entry + (<usize>chosen << 2));
        if (place >= places) continue;
        const cell = out + <usize>place * row + (<usize>c << 2);
        store<f32>(cell, load<f32>(cell) + load<f32>(delta + (<usize>c << 2)));
      }
      delta += row; tap += row;
      entry += <usize>taps << 2;
    }
    out += <usize>places * row;
  }
}

// @ts-ignore: decorator
@inline function deltaOf(delta: usize, tap: usize, number: v128): v128 {
  const kept = v128.and(v128.load(delta), i32x4.eq(v128.load(tap), number));
  return f32x4.add(kept, f32x4.splat(0)); // a sum of one delta: no negative zero
}

// The same of windows that share the places among them, every place in one of them: all of out is written once.
export function maxOfPartsBackward(
  delta: usize, tap: usize, table: usize, out: usize,
  batch: i32, places: i32, windows: i32, taps: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  for (let b = 0; b < batch; b++) {
    let entry = table;
    for (let w = 0; w < windows; w++) {
      for (let t = 0; t < taps; t++) {
        const place = load<i32>(entry + (<usize>t << 2));
        if (place >= places) continue;
        let to = out + <usize>place * row, from = delta, chosen = tap;
        const number = i32x4.splat(t);
        let c = 0;
        for (; c + 16 <= channels; c += 16) {
          v128.store(to, deltaOf(from, chosen, number));
          v128.store(to, deltaOf(from + 16, chosen + 16, number), 16);
          v128.store(to, deltaOf(from + 32, chosen + 32, number), 32);
          v128.store(to, deltaOf(from + 48, chosen + 48, number), 48);
          to += 64; from += 64; chosen += 64;
        }
        for (; c < channels; c++) {
          store<f32>(to, load<i32>(chosen) == t ? load<f32>(from) + <f32>0 : 0);
          to += 4; from += 4; chosen += 4;
        }
      }
      delta += row; tap += row;
      entry += <usize>taps << 2;
    }
    out += <usize>places * row;
  }
}

// out[index[i]] += x[i]; the caller has seen that the indices are within `count` rows
export function addRows(x: usize, index: usize, out: usize, rows: i32, count: i32, channels: i32): void {
  const row = <usize>channels << 2;
  memory.fill(out, 0, <usize>count * row);
  for (let i = 0; i < rows; i++) {
    addRow(x, out + <usize>load<i32>(index + (<usize>i << 2)) * row, channels);
    x += row;
  }
}
