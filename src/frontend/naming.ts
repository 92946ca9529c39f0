import { MmxError } from '../errors.js';

/** Runs `action`; what goes wrong in it is said with the name of the clip. */
export function naming<T>(id: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof MmxError)) throw error;
    throw new MmxError(error.code, `clip ${id}: ${error.message}`, {
      exitCode: error.exitCode,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}
