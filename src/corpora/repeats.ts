import { MmxError } from '../errors.js';
import type { ClipEntry, TrackSource } from './clip.js';
import { digestOf } from './clip-digest.js';
import { groupsOfEqualContent } from './equal-content.js';

/** A test clip with the sound or the pictures of a training clip. */
export interface RepeatedClip {
  readonly test: ClipEntry;
  readonly training: ClipEntry;
}

/** Clips that are read to see that they are not mere silence or black pictures; that takes time, and more are believed. */
const MOST_READ = 100;

/**
 * The test clips that are training clips by the bytes of their files, whatever the files are called. Of recordings that
 * are cut into clips, half of one of the two clips has to be in the other: neighbours may touch. Recordings that are
 * equal in other bytes, such as one in two formats, are found only when they are read (`frames` stages).
 *
 * @returns in the order of `tests`; clips without `sources` are passed over
 */
export function repeatedClips(
  tests: readonly ClipEntry[],
  trainings: readonly ClipEntry[],
): readonly RepeatedClip[] {
  const found = new Map<ClipEntry, Map<Track, ClipEntry>>();
  for (const track of ['sound', 'pictures'] as const) {
    for (const { test, training } of repeatedIn(track, tests, trainings)) {
      found.set(test, (found.get(test) ?? new Map<Track, ClipEntry>()).set(track, training));
    }
  }
  let left = MOST_READ;
  return tests.flatMap((test) => {
    const tracks = found.get(test);
    if (tracks === undefined) return [];
    const said = left-- > 0 ? tracksSaying(test) : undefined;
    const kept = [...tracks].find(([track]) => said?.[track] ?? true);
    return kept === undefined ? [] : [{ test, training: kept[1] }];
  });
}

type Track = 'sound' | 'pictures';

/** A stretch of a recording that a clip is cut from, in seconds. */
interface Stretch {
  readonly entry: ClipEntry;
  readonly from: number;
  readonly to: number;
}

/** Files, and the clips that are cut from them. */
interface Recording {
  readonly files: readonly string[];
  readonly tests: Stretch[];
  readonly trainings: Stretch[];
}

function repeatedIn(
  track: Track,
  tests: readonly ClipEntry[],
  trainings: readonly ClipEntry[],
): readonly RepeatedClip[] {
  const recordings = new Map<string, Recording>();
  const add = (entry: ClipEntry, part: 'tests' | 'trainings'): void => {
    const source = entry.sources?.[track];
    if (!source || source.files.length === 0) return;
    const key = source.files.join('\0');
    const known = recordings.get(key) ?? { files: source.files, tests: [], trainings: [] };
    recordings.set(key, known);
    known[part].push(stretchOf(entry, source));
  };
  for (const entry of tests) add(entry, 'tests');
  for (const entry of trainings) add(entry, 'trainings');
  const groups = groupsOfEqualContent(
    [...recordings.values()],
    (group) => group.some((one) => one.tests.length > 0) && group.some((one) => one.trainings.length > 0),
  );
  return groups.flatMap((group) =>
    overlaps(
      group.flatMap((one) => one.tests),
      group.flatMap((one) => one.trainings),
    ),
  );
}

const stretchOf = (entry: ClipEntry, { from = 0, to = Number.POSITIVE_INFINITY }: TrackSource): Stretch => ({
  entry,
  from,
  to,
});

function overlaps(tests: readonly Stretch[], trainings: readonly Stretch[]): readonly RepeatedClip[] {
  // How long a recording is need not be known: it lasts as long as what is said of it.
  const said = [...tests, ...trainings].map(({ from, to }) => (Number.isFinite(to) ? to : from + 1));
  const end = said.reduce((most, time) => Math.max(most, time), 0);
  const cut = (stretches: readonly Stretch[]): readonly Stretch[] =>
    stretches.map((one) => ({ ...one, to: Math.min(one.to, end) }));
  const [cutTests, cutTrainings] = [cut(tests), cut(trainings)];
  const [ofTests, ofTrainings] = [unionOf(cutTests), unionOf(cutTrainings)];
  return [
    ...cutTests.flatMap((one) => {
      const training = mostlyIn(one, ofTrainings);
      return training === undefined ? [] : [{ test: one.entry, training }];
    }),
    ...cutTrainings.flatMap((one) => {
      const test = mostlyIn(one, ofTests);
      return test === undefined ? [] : [{ test, training: one.entry }];
    }),
  ];
}

/** A piece of a union of stretches. `entry` is the first of those it is made of; `before` the seconds of all pieces before it. */
type Piece = Stretch & { readonly before: number };

/** Stretches with those that overlap made one, in order. */
function unionOf(stretches: readonly Stretch[]): readonly Piece[] {
  const union: Piece[] = [];
  for (const one of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last === undefined) union.push({ ...one, before: 0 });
    else if (one.from >= last.to) union.push({ ...one, before: last.before + last.to - last.from });
    else if (one.to > last.to) union[union.length - 1] = { ...last, to: one.to };
  }
  return union;
}

/** A clip of the union, where half of the stretch or more is in it. */
function mostlyIn({ from, to }: Stretch, union: readonly Piece[]): ClipEntry | undefined {
  const [first, beyond] = [
    countOf(union, (piece) => piece.to <= from),
    countOf(union, (piece) => piece.from < to),
  ];
  const [begin, last] = [union[first], union[beyond - 1]];
  if (begin === undefined || last === undefined || first >= beyond) return undefined;
  const upTo = last.before + Math.min(to, last.to) - last.from;
  const covered = upTo - begin.before - Math.max(0, from - begin.from);
  return covered >= (to - from) / 2 ? begin.entry : undefined;
}

/** How many pieces at the beginning a condition holds for; it holds for none after the first that it fails. */
function countOf(pieces: readonly Piece[], holds: (piece: Piece) => boolean): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && holds(piece)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which tracks of a clip are more than silence or blackness; undefined when it cannot be read. */
function tracksSaying(entry: ClipEntry): Readonly<Record<Track, boolean>> | undefined {
  try {
    const { sound, pictures } = digestOf(entry.load());
    return { sound: sound !== null, pictures: pictures !== null };
  } catch (error) {
    if (error instanceof MmxError) return undefined;
    throw error;
  }
}
