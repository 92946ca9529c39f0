import { readHtk } from '../formats/htk.js';
import { sliceRows } from '../matrix.js';
import type { Clip, ClipEntry, FeatureTrack, FrameTrack } from './clip.js';
import { type FoundFile, filesBelow, liesIn } from './directory.js';
import { readLips } from './lips.js';
import { type Finding, findingAbout, type ListOptions, plural, recordedCorpus } from './recordings.js';
import { letterNames } from './vocabularies.js';

const TRAINING_REPETITIONS = 2;

const talkers = ['Anya', 'Bill', 'Faye', 'John', 'Kate', 'Nicola', 'Stephen', 'Steve', 'Verity', 'Yi'];
const repetitions = [1, 2, 3];

const lipsName = /^([A-Z])([1-9])_([A-Za-z]+)-lips\.mat$/i;
const mfccName = /^([A-Z])([1-9])_([A-Za-z]+)\.mfcc$/i;

/**
 * AVLetters (Matthews et al., 2002): 10 talkers, A to Z, three times each; 60x80 grey pictures of the mouth at 25 a
 * second, and MFCCs in place of sound. Repetitions 1 and 2 train, 3 tests (Ngiam et al., 2011, section 5).
 *
 * Times: picture t shows the stretch from t/25 to (t+1)/25 s, so its centre is (t + 1/2)/25 s. MFCC frame k of period P
 * (20 ms, read from the file) is centred at (k + 1) P: the whole clips have 2n − 1 MFCC frames for n pictures, which
 * puts frame 2t onto the middle of picture t and leaves one period free at either end.
 */
export const avletters = recordedCorpus({
  name: 'avletters',
  title: 'AVLetters: 10 talkers, A to Z, three times each',
  modalities: ['audio', 'video'],
  classes: letterNames,
  needsBoxes: false,
  cheapToRead: true,
  publishedSplit: true,
  keepsApart: 'repetitions',

  survey(directory, options) {
    const files = filesBelow(directory);
    const lips = byClip(files, lipsName, 'Lips');
    const mfcc = byClip(files, mfccName, 'Clean');
    const ids = [...new Set([...lips.chosen.keys(), ...mfcc.chosen.keys()])].sort();
    const wanted = (id: string): boolean =>
      (options.video === false || lips.chosen.has(id)) && (options.audio === false || mfcc.chosen.has(id));
    const clips = ids
      .filter(wanted)
      .map((id) => entryOf(id, lips.chosen.get(id), mfcc.chosen.get(id), options));
    const used = [...lips.chosen.values(), ...mfcc.chosen.values()].map((file) => file.path).sort();
    return {
      clips,
      counts: [
        { of: 'lip movies', found: lips.chosen.size, expected: 780 },
        { of: 'MFCC files', found: mfcc.chosen.size, expected: 780 },
        { of: 'training clips', found: clips.filter((one) => one.part === 'train').length, expected: 520 },
        { of: 'test clips', found: clips.filter((one) => one.part === 'test').length, expected: 260 },
      ],
      findings: [...incomplete(lips.chosen, mfcc.chosen), ...duplicates([...lips.others, ...mfcc.others])],
      files: used,
    };
  },

  inspect(clip) {
    const cut = cuts.get(clip);
    return cut === undefined
      ? null
      : `${cut.frames} pictures and ${cut.vectors} MFCC frames differ in duration; both are cut to their overlap`;
  },
});

/** What was there before a clip was cut, for `check`. */
const cuts = new WeakMap<Clip, { readonly frames: number; readonly vectors: number }>();

/** Id in the one spelling used here, `A1_Anya`: copies differ in letter case. */
function idOf(match: RegExpExecArray): string {
  const [, letter = '', repetition = '', talker = ''] = match;
  return `${letter.toUpperCase()}${repetition}_${talker.charAt(0).toUpperCase()}${talker.slice(1).toLowerCase()}`;
}

/** The file of each clip; of several the first that lies in `folder`, else the first. */
function byClip(
  files: readonly FoundFile[],
  pattern: RegExp,
  folder: string,
): { readonly chosen: ReadonlyMap<string, FoundFile>; readonly others: readonly string[] } {
  const candidates = new Map<string, FoundFile[]>();
  for (const file of files) {
    const match = pattern.exec(file.name);
    if (match === null) continue;
    const id = idOf(match);
    candidates.set(id, [...(candidates.get(id) ?? []), file]);
  }
  const chosen = new Map<string, FoundFile>();
  const others: string[] = [];
  for (const [id, found] of candidates) {
    const best = found.find((file) => liesIn(file, folder)) ?? found[0];
    if (best === undefined) continue;
    chosen.set(id, best);
    // Noisy versions of the sound lie beside the folder Clean on purpose; a second copy in it does not.
    others.push(...found.filter((file) => file !== best && liesIn(file, folder)).map((file) => file.path));
  }
  return { chosen, others };
}

