// Windows of convolutions and poolings (engine/windows.ts), and sums of rows. `table` holds, for each tap of each window,
// the place of the input it sees (int32), `places` for one outside. Matrices have rows of `channels` float32.

// @ts-ignore: decorator
@inline function copyRow(source: usize, out: usize, channels: i32): void {
  let c = 0;
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
    for (let e = 0; e < entries; e++) {
      const place = load<i32>(table + (<usize>e << 2));
      if (place < places) copyRow(x + <usize>place * row, out, channels);
      else memory.fill(out, 0, row);
      out += row;
    }
    x += <usize>places * row;
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

// value[b, w, c] = largest of the taps of window w, tap[b, w, c] (int32) the first that holds it; NaN passes through
export function maxOfWindows(
  x: usize, table: usize, value: usize, tap: usize,
  batch: i32, places: i32, windows: i32, taps: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  const lowest = f32x4.splat(-Infinity), zero = i32x4.splat(0);
  for (let b = 0; b < batch; b++) {
    let entry = table;
    for (let w = 0; w < windows; w++) {
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        let best = lowest, chosen = zero;
        for (let t = 0; t < taps; t++) {
          const place = load<i32>(entry + (<usize>t << 2));
          if (place >= places) continue;
          const v = v128.load(x + <usize>place * row + (<usize>c << 2));
          const isBetter = v128.or(f32x4.gt(v, best), v128.andnot(f32x4.ne(v, v), f32x4.ne(best, best)));
          best = v128.bitselect(v, best, isBetter);
          chosen = v128.bitselect(i32x4.splat(t), chosen, isBetter);
        }
        v128.store(value + (<usize>c << 2), best);
        v128.store(tap + (<usize>c << 2), chosen);
      }
      for (; c < channels; c++) {
        let best: f32 = -Infinity, chosen = 0;
        for (let t = 0; t < taps; t++) {
          const place = load<i32>(entry + (<usize>t << 2));
          if (place >= places) continue;
          const v = load<f32>(x + <usize>place * row + (<usize>c << 2));
          if (v > best || (v != v && best == best)) {
            best = v;
            chosen = t;
          }
        }
        store<f32>(value + (<usize>c << 2), best);
        store<i32>(tap + (<usize>c << 2), chosen);
      }
      value += row; tap += row;
      entry += <usize>taps << 2;
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
        const place = load<i32>(entry + (<usize>load<i32>(tap + (<usize>c << 2)) << 2));
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

// out[index[i]] += x[i]; the caller has seen that the indices are within `count` rows
export function addRows(x: usize, index: usize, out: usize, rows: i32, count: i32, channels: i32): void {
  const row = <usize>channels << 2;
  memory.fill(out, 0, <usize>count * row);
  for (let i = 0; i < rows; i++) {
    addRow(x, out + <usize>load<i32>(index + (<usize>i << 2)) * row, channels);
    x += row;
  }
}
