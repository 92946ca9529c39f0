import type { ClipEntry } from './clip.js';
import { filesBelow } from './directory.js';
import { type CorpusDefinition, findingAbout, plural, recordedCorpus } from './recordings.js';
import { readSound, soundSource } from './sound.js';
import { digitNames } from './vocabularies.js';

const fileName = /^(\d)_([^_]+)_(\d+)\.wav$/i;
/** Takes 0 to 4 of each speaker and digit are the official test part. */
const TEST_TAKES = 5;
const CLIPS = 3000;

/** How a copy of FSDD is read, under whatever name a corpus reads it. */
export const fsddDefinition: CorpusDefinition = {
  name: 'fsdd',
  title: 'Free Spoken Digit Dataset: 6 speakers, ten digits, 50 takes each',
  modalities: ['audio'],
  classes: digitNames,
  needsBoxes: false,
  cheapToRead: true,
  publishedSplit: true,
  keepsApart: 'repetitions',

  survey(directory, options) {
    const clips: ClipEntry[] = [];
    const [used, twice]: [string[], string[]] = [[], []];
    const seen = new Set<string>();
    for (const file of filesBelow(directory)) {
      const [, digit = '', speaker = '', index = ''] = fileName.exec(file.name) ?? [];
      const label = digitNames[Number(digit)];
      if (digit === '' || label === undefined) continue;
      const take = Number(index);
      const id = `${digit}_${speaker}_${take}`;
      if (seen.has(id)) {
        twice.push(file.parts.join('/'));
        continue;
      }
      seen.add(id);
      used.push(file.path);
      const known = { id, speaker, repetition: take + 1, label };
      clips.push({
        ...known,
        part: take < TEST_TAKES ? 'test' : 'train',
        sources: soundSource(file.path, options),
        load: () => ({ ...known, video: null, audio: options.audio === false ? null : readSound(file.path) }),
      });
    }
    const count = (part: ClipEntry['part']): number => clips.filter((one) => one.part === part).length;
    return {
      clips,
      counts: [
        { of: 'recordings', found: clips.length, expected: CLIPS },
        { of: 'training clips', found: count('train'), expected: 2700 },
        { of: 'test clips', found: count('test'), expected: 300 },
      ],
      findings: [
        ...findingAbout(
          clips.length === 0 ? [directory] : [],
          'error',
          () => 'no recording was found',
          'the folder should hold {digit}_{speaker}_{index}.wav, or a folder recordings with them',
        ),
        ...findingAbout(
          clips.length > 0 && clips.length < CLIPS ? ['recordings'] : [],
          'warning',
          () => `${plural(CLIPS - clips.length, 'recording')} of ${CLIPS} are missing`,
          'results are not for the official split',
        ),
        ...findingAbout(
          twice,
          'note',
          (number) => `${plural(number, 'duplicate recording')} under another path`,
          'the first file of each recording, in the order of paths, is used',
        ),
      ],
      files: used.sort(),
    };
  },
};

/** Free Spoken Digit Dataset (Jackson et al.): 6 speakers, ten digits, 50 takes each, sound only, 8 kHz. */
export const fsdd = recordedCorpus(fsddDefinition);
