import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gaussians } from '../../../../src/engine/noise.js';
import { type Matrix, matrix } from '../../../../src/matrix.js';
import { umapPlane } from '../../../../src/pipeline/inspect/umap-plane.js';

/** Clusters in 20 dimensions, `each` rows of each, 6 standard deviations apart along axes of their own. */
function clusters(
  count: number,
  each: number,
): { readonly rows: Matrix; readonly labels: readonly number[] } {
  const noise = gaussians({ seed: 3, purpose: 'clusters', step: 0 }, 20 * count * each);
  const rows = matrix(count * each, 20, noise);
  const labels = Array.from({ length: count * each }, (_, row) => Math.floor(row / each));
  for (const [row, own] of labels.entries()) rows.data[20 * row + own] = (rows.data[20 * row + own] ?? 0) + 6;
  return { rows, labels };
}

/** Share of points whose nearest other point is of their own cluster. */
function nearestAccuracy(places: Float64Array, labels: readonly number[]): number {
  const right = labels.filter((own, i) => {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (const j of labels.keys()) {
      const distance = Math.hypot(
        (places[2 * i] ?? 0) - (places[2 * j] ?? 0),
        (places[2 * i + 1] ?? 0) - (places[2 * j + 1] ?? 0),
      );
      if (j !== i && distance < least) [best, least] = [j, distance];
    }
    return labels[best] === own;
  });
  return right.length / labels.length;
}

describe('the plane of UMAP', () => {
  const { rows, labels } = clusters(5, 40);

  it('keeps clusters apart that are apart', async () => {
    const places = await umapPlane(rows, 1);
    expect(places).toHaveLength(2 * rows.rows);
    expect(nearestAccuracy(places, labels)).toBeGreaterThan(0.97);
  });

  it('is the same for the same seed, and another for another', async () => {
    const [one, again, other] = [
      await umapPlane(rows, 1),
      await umapPlane(rows, 1),
      await umapPlane(rows, 2),
    ];
    expect([...again]).toEqual([...one]);
    expect([...other]).not.toEqual([...one]);
  });

  it('has finite places for points that are all one', async () => {
    expect((await umapPlane(matrix(30, 4), 1)).every(Number.isFinite)).toBe(true);
  });

  it.each([2, 14, 15])('refuses %i points: no more than a neighbourhood has', async (count) => {
    await expect(umapPlane(matrix(count, 3), 1)).rejects.toThrow(
      `UMAP compares each point with its 15 nearest, itself among them, and there are ${count} points in all`,
    );
  });

  it('lays out one point more', async () => {
    expect(await umapPlane(clusters(2, 8).rows, 1)).toHaveLength(32);
  });

  it('has the same bits on every version of Node', async () => {
    const places = await umapPlane(rows, 1);
    const digest = createHash('sha256').update(new Uint8Array(places.buffer)).digest('hex');
    expect(digest.slice(0, 16)).toBe('c4de12e161529f4d');
  });
});
