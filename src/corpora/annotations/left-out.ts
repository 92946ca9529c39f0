import { plural } from '../finding.js';

/** Longer labels are no classes; a line of a manifest has its bounds. */
export const LONGEST_LABEL = 200;

/** Something left out, and why. */
export interface LeftOut {
  /** Of several, e.g. `files without that tier`. */
  readonly why: string;
  /** With the number, e.g. `1 file without that tier`. */
  readonly what: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly string[];
}

/** What is left out, in the singular, and why. */
export type Reason = readonly [noun: string, why: string];

/** Counts what is left out, by reason. */
export class LeftOutTally {
  readonly #all = new Map<string, { reason: Reason; count: number; examples: string[] }>();

  add(reason: Reason, example: string): void {
    const key = reason.join(' ');
    const known = this.#all.get(key) ?? { reason, count: 0, examples: [] };
    this.#all.set(key, known);
    known.count++;
    if (known.examples.length < 3) known.examples.push(example);
  }

  firstOf(reason: Reason): string | undefined {
    return this.#all.get(reason.join(' '))?.examples[0];
  }

  all(): readonly LeftOut[] {
    return [...this.#all.values()].map(({ reason: [noun, why], count, examples }) => ({
      why: `${noun}s ${why}`,
      what: `${plural(count, noun)} ${why}`,
      ...{ count, examples },
    }));
  }
}
