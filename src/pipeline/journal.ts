import { appendFileSync, readFileSync } from 'node:fs';
import type { RunEvent, RunObserver } from './events.js';
import { deserialiseError, type SerialisedError, serialiseError } from './failures.js';

/** An event and when it came, in seconds since 1970. */
export interface TimedEvent {
  readonly at: number;
  readonly event: RunEvent;
}

/** Seconds between two lines about the progress of one stage. */
const progressSeconds = 1;

type StoredEvent = Exclude<RunEvent, { type: 'stage-failed' }> | StoredFailure;
type StoredFailure = Omit<Extract<RunEvent, { type: 'stage-failed' }>, 'error'> & {
  readonly error: SerialisedError;
};

/** An observer that writes a run's events down, a line of JSON each, for those who look on from another process. */
export function journalTo(path: string): RunObserver {
  const lastProgress = new Map<string, number>();
  let writable = true;
  // From here on by a clock that nobody sets: times in a journal never go back.
  const began = Date.now() / 1000;
  const clock = performance.now();
  return (event) => {
    const at = began + (performance.now() - clock) / 1000;
    if (event.type === 'stage-progress') {
      if (at - (lastProgress.get(event.hash) ?? 0) < progressSeconds) return;
      lastProgress.set(event.hash, at);
    }
    if (!writable) return;
    const stored: StoredEvent =
      event.type === 'stage-failed' ? { ...event, error: serialiseError(event.error) } : event;
    try {
      appendFileSync(path, `${JSON.stringify({ at, event: stored })}\n`);
    } catch {
      writable = false; // a full or read-only disk: nobody can look on, the run itself goes on
    }
  };
}

/** Reads a journal bit by bit. */
export class JournalReader {
  readonly #path: string;
  #read = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Events written since the last call; none when the file is not there (yet, or any more). */
  next(): readonly TimedEvent[] {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#path);
    } catch {
      return [];
    }
    // The last line may be half-written: it is read when it is whole.
    const end = bytes.lastIndexOf(0x0a) + 1;
    const lines = bytes.subarray(this.#read, end).toString('utf8').split('\n').filter(Boolean);
    this.#read = Math.max(this.#read, end);
    return lines.map((line) => {
      const { at, event } = JSON.parse(line) as { at: number; event: StoredEvent };
      return {
        at,
        event: event.type === 'stage-failed' ? { ...event, error: deserialiseError(event.error) } : event,
      };
    });
  }
}
