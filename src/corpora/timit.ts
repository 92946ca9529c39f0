import { readSampleLabels, type Segment } from '../formats/labels.js';
import type { ClipEntry } from './clip.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { findingAbout, plural, recordedCorpus } from './recordings.js';
import { readSound, soundSource } from './sound.js';

const SPEAKERS = 630;
const RATE = 16_000;
const sentenceName = /^(S[AIX]\d+)\.(wav|sph)$/i;
const speakerName = /^[FM][A-Z0-9]{3}\d$/i;

/**
 * TIMIT (Garofolo et al., 1993): 630 speakers of American English, ten sentences each, sound only. Ngiam et al. (2011,
 * section 5) learn audio features from it, so its clips have no label. Folders TRAIN and TEST are the two parts.
 */
export const timit = recordedCorpus({
  name: 'timit',
  title: 'TIMIT: 630 speakers, ten sentences each, for learning audio features',
  modalities: ['audio'],
  classes: [],
  needsBoxes: false,
  cheapToRead: true,
  publishedSplit: true,

  survey(directory, options) {
    const files = filesBelow(directory);
    const clips: ClipEntry[] = [];
    const [misplaced, twice]: [string[], string[]] = [[], []];
    const [used, speakers, phones] = [[] as string[], new Set<string>(), new Set<string>()];
    for (const file of files) {
      if (/\.phn$/i.test(file.name)) phones.add(sentenceKey(file));
    }
    const seen = new Set<string>();
    let without = 0;
    for (const file of files) {
      const sentence = sentenceName.exec(file.name)?.[1]?.toUpperCase();
      if (sentence === undefined) continue;
      const folders = file.parts.slice(0, -1).map((part) => part.toUpperCase());
      const part = folders.includes('TRAIN') ? 'train' : folders.includes('TEST') ? 'test' : null;
      const speaker = folders.at(-1) ?? '';
      if (part === null || !speakerName.test(speaker)) {
        misplaced.push(file.parts.join('/'));
        continue;
      }
      const id = `${speaker}_${sentence}`;
      if (seen.has(id)) {
        twice.push(file.parts.join('/'));
        continue;
      }
      seen.add(id);
      speakers.add(speaker);
      if (!phones.has(sentenceKey(file))) without++;
      used.push(file.path);
      const known = { id, speaker, repetition: null, label: null };
      clips.push({
        ...known,
        part,
        sources: soundSource(file.path, options),
        load: () => ({ ...known, video: null, audio: options.audio === false ? null : readSound(file.path) }),
      });
    }
    return {
      clips,
      counts: [
        { of: 'speakers', found: speakers.size, expected: SPEAKERS },
        {
          of: 'training sentences',
          found: clips.filter((one) => one.part === 'train').length,
          expected: 4620,
        },
        { of: 'test sentences', found: clips.filter((one) => one.part === 'test').length, expected: 1680 },
        { of: 'phone labels', found: phones.size, expected: SPEAKERS * 10 },
      ],
      findings: [
        ...findingAbout(
          clips.length === 0 ? [directory] : [],
          'error',
          () => 'no sentence was found',
          'the folder should hold TRAIN/DR1/FCJF0/SA1.WAV and so on, itself or a few folders further down',
        ),
        ...findingAbout(
          misplaced,
          'warning',
          (count) => `${plural(count, 'recording')} outside a speaker's folder below TRAIN or TEST`,
          'they are left out, because their part is unknown',
        ),
        ...findingAbout(
          twice,
          'note',
          (count) => `${plural(count, 'duplicate recording')} of sentences`,
          'the first file of each sentence, in the order of paths, is used',
        ),
        ...findingAbout(
          without > 0 ? ['.PHN'] : [],
          'note',
          () => `${plural(without, 'sentence')} without phone labels`,
          'features are learnt without labels, so they are not needed',
        ),
      ],
      files: used.sort(),
    };
  },

  inspect(clip) {
    const { audio } = clip;
    if (audio?.kind !== 'waveform' || audio.rate === RATE) return null;
    return `it has ${audio.rate} samples per second, not ${RATE}; it is resampled`;
  },
});

/** The phones of a sentence, from its `.PHN` file, in seconds. @throws MmxError `formats/labels` */
export function readTimitPhones(file: string): readonly Segment[] {
  return readSampleLabels(file, RATE);
}

function sentenceKey(file: FoundFile): string {
  return [...file.parts.slice(0, -1), stemOf(file.name)].join('/').toUpperCase();
}
