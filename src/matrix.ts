import { MmxError } from './errors.js';

/** Real matrix, row-major: element (i, j) is `data[i * columns + j]`. A row is an example. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A matrix too large to hold, or computed on demand: its rows can be read in any order, any number of times. */
export interface MatrixSource {
  readonly rows: number;
  readonly columns: number;
  /** Rows `from` (inclusive) to `to` (exclusive). The caller must not write to the result. */
  readRows(from: number, to: number): Matrix;
}

/** Examples that are read one row at a time, in any order and any number of times: a matrix, or rows made when asked for. */
export interface RowSource {
  readonly rows: number;
  readonly columns: number;
  /** Writes row `row` (0 … rows − 1) to `out[at]` … `out[at + columns − 1]`. */
  copyRow(row: number, out: Float32Array, at: number): void;
}

/**
 * A matrix over `data`, which is not copied; zeros when absent.
 *
 * @throws MmxError `matrix/shape` when `data` does not hold rows × columns numbers
 */
export function matrix(
  rows: number,
  columns: number,
  data: Float32Array = new Float32Array(rows * columns),
): Matrix {
  if (data.length !== rows * columns) {
    throw new MmxError(
      'matrix/shape',
      `a ${rows} x ${columns} matrix needs ${rows * columns} numbers, got ${data.length}`,
    );
  }
  return { rows, columns, data };
}

/** @throws MmxError `matrix/shape` when the rows differ in length */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const result = matrix(rows.length, columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new MmxError('matrix/shape', `row ${index} has ${row.length} numbers, row 0 has ${columns}`);
    }
    result.data.set(row, index * columns);
  });
  return result;
}

/** Rows `from` (inclusive) to `to` (exclusive) as a view on the same memory. */
export function sliceRows(source: Matrix, from: number, to = source.rows): Matrix {
  checkRange(source, from, to);
  const { columns, data } = source;
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns) };
}

/** A copy of the rows named by `indices`, in that order; repetitions allowed. */
export function gatherRows(source: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns, data } = source;
  const result = matrix(indices.length, columns);
  for (let position = 0; position < indices.length; position++) {
    const row = indices[position] as number;
    if (!(row >= 0 && row < source.rows)) throw outOfRange(source, `row ${row}`);
    result.data.set(data.subarray(row * columns, (row + 1) * columns), position * columns);
  }
  return result;
}

/** A copy of columns `from` (inclusive) to `to` (exclusive). */
export function sliceColumns(source: Matrix, from: number, to = source.columns): Matrix {
  if (!(from >= 0 && from <= to && to <= source.columns))
    throw outOfRange(source, `columns ${from} to ${to}`);
  const result = matrix(source.rows, to - from);
  for (let row = 0; row < source.rows; row++) {
    const start = row * source.columns;
    result.data.set(source.data.subarray(start + from, start + to), row * result.columns);
  }
  return result;
}

/** The matrices one under another. @throws MmxError `matrix/shape` when their numbers of columns differ */
export function concatRows(parts: readonly Matrix[]): Matrix {
  const columns = parts[0]?.columns ?? 0;
  const result = matrix(
    parts.reduce((sum, part) => sum + part.rows, 0),
    columns,
  );
  let offset = 0;
  for (const part of parts) {
    if (part.columns !== columns) {
      throw new MmxError('matrix/shape', `cannot stack matrices of ${columns} and ${part.columns} columns`);
    }
    result.data.set(part.data, offset);
    offset += part.data.length;
  }
  return result;
}

/** The matrices side by side. @throws MmxError `matrix/shape` when their numbers of rows differ */
export function concatColumns(parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  const result = matrix(
    rows,
    parts.reduce((sum, part) => sum + part.columns, 0),
  );
  let offset = 0;
  for (const { rows: height, columns, data } of parts) {
    if (height !== rows)
      throw new MmxError('matrix/shape', `cannot join matrices of ${rows} and ${height} rows`);
    for (let row = 0; row < rows; row++) {
      result.data.set(data.subarray(row * columns, (row + 1) * columns), row * result.columns + offset);
    }
    offset += columns;
  }
  return result;
}

/** A matrix in memory seen as a source; its rows are read without copying. */
export function sourceOf(held: Matrix): MatrixSource {
  return { rows: held.rows, columns: held.columns, readRows: (from, to) => sliceRows(held, from, to) };
}

/** The rows named by `indices`, in that order, read when asked for; repetitions allowed. */
export function rowsAt(source: Matrix | RowSource, indices: ArrayLike<number>): RowSource {
  const all = rowSource(source);
  return {
    rows: indices.length,
    columns: all.columns,
    copyRow(row, out, at) {
      all.copyRow(indices[row] ?? Number.NaN, out, at);
    },
  };
}

/** The rows of a matrix; a source of rows is itself. */
export function rowSource(rows: Matrix | RowSource): RowSource {
  if ('copyRow' in rows) return rows;
  const { columns, data } = rows;
  return {
    rows: rows.rows,
    columns,
    copyRow(row, out, at) {
      if (!(row >= 0 && row < rows.rows)) throw outOfRange(rows, `row ${row}`);
      out.set(data.subarray(row * columns, (row + 1) * columns), at);
    },
  };
}

function checkRange(source: Matrix, from: number, to: number): void {
  if (!(from >= 0 && from <= to && to <= source.rows)) throw outOfRange(source, `rows ${from} to ${to}`);
}

function outOfRange({ rows, columns }: Matrix, what: string): MmxError {
  return new MmxError('matrix/range', `${what} of a ${rows} x ${columns} matrix do not exist`);
}
