import { beforeAll, describe, expect, it } from 'vitest';
import { frontEnd as schema } from '../../../src/config/front-end-schema.js';
import type { Clip, ClipEntry } from '../../../src/corpora/clip.js';
import { useEngine } from '../../../src/engine/registry.js';
import { MmxError } from '../../../src/errors.js';
import { fitFrontEnd } from '../../../src/frontend/index.js';
import { frontEndOptions } from '../../../src/pipeline/data/clips.js';
import { tooFewToWhiten } from '../../../src/pipeline/data/frames-to-whiten.js';

const rate = 16_000;
/** A clip of noise, with as many pictures as there are in its seconds. */
function clip(id: number, seconds: number, pictures: number, isDamaged = false): ClipEntry {
  const known = { id: String(id), speaker: 'a', repetition: null, label: 'x' };
  const draw = (length: number) => Uint8Array.from({ length }, (_, i) => (7919 * (i + 1) * (id + 1)) % 251);
  return {
    ...known,
    part: 'train',
    load(): Clip {
      if (isDamaged) throw new MmxError('corpora/damaged', 'no clip');
      return {
        ...known,
        audio: {
          kind: 'waveform',
          rate,
          samples: Float32Array.from(draw(seconds * rate), (value) => value / 251 - 0.5),
        },
        video: { rate: 25, start: 0, count: pictures, height: 6, width: 8, data: draw(48 * pictures) },
      };
    },
  };
}
const frontEnd = (audio: number | 'all', video: number) =>
  schema.parse({ audio: { dimensions: audio }, video: { dimensions: video } });
const clips = [clip(0, 0.1, 3), clip(1, 0.2, 4)];

beforeAll(async () => {
  await useEngine('auto');
});

describe('frames that are too few to whiten', () => {
  it('are found just where the front end stops', () => {
    // 9 and 19 windows of 20 ms, one every 10 ms.
    expect(tooFewToWhiten(clips, null, frontEnd(28, 7))).toEqual([
      { track: 'audio', frames: 28, dimensions: 28 },
      { track: 'video', frames: 7, dimensions: 7 },
    ]);
    expect(() =>
      fitFrontEnd(
        [clips[0], clips[1]].flatMap((one) => one?.load() ?? []),
        frontEndOptions(frontEnd(27, 7)),
      ),
    ).toThrow('7 frames are too few to whiten to 7 dimensions');
    expect(tooFewToWhiten(clips, null, frontEnd(27, 6))).toEqual([]);
    expect(() =>
      fitFrontEnd(
        clips.map((one) => one.load()),
        frontEndOptions(frontEnd(27, 6)),
      ),
    ).not.toThrow();
    expect(tooFewToWhiten(clips, 1, frontEnd('all', 3))).toEqual([
      { track: 'video', frames: 3, dimensions: 3 },
    ]);
  });

  it('are not spoken of where a clip cannot be read', () => {
    expect(tooFewToWhiten([...clips, clip(2, 1, 1, true)], null, frontEnd(28, 7))).toEqual([]);
  });

  it('are not looked for among more clips than needed', () => {
    const unread = { ...clip(3, 1, 9), load: (): Clip => expect.unreachable('there are enough') };
    expect(tooFewToWhiten([...clips, unread], null, frontEnd(27, 6))).toEqual([]);
  });
});
