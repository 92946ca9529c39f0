import { z } from 'zod';
import { fitColumnScaling } from '../frontend/normalise.js';
import { concatRows, type Matrix } from '../matrix.js';

/** What brings values to mean 0 and variance 1 over the training part, for each column. */
export const scaling = z.object({ means: z.array(z.number()), scales: z.array(z.number()) });

export type Scaling = z.output<typeof scaling>;

/** @param items rows × columns each, the columns the same */
export function fitScaling(items: readonly Matrix[]): Scaling {
  const { means, scales } = fitColumnScaling(concatRows(items));
  return { means: [...means], scales: [...scales] };
}

/**
 * The rows of a matrix scaled, one after the other, zeros where there are fewer than wanted; those beyond are cut off.
 *
 * @param rows wanted
 */
export function scaledRows({ rows: held, columns, data }: Matrix, rows: number, by: Scaling): Float32Array {
  const result = new Float32Array(rows * columns);
  const count = Math.min(rows, held) * columns;
  for (let i = 0; i < count; i++) {
    const column = i % columns;
    result[i] = ((data[i] as number) - (by.means[column] as number)) * (by.scales[column] as number);
  }
  return result;
}
