import type { WasmHeap } from '../wasm/heap.js';
import type { Kernels } from '../wasm/kernels.js';
import type { Multiply, Product } from '../wasm/product.js';
import type { Handle, OrtApi } from './api.js';
import { encodeGemmModel } from './gemm-model.js';

/**
 * Matrix products by ONNX Runtime's `Gemm`, reading and writing the wasm heap, with the same bits for every number
 * of threads. Where its way with an operand is slow or its sums depend on the threads, it gets a copy or the product
 * in pieces; the result is the same to the bit as that of one thread from the whole.
 */
export function ortMultiply(
  api: OrtApi,
  heap: WasmHeap,
  kernels: Pick<Kernels, 'transpose' | 'copyBlock'>,
  threads: number,
): Multiply {
  const sessions = new Map<number, Handle>();
  const tensors = new Tensors(api, heap);

  const session = (product: Product): Handle => {
    const kind = product.bias?.kind;
    const alone = threads > 1 && isLineByLine(product, threads);
    const key =
      (product.transposeA ? 1 : 0) |
      (product.transposeB ? 2 : 0) |
      (kind === undefined ? 0 : kind === 'row' ? 4 : 8) |
      (product.activation === 'sigmoid' ? 16 : 0) |
      (alone ? 32 : 0);
    let found = sessions.get(key);
    if (found === undefined) {
      const { transposeA, transposeB, activation } = product;
      found = api.createSession(
        encodeGemmModel({ transposeA, transposeB, bias: kind ?? 'none', activation }),
        alone,
      );
      sessions.set(key, found);
    }
    return found;
  };

  const whole: Multiply = (product) => {
    const { m, n, k, transposeA, transposeB, bias } = product;
    tensors.refresh();
    const a = transposeA ? tensors.matrix(product.a, k, m) : tensors.matrix(product.a, m, k);
    const b = transposeB ? tensors.matrix(product.b, n, k) : tensors.matrix(product.b, k, n);
    const out = tensors.matrix(product.out, m, n);
    if (bias === undefined) {
      api.run(session(product), BigUint64Array.of(a, b), out);
    } else {
      const d = bias.kind === 'row' ? tensors.row(bias.offset, n) : tensors.matrix(bias.offset, m, n);
      api.run(session(product), BigUint64Array.of(a, b, d), out);
    }
  };

  /** Runs `use` with memory for a matrix. */
  const withMatrix = (rows: number, columns: number, use: (offset: number) => void): void => {
    const matrix = heap.output([rows, columns]);
    try {
      use(heap.offset(matrix));
    } finally {
      heap.release(matrix);
    }
  };

  /** Adds the products of slabs of the inner dimension up in the result, in order. */
  const inSlabs = (product: Product, depth: number): void => {
    const { m, n, k, transposeB, out } = product;
    // A slab of columns is not one stretch of memory: it is copied. One of rows is.
    withMatrix(m, depth, (copyA) => {
      withMatrix(transposeB ? n : 0, depth, (copyB) => {
        for (let from = 0; from < k; from += depth) {
          const count = Math.min(depth, k - from);
          kernels.copyBlock(product.a + 4 * from, k, copyA, count, m, count);
          if (transposeB) kernels.copyBlock(product.b + 4 * from, k, copyB, count, n, count);
          whole({
            ...product,
            k: count,
            a: copyA,
            b: transposeB ? copyB : product.b + 4 * from * n,
            bias: from === 0 ? product.bias : { offset: out, kind: 'full' },
            activation: from + count < k ? 'linear' : product.activation,
          });
        }
      });
    });
  };

  const untransposed: Multiply = (product) => {
    const depth = slabDepth(product, threads);
    if (depth === undefined) whole(product);
    else inSlabs(product, depth);
  };

  return (product) => {
    const { m, n, k } = product;
    if (!product.transposeA) {
      untransposed(product);
      return;
    }
    if (isSwapped(product)) {
      // (bᵀa)ᵀ: b, which is the smaller, is transposed for it, and the result.
      withMatrix(n, k, (b) => {
        withMatrix(n, m, (out) => {
          kernels.transpose(product.b, k, n, b, k);
          const swapped = { ...product, transposeA: false, m: n, n: m, a: b, b: product.a, out };
          untransposed(swapped);
          kernels.transpose(out, n, m, product.out, n);
        });
      });
      return;
    }
    if (n <= bandColumns || m < fewestRows || m * k > transposable) {
      whole(product);
      return;
    }
    withMatrix(m, k, (a) => {
      kernels.transpose(product.a, k, m, a, k);
      untransposed({ ...product, a, transposeA: false });
    });
  };
}

/**
 * ONNX Runtime transposes a left operand anew for every band of this many columns of the result, which costs a
 * gradient a quarter of its time.
 */
