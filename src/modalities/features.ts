import { z } from 'zod';
import { flag, integerUpTo, positive } from '../config/numbers.js';
import { MmxError } from '../errors.js';
import { readNpy, readNpyRow } from '../formats/npy.js';
import { type Matrix, matrix } from '../matrix.js';
import { defineModality, sizeOf } from './modality.js';
import { fitScaling, scaledRows, scaling } from './scaling.js';

const sides = 'must be a list of one to three whole numbers';

const options = z.strictObject({
  shape: z
    .array(integerUpTo(10_000_000), sides)
    .min(1, sides)
    .max(3, sides)
    .describe(
      'Shape of one example: [n] for a vector, [time, channels] for a sequence, [height, width, channels] for a picture',
    ),
  values: z
    .enum(['real', 'unit'])
    .default('real')
    .describe(
      '`unit`: the values are in [0, 1] after the division; `real`: they are scaled to mean 0 and variance 1 over the training part',
    ),
  divided_by: positive().default(1).describe('All values are divided by this number'),
  pad: flag()
    .default(false)
    .describe('For sequences: whether shorter ones are padded with zeros and longer ones cut'),
});

type Options = z.output<typeof options>;

interface Example {
  /** Steps or numbers × what is scaled as one. */
  readonly values: Matrix;
  /** As stored, where a byte is a 255th. */
  readonly bytes?: Uint8Array;
}

const columnsOf = ({ shape }: Options): number => (shape.length === 1 ? shape[0] : shape.at(-1)) ?? 1;

/** Values as they are in `.npy` files: one example a file, or a row of an array of examples. */
export const features = defineModality<Options, Example, z.output<typeof scaling> | null>({
  kind: 'features',
  summary: 'arrays of numbers (.npy): vectors, sequences or pictures',
  given: 'file',
  options,
  range: ({ values }) => values,
  shape: ({ shape }) => shape,
  padded: ({ pad, shape }) => pad && shape.length === 2,
  read({ value, index }, asked) {
    const { shape, data } = index === undefined ? readNpy(value) : readNpyRow(value, index);
    const columns = columnsOf(asked);
    const size = sizeOf(asked.shape);
    const fits =
      asked.pad && asked.shape.length === 2
        ? shape.length === 2 && shape[1] === columns && shape[0] !== 0
        : data.length === size &&
          (shape.at(-1) === asked.shape.at(-1) || shape.length === 1 || columns === 1);
    if (!fits) {
      throw new MmxError(
        'corpora/damaged',
        `${value} is not usable: an example is an array of ${shape.join(' x ')}; the config asks for ${asked.shape.join(' x ')}`,
        { hint: 'set `shape` in the config, and `pad: true` if sequences differ in length' },
      );
    }
    const stray = data.findIndex((number) => !Number.isFinite(number));
    if (stray >= 0) {
      throw new MmxError('corpora/damaged', `${value} is not usable: its value ${stray} is ${data[stray]}`);
    }
    if (asked.values === 'unit') checkUnit(value, data, asked.divided_by);
    const isBytes = asked.values === 'unit' && asked.divided_by === 255 && data instanceof Uint8Array;
    const values = matrix(data.length / columns, columns);
    for (let i = 0; i < data.length; i++) values.data[i] = (data[i] as number) / asked.divided_by;
    return { values, ...(isBytes ? { bytes: data } : {}) };
  },
  fitted: scaling.nullable(),
  fit: (items, asked) => (asked.values === 'unit' ? null : fitScaling(items.map(({ values }) => values))),
  row({ values, bytes }, by, asked) {
    if (bytes) return bytes;
    const rows = sizeOf(asked.shape) / values.columns;
    return scaledRows(values, rows, by ?? unscaled(values.columns));
  },
});

const unscaled = (columns: number) => ({
  means: new Array<number>(columns).fill(0),
  scales: new Array<number>(columns).fill(1),
});

function checkUnit(file: string, data: ArrayLike<number>, divisor: number): void {
  const stray = Array.prototype.findIndex.call(data, (number: number) => !(number >= 0 && number <= divisor));
  if (stray < 0) return;
  throw new MmxError(
    'corpora/damaged',
    `${file} is not usable: its value ${stray} is ${data[stray]}, not between 0 and ${divisor}`,
    { hint: 'set values: real for any numbers, or divided_by to scale them' },
  );
}
