import { MmxError } from '../../src/errors.js';

/** The MmxError that `action` throws; any other outcome fails the test. */
export function errorOf(action: () => unknown): MmxError {
  try {
    action();
  } catch (error) {
    if (error instanceof MmxError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
