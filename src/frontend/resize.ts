/** A grey picture, 0 to 255, row by row. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Part of a picture, in its pixels; fractions allowed. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A picture, or the part of it in `box`, scaled to a size. Triangle filter as wide as an output pixel, two input pixels at
 * least: averages when shrinking, bilinear when enlarging.
 */
export function resized(
  { width, height, data }: Picture,
  size: { readonly width: number; readonly height: number },
  box: Box = { x: 0, y: 0, width, height },
): Uint8Array {
  const across = weightsOf(box.x, box.width, size.width, width);
  const down = weightsOf(box.y, box.height, size.height, height);
  const rows = new Map<number, Float64Array>();
  const rowAt = (row: number): Float64Array => {
    const known = rows.get(row);
    if (known !== undefined) return known;
    const base = row * width;
    const scaled = Float64Array.from(across, (taps) =>
      taps.reduce((sum, [column, weight]) => sum + weight * (data[base + column] ?? 0), 0),
    );
    rows.set(row, scaled);
    return scaled;
  };
  const out = new Uint8Array(size.height * size.width);
  down.forEach((taps, row) => {
    for (let column = 0; column < size.width; column++) {
      let sum = 0;
      for (const [source, weight] of taps) sum += weight * (rowAt(source)[column] ?? 0);
      out[row * size.width + column] = Math.min(255, Math.max(0, Math.round(sum)));
    }
  });
  return out;
}

type Taps = readonly (readonly [index: number, weight: number])[];

/** For each of `count` outputs spread over `length` inputs from `from`, which inputs it is made of. */
function weightsOf(from: number, length: number, count: number, available: number): readonly Taps[] {
  const scale = length / count;
  const reach = Math.max(1, scale);
  return Array.from({ length: count }, (_, index) => {
    const centre = from + (index + 0.5) * scale;
    const taps: [number, number][] = [];
    let sum = 0;
    for (let i = Math.ceil(centre - reach - 0.5); i <= Math.floor(centre + reach - 0.5); i++) {
      const weight = 1 - Math.abs(i + 0.5 - centre) / reach;
      if (weight <= 0) continue;
      // Beyond the picture its edge goes on.
      taps.push([Math.min(available - 1, Math.max(0, i)), weight]);
      sum += weight;
    }
    return taps.map(([i, weight]) => [i, weight / sum] as const);
  });
}
