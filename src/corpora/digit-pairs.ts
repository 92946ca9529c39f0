import { permutation } from '../engine/noise.js';
import { MmxError } from '../errors.js';

/** A picture of a digit beside a recording of it: their places among those of a part. */
export interface DigitPair {
  readonly picture: number;
  readonly recording: number;
}

/** What pairing must know of a recording. */
export interface SpokenDigit {
  /** 0 to 9. */
  readonly digit: number;
  readonly speaker: string;
}

/** Pairs are a part of the corpus, not of a run: they are the same for every seed. */
const SEED = 0;

/**
 * Pairs every recording with `rounds` pictures of its digit, drawn without replacement. One round follows the other; in a
 * round each recording comes once, the digits in turn, and the speakers of each digit in turn, so that the first so many
 * pairs are spread evenly over both. The first pairs do not depend on how many follow.
 *
 * @param part keys the draws
 * @param pictures digit of each picture
 * @throws MmxError `corpora/too-few` when there are too few pictures of a digit
 */
export function pairDigits(
  part: string,
  pictures: Uint8Array,
  recordings: readonly SpokenDigit[],
  rounds: number,
): readonly DigitPair[] {
  const shuffled = <T>(items: readonly T[], purpose: string, step: number): readonly T[] =>
    Array.from(
      permutation({ seed: SEED, purpose: `corpora/digit-pairs/${part}/${purpose}`, step }, items.length),
      (index) => items[index] as T,
    );
  const byDigit = groupsOf(recordings.keys(), (recording) => (recordings[recording] as SpokenDigit).digit);
  const decks = groupsOf(pictures.keys(), (picture) => pictures[picture] as number);
  const unused = new Map(
    [...decks].map(([digit, own]) => [digit, shuffled(own, 'pictures', digit)[Symbol.iterator]()]),
  );
  return Array.from({ length: rounds }, (_, round) => {
    const ofDigits = [...byDigit].map(([digit, own]) => {
      const bySpeaker = groupsOf(own, (recording) => (recordings[recording] as SpokenDigit).speaker);
      const takes = [...bySpeaker.values()].map((list, speaker) =>
        shuffled(list, `takes of ${digit} by ${speaker}`, round),
      );
      return inTurn(takes, (turn, present) =>
        shuffled(present, `speakers of ${digit}, round ${round}`, turn),
      );
    });
    return inTurn(ofDigits, (turn, present) => shuffled(present, `digits, round ${round}`, turn));
  })
    .flat()
    .map((recording) => {
      const { digit } = recordings[recording] as SpokenDigit;
      const next = unused.get(digit)?.next();
      if (next === undefined || next.done === true) {
        const [had, needed] = [decks.get(digit)?.length ?? 0, rounds * (byDigit.get(digit)?.length ?? 0)];
        throw new MmxError(
          'corpora/too-few',
          `the ${part} part has ${had} pictures of the digit ${digit}, but its recordings need ${needed} (${rounds} each)`,
          { hint: 'remove recordings of that digit from the copy' },
        );
      }
      return { picture: next.value, recording };
    });
}

/**
 * Merges lists, each spread evenly over the whole: of lists of one length, one item of each before the second of any.
 *
 * @param order the order of the lists that have an item in a turn
 */
function inTurn<T>(
  lists: readonly (readonly T[])[],
  order: (turn: number, lists: readonly number[]) => readonly number[],
): readonly T[] {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, turn) => {
    // In this turn a shorter list has an item only where its even spread has one.
    const itemOf = (list: readonly T[]): number => Math.ceil((turn * list.length) / longest);
    const present = lists.flatMap((list, index) =>
      itemOf(list) < Math.ceil(((turn + 1) * list.length) / longest) ? [index] : [],
    );
    return order(turn, present).map((index) => {
      const list = lists[index] as readonly T[];
      return list[itemOf(list)] as T;
    });
  }).flat();
}

function groupsOf<Key>(items: Iterable<number>, keyOf: (item: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
