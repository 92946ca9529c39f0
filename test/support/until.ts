import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition holds.
 *
 * @param what what is waited for, for the error
 * @throws Error when it did not come within `seconds`
 */
export async function until(what: string, condition: () => boolean, seconds = 120): Promise<void> {
  for (const end = performance.now() + 1000 * seconds; !condition(); ) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${seconds} s`);
    await sleep(20);
  }
}
