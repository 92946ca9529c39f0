import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  /** Ends with a slash. */
  readonly address: string;
  /** Requests so far: path and headers. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  readonly close: () => Promise<void>;
}

/**
 * A server of this machine. Each path has handlers that answer its requests in turn, the last of them for good.
 *
 * @param tls key and certificate of `localhost`, for https
 */
export async function serve(
  paths: Readonly<Record<string, Handler | readonly Handler[]>>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const answer: RequestListener = (request, response) => {
    const path = (request.url ?? '/').slice(1);
    const before = requests.filter((one) => one.path === path).length;
    requests.push({ path, headers: request.headers });
    const found = Object.hasOwn(paths, path) ? paths[path] : undefined;
    const handlers = typeof found === 'function' ? [found] : (found ?? [status(404)]);
    handlers[Math.min(before, handlers.length - 1)]?.(request, response);
  };
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: tls === undefined ? `http://127.0.0.1:${port}/` : `https://localhost:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) => {
    response.writeHead(code, headers).end();
  };

/** The whole content, whatever part is asked for. */
export const whole =
  (content: Uint8Array, headers: Readonly<Record<string, string | number>> = {}): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length, ...headers }).end(content);
  };

/** As RFC 9110 has it: `Range` from a byte on, and `If-Range`. */
export const ranged =
  (content: Uint8Array, etag = '"one"'): Handler =>
  (request, response) => {
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const condition = request.headers['if-range'];
    if (from === undefined || (condition !== undefined && condition !== etag)) {
      whole(content, { etag })(request, response);
      return;
    }
    const start = Number(from);
    if (start >= content.length) {
      status(416, { 'content-range': `bytes */${content.length}` })(request, response);
      return;
    }
    response.writeHead(206, {
      etag,
      'content-length': content.length - start,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
    response.end(content.subarray(start));
  };

/** Promises the whole content and breaks off in the middle. */
export const broken =
  (
    content: Uint8Array,
    after: number,
    headers: Readonly<Record<string, string>> = { etag: '"one"' },
  ): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length, ...headers });
    response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 20));
  };

/** Promises the whole content, sends a part of it and then nothing, with the connection open. */
export const stalled =
  (content: Uint8Array, after: number): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
    response.write(content.subarray(0, after));
  };

/** Sends without an end and without saying how much. */
export const endless = (): Handler => (_, response) => {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
  };
  response.on('drain', more);
  more();
};

export const md5Of = (content: Uint8Array): string => createHash('md5').update(content).digest('hex');
