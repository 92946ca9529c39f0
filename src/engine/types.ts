/** Engines in the order in which `auto` tries them. */
export const engineNames = ['cuda', 'tfjs-node-gpu', 'webgpu', 'tfjs-node', 'ort', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** A tfjs backend with our kernels registered on it: what runs the maths. */
export interface Engine {
  readonly name: EngineName;
  /** Name under which tfjs-core knows the backend. */
  readonly backend: string;
  readonly threads: number;
  /** Error that products of a few numbers below 1 may have where they are rounded on purpose; 1e-5 when absent. */
  readonly tolerance?: number;
  /** One line for people, e.g. `ONNX Runtime 1.30.0 GEMM on the wasm heap, 2 threads`. */
  readonly description: string;
  /** Versions of the libraries that compute, recorded in every manifest. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where the native libraries and optional packages that it computes with lie; no manifest repeats it. */
  readonly loadedFrom?: readonly string[];
}

export interface EngineOptions {
  /** Threads of the matrix products; the number of usable cores when absent. */
  readonly threads?: number;
  /** Whether products on a GPU may round their operands to TensorFloat-32; false when absent. */
  readonly tf32?: boolean;
}

/**
 * How an engine is named where results must not be mixed: the identity of stages, and what workers are told to load.
 * Rounded products are other numbers.
 */
export function engineIdentity(name: EngineName, tf32: boolean): string {
  return name === 'cuda' && tf32 ? 'cuda+tf32' : name;
}

/** The reverse of {@link engineIdentity}. */
export function engineOfIdentity(identity: string): { readonly name: EngineName; readonly tf32: boolean } {
  const [name, rounding] = identity.split('+');
  return { name: name as EngineName, tf32: rounding === 'tf32' };
}

/** Knows how to bring one engine up, or why it cannot. */
export interface EngineProvider {
  readonly name: EngineName;
  /** Never taken by `auto`. */
  readonly byNameOnly?: boolean;
  /** @throws MmxError `engine/unavailable` with the reason and the remedy */
  load(options: EngineOptions): Promise<Engine>;
}
