import { relative } from 'node:path';
import { MmxError } from '../../errors.js';
import { movieName, recordingName } from '../../formats/file-names.js';
import { statusOf } from '../../read-file.js';
import { type FoundFile, filesBelow, stemOf } from '../directory.js';
import type { ManifestClip } from '../manifest.js';
import type { AnnotatedClips } from './clips.js';
import { LeftOutTally, LONGEST_LABEL } from './left-out.js';
import { type NamedValues, namePattern } from './name-pattern.js';
import { type PartsBy, partsOf } from './speakers.js';

/** Recordings whose names say what is said, and how they say it. */
interface AskedNames {
  /** Folder of the recordings. */
  readonly from: string;
  /** Folder of the manifest, which paths count from. */
  readonly folder: string;
  readonly pattern: string;
  readonly labels?: readonly string[] | undefined;
  readonly partsBy?: PartsBy | undefined;
}

interface Named {
  readonly audio: FoundFile;
  readonly video: FoundFile | null;
  readonly values: NamedValues;
}

const numbered = /^\d{1,6}$/;

/**
 * Makes clips of whole recordings, by what their names say.
 *
 * @throws MmxError `cli/usage` where the pattern cannot be used; `corpora/annotations` where no name has its form
 */
export function clipsOfNames({
  from,
  folder,
  pattern: written,
  labels,
  partsBy,
}: AskedNames): AnnotatedClips {
  const pattern = namePattern(written);
  if (partsBy === 'repetition' && !pattern.has('repetition')) {
    throw new MmxError('cli/usage', `--pattern '${written}' has no {repetition} to split by`, {
      exitCode: 2,
      hint: 'name the repetition in the pattern, or split by speaker or recording',
    });
  }
  if (!statusOf(from)?.isDirectory()) {
    throw new MmxError('corpora/annotations', `${from} is not a folder`, {
      exitCode: 2,
      hint: 'with --pattern, --from names the folder of the recordings',
    });
  }
  const recordings = recordingsIn(from);
  const leftOut = new LeftOutTally();
  const wanted = labels && new Set(labels.map((label) => label.toLowerCase()));
  const named = recordings.flatMap(({ audio, video }): Named[] => {
    const values = pattern.read(audio);
    const why =
      values === null
        ? `whose name is not ${written}`
        : values.repetition !== undefined && !numbered.test(values.repetition)
          ? 'whose repetition is not a number'
          : wanted !== undefined && !wanted.has(values.label.toLowerCase())
            ? 'with a label that is not among --labels'
            : values.label.length > LONGEST_LABEL
              ? `with a label of more than ${LONGEST_LABEL} characters`
              : undefined;
    if (values !== null && why === undefined) return [{ audio, video, values }];
    leftOut.add(['file', why ?? ''], audio.path);
    return [];
  });
  const [first] = named;
  if (first === undefined) {
    const [reason] = leftOut.all();
    throw new MmxError(
      'corpora/annotations',
      recordings.length === 0
        ? `there are no recordings in ${from}`
        : `no clip can be made of the recordings in ${from}: ${reason?.what} (${reason?.examples.join(', ')})`,
      {
        exitCode: 2,
        hint: 'the names of recordings end in .wav, .sph, .mp4, .mpg, .avi …; --pattern says what comes before',
      },
    );
  }
  const startsAtZero = named.some(({ values }) => Number(values.repetition ?? 1) === 0);
  const repetitionOf = ({ repetition }: NamedValues): number | undefined =>
    repetition === undefined ? undefined : Number(repetition) + (startsAtZero ? 1 : 0);
  const known = named.map(({ audio, values }) => ({
    speaker: values.speaker ?? 'one',
    recording: audio.path,
    repetition: repetitionOf(values),
  }));
  const { parts, by } = partsOf(known, partsBy);
  const pathOf = (file: FoundFile): string => relative(folder, file.path).replaceAll('\\', '/');
  const clips = named.map(({ audio, video, values }, index): ManifestClip => {
    const { speaker = '', repetition } = known[index] ?? {};
    return {
      audio: pathOf(audio),
      video: video === null ? '' : pathOf(video),
      label: values.label,
      ...{ speaker, repetition, split: parts[index] ?? 'train' },
    };
  });
  const counts = new Map<string, number>();
  for (const { label } of clips) counts.set(label, (counts.get(label) ?? 0) + 1);
  return {
    clips,
    files: recordings.length,
    labels: counts,
    speakersFrom: pattern.has('speaker') ? 'pattern' : 'nothing',
    partsBy: by,
    named: { pattern: written, example: { file: first.audio.name, ...first.values }, startsAtZero },
    leftOut: leftOut.all(),
  };
}

/** Recordings and movies; a recording beside a movie of the same name is its sound. */
function recordingsIn(
  from: string,
): readonly { readonly audio: FoundFile; readonly video: FoundFile | null }[] {
  const movies = new Map<string, FoundFile>();
  const sounds = new Map<string, FoundFile>();
  for (const file of filesBelow(from)) {
    const key = [...file.parts.slice(0, -1), stemOf(file.name)].join('/');
    if (recordingName.test(file.name)) sounds.set(key, file);
    else if (movieName.test(file.name)) movies.set(key, file);
  }
  return [...new Set([...sounds.keys(), ...movies.keys()])].flatMap((key) => {
    const video = movies.get(key) ?? null;
    const audio = sounds.get(key) ?? video;
    return audio === null ? [] : [{ audio, video }];
  });
}
