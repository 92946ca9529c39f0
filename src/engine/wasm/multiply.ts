import type { WasmHeap } from './heap.js';
import type { Kernels } from './kernels.js';
import type { Multiply } from './product.js';

/**
 * Products by mmx's own SIMD kernel. tfjs's is fast only without transposes (with them a naive loop runs, 30
 * times slower) and caches packed weights, which in-place updates would make stale at every step.
 */
export function simdMultiply(heap: WasmHeap, kernels: Kernels): Multiply {
  const scratch = heap.allocate(kernels.productScratch());
  return ({ transposeA, transposeB, m, n, k, a, b, out, bias, activation }) => {
    const widthA = transposeA ? m : k;
    const widthB = transposeB ? k : n;
    kernels.product(transposeA, transposeB, m, n, k, a, widthA, b, widthB, out, n, scratch);
    if (bias === undefined && activation === 'linear') return;
    const stride = bias?.kind === 'full' ? n : 0;
    kernels.biasActivation(out, bias?.offset ?? 0, m, n, stride, activation === 'sigmoid' ? 1 : 0);
  };
}
