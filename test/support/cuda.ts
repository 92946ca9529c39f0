import { createRequire } from 'node:module';
import { buildStandIn, standInEnvironment } from './cuda-stand-in/build.js';

let found: { readonly kind: 'gpu' | 'stand-in' | undefined } | undefined;

/**
 * Where the engine `cuda` can be tested: on a GPU, or on the stand-in for one, which the environment of this process
 * then names. Undefined where there is neither a driver nor a C++ compiler.
 */
export function findCuda(): 'gpu' | 'stand-in' | undefined {
  if (found !== undefined) return found.kind;
  found = { kind: hasDriver() ? 'gpu' : useStandIn() };
  return found.kind;
}

function hasDriver(): boolean {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  try {
    const count = [0];
    const driver = koffi.load('libcuda.so.1');
    if (driver.func('int cuInit(unsigned int)')(0) !== 0) return false;
    return driver.func('int cuDeviceGetCount(_Out_ int *)')(count) === 0 && count[0] !== 0;
  } catch {
    return false;
  }
}

function useStandIn(): 'stand-in' | undefined {
  const folder = buildStandIn();
  if (folder === undefined) return undefined;
  Object.assign(process.env, standInEnvironment(folder));
  return 'stand-in';
}
