import { createRequire } from 'node:module';
import type { EngineName } from './types.js';
import { notLoaded } from './unavailable.js';

export type Koffi = typeof import('koffi');

/**
 * The package through which native libraries are called.
 * @throws MmxError `engine/unavailable`
 */
export function loadKoffi(engine: EngineName): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw notLoaded(engine, 'the package koffi', 'npm install', cause);
  }
}
