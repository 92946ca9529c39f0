import { MmxError } from '../../errors.js';

/**
 * What to do after a try at fetching a file that came to nothing: `continue` later where it stopped, begin `anew` once
 * because what came is not the file, or give up.
 */
export type Remedy = 'continue' | 'anew' | 'none';

/** A try that came to nothing. `message` goes on after the file: `the server answers 404`. */
export class FailedTry extends Error {
  readonly remedy: Remedy;
  /** Seconds that the server asks to wait. */
  readonly waitSeconds: number | undefined;

  constructor(remedy: Remedy, message: string, options: { waitSeconds?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FailedTry';
    this.remedy = remedy;
    this.waitSeconds = options.waitSeconds;
  }
}

/** What went wrong with a connection, as a try to continue. */
export function connectionTrouble(error: unknown): FailedTry {
  if (error instanceof FailedTry) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const told: Readonly<Record<string, string>> = {
    ENOTFOUND: 'the name of the server cannot be found',
    EAI_AGAIN: 'names of servers cannot be resolved',
    ECONNREFUSED: 'the server refuses the connection',
    ECONNRESET: 'the connection was lost',
    EPIPE: 'the connection was lost',
    ETIMEDOUT: 'the server does not answer',
    ENETUNREACH: 'the server cannot be reached',
    EHOSTUNREACH: 'the server cannot be reached',
  };
  const isCertificate = /^(ERR_TLS|CERT|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_SSL)/.test(code ?? '');
  const reason =
    told[code ?? ''] ??
    `${isCertificate ? 'the certificate of the server cannot be verified' : 'the connection failed'}: ${message}`;
  return new FailedTry(isCertificate ? 'none' : 'continue', reason, { cause: error });
}

/** The end of all tries at a file. @param kept bytes that are there for the next time */
export function fetchError(
  code: string,
  name: string,
  address: string,
  reason: string,
  kept: number,
): MmxError {
  return new MmxError(code, `${name} could not be fetched from ${address}: ${reason}`, {
    hint:
      kept > 0
        ? 'run the same command again: it continues where it stopped'
        : 'run the same command again, or name another server that has the files: --mirror URL',
  });
}
