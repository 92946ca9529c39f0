import { mkdirSync } from 'node:fs';
import type { Exchange, Network } from '../../../../src/corpora/downloads/exchange.js';
import { exchange } from '../../../../src/corpora/downloads/exchange.js';
import type { PlannedFile } from '../../../../src/corpora/downloads/plan.js';
import type { Storage } from '../../../../src/corpora/downloads/storage.js';
import type { Patience } from '../../../../src/corpora/downloads/transfer.js';
import { fileError, freeBytes, replaceFile, temporaryName } from '../../../../src/pipeline/store/files.js';

export const storage: Storage = {
  replace: (path, content) => {
    replaceFile(path, [content]);
  },
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true });
  },
  free: freeBytes,
  temporaryName,
  failure: fileError,
};

export const networkOf = (more: Partial<Network> = {}): Network => ({
  exchange,
  userAgent: 'mmx/test',
  silentSeconds: 5,
  leastBytes: 1,
  signal: new AbortController().signal,
  ...more,
});

/** Four tries, without waiting; `slept` are the pauses there would have been, in seconds. */
export function patient(more: Partial<Patience> = {}): Patience & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    pauses: [1, 2, 4],
    progressBytes: 1 << 20,
    mostWaitSeconds: 300,
    sleep: async (seconds) => {
      slept.push(seconds);
      if (slept.length > 50) throw new Error('there is no end to the tries');
    },
    slept,
    ...more,
  };
}

export const fileAt = (address: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  name: 'a.bin',
  address,
  bytes: undefined,
  mostBytes: more.bytes ?? 1e6,
  md5: undefined,
  sha256: undefined,
  unpack: undefined,
  contains: undefined,
  ...more,
});

/** Addresses below https://NAME.test/ as another server, so that redirections between hosts can be tried without TLS. */
export const hosts =
  (servers: Readonly<Record<string, string>>): Exchange =>
  (address, headers, limits) => {
    const server = servers[address.host] ?? address.origin;
    return exchange(new URL(address.pathname, server), headers, limits);
  };
