import type { ExampleCorpus, Modality, Part } from '../../src/corpora/corpus.js';
import { corpora } from '../../src/corpora/registry.js';
import type { Matrix } from '../../src/matrix.js';

/*
 * Small made-up corpora of two classes that tests add to the registry: `three` of the modalities a, b and c, and `two`, the
 * same examples without c. Values of a and b are in [0, 1]; those of c are real.
 */

const widths = { a: 8, b: 6, c: 5 } as const;
type Name = keyof typeof widths;

const size = { train: 60, test: 40 };

/** In [0, 1): the same for the same place of the same part. */
function valueAt(part: string, modality: Name, row: number, column: number): number {
  let state = part === 'train' ? 17 : 71;
  for (const number of [modality.charCodeAt(0), row, column, 5]) {
    state = Math.imul(state ^ number, 2654435761) >>> 0;
    state = (state ^ (state >>> 15)) >>> 0;
  }
  return state / 2 ** 32;
}

/** The classes take turns; a third of each modality's columns says which it is. */
function matrixOf(part: 'train' | 'test', modality: Name, count: number): Matrix {
  const columns = widths[modality];
  const data = new Float32Array(count * columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      const noise = valueAt(part, modality, row, column);
      const says = column % 3 === 0 ? 0.7 * (row % 2) + 0.3 * noise : noise;
      data[row * columns + column] = modality === 'c' ? 4 * says - 2 : says;
    }
  }
  return { rows: count, columns, data };
}

function corpusOf(name: string, modalities: readonly Name[]): ExampleCorpus {
  const part = (which: 'train' | 'test', count: number): Part => ({
    count,
    inputs: Object.fromEntries(
      modalities.map((modality) => [modality, matrixOf(which, modality, count)] as const),
    ),
    labels: Int32Array.from({ length: count }, (_, row) => row % 2),
  });
  return {
    kind: 'examples',
    name,
    title: `made-up examples of ${modalities.join(', ')}`,
    synthetic: true,
    modalities: modalities.map((one): Modality => ({ name: one, range: one === 'c' ? 'real' : 'unit' })),
    has: modalities,
    dimensions: widths,
    classes: ['even', 'odd'],
    size,
    fingerprint: () => name,
    load: (options) => ({
      train: part('train', options.train ?? size.train),
      test: part('test', options.test ?? size.test),
    }),
  };
}

/** Adds the corpora to the registry of this process. */
export function addModalityCorpora(): void {
  const registry = corpora as Record<string, ExampleCorpus>;
  registry.three = corpusOf('three', ['a', 'b', 'c']);
  registry.two = corpusOf('two', ['a', 'b']);
}
