import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { EngineName } from './types.js';
import { notLoaded } from './unavailable.js';

export type Koffi = typeof import('koffi');

/** Where `native/build.mjs` puts what is not made of the source; the same from `src/` and from `dist/`. */
export const nativeFolder = (): string => join(packageRoot(), 'dist', 'engine', 'native');

/**
 * The package through which native libraries are called.
 * @throws MmxError `engine/unavailable`
 */
export function loadKoffi(engine: EngineName): Koffi {
  try {
    return createRequire(import.meta.url)(join(nativeFolder(), 'koffi')) as Koffi;
  } catch (cause) {
    throw notLoaded(engine, 'the package koffi', 'install mmx again; in a checkout, npm run build', cause);
  }
}
