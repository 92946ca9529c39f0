import { dirname, relative, resolve } from 'node:path';
import { MmxError } from '../../errors.js';
import type { Annotations, AnnotationTier } from '../../formats/annotations.js';
import { movieName, recordingName } from '../../formats/file-names.js';
import { statusOf } from '../../read-file.js';
import { type FoundFile, filesBelow } from '../directory.js';
import { plural } from '../finding.js';
import type { ManifestClip } from '../manifest.js';
import { type LeftOut, LeftOutTally, LONGEST_LABEL, type Reason } from './left-out.js';
import { type MatchedRecording, recordingFinder } from './match.js';
import { patternHint } from './name-pattern.js';
import { annotationName, readAnnotations } from './read.js';
import { type PartsBy, partsOf, speakersOf } from './speakers.js';

/** What is made of annotations, and how. */
export interface AskedAnnotations {
  /** A file of annotations, or a folder of them. */
  readonly from: string;
  /** Folder of the manifest, which paths count from. Recordings are looked for in it too. */
  readonly folder: string;
  /** Where else recordings are looked for; beside the annotations when absent. */
  readonly recordings?: string | undefined;
  /** Names of tiers; the only one when absent. */
  readonly tiers?: readonly string[] | undefined;
  /** Labels that are wanted; all but silence when absent. */
  readonly labels?: readonly string[] | undefined;
  /** What the parts keep apart; speakers when absent, if there are several. */
  readonly partsBy?: PartsBy | undefined;
}

/** The clips that annotations, or names of recordings, give. */
export interface AnnotatedClips {
  readonly clips: readonly ManifestClip[];
  readonly files: number;
  /** Clips of each label. */
  readonly labels: ReadonlyMap<string, number>;
  readonly speakersFrom: 'annotations' | 'folders' | 'names' | 'pattern' | 'nothing';
  readonly partsBy: PartsBy;
  /** Where names of recordings gave them, the first of which is the example. */
  readonly named?: {
    readonly pattern: string;
    readonly example: Readonly<Record<string, string>>;
    /** Repetitions are counted from 0 in the names, and from 1 in the manifest. */
    readonly startsAtZero: boolean;
  };
  readonly leftOut: readonly LeftOut[];
}

/** What stands where nothing is said, in GRID, Praat and their like. */
const silence = /^(?:sil|sp|silence|pau|<sil>|<p:>)$/i;

interface ReadFile {
  readonly file: FoundFile;
  readonly annotations: Annotations;
}

/**
 * Makes clips of annotations: one of each interval with a label.
 *
 * @throws MmxError `corpora/annotations` where there are none, where a tier has to be chosen, or nothing is left
 */
export function clipsOfAnnotations(asked: AskedAnnotations): AnnotatedClips {
  const { from, folder } = asked;
  const files = annotationFiles(from);
  const leftOut = new LeftOutTally();
  const read = files.flatMap((file): ReadFile[] => {
    try {
      return [{ file, annotations: readAnnotations(file.path) }];
    } catch (error) {
      if (!(error instanceof MmxError)) throw error;
      leftOut.add(unusable, error.message);
      return [];
    }
  });
  const names = chosenTiers(read, asked, leftOut.firstOf(unusable));
  const places = [asked.recordings ?? (statusOf(from)?.isDirectory() ? from : dirname(from)), folder];
  const found = places.flatMap((place) => (statusOf(place)?.isDirectory() ? filesBelow(place) : []));
  const recordingOf = recordingFinder([...new Map(found.map((one) => [resolve(one.path), one])).values()]);
  const wanted = asked.labels && new Set(asked.labels.map((label) => label.toLowerCase()));
  const drafts: Draft[] = [];
  for (const { file, annotations } of read) {
    const tiers = annotations.tiers.filter(({ name }) => names.includes(name));
    const recording = tiers.length === 0 ? null : recordingOf(file, annotations.media);
    if (recording === null) leftOut.add(['file', 'without that tier'], file.path);
    else if (!recording.found) {
      const [why, place] =
        recording.candidates.length === 0
          ? ['whose recording was not found', file.path]
          : ['of which more than one recording was found', `${file.path}: ${fewOf(recording.candidates)}`];
      leftOut.add(['file', why], place);
    } else for (const tier of tiers) drafts.push(...draftsOf(tier, { file, recording, wanted, leftOut }));
  }
  if (drafts.length === 0) {
    const [first] = leftOut.all();
    throw failure(
      `no clip can be made of ${plural(files.length, 'file')} of annotations in ${from}${first ? `: ${first.what} (${first.examples.join(', ')})` : ''}`,
      'a recording has the name of its annotations, or a name that ends in it after _ or -; --recordings DIR says where recordings lie',
    );
  }
  const { speakers, from: speakersFrom } = speakersOf(
    drafts.map(({ recording, said }) => ({ recording: recording.video ?? recording.audio, said })),
  );
  const known = drafts.map((draft, index) => ({ ...draft, speaker: speakers[index] ?? '' }));
  const { parts, by } = partsOf(
    known.map((one) => ({ speaker: one.speaker, recording: one.recording.audio.path })),
    asked.partsBy,
  );
  const pathOf = (file: FoundFile): string => relative(folder, file.path).replaceAll('\\', '/');
  const clips = known.map(
    ({ recording: { audio, video }, start, end, label, speaker }, index): ManifestClip => ({
      audio: pathOf(audio),
      video: video === null ? '' : pathOf(video),
      ...{ label, speaker, split: parts[index] ?? 'train', from: start, to: end },
    }),
  );
  const labels = new Map<string, number>();
  for (const { label } of clips) labels.set(label, (labels.get(label) ?? 0) + 1);
  return { clips, files: files.length, labels, speakersFrom, partsBy: by, leftOut: leftOut.all() };
}

