import type { WasmHeap } from '../wasm/heap.js';
import type { Kernels } from '../wasm/kernels.js';
import type { Multiply, Product } from '../wasm/product.js';
import type { Handle, OrtApi } from './api.js';
import { encodeGemmModel } from './gemm-model.js';

/** Columns of the result that ONNX Runtime computes between two transpositions of the left operand. */
const bandColumns = 128;
/** Elements up to which a left operand is transposed before the product: 16 MiB of memory for a moment. */
const transposable = 1 << 22;

/**
 * Matrix products by ONNX Runtime's `Gemm`, reading and writing the wasm heap. It transposes a left operand anew
 * for every band of 128 columns of the result, which costs a gradient a quarter of its time: it gets a transposed
 * copy instead, with the same result to the bit. Nothing else is copied.
 */
export function ortMultiply(api: OrtApi, heap: WasmHeap, kernels: Pick<Kernels, 'transpose'>): Multiply {
  const sessions = new Map<number, Handle>();
  const tensors = new Tensors(api, heap);

  const session = (product: Product): Handle => {
    const kind = product.bias?.kind;
    const key =
      (product.transposeA ? 1 : 0) |
      (product.transposeB ? 2 : 0) |
      (kind === undefined ? 0 : kind === 'row' ? 4 : 8) |
      (product.activation === 'sigmoid' ? 16 : 0);
    let found = sessions.get(key);
    if (found === undefined) {
      const { transposeA, transposeB, activation } = product;
      found = api.createSession(
        encodeGemmModel({ transposeA, transposeB, bias: kind ?? 'none', activation }),
      );
      sessions.set(key, found);
    }
    return found;
  };
  const multiply = (product: Product): void => {
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
  return (product) => {
    const { m, n, k } = product;
    if (!product.transposeA || n <= bandColumns || m * k > transposable) {
      multiply(product);
      return;
    }
    const a = heap.output([m, k]);
    try {
      kernels.transpose(product.a, k, m, heap.offset(a), k);
      multiply({ ...product, a: heap.offset(a), transposeA: false });
    } finally {
      heap.release(a);
    }
  };
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
