import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cremaD, ravdess } from '../../../src/corpora/acted-emotions.js';
import { avMnist } from '../../../src/corpora/av-mnist.js';
import type { ListedCorpus, ListedExample } from '../../../src/corpora/corpus.js';
import { examples } from '../../../src/corpora/examples.js';
import { listedReader } from '../../../src/corpora/listed.js';
import { meld } from '../../../src/corpora/meld.js';
import { corpusNames, embeddedCorpora, generatedCorpora } from '../../../src/corpora/names.js';
import { copyChecks, corpora } from '../../../src/corpora/registry.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { errorOf } from '../../support/errors.js';
import { realData, scratchFolder } from './folder.js';

const folder = scratchFolder();
afterAll(() => rmSync(folder.path, { recursive: true }));

const silence = encodeWav({ rate: 8000, samples: new Float32Array(800) });

/** Part, label, group and the names of the files, or the texts, of each example. */
const listed = (corpus: ListedCorpus, directory: string, preset?: string) =>
  corpus.open({ data: directory, preset }).examples.map(({ part, label, group, sources }: ListedExample) => [
    part,
    label,
    group,
    ...corpus.inputs.map(({ name }) => {
      const source = sources[name];
      return source
        ? `${source.value.replace(`${directory}/`, '')}${source.index === undefined ? '' : ` ${source.index}`}`
        : null;
    }),
  ]);

it('are named as the registry has them', () => {
  expect(corpusNames).toEqual(Object.keys(corpora));
  expect(embeddedCorpora).toEqual(corpusNames.filter((name) => !Object.hasOwn(copyChecks, name)));
  expect(generatedCorpora).toEqual(corpusNames.filter((name) => corpora[name]?.synthetic));
});

describe('MELD', () => {
  const directory = join(folder.path, 'meld');
  const header =
    'Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime';
  const line = (
    n: number,
    text: string,
    emotion: string,
    sentiment: string,
    dialogue: number,
    utterance: number,
  ) =>
    `${n},"${text}",Joey,${emotion},${sentiment},${dialogue},${utterance},8,21,"00:16:16,059","00:16:21,731"`;
  folder.write(
    'meld/data/train_sent_emo.csv',
    [
      header,
      line(1, 'Hi, there', 'joy', 'positive', 0, 0),
      line(2, 'No.', 'anger', 'negative', 0, 1),
      '',
    ].join('\n'),
  );
  folder.write('meld/data/dev_sent_emo.csv', [header, line(1, 'Dev', 'fear', 'negative', 0, 0)].join('\n'));
  folder.write(
    'meld/data/test_sent_emo.csv',
    [header, line(1, 'Well?', 'neutral', 'neutral', 0, 0)].join('\n'),
  );
  folder.write('meld/raw/train_splits/dia0_utt1.mp4', 'movie');
  folder.write('meld/raw/train_splits/dia0_utt0.mp4', 'movie');
  folder.write('meld/wav/train/dia0_utt0.wav', silence);
  folder.write('meld/raw/dev_splits_complete/dia0_utt0.mp4', 'movie');
  folder.write('meld/raw/output_repeated_splits_test/final_videos_testdia0_utt0.mp4', 'movie');

  it('finds text, labels and dialogues of the two parts, and sound by part, recordings before movies', () => {
    expect(listed(meld, directory)).toEqual([
      ['train', 'joy', 'train 0', 'Hi, there', 'wav/train/dia0_utt0.wav'],
      ['train', 'anger', 'train 0', 'No.', 'raw/train_splits/dia0_utt1.mp4'],
      [
        'test',
        'neutral',
        'test 0',
        'Well?',
        'raw/output_repeated_splits_test/final_videos_testdia0_utt0.mp4',
      ],
    ]);
    expect(listed(meld, directory, 'sentiment').map(([, label]) => label)).toEqual([
      'positive',
      'negative',
      'neutral',
    ]);
    expect(meld.open({ data: directory, preset: 'sentiment' }).classes).toEqual([
      'negative',
      'neutral',
      'positive',
    ]);
  });

  it('knows a modality by what it is read from: sound makes no difference to text', () => {
    const before = meld.open({ data: directory });
    const [text, audio] = [before.fingerprint('text'), before.fingerprint('audio')];
    folder.write('meld/wav/train/dia0_utt1.wav', silence);
    const after = meld.open({ data: directory });
    expect(after.fingerprint('text')).toBe(text);
    expect(after.fingerprint('audio')).not.toBe(audio);
  });

  it('has the utterances of the published parts in a whole copy', ({ skip }) => {
    const copy = join(realData, 'meld');
    const { findings, counts } = meld.check(copy);
    if (findings.some(({ what }) => what.includes('does not exist')))
      skip('no copy of MELD beside the project');
    expect(counts.slice(0, 2).map(({ found }) => found)).toEqual([9989, 2610]);
  });

  it('says which table is missing', () => {
    folder.write('none/readme.txt', '');
    const error = errorOf(() => meld.open({ data: join(folder.path, 'none') }));
    expect(error.message).toMatch(
      /2 tables of utterances are missing or empty \(train_sent_emo\.csv, test_sent_emo\.csv\)/,
    );
  });
});

