import { MmxError } from '../errors.js';
import { readCsv } from '../formats/csv.js';
import { movieName, recordingName } from '../formats/file-names.js';
import { audio } from '../modalities/audio.js';
import { text } from '../modalities/text.js';
import type { ListedExample } from './corpus.js';
import { type FoundFile, filesBelow, stemOf } from './directory.js';
import { findingAbout, plural } from './finding.js';
import { type Listing, type ListingOptions, listedCorpus } from './listed.js';

const NAME = 'meld';
const MAXIMUM_BYTES = 2 ** 26;

const emotions = ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise'];
const sentiments = ['negative', 'neutral', 'positive'];

/** Utterances of the published parts. Of these, `dev` serves neither learning nor testing. */
const published = { train: 9989, dev: 1109, test: 2610 } as const;

type PublishedPart = keyof typeof published;

const columns = ['utterance', 'emotion', 'sentiment', 'dialogue_id', 'utterance_id'] as const;

/**
 * MELD (Poria et al. 2019): utterances of dialogues of a television series, as text and sound, with one of seven emotions or
 * three sentiments. An utterance is `dia{dialogue}_utt{utterance}` of its part, in the published movies or in recordings made
 * of them.
 */
export const meld = listedCorpus({
  name: NAME,
  title: 'MELD: utterances of television dialogues, text and sound, 7 emotions or 3 sentiments',
  inputs: [
    { name: 'text', kind: text, options: {} },
    { name: 'audio', kind: audio, options: { seconds: 15, over_time: 'mean' } },
  ],
  classes: emotions,
  presets: ['emotion', 'sentiment'],
  classesOf: (preset) => (preset === 'sentiment' ? sentiments : emotions),
  publishedSplit: true,
  size: published,
  howToGet: 'the folder with train_sent_emo.csv and test_sent_emo.csv, and the movies for sound',
  list: listMeld,
});

function listMeld(directory: string, { preset }: ListingOptions): Listing {
  const files = filesBelow(directory);
  const sound = soundOf(files);
  const odd: string[] = [];
  const found = (['train', 'test'] as const).map((part): readonly ListedExample[] => {
    const table = files.find(({ name }) => name.toLowerCase() === `${part}_sent_emo.csv`);
    if (!table) return [];
    return readTable(table.path).flatMap(({ record, line }): ListedExample[] => {
      const { utterance = '', emotion = '', sentiment = '', dialogue_id = '', utterance_id = '' } = record;
      const label = (preset === 'sentiment' ? sentiment : emotion).toLowerCase();
      if (!(preset === 'sentiment' ? sentiments : emotions).includes(label)) {
        odd.push(`${table.parts.join('/')}:${line}: '${label}'`);
        return [];
      }
      const heard = sound.get(`${part} dia${dialogue_id}_utt${utterance_id}`);
      return [
        {
          part,
          label,
          group: `${part} ${dialogue_id}`,
          sources: {
            text: utterance === '' ? null : { value: utterance },
            audio: heard === undefined ? null : { value: heard.path },
          },
          place: `${table.name}:${line}`,
        },
      ];
    });
  });
  const examples = found.flat();
  const counts = (['train', 'test'] as const).map((part, index) => ({
    of: part === 'train' ? 'training utterances' : 'test utterances',
    found: found[index]?.length ?? 0,
    expected: published[part],
  }));
  const missing = (['train', 'test'] as const).filter((_, index) => found[index]?.length === 0);
  return {
    examples,
    counts: [
      ...counts,
      {
        of: 'utterances with sound',
        found: examples.filter(({ sources }) => sources.audio).length,
        expected: null,
      },
    ],
    findings: [
      ...findingAbout(
        missing.map((part) => `${part}_sent_emo.csv`),
        'error',
        (count) => `${plural(count, 'table')} of utterances ${count === 1 ? 'is' : 'are'} missing or empty`,
        'both are in the repository of the corpus, in data/MELD',
      ),
      ...findingAbout(
        odd,
        'error',
        (count) => `${plural(count, 'utterance')} with an unknown label`,
        `known emotions: ${emotions.join(', ')}; known sentiments: ${sentiments.join(', ')}`,
      ),
    ],
  };
}

const fileName = /^(?:final_videos_test)?dia(\d+)_utt(\d+)$/i;

/** By part, dialogue and utterance; recordings before movies. The part is that of the folder: `train_splits` and the like. */
function soundOf(files: readonly FoundFile[]): ReadonlyMap<string, FoundFile> {
  const sound = new Map<string, FoundFile>();
  for (const kind of [movieName, recordingName]) {
    for (const file of files) {
      const [, dialogue, utterance] = fileName.exec(stemOf(file.name)) ?? [];
      if (dialogue === undefined || utterance === undefined || !kind.test(file.name)) continue;
      const folders = file.parts.slice(0, -1).join('/').toLowerCase();
      const part: PublishedPart | undefined = folders.includes('test')
        ? 'test'
        : folders.includes('dev')
          ? 'dev'
          : folders.includes('train')
            ? 'train'
            : undefined;
      if (part !== undefined) sound.set(`${part} dia${Number(dialogue)}_utt${Number(utterance)}`, file);
    }
  }
  return sound;
}

function readTable(file: string) {
  return readCsv<(typeof columns)[number]>(file, {
    columns,
    leavesOthersOut: true,
    limit: MAXIMUM_BYTES,
    unread: (problem, cause) =>
      new MmxError('corpora/meld', `cannot read the utterances of ${file}: ${problem}`, { cause }),
    unusable: (problem, hint) =>
      new MmxError('corpora/meld', `${file} is not a table of MELD: ${problem}`, {
        ...(hint === undefined ? {} : { hint }),
      }),
  });
}
