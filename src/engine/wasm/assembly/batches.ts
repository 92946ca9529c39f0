// Products of many small matrices (heads of attention), without the packing of `product` in kernels.ts and with its bits:
// every number of a result is added up in the order of the inner dimension.

// tile[4, 8] of op(a) b: `down` bytes from row to row of op(a), `along` from column to column; rows of b and out have `row`
// bytes.
// @ts-ignore: decorator
@inline function tile8(a: usize, down: usize, along: usize, b: usize, k: i32, out: usize, row: usize): void {
  let x0 = f32x4.splat(0), y0 = x0, x1 = x0, y1 = x0, x2 = x0, y2 = x0, x3 = x0, y3 = x0;
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    x0 = f32x4.add(x0, f32x4.mul(s, b0));
    y0 = f32x4.add(y0, f32x4.mul(s, b1));
    s = v128.load32_splat(a + down);
    x1 = f32x4.add(x1, f32x4.mul(s, b0));
    y1 = f32x4.add(y1, f32x4.mul(s, b1));
    s = v128.load32_splat(a + 2 * down);
    x2 = f32x4.add(x2, f32x4.mul(s, b0));
    y2 = f32x4.add(y2, f32x4.mul(s, b1));
    s = v128.load32_splat(a + 3 * down);
    x3 = f32x4.add(x3, f32x4.mul(s, b0));
    y3 = f32x4.add(y3, f32x4.mul(s, b1));
    a += along; b += row;
  }
  v128.store(out, x0);
  v128.store(out, y0, 16);
  v128.store(out + row, x1);
  v128.store(out + row, y1, 16);
  v128.store(out + 2 * row, x2);
  v128.store(out + 2 * row, y2, 16);
  v128.store(out + 3 * row, x3);
  v128.store(out + 3 * row, y3, 16);
}

// tile[4, 4] of op(a) b
// @ts-ignore: decorator
@inline function tile4(a: usize, down: usize, along: usize, b: usize, k: i32, out: usize, row: usize): void {
  let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0;
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b);
    x0 = f32x4.add(x0, f32x4.mul(v128.load32_splat(a), b0));
    x1 = f32x4.add(x1, f32x4.mul(v128.load32_splat(a + down), b0));
    x2 = f32x4.add(x2, f32x4.mul(v128.load32_splat(a + 2 * down), b0));
    x3 = f32x4.add(x3, f32x4.mul(v128.load32_splat(a + 3 * down), b0));
    a += along; b += row;
  }
  v128.store(out, x0);
  v128.store(out + row, x1);
  v128.store(out + 2 * row, x2);
  v128.store(out + 3 * row, x3);
}

// out[m, n] = op(a) b of each of `matrices` triples that lie one after the other; m and n from 4 on. The last tile of a row
// or column lies over the one before where there is no room for it beside: its numbers are the same.
export function products(transposeA: bool, m: i32, n: i32, k: i32, a: usize, b: usize, out: usize, matrices: i32): void {
  const row = <usize>n << 2;
  const down: usize = transposeA ? 4 : <usize>k << 2, along: usize = transposeA ? <usize>m << 2 : 4;
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let top = 0; top < m; top += 4) {
      const i = min(top, m - 4);
      const rows = a + <usize>i * down, to = out + <usize>i * row;
      if (n >= 8) {
        for (let left = 0; left < n; left += 8) {
          const column = <usize>min(left, n - 8) << 2;
          tile8(rows, down, along, b + column, k, to + column, row);
        }
      } else {
        for (let left = 0; left < n; left += 4) {
          const column = <usize>min(left, n - 4) << 2;
          tile4(rows, down, along, b + column, k, to + column, row);
        }
      }
    }
    a += <usize>(m * k) << 2;
    b += <usize>(k * n) << 2;
    out += <usize>(m * n) << 2;
  }
}
