import { appendFileSync } from 'node:fs';
import { MmxError } from '../../errors.js';
import { readPlainPart, UnreadFile } from '../../read-file.js';
import { damaged, parseStored } from '../../stored-json.js';
import { deserialiseError, serialiseError } from '../run/errors.js';
import { journalLine, type StoredEvent } from '../run/event-schema.js';
import type { RunEvent, RunObserver } from '../run/events.js';

/** An event and when it came, in seconds since 1970. */
export interface TimedEvent {
  readonly at: number;
  readonly event: RunEvent;
}

/** Seconds between two lines about the progress of one stage. */
const progressSeconds = 1;

/** An observer that writes a run's events down, a line of JSON each, for those who look on from another process. */
export function journalTo(path: string): RunObserver {
  const lastProgress = new Map<string, number>();
  /** By stage: the last report that was not written, with the epochs of all such. */
  const held = new Map<string, Progressed>();
  let writable = true;
  // From here on by a clock that nobody sets: times in a journal never go back.
  const began = Date.now() / 1000;
  const clock = performance.now();
  return (event) => {
    const at = began + (performance.now() - clock) / 1000;
    if (event.type === 'stage-progress') {
      const whole = joined(held.get(event.hash), event);
      held.set(event.hash, whole);
      if (at - (lastProgress.get(event.hash) ?? 0) < progressSeconds) return;
      lastProgress.set(event.hash, at);
      held.delete(event.hash);
      write(at, whole);
      return;
    }
    if (event.type === 'stage-done' || event.type === 'stage-failed') {
      const last = held.get(event.hash);
      held.delete(event.hash);
      if (last?.progress.epochs !== undefined) write(at, last);
    }
    write(at, event.type === 'stage-failed' ? { ...event, error: serialiseError(event.error) } : event);
  };

  function write(at: number, event: StoredEvent): void {
    if (!writable) return;
    try {
      appendFileSync(path, `${JSON.stringify({ at, event })}\n`);
    } catch {
      writable = false; // a full or read-only disk: nobody can look on, the run itself goes on
    }
  }
}

type Progressed = Extract<RunEvent, { type: 'stage-progress' }>;

/** A report with the epochs of those before it. */
function joined(before: Progressed | undefined, event: Progressed): Progressed {
  const epochs = [...(before?.progress.epochs ?? []), ...(event.progress.epochs ?? [])];
  return epochs.length === 0 ? event : { ...event, progress: { ...event.progress, epochs } };
}

/** Bytes read at once: a journal can have grown by gigabytes when somebody looks. */
const portionBytes = 2 ** 20;

/** An event has some hundred bytes, or a few thousand where an error is in it. */
const kind = { what: 'an event of a run', code: 'pipeline/journal', limit: 2 ** 22 };

const lineEnd = 0x0a;

/** Reads a journal bit by bit. */
export class JournalReader {
  readonly #path: string;
  /** Bytes read so far. */
  #read = 0;
  #size = 0;
  /** The beginning of a line whose end is not read yet; undefined while a line is passed over that is too long. */
  #begun: Buffer | undefined = Buffer.alloc(0);
  #lines = 0;
  #at = 0;
  #told = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether the last call left a part of the journal to the next one. */
  get isBehind(): boolean {
    return this.#read < this.#size;
  }

  /**
   * The next events, of a part of the journal where there are many; none when it is not there (yet, or any more). What is
   * no event is passed over, and told of once, by a warning. A journal that was cut goes on at its new end.
   */
  next(): readonly TimedEvent[] {
    const events: TimedEvent[] = [];
    let wrong: string | undefined;
    for (const line of this.#nextLines()) {
      this.#lines += 1;
      if (line?.length === 0) continue;
      try {
        if (line === undefined) throw damaged(this.#place, kind, 'it is too long');
        const { at, event } = parseStored(line.toString('utf8'), this.#place, journalLine, kind);
        this.#at = at;
        events.push({ at, event: restored(event) });
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        wrong ??= error.message;
      }
    }
    if (wrong !== undefined && !this.#told) {
      this.#told = true;
      const message = `${wrong} It is ignored, and so are other such lines.`;
      events.push({ at: this.#at, event: { type: 'warning', message } });
    }
    return events;
  }

  get #place(): string {
    return `${this.#path}:${this.#lines}`;
  }

  /** Whole lines without their ends; undefined for one that is too long. */
  *#nextLines(): Generator<Buffer | undefined> {
    let rest = this.#portion();
    for (let end = rest.indexOf(lineEnd); end >= 0; end = rest.indexOf(lineEnd)) {
      yield this.#begun && Buffer.concat([this.#begun, rest.subarray(0, end)]);
      this.#begun = Buffer.alloc(0);
      rest = rest.subarray(end + 1);
    }
    // The last line may be half-written: it is read when it is whole.
    if (this.#begun !== undefined) this.#begun = Buffer.concat([this.#begun, rest]);
    if (this.#begun !== undefined && this.#begun.length > kind.limit) this.#begun = undefined;
  }

  #portion(): Buffer {
    try {
      const { bytes, size } = readPlainPart(this.#path, this.#read, portionBytes);
      if (size < this.#read) {
        this.#read = size;
        this.#begun = Buffer.alloc(0);
      }
      this.#read += bytes.length;
      this.#size = size;
      return bytes;
    } catch (error) {
      if (!(error instanceof UnreadFile)) throw error;
      this.#size = this.#read;
      return Buffer.alloc(0);
    }
  }
}

const restored = (event: StoredEvent): RunEvent =>
  event.type === 'stage-failed' ? { ...event, error: deserialiseError(event.error) } : event;
