import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { redirection } from './addresses.js';
import { connectionTrouble, FailedTry } from './failed-try.js';

/** What a server answers. The body must be read to its end or destroyed. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** One request and its answer, redirections not followed. */
export type Exchange = (
  address: URL,
  headers: Readonly<Record<string, string>>,
  limits: { readonly signal: AbortSignal; readonly silentSeconds: number },
) => Promise<Answer>;

/** How to reach servers. */
export interface Network {
  /** {@link exchange}, but in tests. */
  readonly exchange: Exchange;
  readonly userAgent: string;
  /** Seconds without an answer, or without enough of a body, after which a connection is given up. */
  readonly silentSeconds: number;
  /** Bytes that must come in that time. */
  readonly leastBytes: number;
  readonly signal: AbortSignal;
}

/** The only place of mmx that opens a connection. @throws FailedTry */
export const exchange: Exchange = (address, headers, { signal, silentSeconds }) =>
  new Promise((resolve, reject) => {
    const request = (address.protocol === 'https:' ? requestHttps : requestHttp)(address, {
      headers: { ...headers, connection: 'close' },
      signal,
    });
    const silence = setTimeout(() => {
      request.destroy(new FailedTry('continue', `the server was silent for ${silentSeconds} s`));
    }, 1000 * silentSeconds);
    request.on('response', (response) => {
      clearTimeout(silence);
      // Who reads the body is told of errors; nobody reads it while the disk is busy, or once it is given up.
      response.on('error', () => {});
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    request.on('error', (error) => {
      clearTimeout(silence);
      reject(signal.aborted ? error : connectionTrouble(error));
    });
    request.end();
  });

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for an address, from server to server as far as mmx follows.
 *
 * @throws FailedTry where there is no answer, or a redirection that mmx does not follow
 */
export async function ask(
  address: URL,
  headers: Readonly<Record<string, string>>,
  network: Network,
): Promise<Answer> {
  const visited = [address];
  for (let at = address; ; ) {
    const sent = { 'user-agent': network.userAgent, 'accept-encoding': 'identity', ...headers };
    const answer = await network.exchange(at, sent, network);
    if (!redirects.has(answer.status)) return answer;
    answer.body.destroy();
    const to = redirection(at, answer.headers.location, visited);
    if (!(to instanceof URL)) throw new FailedTry('none', `${at.href} ${to.refused}`);
    visited.push(to);
    at = to;
  }
}

/**
 * The body of an answer, as long as enough of it comes.
 *
 * @param most bytes after which it is cut off
 * @throws FailedTry when it breaks off, stalls or is longer
 */
export async function* bodyOf(
  { body }: Answer,
  most: number,
  { silentSeconds, leastBytes, signal }: Network,
): AsyncGenerator<Buffer> {
  let received = 0;
  let before = 0;
  const watch = setInterval(() => {
    if (received - before < leastBytes) {
      body.destroy(new FailedTry('continue', `almost no data arrived for ${silentSeconds} s`));
    }
    before = received;
  }, 1000 * silentSeconds);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > most) throw new FailedTry('anew', 'the server sends more bytes than the file has');
      yield chunk;
    }
  } catch (error) {
    throw signal.aborted ? error : connectionTrouble(error);
  } finally {
    clearInterval(watch);
    body.destroy();
  }
}

/** Seconds that a server asks to wait (`Retry-After`: a number or a date); undefined where it does not. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** An answer without what was asked for, as a failed try: some pass, others stay. */
export function statusTrouble({ status, headers }: Answer): FailedTry {
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  const waitSeconds = isPassing ? retryAfter(headers['retry-after'], Date.now()) : undefined;
  return new FailedTry(isPassing ? 'continue' : 'none', `the server answers ${status}`, {
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
  });
}
