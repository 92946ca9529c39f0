import type { ClipEntry } from './clip.js';
import type { ListedExample } from './corpus.js';

/** Clips of a class or of a speaker, by part. */
export interface Tally {
  /** Null: those without a label, or of no group. */
  readonly name: string | null;
  readonly train: number;
  readonly test: number;
}

/** Tallies in the order of their names, and what the rest amounts to where there are too many. */
export interface Tallies {
  readonly shown: readonly Tally[];
  readonly rest: { readonly names: number; readonly train: number; readonly test: number };
}

/** How many clips or examples there are of what, and of whom. */
export interface Breakdown {
  readonly classes: Tallies;
  /** Of clips. */
  readonly speakers?: Tallies;
  /** Of listed examples, where some of them belong together. */
  readonly groups?: Tallies;
}

/** Tallies kept: a column of a manifest that was mistaken for another may hold a name a line. */
const MOST_TALLIES = 1000;

export function breakdownOf(clips: readonly Pick<ClipEntry, 'label' | 'speaker' | 'part'>[]): Breakdown {
  return {
    classes: tallied(clips, ({ label }) => label),
    speakers: tallied(clips, ({ speaker }) => speaker),
  };
}

export function breakdownOfExamples(
  examples: readonly Pick<ListedExample, 'label' | 'group' | 'part'>[],
): Breakdown {
  const isGrouped = examples.some(({ group }) => group !== null);
  return {
    classes: tallied(examples, ({ label }) => label),
    ...(isGrouped ? { groups: tallied(examples, ({ group }) => group) } : {}),
  };
}

/** The first so many of them; the others join the rest. */
export function firstOf({ shown, rest }: Tallies, count: number): Tallies {
  const others = shown.slice(count);
  const sum = (part: ClipEntry['part']): number =>
    others.reduce((total, one) => total + one[part], rest[part]);
  return {
    shown: shown.slice(0, count),
    rest: { names: rest.names + others.length, train: sum('train'), test: sum('test') },
  };
}

function tallied<Item extends Pick<ClipEntry, 'part'>>(
  clips: readonly Item[],
  nameOf: (clip: Item) => string | null,
): Tallies {
  const found = new Map<string | null, Record<ClipEntry['part'], number>>();
  for (const clip of clips) {
    const name = nameOf(clip);
    const tally = found.get(name) ?? { train: 0, test: 0 };
    tally[clip.part]++;
    found.set(name, tally);
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  const shown = [...found]
    .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : compare(a, b)))
    .map(([name, counts]) => ({ name, ...counts }));
  return firstOf({ shown, rest: { names: 0, train: 0, test: 0 } }, MOST_TALLIES);
}
