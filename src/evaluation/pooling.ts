import { type Matrix, matrix } from '../matrix.js';

/**
 * One row of features a clip from the rows of its windows (paper section 4): for each S the clip is cut into S equal
 * slices, the features are averaged in each slice, and all averages are put side by side: (ΣS) × columns values.
 *
 * A slice boundary inside a window gives each side its share of it, so clips of fewer windows than slices need no
 * exception.
 *
 * @param clips first row of each clip, and the number of rows at the end
 */
export function poolClips(features: Matrix, clips: Int32Array, slices: readonly number[]): Matrix {
  const { columns, data } = features;
  const parts = slices.reduce((sum, count) => sum + count, 0);
  const pooled = matrix(clips.length - 1, parts * columns);
  for (let clip = 0; clip < pooled.rows; clip++) {
    const first = clips[clip] ?? 0;
    const windows = (clips[clip + 1] ?? first) - first;
    let out = clip * pooled.columns;
    for (const count of slices) {
      const length = windows / count;
      for (let slice = 0; slice < count; slice++, out += columns) {
        const [from, to] = [slice * length, (slice + 1) * length];
        for (let row = Math.floor(from); row < Math.ceil(to) && row < windows; row++) {
          const share = (Math.min(row + 1, to) - Math.max(row, from)) / length;
          if (share <= 0) continue;
          const base = (first + row) * columns;
          for (let column = 0; column < columns; column++) {
            pooled.data[out + column] = (pooled.data[out + column] ?? 0) + share * (data[base + column] ?? 0);
          }
        }
      }
    }
  }
  return pooled;
}