function incomplete(
  lips: ReadonlyMap<string, FoundFile>,
  mfcc: ReadonlyMap<string, FoundFile>,
): readonly Finding[] {
  const without = (a: ReadonlyMap<string, FoundFile>, b: ReadonlyMap<string, FoundFile>): string[] =>
    [...a.keys()].filter((id) => !b.has(id)).sort();
  const expected = talkers.flatMap((talker) =>
    letterNames.flatMap((letter) => repetitions.map((repetition) => `${letter}${repetition}_${talker}`)),
  );
  const known = new Set(expected);
  const unknown = [...new Set([...lips.keys(), ...mfcc.keys()])].filter((id) => !known.has(id)).sort();
  return [
    ...findingAbout(
      without(lips, mfcc),
      'warning',
      (count) =>
        `${plural(count, 'lip movie')} without MFCC file (Audio/mfcc/Clean/<LETTER><REP>_<Talker>.mfcc)`,
      'these clips are left out, so results are not for the whole corpus',
    ),
    ...findingAbout(
      without(mfcc, lips),
      'warning',
      (count) => `${plural(count, 'MFCC file')} without lip movie (Lips/<LETTER><REP>_<Talker>-lips.mat)`,
      'these clips are left out, so results are not for the whole corpus',
    ),
    ...findingAbout(
      expected.filter((id) => !lips.has(id) && !mfcc.has(id)),
      lips.size + mfcc.size === 0 ? 'error' : 'warning',
      (count) => `${count} of the 780 clips are missing`,
      'the folder should hold Lips/*.mat and Audio/mfcc/Clean/*.mfcc, itself or one folder further down',
    ),
    ...findingAbout(
      unknown,
      'warning',
      (count) => `${plural(count, 'clip')} that AVLetters does not contain`,
      'they are used too; the repetition decides the part, as for all other clips',
    ),
  ];
}

function duplicates(others: readonly string[]): readonly Finding[] {
  return findingAbout(
    others,
    'note',
    (count) => `${plural(count, 'duplicate file')} of clips`,
    'the first file of each clip, in the order of paths, is used',
  );
}

function entryOf(
  id: string,
  lips: FoundFile | undefined,
  mfcc: FoundFile | undefined,
  options: ListOptions,
): ClipEntry {
  const repetition = Number(id.charAt(1));
  const known = { id, speaker: id.slice(3), repetition, label: id.charAt(0) };
  return {
    ...known,
    part: repetition <= TRAINING_REPETITIONS ? 'train' : 'test',
    sources: {
      sound: options.audio === false || mfcc === undefined ? null : { files: [mfcc.path] },
      pictures: options.video === false || lips === undefined ? null : { files: [lips.path] },
    },
    load: () => {
      const video = options.video === false || lips === undefined ? null : readLips(lips.path);
      const audio = options.audio === false || mfcc === undefined ? null : readMfcc(mfcc.path);
      if (video === null || audio === null) return { ...known, audio, video };
      const both = toOverlap(video, audio);
      const clip: Clip = { ...known, ...both };
      if (both.video.count < video.count || both.audio.values.rows < audio.values.rows) {
        cuts.set(clip, { frames: video.count, vectors: audio.values.rows });
      }
      return clip;
    },
  };
}

function readMfcc(file: string): FeatureTrack {
  const { samplePeriodSeconds, values } = readHtk(file);
  return { kind: 'features', rate: 1 / samplePeriodSeconds, start: samplePeriodSeconds, values };
}

/** Both tracks without the frames at the end that the other has no sound or picture for. */
function toOverlap(video: FrameTrack, audio: FeatureTrack): { video: FrameTrack; audio: FeatureTrack } {
  const centre = (track: FrameTrack | FeatureTrack, index: number): number =>
    track.start + index / track.rate;
  // Half a frame of grace: a frame is covered where the other track's last frame still reaches its centre.
  const until = Math.min(
    centre(video, video.count - 1) + 0.5 / video.rate,
    centre(audio, audio.values.rows - 1) + 0.5 / audio.rate,
  );
  const kept = (track: FrameTrack | FeatureTrack, available: number): number =>
    Math.max(1, Math.min(available, Math.floor((until - track.start) * track.rate + 1e-6) + 1));
  const count = kept(video, video.count);
  return {
    video: { ...video, count, data: video.data.subarray(0, count * video.height * video.width) },
    audio: { ...audio, values: sliceRows(audio.values, 0, kept(audio, audio.values.rows)) },
  };
}
