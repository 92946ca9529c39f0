import { describe, expect, it } from 'vitest';
import type { ClipEntry } from '../../../../src/corpora/clip.js';
import { partsOf } from '../../../../src/pipeline/data/clips.js';

/** `speaker repetition` of each clip of a part; `-` for a repetition that is not counted. */
const clips = (part: 'train' | 'test', ...said: readonly string[]): ClipEntry[] =>
  said.map((line, index) => {
    const [speaker = '', repetition = '-'] = line.split(' ');
    return {
      id: `${part}${index}`,
      speaker,
      repetition: repetition === '-' ? null : Number(repetition),
      label: 'a',
      part,
      load: () => {
        throw new Error('nothing is read');
      },
    };
  });

const keptApart = (train: readonly string[], test: readonly string[]) =>
  partsOf([...clips('train', ...train), ...clips('test', ...test)], null, null).keepsApart;

describe('what the parts of a corpus keep apart', () => {
  it.each([
    {
      title: 'speakers, where each is in one part',
      train: ['a 1', 'b 1'],
      test: ['c 1', 'd 2'],
      apart: 'speakers',
    },
    {
      title: 'repetitions, where speakers are in both',
      train: ['a 1', 'a 2'],
      test: ['a 3'],
      apart: 'repetitions',
    },
    { title: 'nothing, where a repetition is in both', train: ['a 1', 'a 2'], test: ['a 2'], apart: null },
    {
      title: 'nothing, where repetitions are not counted',
      train: ['a 1', 'b -'],
      test: ['a 3'],
      apart: null,
    },
    { title: 'speakers, where nothing is tested', train: ['a 1', 'b 1'], test: [], apart: 'speakers' },
  ])('$title', ({ train, test, apart }) => {
    expect(keptApart(train, test)).toBe(apart);
  });

  it('what the corpus says it is, of a copy without its test part', () => {
    expect(partsOf(clips('train', 'a 1', 'a 2'), null, null, 'repetitions').keepsApart).toBe('repetitions');
  });
});
