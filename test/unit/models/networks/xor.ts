import { gaussians } from '../../../../src/engine/noise.js';
import type { Matrix } from '../../../../src/matrix.js';

/** Two modalities, of which each alone says nothing of the label: whether their signs differ. */
export function xorExamples(
  rows: number,
  columns: readonly [number, number],
  purpose = 'xor',
): { readonly inputs: { readonly a: Matrix; readonly b: Matrix }; readonly labels: Int32Array } {
  const modality = (name: string, width: number, signOf: (row: number) => number): Matrix => {
    const noise = gaussians({ seed: 3, purpose: `${purpose}/${name}`, step: 0 }, rows * width, 0.3);
    return {
      rows,
      columns: width,
      data: noise.map((value, i) => value + signOf(Math.floor(i / width)) * ((i % width) % 2 === 0 ? 1 : -1)),
    };
  };
  const first = (row: number): number => row & 1;
  const second = (row: number): number => (row >> 1) & 1;
  return {
    inputs: {
      a: modality('a', columns[0], (row) => 2 * first(row) - 1),
      b: modality('b', columns[1], (row) => 2 * second(row) - 1),
    },
    labels: Int32Array.from({ length: rows }, (_, row) => first(row) ^ second(row)),
  };
}
