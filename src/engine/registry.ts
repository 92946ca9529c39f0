import { enableProdMode } from '@tensorflow/tfjs-core';
import { MmxError } from '../errors.js';
import { cpuProvider } from './cpu/engine.js';
import { cudaProvider } from './cuda/engine.js';
import { type EngineReport, inspect } from './inspect.js';
import { ortProvider } from './ort/engine.js';
import { probe } from './probe.js';
import { tfjsNodeGpuProvider, tfjsNodeProvider } from './tfjs-node/engine.js';
import type { Engine, EngineName, EngineOptions, EngineProvider } from './types.js';
import { unavailable } from './unavailable.js';
import { wasmProvider } from './wasm/engine.js';
import { webgpuProvider } from './webgpu/engine.js';

export type { EngineReport } from './inspect.js';

/** In the order of `engineNames`, which is the order `auto` tries them in. */
export const engineProviders: readonly EngineProvider[] = [
  cudaProvider,
  tfjsNodeGpuProvider,
  webgpuProvider,
  tfjsNodeProvider,
  ortProvider,
  wasmProvider,
  cpuProvider,
];

export interface UseEngineOptions extends EngineOptions {
  /** Told by `auto` of every engine it passed over, and why. */
  readonly onDecline?: (name: EngineName, reason: string) => void;
}

// tfjs greets and advises on the console otherwise; production mode changes nothing else.
enableProdMode();

/**
 * Brings an engine up and makes it the current tfjs backend. `auto` takes the first that loads and passes the
 * probe; a named engine is taken as it is or not at all.
 * @throws MmxError `engine/unavailable` when the named engine, or every engine, is unusable
 */
export async function useEngine(
  name: EngineName | 'auto',
  options: UseEngineOptions = {},
  providers: readonly EngineProvider[] = engineProviders,
): Promise<Engine> {
  if (name !== 'auto') {
    const provider = providers.find((candidate) => candidate.name === name);
    if (provider === undefined) throw unavailable(name, 'there is no such engine', 'mmx doctor');
    const engine = await provider.load(options);
    const fault = probe(engine).fault;
    if (fault !== undefined) throw unavailable(name, fault, 'mmx doctor');
    return engine;
  }
  const reasons: string[] = [];
  const decline = (candidate: EngineName, reason: string): void => {
    reasons.push(`${candidate}: ${reason}`);
    options.onDecline?.(candidate, reason);
  };
  for (const provider of providers.filter(({ byNameOnly }) => byNameOnly !== true)) {
    try {
      const engine = await provider.load(options);
      const { fault, slow } = probe(engine);
      if (fault === undefined && slow === undefined) return engine;
      decline(provider.name, fault ?? slow ?? '');
    } catch (error) {
      decline(provider.name, error instanceof Error ? error.message : String(error));
    }
  }
  throw new MmxError('engine/unavailable', `no engine is usable (${reasons.join('; ')})`, {
    hint: 'mmx doctor shows what each engine lacks',
  });
}

/** Every engine in turn: what it is and how fast, or why it does not load and what mends it. */
export function inspectEngines(
  options: EngineOptions = {},
  providers: readonly EngineProvider[] = engineProviders,
): Promise<EngineReport[]> {
  return inspect(providers, options);
}