interface Draft {
  readonly recording: MatchedRecording;
  readonly said: string | null;
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

function draftsOf(
  { intervals, untimed, speaker: said, name }: AnnotationTier,
  {
    file,
    recording,
    wanted,
    leftOut,
  }: {
    readonly file: FoundFile;
    readonly recording: MatchedRecording;
    readonly wanted: ReadonlySet<string> | undefined;
    readonly leftOut: LeftOutTally;
  },
): readonly Draft[] {
  for (let count = 0; count < untimed; count++)
    leftOut.add(['interval', 'without times of their own'], `${file.path}, ${name}`);
  return intervals.flatMap(({ start, end, label: written }): Draft[] => {
    const label = written.replace(/\s+/g, ' ').trim();
    const place = `${file.path} at ${start} s`;
    const why =
      label === ''
        ? 'without a label'
        : wanted === undefined && silence.test(label)
          ? 'of silence (sil, sp, silence, pau)'
          : wanted !== undefined && !wanted.has(label.toLowerCase())
            ? 'with a label that is not among --labels'
            : end <= start
              ? 'without length'
              : label.length > LONGEST_LABEL
                ? `with a label of more than ${LONGEST_LABEL} characters`
                : undefined;
    if (why === undefined) return [{ recording, said, start, end, label }];
    leftOut.add(['interval', why], place);
    return [];
  });
}

function annotationFiles(from: string): readonly FoundFile[] {
  const status = statusOf(from);
  if (status === undefined)
    throw failure(`${from} does not exist`, 'name a folder of annotations, or one file');
  const below = status.isDirectory() ? filesBelow(from) : [];
  const files = status.isDirectory()
    ? below.filter(({ name }) => annotationName.test(name))
    : [{ path: from, parts: from.split(/[\\/]/), name: from.split(/[\\/]/).at(-1) ?? from }].filter(
        ({ name }) => annotationName.test(name),
      );
  if (files.length > 0) return files;
  const recordings = below.filter(({ name }) => recordingName.test(name) || movieName.test(name));
  throw failure(
    `there are no annotations in ${from}`,
    recordings.length > 0
      ? patternHint(recordings)
      : 'their names end in .align (GRID), .TextGrid (Praat) or .eaf (ELAN)',
  );
}

/** Names of the tiers that clips are made of. */
function chosenTiers(
  read: readonly ReadFile[],
  { tiers: asked, from }: AskedAnnotations,
  damaged: string | undefined,
): readonly string[] {
  const counts = new Map<string, { intervals: number; labels: Set<string> }>();
  for (const { name, intervals } of read.flatMap(({ annotations }) => annotations.tiers)) {
    const known = counts.get(name) ?? { intervals: 0, labels: new Set() };
    counts.set(name, known);
    known.intervals += intervals.length;
    for (const { label } of intervals) known.labels.add(label);
  }
  const listed = [...counts]
    .slice(0, 20)
    .map(
      ([name, { intervals, labels }]) =>
        `'${name}' (${plural(intervals, 'interval')}, ${plural(labels.size, 'label')})`,
    );
  const points = new Set(read.flatMap(({ annotations }) => annotations.pointTiers));
  const rest = counts.size > listed.length ? `, and ${counts.size - listed.length} more` : '';
  const hint = `tiers of intervals: ${listed.join(', ') || 'none'}${rest}`;
  const pointName = asked?.find((name) => points.has(name) && !counts.has(name));
  if (pointName !== undefined)
    throw failure(`the tier '${pointName}' has moments, which have no length`, hint);
  const unknown = asked?.find((name) => !counts.has(name));
  if (unknown !== undefined)
    throw failure(`no file of annotations in ${from} has the tier '${unknown}'`, hint);
  if (asked !== undefined) return asked;
  if (counts.size === 1) return [...counts.keys()];
  if (counts.size === 0)
    throw failure(
      damaged ?? `the annotations in ${from} have no tier of intervals`,
      'clips are cut out at intervals',
    );
  throw failure(
    `the annotations in ${from} have ${counts.size} tiers: say which to cut clips by, with --tier NAME`,
    hint,
  );
}

const unusable: Reason = ['file', 'that cannot be used'];

/** Candidates that a message names. */
const MOST_NAMED = 5;

const fewOf = (names: readonly string[]): string =>
  names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
    : names.join(', ');

function failure(problem: string, hint: string): MmxError {
  return new MmxError('corpora/annotations', problem, { exitCode: 2, hint });
}