const bandColumns = 128;
/** Rows of a result from which that tells. A single row is another matter: its terms are added up in another order. */
const fewestRows = 16;
/** Elements up to which a left operand is transposed before the product: 16 MiB of memory for a moment. */
const transposable = 1 << 22;

/**
 * Whether the transpose of a product with transposed left operand is computed instead, to the same bits: gradients of the
 * weights of convolutions, of many windows and few filters. The left operand is then read as it lies.
 */
const isSwapped = ({ transposeB, m, n, k, bias, activation }: Product): boolean =>
  !transposeB &&
  bias === undefined &&
  activation === 'linear' &&
  m > bandColumns &&
  n <= bandColumns &&
  n >= fewestRows &&
  n * k <= transposable &&
  k >= m;

/** ONNX Runtime gives threads multiples of this many columns. */
const columnUnit = 16;

/**
 * How many terms ONNX Runtime adds up before it adds them to the result. Where the left operand is not transposed, it
 * depends on the columns that a thread has to compute (`StrideK` of its sgemm.cpp); where it is, they are 128.
 */
function termsOfSum(columns: number): number {
  if (columns > 64) return 128;
  return columns > 32 ? 256 : columns > 16 ? 512 : 1024;
}

/**
 * Whether the result is a column, or a thread could get a single row of it: then the terms are added up in an order
 * that depends on how the rows are shared, and one thread computes it.
 */
const isLineByLine = ({ m, n }: Product, threads: number): boolean => n === 1 || (m >= n && m < 2 * threads);

/**
 * Depth of the slabs in which a product without transposed left operand is to be computed; undefined for all at once.
 *
 * Threads share the columns of wide results. One with few of them would add up more terms at a time than a single
 * thread with all columns does, so it gets no more than those.
 */
function slabDepth({ m, n, k }: Product, threads: number): number | undefined {
  // A single row is added up in an order of its own, which does not depend on the columns.
  if (threads === 1 || n <= m || m === 1) return undefined;
  const terms = termsOfSum(n);
  const fewest = columnUnit * Math.floor(Math.ceil(n / columnUnit) / threads) - (columnUnit - 1);
  return k > terms && termsOfSum(fewest) !== terms ? terms : undefined;
}

/** Tensors kept at most. Each step of training multiplies the same places of the heap, some dozens of them. */
const mostTensors = 2048;
/** Above the number of columns in a tensor's key. */
const rowUnit = 2 ** 26;

/** ONNX Runtime's tensors over places of the heap: what a place holds is not their concern, so they are kept. */
class Tensors {
  readonly #api: OrtApi;
  readonly #heap: WasmHeap;
  /** By offset, then by shape. */
  readonly #kept = new Map<number, Map<number, bigint>>();
  #count = 0;
  #buffer: ArrayBufferLike | undefined;
  #base = 0n;

  constructor(api: OrtApi, heap: WasmHeap) {
    this.#api = api;
    this.#heap = heap;
  }

  /** To be called before the tensors of a product are asked for: drops those of a heap that moved, or too many. */
  refresh(): void {
    if (this.#count > mostTensors) this.#releaseAll();
    if (this.#heap.bytes.buffer === this.#buffer) return;
    // Growth replaces the buffer and may move the memory.
    this.#buffer = this.#heap.bytes.buffer;
    const base = this.#api.address(this.#heap.bytes);
    if (base !== this.#base) this.#releaseAll();
    this.#base = base;
  }

  /** [rows, columns] at a byte offset. */
  matrix(offset: number, rows: number, columns: number): bigint {
    return this.#at(offset, rows, columns, rows * rowUnit + columns);
  }

  /** [columns] at a byte offset. */
  row(offset: number, columns: number): bigint {
    return this.#at(offset, undefined, columns, columns);
  }

  #at(offset: number, rows: number | undefined, columns: number, key: number): bigint {
    let shapes = this.#kept.get(offset);
    const found = shapes?.get(key);
    if (found !== undefined) return found;
    const lengths = rows === undefined ? [columns] : [rows, columns];
    const tensor = this.#api.createTensor(
      this.#base + BigInt(offset),
      4 * (rows ?? 1) * columns,
      BigInt64Array.from(lengths, BigInt),
    );
    if (shapes === undefined) {
      shapes = new Map();
      this.#kept.set(offset, shapes);
    }
    shapes.set(key, tensor);
    this.#count += 1;
    return tensor;
  }

  #releaseAll(): void {
    for (const shapes of this.#kept.values()) {
      for (const tensor of shapes.values()) this.#api.releaseTensor(tensor);
    }
    this.#kept.clear();
    this.#count = 0;
  }
}
