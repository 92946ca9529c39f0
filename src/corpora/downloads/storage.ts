import { lstatSync, type Stats } from 'node:fs';
import type { MmxError } from '../../errors.js';

/** What the fetching of files needs of whoever owns the disk. */
export interface Storage {
  /** Replaces a file in one step. @throws MmxError */
  readonly replace: (path: string, content: Uint8Array) => void;
  /** Makes a folder and those above it. */
  readonly makeFolder: (path: string) => void;
  /** Bytes that fit beside a path; undefined where the system does not tell. */
  readonly free: (path: string) => number | undefined;
  /** A name for something unfinished, which says who makes it. */
  readonly temporaryName: (name: string) => string;
  /** The sentence for a file operation that failed. */
  readonly failure: (error: unknown, path: string, neededBytes?: number) => MmxError;
}

/** What is there, links not followed; undefined for nothing. */
export const statusAt = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
