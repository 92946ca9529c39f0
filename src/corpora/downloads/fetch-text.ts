import { type Answer, ask, bodyOf, type Network, statusTrouble } from './exchange.js';
import { FailedTry, fetchError } from './failed-try.js';
import type { Patience } from './transfer.js';

/**
 * A short text of a server, tried again as a file is.
 *
 * @param name what it is, named in errors
 * @param most bytes it may have
 * @returns undefined where the server says that there is none (404)
 * @throws MmxError `fetch/network`; an abort passes through
 */
export async function fetchText(
  address: URL,
  name: string,
  most: number,
  network: Network,
  { pauses, mostWaitSeconds, sleep }: Patience,
): Promise<string | undefined> {
  for (let tries = 0; ; tries++) {
    try {
      return await textOf(await ask(address, { accept: 'application/json' }, network), most, network);
    } catch (error) {
      if (!(error instanceof FailedTry) || network.signal.aborted) throw error;
      const pause = pauses[tries];
      const wait = error.waitSeconds ?? pause;
      if (
        error.remedy !== 'continue' ||
        pause === undefined ||
        wait === undefined ||
        wait > mostWaitSeconds
      ) {
        throw fetchError('fetch/network', name, address.href, error.message, 0);
      }
      await sleep(wait, network.signal);
    }
  }
}

async function textOf(answer: Answer, most: number, network: Network): Promise<string | undefined> {
  if (answer.status !== 200) {
    answer.body.destroy();
    if (answer.status === 404) return undefined;
    throw statusTrouble(answer);
  }
  const pieces: Buffer[] = [];
  for await (const piece of bodyOf(answer, most, network)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
