// Kernels in double precision on memory that this module imports: whole rows at a time, which plain JavaScript does at a
// quarter of the speed. Pointers are byte offsets. Every number is computed as JavaScript would compute it, to the bit.

// @ts-ignore: decorator
@inline function rotateVectors(x: usize, y: usize, C: v128, S: v128): void {
  const X = v128.load(x), Y = v128.load(y);
  v128.store(x, f64x2.sub(f64x2.mul(C, X), f64x2.mul(S, Y)));
  v128.store(y, f64x2.add(f64x2.mul(S, X), f64x2.mul(C, Y)));
}

// x, y = c x - s y, s x + c y
// @ts-ignore: decorator
@inline function rotateRows(x: usize, y: usize, n: i32, c: f64, s: f64): void {
  const C = f64x2.splat(c), S = f64x2.splat(s);
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    rotateVectors(x, y, C, S);
    rotateVectors(x + 16, y + 16, C, S);
    rotateVectors(x + 32, y + 32, C, S);
    rotateVectors(x + 48, y + 48, C, S);
    x += 64; y += 64;
  }
  for (; i < n; i++) {
    const X = load<f64>(x), Y = load<f64>(y);
    store<f64>(x, c * X - s * Y);
    store<f64>(y, s * X + c * Y);
    x += 8; y += 8;
  }
}

// row[k] = column[k] for k from `first`: of one matrix, whose rows lie `width` bytes apart.
// @ts-ignore: decorator
@inline function rowFromColumn(row: usize, column: usize, first: i32, n: i32, width: usize): void {
  for (let k = first; k < n; k++) store<f64>(row + (<usize>k << 3), load<f64>(column + <usize>k * width));
}

// One sweep of cyclic Jacobi rotations over a symmetric matrix a (n x n), of which the lower triangle is current before
// and after; the rows of v collect the rotations.
//
// A rotation is of rows p and q alone and leaves the columns of these numbers behind. Of an element and its mirror image
// the one is current that lies in the row that was rotated last, so a row takes what it lacks from its column before its turn.
export function jacobiSweep(a: usize, v: usize, n: i32): void {
  const width = <usize>n << 3;
  for (let p = 0; p + 1 < n; p++) {
    const rowP = a + <usize>p * width, columnP = a + (<usize>p << 3);
    rowFromColumn(rowP, columnP, p + 1, n, width);
    for (let q = p + 1; q < n; q++) {
      const rowQ = a + <usize>q * width, columnQ = a + (<usize>q << 3);
      rowFromColumn(rowQ, columnQ, p + 1, n, width);
      const apq = load<f64>(rowP + (<usize>q << 3));
      const app = load<f64>(rowP + (<usize>p << 3));
      const aqq = load<f64>(rowQ + (<usize>q << 3));
      if (Math.abs(apq) <= 1e-18 * Math.sqrt(Math.abs(app * aqq)) || apq == 0) continue;
      // Annuls a[p][q].
      const theta = (aqq - app) / (2 * apq);
      const t = (theta >= 0 ? 1.0 : -1.0) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      const s = t * c;
      rotateRows(rowP, rowQ, n, c, s);
      store<f64>(rowP + (<usize>p << 3), app - t * apq);
      store<f64>(rowQ + (<usize>q << 3), aqq + t * apq);
      store<f64>(rowP + (<usize>q << 3), 0);
      rotateRows(v + <usize>p * width, v + <usize>q * width, n, c, s);
    }
    for (let k = p + 1; k < n; k++) store<f64>(columnP + <usize>k * width, load<f64>(rowP + (<usize>k << 3)));
  }
}
