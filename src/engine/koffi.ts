import { createRequire } from 'node:module';
import { MmxError } from '../errors.js';
import type { EngineName } from './types.js';

export type Koffi = typeof import('koffi');

/**
 * The package through which native libraries are called.
 * @throws MmxError `engine/unavailable`
 */
export function loadKoffi(engine: EngineName): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new MmxError(
      'engine/unavailable',
      `engine ${engine}: the package koffi cannot be loaded (${reason})`,
      { hint: 'npm install', cause },
    );
  }
}
