import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { MmxError } from './errors.js';

/** With fewer open files than this Node.js does not get through loading mmx and an engine. */
const neededFiles = 192;

/** Limits of a process that the system enforces, by the letter of the shell's `ulimit`; absent: none, or not known. */
export interface ProcessLimits {
  /** Open files. */
  readonly n?: number;
  /** Address space in bytes. */
  readonly v?: number;
}

/** The limits of this process. Linux alone has a file that tells them; empty elsewhere. */
export function processLimits(): ProcessLimits {
  let text: string;
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return {};
  }
  const soft = (name: string): number | undefined => {
    const value = new RegExp(`^${name} +(\\d+)`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [n, v] = [soft('Max open files'), soft('Max address space')];
  return { ...(n === undefined ? {} : { n }), ...(v === undefined ? {} : { v }) };
}

/**
 * What says that mmx cannot start under a limit, before Node.js fails in the middle of loading it; undefined where it
 * can.
 */
export function startRefusal(limits = processLimits()): string | undefined {
  if (limits.n === undefined || limits.n >= neededFiles) return undefined;
  return `this process may have ${limits.n} files open (ulimit -n), but mmx needs ${neededFiles}`;
}

/** A limit of the system that was reached: a clause that names it, and what to do. */
export interface ReachedLimit {
  readonly reason: string;
  readonly hint: string;
}

/** The limit of the system that an error comes of; undefined for errors of other kinds. */
export function reachedLimit(error: unknown, known?: ProcessLimits): ReachedLimit | undefined {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: '' };
  switch (code) {
    case 'EMFILE': {
      const { n } = known ?? processLimits();
      return {
        reason: `this process has as many files open as it may${n === undefined ? '' : `, ${n}`} (ulimit -n)`,
        hint: 'Run ulimit -n 1024 first, or use fewer --jobs.',
      };
    }
    case 'ENFILE':
      return {
        reason: 'the whole system has too many files open',
        hint: 'Close other programs, or use fewer --jobs.',
      };
    case 'EFBIG':
      return {
        reason: 'a file would become larger than the limit allows (ulimit -f)',
        hint: 'Run ulimit -f unlimited first.',
      };
    case 'EAGAIN':
      if (!/spawn|fork/.test(message)) return undefined;
      return {
        reason: 'no more processes can be started (ulimit -u)',
        hint: 'Use fewer --jobs, or a larger ulimit -u.',
      };
  }
  if (code !== 'ENOMEM' && !isOutOfMemory(error)) return undefined;
  const limits = known ?? processLimits();
  return { reason: memoryReason(message, limits), hint: memoryHint(limits) };
}

/**
 * The same as an error.
 *
 * @param subject what failed, as the subject of a sentence
 */
export function limitError(error: unknown, subject: string): MmxError | undefined {
  const limit = reachedLimit(error);
  if (limit === undefined) return undefined;
  return new MmxError('system/limit', `${subject} failed: ${limit.reason}.`, {
    hint: limit.hint,
    cause: error,
  });
}

/** Whether an allocation of JavaScript or WebAssembly memory failed. */
function isOutOfMemory(error: unknown): error is RangeError {
  return (
    error instanceof RangeError &&
    /allocation failed|could not allocate memory|cannot allocate|out of memory|unable to grow|maximum memory size exceeded/i.test(
      error.message,
    )
  );
}

function memoryReason(message: string, { v }: ProcessLimits): string {
  if (v !== undefined) {
    const reserves = /wasm|webassembly/i.test(message)
      ? ', and WebAssembly reserves about 10 GB for each memory'
      : '';
    return `memory ran out: this process may use ${(v / 1e9).toPrecision(3)} GB of address space (ulimit -v)${reserves}`;
  }
  return `memory ran out: ${(freemem() / 1e9).toPrecision(2)} GB of the machine's memory are free`;
}

function memoryHint({ v }: ProcessLimits): string {
  if (v === undefined) return 'Use fewer --jobs, or a smaller corpus, model or batch.';
  return 'Run ulimit -v unlimited first, or set NODE_OPTIONS=--disable-wasm-trap-handler, so that WebAssembly reserves only what it uses.';
}
