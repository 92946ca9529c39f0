import type { MmxError } from '../../errors.js';
import { type Answer, ask, bodyOf, type Network, statusTrouble } from './exchange.js';
import { FailedTry, fetchError } from './failed-try.js';
import { type Digest, PartFile, type Validator } from './part-file.js';
import type { PlannedFile } from './plan.js';
import type { Storage } from './storage.js';

/** How often and after what pauses a file is tried again. */
export interface Patience {
  /** Seconds before each further try. Their number is that of the tries that may bring nothing new. */
  readonly pauses: readonly number[];
  /** Bytes that must have come anew for the pauses to begin from the first. */
  readonly progressBytes: number;
  /** The longest pause that a server may ask for. */
  readonly mostWaitSeconds: number;
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
}

export interface TransferOptions {
  readonly network: Network;
  readonly patience: Patience;
  readonly storage: Storage;
  /** Bytes that are there, whenever more have come. */
  readonly progress: (bytes: number) => void;
  readonly again: (reason: string, seconds: number) => void;
}

/** Times that what came may turn out not to be the file. */
const mostWrong = 2;

/**
 * Fetches a file, from where an earlier try stopped, and verifies it.
 *
 * @param whole path where it belongs
 * @throws MmxError `fetch/*` with the file, the address and the reason; an abort passes through
 */
export async function transfer(file: PlannedFile, whole: string, options: TransferOptions): Promise<Digest> {
  const { patience, network } = options;
  let wrong = 0;
  let pause = 0;
  let farthest = 0;
  for (;;) {
    const part = await PartFile.open(whole, options.storage);
    try {
      const digest = await oneTry(file, part, options);
      await part.finish(whole);
      return digest;
    } catch (error) {
      if (!(error instanceof FailedTry) || network.signal.aborted) throw error;
      const kept = part.bytes;
      const { remedy, waitSeconds } = error;
      if (remedy === 'anew') {
        await part.restart({});
        wrong += 1;
      }
      const giveUp = (reason: string): MmxError =>
        fetchError(codeOf(remedy), file.name, file.address, reason, remedy === 'anew' ? 0 : kept);
      if (remedy === 'none') throw giveUp(error.message);
      if (wrong >= mostWrong) throw giveUp(`${error.message}, twice`);
      if (kept >= farthest + patience.progressBytes) pause = 0;
      farthest = Math.max(farthest, kept);
      const own = patience.pauses[pause];
      if (own === undefined) throw giveUp(`${error.message}, ${patience.pauses.length + 1} times`);
      if ((waitSeconds ?? 0) > patience.mostWaitSeconds) {
        throw giveUp(`${error.message} and asks to wait ${Math.ceil((waitSeconds ?? 0) / 60)} minutes`);
      }
      pause += 1;
      const seconds = waitSeconds ?? own;
      options.again(error.message, seconds);
      await patience.sleep(seconds, network.signal);
    } finally {
      await part.close();
    }
  }
}

const codeOf = (remedy: FailedTry['remedy']): string =>
  remedy === 'anew' ? 'fetch/wrong-file' : 'fetch/network';

/** @throws FailedTry */
async function oneTry(file: PlannedFile, part: PartFile, options: TransferOptions): Promise<Digest> {
  if (!isWhole(file, part)) await receive(file, part, options);
  const digest = part.digest();
  const wrong = whatIsWrong(file, digest);
  if (wrong !== undefined) throw new FailedTry('anew', wrong);
  return digest;
}

const isWhole = ({ bytes }: PlannedFile, part: PartFile): boolean =>
  bytes !== undefined && part.bytes >= bytes;

async function receive(file: PlannedFile, part: PartFile, options: TransferOptions): Promise<void> {
  const answer = await askFor(file, part, options.network);
  try {
    if (answer.status === 206) checkRange(file, part, answer);
    else await part.restart(validatorOf(answer));
    options.progress(part.bytes);
    for await (const chunk of bodyOf(answer, file.mostBytes - part.bytes, options.network)) {
      await part.append(chunk);
      options.progress(part.bytes);
    }
  } finally {
    answer.body.destroy();
  }
}

/** The answer that holds the file, or the rest of it. */
async function askFor(file: PlannedFile, part: PartFile, network: Network): Promise<Answer> {
  const known = part.validator;
  // A weak tag does not promise the same bytes. Without any, only a checksum tells whether two halves are of one file.
  const condition = known?.etag?.startsWith('"') === true ? known.etag : known?.lastModified;
  const canContinue =
    part.bytes > 0 && (condition !== undefined || file.md5 !== undefined || file.sha256 !== undefined);
  const range: Record<string, string> = canContinue
    ? { range: `bytes=${part.bytes}-`, ...(condition === undefined ? {} : { 'if-range': condition }) }
    : {};
  const answer = await ask(new URL(file.address), range, network);
  const { status, headers } = answer;
  const refuse = (failed: FailedTry): FailedTry => {
    answer.body.destroy();
    return failed;
  };
  if (status === 416 && canContinue)
    throw refuse(new FailedTry('anew', 'the server has no further bytes of the file'));
  if (status === 206 && !canContinue)
    throw refuse(new FailedTry('anew', 'the server sends only a part of the file'));
  if (status !== 200 && status !== 206) throw refuse(statusTrouble(answer));
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw refuse(new FailedTry('none', `the server sends it encoded (${encoding})`));
  const promised = headers['content-length'];
  if (promised !== undefined) {
    const all = Number(promised) + (status === 206 ? part.bytes : 0);
    if (all > file.mostBytes || (file.bytes !== undefined && all !== file.bytes)) {
      const belong = file.bytes === undefined ? `at most ${file.mostBytes}` : String(file.bytes);
      throw refuse(new FailedTry('anew', `the server announces ${all} bytes; ${belong} are expected`));
    }
  }
  return answer;
}

/** Whether what comes is the rest of what is there. @throws FailedTry */
function checkRange(file: PlannedFile, part: PartFile, { headers }: Answer): void {
  const [, from, total] =
    /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  if (Number(from) !== part.bytes)
    throw new FailedTry('anew', 'the server sends a different part than requested');
  if (file.bytes !== undefined && total !== '*' && Number(total) !== file.bytes) {
    throw new FailedTry('anew', `the server has ${total} bytes; ${file.bytes} are expected`);
  }
  const before = part.validator?.etag;
  if (before !== undefined && headers.etag !== undefined && headers.etag !== before) {
    throw new FailedTry('anew', 'the file has changed on the server during the download');
  }
}

const validatorOf = ({ headers }: Answer): Validator => ({
  ...(headers.etag === undefined ? {} : { etag: headers.etag.slice(0, 1000) }),
  ...(headers['last-modified'] === undefined ? {} : { lastModified: headers['last-modified'].slice(0, 100) }),
});

/** Why the bytes are not those of the file; undefined where they are. */
export function whatIsWrong(
  file: Pick<PlannedFile, 'bytes' | 'md5' | 'sha256'>,
  digest: Digest,
): string | undefined {
  if (file.bytes !== undefined && digest.bytes !== file.bytes) {
    return `${digest.bytes} bytes arrived; ${file.bytes} are expected`;
  }
  for (const kind of ['md5', 'sha256'] as const) {
    if (file[kind] !== undefined && file[kind] !== digest[kind]) {
      return `its ${kind} is ${digest[kind]}; ${file[kind]} is expected`;
    }
  }
  return undefined;
}
