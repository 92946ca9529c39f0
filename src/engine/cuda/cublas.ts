import { MmxError } from '../../errors.js';
import { unavailable } from '../unavailable.js';
import type { DevicePointer, Driver } from './driver.js';
import type { LoadedLibrary } from './libraries.js';

/** out = op(a) op(b), or out - op(a) op(b), of row-major float32 matrices: out [m, n], op(a) [m, k], op(b) [k, n]. */
export interface Gemm {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: DevicePointer;
  readonly b: DevicePointer;
  readonly out: DevicePointer;
  /** Whether the product is taken from what `out` holds; false when absent. */
  readonly subtract?: boolean;
  /** Several products of one shape; a stride of 0 repeats an operand. Default: one. */
  readonly batch?: { readonly count: number; readonly strideA: number; readonly strideB: number };
}

const transposed = 1;
const defaultMath = 0;
const tensorFloat32 = 3;
/** Given to cuBLAS once, so that it allocates nothing while a step is recorded. */
const workspaceBytes = 32 * 2 ** 20;

const statuses: Readonly<Record<number, string>> = {
  1: 'NOT_INITIALIZED',
  3: 'ALLOC_FAILED',
  7: 'INVALID_VALUE',
  8: 'ARCH_MISMATCH',
  11: 'MAPPING_ERROR',
  13: 'EXECUTION_FAILED',
  14: 'INTERNAL_ERROR',
  15: 'NOT_SUPPORTED',
};

type Call = (...values: unknown[]) => number;

export class Cublas {
  readonly version: string;
  readonly path: string;
  readonly #handle: number;
  readonly #gemm: Call;
  readonly #batched: Call;
  /** alpha and beta of a plain product, then of one that is subtracted, where cuBLAS reads them. */
  readonly #factors = Float32Array.of(1, 0, -1, 1);
  readonly #factorAddress: number;

  /**
   * @param tf32 whether products may round their operands to 10 bits of mantissa, which tensor cores multiply fast
   * @throws MmxError `engine/unavailable`
   */
  constructor(driver: Driver, { handle, path }: LoadedLibrary, tf32: boolean) {
    this.path = path;
    const call = (name: string, parameters: string): Call =>
      handle.func(`int ${name}(${parameters})`) as Call;
    const out: [number | bigint] = [0];
    const status = call('cublasCreate_v2', '_Out_ uint64_t *')(out);
    if (status !== 0) {
      throw unavailable(
        'cuda',
        `cuBLAS (${path}) does not start on ${driver.gpu.name} (${statuses[status] ?? status})`,
        `use the cuBLAS of CUDA ${driver.cudaVersion} or older, the newest this driver runs`,
      );
    }
    this.#handle = Number(out[0]);
    const version: [number] = [0];
    check('cublasGetVersion', call('cublasGetVersion_v2', 'uint64_t, _Out_ int *')(this.#handle, version));
    this.version = versionText(version[0]);
    const workspace = driver.allocate(workspaceBytes);
    if (workspace === undefined) {
      throw unavailable('cuda', 'the GPU has no memory left', 'nvidia-smi tells which processes use it');
    }
    check('cublasSetStream', call('cublasSetStream_v2', 'uint64_t, uint64_t')(this.#handle, driver.stream));
    check(
      'cublasSetWorkspace',
      call('cublasSetWorkspace_v2', 'uint64_t, uint64_t, size_t')(this.#handle, workspace, workspaceBytes),
    );
    check(
      'cublasSetMathMode',
      call('cublasSetMathMode', 'uint64_t, int')(this.#handle, tf32 ? tensorFloat32 : defaultMath),
    );
    const shape = 'uint64_t, int, int, int, int, int, uint64_t';
    this.#gemm = call('cublasSgemm_v2', `${shape}, uint64_t, int, uint64_t, int, uint64_t, uint64_t, int`);
    this.#batched = call(
      'cublasSgemmStridedBatched',
      `${shape}, uint64_t, int, int64_t, uint64_t, int, int64_t, uint64_t, uint64_t, int, int64_t, int`,
    );
    this.#factorAddress = driver.address(this.#factors);
  }

  /** cuBLAS thinks in columns: the transpose of a row-major product is the product of the operands exchanged. */
  multiply({ transposeA, transposeB, m, n, k, a, b, out, subtract = false, batch }: Gemm): void {
    const [opA, opB] = [transposeA ? transposed : 0, transposeB ? transposed : 0];
    const [widthA, widthB] = [transposeA ? m : k, transposeB ? k : n];
    const handle = this.#handle;
    const alpha = this.#factorAddress + (subtract ? 8 : 0);
    const beta = alpha + 4;
    const status =
      batch === undefined
        ? this.#gemm(handle, opB, opA, n, m, k, alpha, b, widthB, a, widthA, beta, out, n)
        : this.#batched(
            ...[handle, opB, opA, n, m, k, alpha, b, widthB, batch.strideB],
            ...[a, widthA, batch.strideA, beta, out, n, m * n, batch.count],
          );
    check(`a product [${m}, ${k}] by [${k}, ${n}]`, status);
  }
}

function check(what: string, status: number): void {
  if (status === 0) return;
  throw new MmxError(
    'engine/failed',
    `engine cuda: ${what} failed in cuBLAS (${statuses[status] ?? status})`,
    {
      hint: 'nvidia-smi tells the state of the GPU; --engine ort computes without it',
    },
  );
}

/** 120803 → 12.8.3 */
function versionText(version: number): string {
  return [Math.floor(version / 10000), Math.floor((version % 10000) / 100), version % 100].join('.');
}
