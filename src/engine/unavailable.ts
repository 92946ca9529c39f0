import { MmxError } from '../errors.js';
import type { EngineName } from './types.js';

/** The `engine/unavailable` of an engine that does not run here: why, and what mends it. */
export function unavailable(engine: EngineName, reason: string, hint: string, cause?: unknown): MmxError {
  return new MmxError('engine/unavailable', `engine ${engine}: ${reason}`, { hint, cause });
}

/** The same of a package or library whose loading threw `cause`. */
export function notLoaded(engine: EngineName, what: string, hint: string, cause: unknown): MmxError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
  return unavailable(engine, `${what} cannot be loaded (${reason})`, hint, cause);
}
