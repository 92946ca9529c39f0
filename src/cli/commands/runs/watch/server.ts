import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MmxError } from '../../../../errors.js';
import { errorCodeOf } from '../../../../pipeline/store/files.js';

/** What is served under a path. */
export interface Served {
  readonly type: 'text/html' | 'application/json';
  readonly body: () => string;
}

export interface LocalServer {
  /** `http://127.0.0.1:PORT/`. */
  readonly address: string;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** What a client may take of this process. */
const limits = { connections: 64, headerBytes: 8192, headersMs: 10_000, idleMs: 30_000 } as const;

/** Bodies are made anew no sooner, however many ask. */
const freshMs = 250;

/**
 * Serves to programs of this machine alone, to GET alone, and to a Host that is this server alone: a page from elsewhere
 * whose name was made to mean 127.0.0.1 names another. What it answers, no other page may read or show in a frame.
 *
 * @param port 0 for any that is free
 * @param policy the Content-Security-Policy of every answer
 * @throws MmxError `runs/port` when it cannot be had
 */
export async function serveLocally(
  paths: Readonly<Record<string, Served>>,
  { port, policy }: { readonly port: number; readonly policy: string },
): Promise<LocalServer> {
  const made = new Map<string, { readonly at: number; readonly body: Buffer }>();
  const bodyOf = (path: string, { body }: Served): Buffer => {
    const now = performance.now();
    const before = made.get(path);
    if (before !== undefined && now - before.at < freshMs) return before.body;
    const fresh = Buffer.from(body());
    made.set(path, { at: now, body: fresh });
    return fresh;
  };
  const server = createServer(
    { maxHeaderSize: limits.headerBytes, headersTimeout: limits.headersMs, requestTimeout: limits.headersMs },
    (request, response) => {
      for (const [name, value] of Object.entries(safeHeaders(policy))) response.setHeader(name, value);
      const path = request.url ?? '';
      const served = Object.hasOwn(paths, path) ? paths[path] : undefined;
      if (!isOwnHost(request)) refuse(response, 421, 'This server answers under its own address alone.');
      else if (request.method !== 'GET')
        refuse(response.setHeader('Allow', 'GET'), 405, 'GET alone is answered.');
      else if (served === undefined) refuse(response, 404, 'There is nothing under this path.');
      else {
        const body = bodyOf(path, served);
        response.writeHead(200, {
          'Content-Type': `${served.type}; charset=utf-8`,
          'Content-Length': body.length,
        });
        response.end(body);
      }
    },
  );
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    const why = { EADDRINUSE: 'another program has it', EACCES: 'it is not for you' }[
      errorCodeOf(error) ?? ''
    ];
    throw new MmxError(
      'runs/port',
      `port ${port} of ${host} cannot be used: ${why ?? (error as Error).message}`,
      {
        exitCode: 2,
        hint: 'name another port, or leave out --port: mmx then uses a free port',
        cause: error,
      },
    );
  }
  const own = (server.address() as AddressInfo).port;
  return {
    address: `http://${host}:${own}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isOwnHost({ headers, socket }: IncomingMessage): boolean {
  const port = socket.localPort;
  const names = [host, 'localhost'];
  const own = [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
  return headers.host !== undefined && own.includes(headers.host.toLowerCase());
}

const safeHeaders = (policy: string): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

function refuse(response: ServerResponse, status: number, sentence: string): void {
  // What the client still sends is of no interest.
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${sentence}\n`);
}
