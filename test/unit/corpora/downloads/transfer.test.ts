import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { retryAfter } from '../../../../src/corpora/downloads/exchange.js';
import type { PlannedFile } from '../../../../src/corpora/downloads/plan.js';
import { type TransferOptions, transfer } from '../../../../src/corpora/downloads/transfer.js';
import { MmxError } from '../../../../src/errors.js';
import {
  broken,
  endless,
  type FileServer,
  type Handler,
  md5Of,
  ranged,
  serve,
  stalled,
  status,
  whole,
} from '../../../support/file-server.js';
import { fileAt, hosts, networkOf, patient, storage } from './downloads.js';

const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
const other = content.map((byte) => byte ^ 1);
const right = { bytes: content.length, md5: md5Of(content) };

let server: FileServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Outcome {
  readonly path: string;
  readonly error: MmxError | undefined;
  readonly slept: readonly number[];
  readonly reasons: readonly string[];
  readonly ranges: readonly (string | undefined)[];
  readonly seen: readonly number[];
}

async function fetching(
  handlers: Handler | readonly Handler[],
  file: Partial<PlannedFile> = right,
  more: Partial<TransferOptions> & { readonly before?: (path: string) => void } = {},
): Promise<Outcome> {
  server = await serve({ 'a.bin': handlers });
  const path = join(mkdtempSync(join(tmpdir(), 'mmx-transfer-')), 'a.bin');
  more.before?.(path);
  const patience = patient();
  const reasons: string[] = [];
  const seen: number[] = [];
  let error: MmxError | undefined;
  try {
    await transfer(fileAt(`${server.address}a.bin`, file), path, {
      network: networkOf(),
      patience,
      storage,
      progress: (bytes) => seen.push(bytes),
      again: (reason) => reasons.push(reason),
      ...more,
    });
  } catch (caught) {
    if (!(caught instanceof MmxError)) throw caught;
    error = caught;
  }
  const ranges = server.requests.map(({ headers }) => headers.range);
  return { path, error, slept: patience.slept, reasons, ranges, seen };
}

function expectWhole({ path, error }: Outcome): void {
  expect(error).toBeUndefined();
  expect(readFileSync(path).equals(content)).toBe(true);
  expect([existsSync(`${path}.part`), existsSync(`${path}.part.json`)]).toEqual([false, false]);
}

describe('a transfer', () => {
  it('brings the file, and says what is there', async () => {
    const outcome = await fetching(whole(content));
    expectWhole(outcome);
    expect(outcome.seen.at(-1)).toBe(content.length);
    const { headers } = server?.requests[0] ?? {};
    expect(headers).toMatchObject({ 'user-agent': 'mmx/test', 'accept-encoding': 'identity' });
    expect(headers?.cookie).toBeUndefined();
  });

  it('that breaks off continues where it stopped, if the file is still the same', async () => {
    const outcome = await fetching([broken(content, 40_000), ranged(content)]);
    expectWhole(outcome);
    expect(outcome.ranges).toEqual([undefined, 'bytes=40000-']);
    expect(server?.requests[1]?.headers['if-range']).toBe('"one"');
    expect(outcome.reasons).toEqual(['the connection was lost']);
  });

  it('begins anew where the file has changed meanwhile', async () => {
    const outcome = await fetching([broken(other, 40_000), ranged(content, '"two"')]);
    expectWhole(outcome);
    expect(outcome.ranges).toEqual([undefined, 'bytes=40000-']);
  });

  it('begins anew where the server ignores ranges', async () => {
    expectWhole(await fetching([broken(content, 40_000), whole(content)]));
  });

  it('begins anew where the server sends another range than was asked for', async () => {
    const wrongRange: Handler = (_, response) => {
      const headers = { 'content-range': `bytes 0-${content.length - 1}/${content.length}` };
      response.writeHead(206, headers).end(content);
    };
    const outcome = await fetching([broken(content, 40_000), wrongRange, ranged(content)]);
    expectWhole(outcome);
    expect(outcome.ranges).toEqual([undefined, 'bytes=40000-', undefined]);
    expect(outcome.reasons[1]).toBe('the server sends a different part than requested');
  });

  it('begins anew where nothing would tell whether two halves are of one file', async () => {
    const outcome = await fetching([broken(content, 40_000, {}), ranged(content)], { bytes: content.length });
    expectWhole(outcome);
    expect(outcome.ranges).toEqual([undefined, undefined]);
  });

  it('takes up what an earlier command has left', async () => {
    const outcome = await fetching(ranged(content), right, {
      before: (path) => writeFileSync(`${path}.part`, content.subarray(0, 70_000)),
    });
    expectWhole(outcome);
    expect(outcome.ranges).toEqual(['bytes=70000-']);
  });

  it('takes a whole part without a request', async () => {
    const outcome = await fetching(status(500), right, {
      before: (path) => writeFileSync(`${path}.part`, content),
    });
    expectWhole(outcome);
    expect(server?.requests).toEqual([]);
  });

  it('throws away a part of another file', async () => {
    const outcome = await fetching(ranged(content), right, {
      before: (path) => writeFileSync(`${path}.part`, other.subarray(0, 70_000)),
    });
    expectWhole(outcome);
    expect(outcome.ranges).toEqual(['bytes=70000-', undefined]);
    expect(outcome.reasons[0]).toMatch(/^its md5 is [0-9a-f]{32}; [0-9a-f]{32} is expected$/);
  });

  it('does not write through a link', async () => {
    const outside = join(mkdtempSync(join(tmpdir(), 'mmx-outside-')), 'file');
    const outcome = await fetching(whole(content), right, {
      before: (path) => symlinkSync(outside, `${path}.part`),
    });
    expect(outcome.error?.message).toMatch(/a\.bin\.part cannot be accessed/);
    expect(existsSync(outside)).toBe(false);
  });
});

