import { MmxError } from '../errors.js';

/**
 * A number of a training step that differs from step to step: the index of the update, a scheduled learning rate.
 * Most engines run the step anew each time and see the plain number. An engine that records a step once and replays
 * it (see `replayable`) sees a `ChangingNumber`, a place that every replay fills before it starts.
 */
export type Changing = number | ChangingNumber;

/** A place in a table of numbers that a recorded step reads while it runs. */
export class ChangingNumber {
  /** Index in the table. */
  readonly place: number;
  readonly table: ChangingTable;

  constructor(table: ChangingTable, place: number) {
    this.table = table;
    this.place = place;
  }
}

/** The numbers of one recorded step: those it is given, and those computed from them. */
export class ChangingTable {
  readonly capacity: number;
  readonly #values: Float64Array;
  readonly #derived: { readonly from: number; readonly compute: (value: number) => number }[] = [];
  readonly #named = new Map<string, ChangingNumber>();
  #given = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#values = new Float64Array(capacity);
  }

  /** Places for numbers that every replay is given, in order. */
  give(count: number): ChangingNumber[] {
    this.#given = count;
    return Array.from({ length: count }, (_, place) => new ChangingNumber(this, place));
  }

  /** A number computed from another, given or itself computed. @param name as of {@link mapChanging} */
  derive(from: ChangingNumber, compute: (value: number) => number, name?: string): ChangingNumber {
    const key = `${from.place}/${name}`;
    const found = name === undefined ? undefined : this.#named.get(key);
    if (found !== undefined) return found;
    const place = this.#given + this.#derived.length;
    if (place >= this.capacity) {
      throw new MmxError(
        'engine/failed',
        `a recorded step uses more than ${this.capacity} numbers that change from step to step`,
      );
    }
    this.#derived.push({ from: from.place, compute });
    const derived = new ChangingNumber(this, place);
    if (name !== undefined) this.#named.set(key, derived);
    return derived;
  }

  /** All numbers of the next replay. The caller must not keep the array. */
  fill(given: readonly number[]): Float64Array {
    this.#values.set(given);
    this.#derived.forEach(({ from, compute }, i) => {
      this.#values[this.#given + i] = compute(this.#values[from] ?? Number.NaN);
    });
    return this.#values;
  }
}

/**
 * compute(x): at once for a plain number, before every replay for a changing one.
 *
 * @param name says all that the result depends on besides x. Results of one name are one number of the table, so that
 * updates of any number of parameters take no more places than that of one.
 */
export function mapChanging(x: Changing, compute: (value: number) => number, name?: string): Changing {
  return typeof x === 'number' ? compute(x) : x.table.derive(x, compute, name);
}

/** x where only a plain number will do. */
export function plainNumber(x: Changing, operation: string): number {
  if (typeof x === 'number') return x;
  throw new MmxError(
    'engine/failed',
    `${operation}: this engine cannot take a number that changes between replays`,
  );
}
