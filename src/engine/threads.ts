import { availableParallelism } from 'node:os';
import { MmxError } from '../errors.js';
import type { EngineOptions } from './types.js';

/** The number of threads asked for, or of usable cores. */
export function threadCount({ threads }: EngineOptions): number {
  if (threads === undefined) return availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new MmxError('engine/threads', `threads: ${threads} is not a whole number from 1 to 1024`, {
      exitCode: 2,
    });
  }
  return threads;
}

/** `1 thread`, `2 threads`. */
export const threadsText = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;
