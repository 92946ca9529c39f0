import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { avMnist } from '../../../src/corpora/av-mnist.js';
import { examples } from '../../../src/corpora/examples.js';
import { meld } from '../../../src/corpora/meld.js';
import type { CorpusCheck } from '../../../src/corpora/recordings.js';
import { encodeNpy } from '../../../src/formats/npy.js';
import { encodeWav } from '../../../src/formats/wav.js';
import { examplesOfPart } from '../../../src/pipeline/data/examples.js';
import { errorOf } from '../../support/errors.js';
import { scratchFolder } from './folder.js';

const folder = scratchFolder();
afterAll(() => rmSync(folder.path, { recursive: true }));

let copies = 0;
/** A copy of own examples with these lines. @returns its place */
function copyOf(lines: readonly string[], heading = 'split,label,group,caption,voice'): string {
  const name = `own-${++copies}`;
  for (const file of ['v1', 'v2', 'v3']) {
    const samples = new Float32Array(800).fill(0.1 * Number(file[1]));
    folder.write(`${name}/${file}.wav`, encodeWav({ rate: 8000, samples }));
  }
  folder.write(`${name}/examples.csv`, [heading, ...lines, ''].join('\n'));
  return join(folder.path, name);
}

const told = ({ findings }: CorpusCheck): readonly string[] =>
  findings.map(({ severity, what, examples: places }) => `${severity}: ${what} (${places.join('; ')})`);

const own = examples.withInputs({ caption: { kind: 'text' }, voice: { kind: 'audio', rate: 8000 } });

describe('a look over listed examples', () => {
  it('counts them by class and by group, which need not be a speaker', () => {
    folder.write('meld/train_sent_emo.csv', table(['joy', 'anger', 'joy']));
    folder.write('meld/test_sent_emo.csv', table(['joy']));
    const { breakdown } = meld.check(join(folder.path, 'meld'));
    expect(breakdown).not.toHaveProperty('speakers');
    expect(breakdown.classes.shown).toContainEqual({ name: 'joy', train: 2, test: 1 });
    expect(breakdown.groups?.shown).toEqual([
      { name: 'test 0', train: 0, test: 1 },
      { name: 'train 0', train: 3, test: 0 },
    ]);
  });

  it('tells of no groups where examples have none', () => {
    for (const part of ['train', 'test'] as const) {
      for (const [name, side] of [
        ['image', 28],
        ['audio', 112],
      ] as const) {
        const data = new Uint8Array(12 * side * side);
        folder.write(`avmnist/${name}/${part}_data.npy`, encodeNpy({ shape: [12, side, side], data }));
      }
      folder.write(`avmnist/${part}_labels.npy`, encodeNpy({ shape: [12], data: new Int32Array(12) }));
    }
    expect(avMnist.check(join(folder.path, 'avmnist')).breakdown).not.toHaveProperty('groups');
  });

  it('says what makes numbers from the user’s own untrue', () => {
    const place = copyOf([
      'train,a,anna,one,v1.wav',
      'train,b,ben,two,v2.wav',
      'train,a,anna,one,v1.wav',
      'train,,ben,three,',
      'test,c,anna,four,v3.wav',
      'test,a,cleo,five,../elsewhere.wav',
    ]);
    folder.write('elsewhere.wav', encodeWav({ rate: 8000, samples: new Float32Array(800).fill(0.5) }));
    const check = own.check(place);
    expect(told(check)).toEqual([
      'warning: 1 path points outside the folder of the list (line 7: ../elsewhere.wav)',
      'warning: 1 example is listed twice in one part (line 4 is line 2)',
      'note: 1 group is in both parts (anna)',
      'warning: 1 class is in the test part but not in the training part (c)',
      'note: 1 class is in the training part but not in the test part (b)',
      'note: 1 training example without a label (line 5)',
      'warning: 1 example without voice (line 5)',
    ]);
    expect(check.usable).toBe(true);
  });

  it('finds an empty part', () => {
    expect(told(own.check(copyOf(['test,a,,x,'])))).toContainEqual(
      expect.stringContaining('error: there is no training example'),
    );
    expect(told(own.check(copyOf(['train,a,,x,', 'train,b,,y,'])))).toContainEqual(
      expect.stringContaining('warning: there is no test example'),
    );
  });

  it('and no experiment learns from an empty list', () => {
    for (const lines of [[], ['test,a,,x,']]) {
      expect(errorOf(() => own.open({ data: copyOf(lines) })).message).toMatch(
        /^examples in .*: there is no training example$/,
      );
    }
  });

  it('reads every file as a config says', () => {
    const place = copyOf(['train,a,,x,v1.wav', 'test,a,,y,v2.wav']);
    folder.write(`own-${copies}/v2.wav`, 'no recording');
    const check = own.check(place);
    expect(check.usable).toBe(false);
    expect(told(check).join()).toMatch(/error: 1 example cannot be read \(line 3: .*v2\.wav/);
  });

  it('without a config counts what each column gives, and reads no file', () => {
    const place = copyOf(['train,a,anna,one,v1.wav', 'train,b,ben,two,', 'test,a,,,v9.wav']);
    const check = examples.check(place);
    expect(check.usable).toBe(true);
    expect(check.counts.map(({ of, found }) => [of, found])).toEqual([
      ['training examples', 2],
      ['test examples', 1],
      ['examples with caption', 2],
      ['examples with voice', 2],
    ]);
    expect(told(check)[0]).toMatch(/^note: no config gives the kind of caption and voice/);
    expect(check.findings[0]?.matters).toContain('mmx data check CONFIG');
  });
});

describe('lists that are too much', () => {
  it('have a name a line where labels belong', () => {
    const place = copyOf(Array.from({ length: 1200 }, (_, index) => `train,name ${index},,x,`));
    expect(errorOf(() => own.open({ data: place })).message).toMatch(/1200 different labels/);
  });

  it('have hundreds of thousands of lines, each of its own group: no time that grows with their square', () => {
    const found = Array.from({ length: 300_000 }, (_, index) => ({
      ...{ part: 'train' as const, label: null, sources: {} },
      group: `group ${index}`,
      place: `line ${index}`,
    }));
    const begin = performance.now();
    const kept = examplesOfPart({ examples: found }, 'test', { train: null, test: null, heldOut: 1000 });
    expect(kept).toHaveLength(1000);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it('have a text of two megabytes; one of some hundred thousand words is read', () => {
    const long = (words: number) => [`train,a,,"${'word '.repeat(words)}",`, 'test,a,,x,'];
    expect(errorOf(() => own.open({ data: copyOf(long(400_000)) })).message).toMatch(
      /examples\.csv is not a usable list of examples: line 2 is longer than 1048576 bytes/,
    );
    expect(own.open({ data: copyOf(long(100_000)) }).examples).toHaveLength(2);
  });
});

function table(emotions: readonly string[]): string {
  const lines = emotions.map((emotion, index) => `say ${index},${emotion},neutral,0,${index}`);
  return ['Utterance,Emotion,Sentiment,Dialogue_ID,Utterance_ID', ...lines].join('\n');
}
