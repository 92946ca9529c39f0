import type { WasmHeap } from '../wasm/heap.js';
import type { Kernels } from '../wasm/kernels.js';
import type { Multiply, Product } from '../wasm/product.js';
import type { Handle, OrtApi } from './api.js';
import { encodeGemmModel } from './gemm-model.js';

const plainInputs = ['A', 'B'];
const biasedInputs = ['A', 'B', 'D'];

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
  let buffer: ArrayBufferLike | undefined;
  let base = 0n;

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
  const matrix = (offset: number, rows: number, columns: number): Handle =>
    api.createTensor(
      base + BigInt(offset),
      4 * rows * columns,
      BigInt64Array.of(BigInt(rows), BigInt(columns)),
    );

  const multiply = (product: Product): void => {
    const { m, n, k, transposeA, transposeB, bias } = product;
    // Growth replaces the buffer and may move the memory.
    if (heap.bytes.buffer !== buffer) {
      buffer = heap.bytes.buffer;
      base = api.address(heap.bytes);
    }
    const run = session(product);
    const tensors: Handle[] = [];
    try {
      tensors.push(transposeA ? matrix(product.a, k, m) : matrix(product.a, m, k));
      tensors.push(transposeB ? matrix(product.b, n, k) : matrix(product.b, k, n));
      if (bias?.kind === 'row') {
        tensors.push(api.createTensor(base + BigInt(bias.offset), 4 * n, BigInt64Array.of(BigInt(n))));
      } else if (bias !== undefined) {
        tensors.push(matrix(bias.offset, m, n));
      }
      const out = matrix(product.out, m, n);
      try {
        api.run(run, bias === undefined ? plainInputs : biasedInputs, tensors, out);
      } finally {
        api.releaseTensor(out);
      }
    } finally {
      for (const tensor of tensors) api.releaseTensor(tensor);
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
