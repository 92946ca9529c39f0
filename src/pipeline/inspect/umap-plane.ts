import { uniforms } from '../../engine/noise.js';
import { MmxError } from '../../errors.js';
import type { Matrix } from '../../matrix.js';

/** Points that each point is compared with, itself among them: the default of McInnes et al. 2018. */
const neighbours = 15;
/** Draws made at once. */
const drawsAtOnce = 4096;

/** What the library keeps of the layout while it is made; its declarations say nothing of it. */
interface LayoutState {
  a: number;
  b: number;
}

/**
 * Rows in a plane by UMAP (McInnes, Healy and Melville 2018), with 15 exact nearest neighbours by Euclidean distance. The
 * similarity of two points at distance d is 1 / (1 + d²), as in t-SNE: powers other than whole ones differ in the last bit
 * between versions of Node. A function of the rows and the seed.
 *
 * @returns places, x and y of each row; they have no unit
 * @throws MmxError `figure/too-few` for no more rows than a neighbourhood has
 */
export async function umapPlane(rows: Matrix, seed: number): Promise<Float64Array> {
  if (rows.rows <= neighbours) {
    throw new MmxError(
      'figure/too-few',
      `UMAP compares each point with its ${neighbours} nearest, itself among them, and there are ${rows.rows} points in all`,
      { exitCode: 2, hint: '--method pca needs two examples' },
    );
  }
  const { UMAP } = await import('umap-js');
  const umap = new UMAP({ nNeighbors: neighbours, random: keyedDraws(seed) });
  const { indices, distances } = nearest(rows);
  umap.setPrecomputedKNN(indices, distances);
  const points = Array.from({ length: rows.rows }, (_, row) => [
    ...rows.data.subarray(row * rows.columns, (row + 1) * rows.columns),
  ]);
  const epochs = umap.initializeFit(points);
  const { optimizationState: state } = umap as unknown as { readonly optimizationState?: LayoutState };
  if (state?.a === undefined || state.b === undefined) {
    throw new Error('this version of umap-js keeps its similarity elsewhere');
  }
  [state.a, state.b] = [1, 1];
  while (umap.step() < epochs);
  return Float64Array.from(umap.getEmbedding().flat());
}

/** Draws in [0, 1), one after the other. */
function keyedDraws(seed: number): () => number {
  let [step, next] = [0, 0];
  let drawn: Float32Array = new Float32Array(0);
  return () => {
    if (next === drawn.length) {
      drawn = uniforms({ seed, purpose: 'figure/umap', step }, drawsAtOnce);
      [step, next] = [step + 1, 0];
    }
    return drawn[next++] as number;
  };
}

/** The nearest rows of each row by Euclidean distance, itself first; of equally near ones, the first. */
function nearest({ rows, columns, data }: Matrix): {
  readonly indices: number[][];
  readonly distances: number[][];
} {
  const squares = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) {
        sum += ((data[i * columns + k] as number) - (data[j * columns + k] as number)) ** 2;
      }
      squares[i * rows + j] = sum;
      squares[j * rows + i] = sum;
    }
  }
  const indices = Array.from({ length: rows }, (_, i) => {
    const distance = (j: number): number => (j === i ? -1 : (squares[i * rows + j] as number));
    return Array.from({ length: rows }, (_, j) => j)
      .sort((a, b) => distance(a) - distance(b) || a - b)
      .slice(0, neighbours);
  });
  return {
    indices,
    distances: indices.map((near, i) => near.map((j) => Math.sqrt(squares[i * rows + j] as number))),
  };
}