describe('AV-MNIST', () => {
  const directory = join(folder.path, 'avmnist');
  const array = (shape: number[], of: Float64Array | Int32Array) => encodeNpy({ shape, data: of });
  for (const [part, count] of [
    ['train', 12],
    ['test', 3],
  ] as const) {
    folder.write(
      `avmnist/image/${part}_data.npy`,
      array([count, 784], new Float64Array(count * 784).fill(51)),
    );
    folder.write(
      `avmnist/audio/${part}_data.npy`,
      array([count, 112, 112], new Float64Array(count * 12544).fill(255)),
    );
    folder.write(
      `avmnist/${part}_labels.npy`,
      array(
        [count],
        Int32Array.from({ length: count }, (_, i) => i % 10),
      ),
    );
  }

  it('leaves the last twelfth of the training part out, as MultiBench does', () => {
    const found = listed(avMnist, directory);
    expect(found.filter(([part]) => part === 'train')).toHaveLength(11);
    expect(found[3]).toEqual(['train', '3', null, 'image/train_data.npy 3', 'audio/train_data.npy 3']);
    expect(found.at(-1)).toEqual(['test', '2', null, 'image/test_data.npy 2', 'audio/test_data.npy 2']);
  });

  it('reads examples in [0, 1]', () => {
    const source = avMnist.open({ data: directory }).examples[5]?.sources;
    const rows = (['image', 'audio'] as const).map((name) => {
      const reader = listedReader(avMnist, name);
      return reader.row(reader.read(source?.[name] ?? { value: '' }), null);
    });
    expect(rows.map(({ length }) => length)).toEqual([784, 12544]);
    expect(rows.map((row) => row[7])).toEqual([expect.closeTo(0.2, 6), 1]);
  });

  it('refuses arrays that do not belong together', () => {
    folder.write('avmnist/audio/test_data.npy', array([2, 112, 112], new Float64Array(2 * 12544)));
    expect(avMnist.check(directory).findings[0]?.examples[0]).toMatch(
      /holds 2 examples, but .*test_labels\.npy holds 3 labels/,
    );
  });
});

describe('acted emotions', () => {
  it('of RAVDESS: speech alone, actors 21 to 24 tested, sound from recordings or from movies that have it', () => {
    for (const name of [
      'Actor_01/03-01-03-01-01-01-01.wav',
      'Actor_01/01-01-03-01-01-01-01.mp4',
      'Actor_02/02-01-04-01-01-01-02.mp4',
      'Actor_21/01-01-05-01-01-01-21.mp4',
      'Actor_01/03-02-03-01-01-01-01.wav',
      'Actor_02/01-01-08-01-01-01-02.mp4',
    ])
      folder.write(`ravdess/${name}`, silence);
    const directory = join(folder.path, 'ravdess');
    expect(listed(ravdess, directory, 'four')).toEqual([
      ['train', 'happy', '01', 'Actor_01/01-01-03-01-01-01-01.mp4', 'Actor_01/03-01-03-01-01-01-01.wav'],
      ['train', 'sad', '02', 'Actor_02/02-01-04-01-01-01-02.mp4', null],
      ['test', 'angry', '21', 'Actor_21/01-01-05-01-01-01-21.mp4', 'Actor_21/01-01-05-01-01-01-21.mp4'],
    ]);
    expect(listed(ravdess, directory)).toHaveLength(4);
  });

  it('of CREMA-D', () => {
    for (const name of [
      'AudioWAV/1001_DFA_ANG_XX.wav',
      'VideoFlash/1001_DFA_ANG_XX.flv',
      'AudioWAV/1091_WSI_SAD_HI.wav',
    ])
      folder.write(`crema/${name}`, silence);
    expect(listed(cremaD, join(folder.path, 'crema'))).toEqual([
      ['train', 'angry', '1001', 'VideoFlash/1001_DFA_ANG_XX.flv', 'AudioWAV/1001_DFA_ANG_XX.wav'],
      ['test', 'sad', '1091', null, 'AudioWAV/1091_WSI_SAD_HI.wav'],
    ]);
  });
});

describe("the user's own examples", () => {
  const own = examples.withInputs({ caption: { kind: 'text' }, voice: { kind: 'audio', rate: 8000 } });
  folder.write('own/v1.wav', silence);

  it('are lines of a table, their files counted from its folder', () => {
    folder.write(
      'own/examples.csv',
      'split,label,group,caption,voice,remark\ntrain,a,anna,"one, two",v1.wav,x\ntrain,,anna,three,,\ntest,b,,four,v1.wav,\n',
    );
    expect(listed(own, join(folder.path, 'own'))).toEqual([
      ['train', 'a', 'anna', 'one, two', 'v1.wav'],
      ['train', null, 'anna', 'three', null],
      ['test', 'b', null, 'four', 'v1.wav'],
    ]);
    expect(own.open({ data: join(folder.path, 'own') }).classes).toEqual(['a', 'b']);
    expect(own.modalities).toEqual([
      { name: 'caption', range: 'tokens' },
      { name: 'voice', range: 'real' },
    ]);
    expect(own.dimensions).toEqual({ caption: 50, voice: 47 * 40 });
  });

  it.each([
    [
      'train,a,,x,v1.wav\nvalid,a,,y,v1.wav',
      /an entry cannot be used \(line 3: split is 'valid'; it must be train or test\)/,
    ],
    ['train,a,,x,v2.wav', /line 2: voice: there is no file v2\.wav/],
  ])('refuses %j', (lines, message) => {
    folder.write('bad/v1.wav', silence);
    folder.write('bad/examples.csv', `split,label,group,caption,voice\n${lines}\n`);
    expect(errorOf(() => own.open({ data: join(folder.path, 'bad') })).message).toMatch(message);
  });

  it('need the columns that a config names', () => {
    folder.write('less/examples.csv', 'split,label,caption\ntrain,a,x\n');
    expect(errorOf(() => own.open({ data: join(folder.path, 'less') })).message).toMatch(
      /it has no column 'voice'/,
    );
  });
});
