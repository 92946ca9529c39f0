/**
 * MATLAB files of level 4 ("MAT-File Format", The MathWorks, chapter "MAT-File Level 4 Format"): one variable after
 * the other, each with five int32 `type, mrows, ncols, imagf, namlen`, its name with a closing NUL, and its numbers
 * column by column. The decimal digits of `type` are M O P T: byte order, zero, number type, kind of matrix.
 */
import {
  decodeNumbers,
  encodeNumbers,
  type Fail,
  failing,
  latin1,
  type NumberArray,
  readFileBytes,
} from './bytes.js';

/** A full real matrix, column-major: element (i, j) is `data[j * rows + i]`. */
export interface MatMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: NumberArray;
}

const errorCode = 'formats/mat';

/** By the digit P. */
const numberTypes = [Float64Array, Float32Array, Int32Array, Int16Array, Uint16Array, Uint8Array] as const;
/** By the digit M. */
const byteOrders = ['little-endian IEEE', 'big-endian IEEE', 'VAX D-float', 'VAX G-float', 'Cray'] as const;

const headerBytes = 20;
/** MATLAB's own limit is 63 characters. */
const maximumNameBytes = 256;
const variableName = /^[A-Za-z][A-Za-z0-9_]*$/;
const saveHint =
  'save it again as level 4: in MATLAB "save -v4", in Python scipy.io.savemat(..., format="4")';

/**
 * Reads a MATLAB file of level 4 with real, full matrices of either byte order, by variable name.
 *
 * @throws MmxError `formats/mat` naming the file, the variable and what is wrong with it
 */
export function readMat(file: string): Record<string, MatMatrix> {
  return parseMat(readFileBytes(file, errorCode, 'MATLAB file'), file);
}

/** Parses the bytes of a MATLAB file; `name` is used in error messages. Throws as {@link readMat} does. */
export function parseMat(bytes: Uint8Array, name: string): Record<string, MatMatrix> {
  const fail: Fail = failing(errorCode, name, 'MATLAB level 4 file');
  if (bytes.length === 0) fail('it is empty');
  const version = /^MATLAB (\d+\.\d+) MAT-file/.exec(latin1(bytes.subarray(0, 32)));
  if (version !== null) fail(`it is a MATLAB ${version[1]} MAT-file, a later format`, saveHint);
  const variables = new Map<string, MatMatrix>();
  for (let offset = 0; offset < bytes.length; ) {
    const variable = parseVariable(bytes, offset, fail);
    if (variables.has(variable.name)) fail(`it holds the variable "${variable.name}" twice`);
    variables.set(variable.name, variable.matrix);
    offset = variable.end;
  }
  return Object.fromEntries(variables);
}

function parseVariable(
  bytes: Uint8Array,
  start: number,
  fail: Fail,
): { name: string; matrix: MatMatrix; end: number } {
  const left = bytes.length - start;
  if (left < headerBytes) fail(`it ends inside the variable header at byte ${start}, after ${left} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, headerBytes);
  const littleEndian = isType(view.getInt32(0, true));
  if (!littleEndian && !isType(view.getInt32(0, false))) {
    fail(`no variable of level 4 begins at byte ${start}: its type number is ${view.getInt32(0, true)}`);
  }
  const field = (index: number): number => view.getInt32(4 * index, littleEndian);
  const type = field(0);
  const [order, numberType, kind] = [Math.floor(type / 1000), Math.floor(type / 10) % 10, type % 10];
  if (order > 1)
    fail(`the variable at byte ${start} holds ${byteOrders[order]} numbers, not IEEE ones`, saveHint);
  if ((order === 0) !== littleEndian) {
    const found = littleEndian ? 'little' : 'big';
    fail(
      `the header at byte ${start} is ${found}-endian but says ${byteOrders[order]}: its bytes were swapped`,
    );
  }
  const [rows, columns, imaginary, nameBytes] = [field(1), field(2), field(3), field(4)];
  if (nameBytes < 2 || nameBytes > maximumNameBytes) {
    const swapped = new DataView(bytes.buffer, view.byteOffset + 16, 4).getInt32(0, !littleEndian);
    const hint = swapped >= 2 && swapped <= maximumNameBytes ? ', as if its bytes were swapped' : '';
    fail(`the variable at byte ${start} has a name of ${nameBytes} bytes${hint}`);
  }
  const dataStart = start + headerBytes + nameBytes;
  if (dataStart > bytes.length) fail(`it ends inside the name of the variable at byte ${start}`);
  const stored = latin1(bytes.subarray(start + headerBytes, dataStart));
  const name = stored.slice(0, -1);
  if (!stored.endsWith('\0') || !variableName.test(name)) {
    fail(`the variable at byte ${start} has the impossible name ${JSON.stringify(stored)}`);
  }
  if (kind !== 0) {
    fail(`its variable "${name}" is ${kind === 1 ? 'text' : 'a sparse matrix'}; only full matrices are read`);
  }
  if (imaginary !== 0) fail(`its variable "${name}" is complex; only real matrices are read`);
  if (rows < 0 || columns < 0) fail(`its variable "${name}" has the impossible size ${rows} x ${columns}`);
  const numbers = numberTypes[numberType] ?? fail(`its variable "${name}" has the unknown type ${type}`);
  const needed = rows * columns * numbers.BYTES_PER_ELEMENT;
  if (needed > bytes.length - dataStart) {
    const size = `${rows} x ${columns} = ${needed} bytes`;
    fail(`its variable "${name}" needs ${size} of data, but only ${bytes.length - dataStart} follow`);
  }
  const end = dataStart + needed;
  const data = decodeNumbers<NumberArray>(bytes.subarray(dataStart, end), numbers, littleEndian);
  return { name, matrix: { rows, columns, data }, end };
}

/** Whether `type` has the digits M 0..4, O 0, P 0..5, T 0..2. */
function isType(type: number): boolean {
  const hundreds = Math.floor(type / 100) % 10;
  return type >= 0 && type < 5000 && hundreds === 0 && type % 100 < 60 && type % 10 < 3;
}

/**
 * The bytes of a MATLAB file of level 4.
 *
 * @throws MmxError `formats/mat` when a name is not one of MATLAB or a size does not match its data
 */
export function encodeMat(
  variables: Readonly<Record<string, MatMatrix>>,
  { littleEndian = true }: { readonly littleEndian?: boolean } = {},
): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const [name, { rows, columns, data }] of Object.entries(variables)) {
    const fail: Fail = failing(errorCode, `"${name}"`, 'MATLAB variable');
    if (!variableName.test(name) || name.length >= maximumNameBytes) fail('its name is impossible');
    if (rows * columns !== data.length) fail(`${rows} x ${columns} does not match ${data.length} numbers`);
    const numberType = numberTypes.findIndex((type) => data instanceof type);
    const type = (littleEndian ? 0 : 1000) + 10 * numberType;
    const header = Int32Array.of(type, rows, columns, 0, name.length + 1);
    chunks.push(encodeNumbers(header, littleEndian), Buffer.from(`${name}\0`, 'latin1'));
    chunks.push(encodeNumbers(data, littleEndian));
  }
  return new Uint8Array(Buffer.concat(chunks));
}
