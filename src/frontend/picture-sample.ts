import { type Matrix, type MatrixSource, matrix } from '../matrix.js';

/** Steps of the stored numbers in a grey level: ±255 levels fill 16 bits, and rounding stays below 0.004 levels. */
const steps = 128;

/** Rows allocated at once. */
const slabRows = 1024;

/**
 * Mean-normalised pictures kept for fitting, in 2 bytes a pixel and in a bounded number. When they become more than
 * `maximum`, every second one is dropped, and from then on only every second (fourth, …) is kept: evenly spread over
 * everything seen, and a function of the order of the frames alone. Reads back values of pictures in 0 … 1.
 */
export class PictureSample implements MatrixSource {
  readonly columns: number;
  readonly #maximum: number;
  readonly #slabs: Int16Array[] = [];
  #rows = 0;
  #seen = 0;
  #stride = 1;

  /** @param columns pixels of a picture @param maximum pictures to keep, at least 1 */
  constructor(columns: number, maximum: number) {
    this.columns = columns;
    this.#maximum = maximum;
  }

  /** Pictures kept. */
  get rows(): number {
    return this.#rows;
  }

  /** @param frames pictures in 0 … 1 less a mean: values of −1 … 1 */
  push({ rows, data }: Matrix): void {
    for (let row = 0; row < rows; row++, this.#seen++) {
      if (this.#seen % this.#stride !== 0) continue;
      if (this.#rows === this.#maximum) {
        this.#thin();
        if (this.#seen % this.#stride !== 0) continue;
      }
      const target = this.#row(this.#rows++);
      const offset = row * this.columns;
      for (let j = 0; j < target.length; j++) {
        target[j] = Math.round((data[offset + j] as number) * 255 * steps);
      }
    }
  }

  readRows(from: number, to: number): Matrix {
    const result = matrix(to - from, this.columns);
    for (let row = from; row < to; row++) {
      const source = this.#row(row);
      const offset = (row - from) * this.columns;
      for (let j = 0; j < source.length; j++) {
        result.data[offset + j] = (source[j] as number) / (255 * steps);
      }
    }
    return result;
  }

  #thin(): void {
    const kept = Math.ceil(this.#rows / 2);
    for (let row = 1; row < kept; row++) this.#row(row).set(this.#row(2 * row));
    this.#rows = kept;
    this.#stride *= 2;
  }

  #row(index: number): Int16Array {
    const slab = Math.floor(index / slabRows);
    this.#slabs[slab] ??= new Int16Array(slabRows * this.columns);
    const offset = (index % slabRows) * this.columns;
    return (this.#slabs[slab] as Int16Array).subarray(offset, offset + this.columns);
  }
}
