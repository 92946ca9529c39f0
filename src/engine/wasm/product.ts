import type { Activation } from '../operations.js';

/** A matrix product on the wasm heap: out = activation(op(a) op(b) + bias). Row-major float32. */
export interface Product {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** out is [m, n], op(a) [m, k], op(b) [k, n]; all positive. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Byte offsets on the heap. */
  readonly a: number;
  readonly b: number;
  readonly out: number;
  /** `row`: [n], the same for every row; `full`: [m, n]. */
  readonly bias: { readonly offset: number; readonly kind: 'row' | 'full' } | undefined;
  readonly activation: Activation;
}

/** Computes products; which one is installed is the difference between the engines that share the heap. */
export type Multiply = (product: Product) => void;