describe('what is not the file', () => {
  it.each<[string, Handler, RegExp]>([
    ['other bytes', whole(other), /its md5 is .*, twice$/],
    ['fewer bytes', whole(content.subarray(1)), /announces 99999 bytes; 100000 are expected, twice$/],
    ['more bytes', whole(new Uint8Array(100_001)), /announces 100001 bytes; 100000 are expected, twice$/],
    [
      'fewer bytes without a length',
      (_, response) => {
        response.write(content.subarray(0, 50_000));
        response.end();
      },
      /50000 bytes arrived; 100000 are expected, twice$/,
    ],
    ['bytes without an end', endless(), /the server sends more bytes than the file has, twice$/],
  ])('%s: thrown away, tried once more, refused', async (_, handler, message) => {
    const { path, error, slept, seen } = await fetching(handler);
    expect(error).toMatchObject({ code: 'fetch/wrong-file', exitCode: 1 });
    expect(error?.message).toMatch(/^a\.bin could not be fetched from http:.*a\.bin: /);
    expect(error?.message).toMatch(message);
    expect(slept).toHaveLength(1);
    expect(Math.max(0, ...seen)).toBeLessThanOrEqual(content.length);
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  it('is cut off at a limit where its size is not known', async () => {
    const { error, seen } = await fetching(endless(), { mostBytes: 200_000 });
    expect(error?.message).toMatch(/the server sends more bytes than the file has/);
    expect(Math.max(...seen)).toBeLessThanOrEqual(200_000);
  });

  it('comes right the second time', async () => {
    expectWhole(await fetching([whole(other), whole(content)]));
  });

  it('is refused where it comes encoded', async () => {
    const { error } = await fetching(whole(content, { 'content-encoding': 'gzip' }));
    expect(error?.message).toContain('encoded (gzip)');
  });
});

describe('a server that does not send it', () => {
  it.each([404, 403, 410, 400])('%i: said at once', async (code) => {
    const { error, slept } = await fetching(status(code));
    expect(error).toMatchObject({ code: 'fetch/network', exitCode: 1 });
    expect(error?.message).toMatch(new RegExp(`/a\\.bin: the server answers ${code}$`));
    expect(slept).toEqual([]);
  });

  it('500: tried again with growing pauses, then said', async () => {
    const { error, slept } = await fetching(status(500));
    expect(error?.message).toMatch(/the server answers 500, 4 times$/);
    expect(slept).toEqual([1, 2, 4]);
  });

  it('429 and 503: tried again when it asks for it', async () => {
    const outcome = await fetching([
      status(429, { 'retry-after': '7' }),
      status(503, { 'retry-after': 'soon' }),
      whole(content),
    ]);
    expectWhole(outcome);
    expect(outcome.slept).toEqual([7, 2]);
  });

  it('429 for hours: said at once', async () => {
    const { error, slept } = await fetching(status(429, { 'retry-after': '7200' }));
    expect(error?.message).toMatch(/answers 429 and asks to wait 120 minutes$/);
    expect(slept).toEqual([]);
  });

  it('that stalls is given up, and continued', async () => {
    const network = networkOf({ silentSeconds: 0.15 });
    const outcome = await fetching([stalled(content, 30_000), ranged(content)], right, { network });
    expectWhole(outcome);
    expect(outcome.ranges).toEqual([undefined, 'bytes=30000-']);
    expect(outcome.reasons).toEqual(['almost no data arrived for 0.15 s']);
  });

  it('that sends a byte now and then stalls too', async () => {
    const drip: Handler = (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      const timer = setInterval(() => response.write('x'), 30);
      response.on('close', () => clearInterval(timer));
    };
    const network = networkOf({ silentSeconds: 0.2, leastBytes: 1000 });
    const outcome = await fetching([drip, whole(content)], right, { network });
    expectWhole(outcome);
  });

  it('that does not answer', async () => {
    const network = networkOf({ silentSeconds: 0.1 });
    const { error } = await fetching(() => {}, right, { network });
    expect(error?.message).toMatch(/the server was silent for 0\.1 s, 4 times$/);
  });

  it('that is not there', async () => {
    const { address, close } = await serve({});
    await close();
    const path = join(mkdtempSync(join(tmpdir(), 'mmx-transfer-')), 'a.bin');
    const options = {
      network: networkOf(),
      patience: patient(),
      storage,
      progress: () => {},
      again: () => {},
    };
    await expect(transfer(fileAt(`${address}a.bin`), path, options)).rejects.toThrow(
      /the server refuses the connection, 4 times$/,
    );
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('keeps what has come, and says that it continues', async () => {
    const { path, error } = await fetching([broken(content, 40_000), status(404)]);
    expect(error?.hint).toMatch(/continues where it stopped/);
    expect(readFileSync(`${path}.part`).equals(content.subarray(0, 40_000))).toBe(true);
  });

  it('may break off as often as it likes while something new comes, and not otherwise', async () => {
    const piece: Handler = (request, response) => {
      const [, from = '0'] = /(\d+)/.exec(request.headers.range ?? '') ?? [];
      const start = Number(from);
      const headers = {
        etag: '"one"',
        'content-length': content.length - start,
        'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      };
      response.writeHead(start === 0 ? 200 : 206, headers);
      response.write(content.subarray(start, start + 12_000), () => setTimeout(() => response.destroy(), 10));
    };
    const many = await fetching(piece, right, { patience: patient({ progressBytes: 10_000 }) });
    // The last piece ends the file before it is broken off.
    expectWhole(many);
    expect(many.ranges.length).toBeGreaterThan(6);
    await server?.close();
    // Each time from the beginning: what comes is never new.
    const same = await fetching(
      broken(content, 40_000, {}),
      { bytes: content.length },
      {
        patience: patient({ progressBytes: 10_000 }),
      },
    );
    expect(same.error?.message).toMatch(/the connection was lost, 4 times$/);
  });

  it('is left when the user interrupts', async () => {
    const stop = new AbortController();
    const network = networkOf({ signal: stop.signal });
    let path = '';
    const promise = fetching(stalled(content, 30_000), right, {
      network,
      before: (one) => {
        path = one;
      },
      progress: (bytes) => {
        if (bytes >= 30_000) stop.abort();
      },
    });
    await expect(promise).rejects.toThrow(/abort/i);
    expect(readFileSync(`${path}.part`).length).toBe(30_000);
  });
});

describe('redirections', () => {
  const redirected = async (start: string, routes: Readonly<Record<string, string>>) => {
    const handlers = Object.fromEntries(
      Object.entries(routes).map(([path, location]) => [path, status(302, { location })]),
    );
    server = await serve({ ...handlers, 'a.bin': whole(content) });
    const path = join(mkdtempSync(join(tmpdir(), 'mmx-transfer-')), 'a.bin');
    const exchange = hosts({ 'one.test': server.address, 'two.test': server.address });
    const network = networkOf({ exchange });
    const options = { network, patience: patient(), storage, progress: () => {}, again: () => {} };
    return transfer(fileAt(start, right), path, options);
  };

  it('are followed from https to https, to other hosts too, five times', async () => {
    const routes = { r1: 'https://two.test/r2', r2: '/r3', r3: 'r4', r4: 'https://one.test/r5', r5: 'a.bin' };
    expect((await redirected('https://one.test/r1', routes)).bytes).toBe(content.length);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'to http',
      { r1: 'http://two.test/a.bin' },
      /r1 redirects to http:\/\/two\.test\/a\.bin, but mmx follows/,
    ],
    ['to a file', { r1: 'file:///etc/passwd' }, /redirects to file:/],
    ['in a circle', { r1: 'r2', r2: 'r1' }, /r2 redirects in a circle$/],
    ['six times', { r1: 'r2', r2: 'r3', r3: 'r4', r4: 'r5', r5: 'r6', r6: 'a.bin' }, /more than 5 times$/],
    ['to nothing', { r1: 'http://[' }, /redirects without naming an address$/],
    ['with a password', { r1: 'https://me:you@two.test/a.bin' }, /an address with a password$/],
  ])('%s: not followed', async (_, routes, message) => {
    await expect(redirected('https://one.test/r1', routes)).rejects.toThrow(message);
  });

  it('from http: not followed, wherever they lead', async () => {
    const { error, slept } = await fetching(status(301, { location: 'https://one.test/a.bin' }));
    expect(error?.message).toMatch(/mmx follows redirects from https to https only$/);
    expect(slept).toEqual([]);
  });
});

it('understands Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfter('120', now)).toBe(120);
  expect(retryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60);
  expect(retryAfter('Thu, 01 Jan 2020 00:01:00 GMT', now)).toBe(0);
  expect(['later', undefined].map((text) => retryAfter(text, now))).toEqual([undefined, undefined]);
});
