import { describe, expect, it } from 'vitest';
import { recordingFinder } from '../../../../src/corpora/annotations/match.js';
import type { FoundFile } from '../../../../src/corpora/directory.js';

const file = (path: string): FoundFile => {
  const parts = path.split('/');
  return { path, parts, name: parts.at(-1) ?? path };
};
const found = (recordings: readonly string[], annotations: string, media: readonly string[] = []) => {
  const match = recordingFinder(recordings.map(file))(file(annotations), media);
  return match.found ? { audio: match.audio.path, video: match.video?.path ?? null } : match.candidates;
};

describe('the recording of a file of annotations', () => {
  it('has its name', () => {
    expect(found(['a.wav', 'a.mpg', 'b.wav'], 'a.align')).toEqual({ audio: 'a.wav', video: 'a.mpg' });
  });

  it('may have a name that ends in it, after a separator', () => {
    expect(found(['id2_vcd_swwp2s.mpg', 'bbaf2n.mpg'], 'swwp2s.align')).toEqual({
      audio: 'id2_vcd_swwp2s.mpg',
      video: 'id2_vcd_swwp2s.mpg',
    });
    expect(found(['x/s1-swwp2s.wav', 'x/s1-swwp2s.mpg'], 'swwp2s.align')).toEqual({
      audio: 'x/s1-swwp2s.wav',
      video: 'x/s1-swwp2s.mpg',
    });
    // 11 is no ending of 1, and the whole name comes first.
    expect(found(['11.wav'], '1.align')).toEqual([]);
    expect(found(['take_1.wav', '1.wav'], '1.align')).toEqual({ audio: '1.wav', video: null });
  });

  it('is refused where several are as near: all of them are named', () => {
    expect(found(['s1_swwp2s.mpg', 's2_swwp2s.mpg'], 'swwp2s.align')).toEqual([
      's1_swwp2s.mpg',
      's2_swwp2s.mpg',
    ]);
    expect(found(['s1_swwp2s.mpg', 's2_swwp2s.wav'], 'swwp2s.align')).toEqual([
      's1_swwp2s.mpg',
      's2_swwp2s.wav',
    ]);
    expect(found(['x/a.wav', 'y/a.wav'], 'marks/a.align')).toEqual(['x/a.wav', 'y/a.wav']);
  });

  it('lies in a folder of the same name where several have the name', () => {
    expect(found(['anna/1.wav', 'ben/1.wav'], 'marks/ben/1.align')).toEqual({
      audio: 'ben/1.wav',
      video: null,
    });
  });

  it('may be named by the annotations', () => {
    expect(found(['a.wav', 'film.mp4'], 'a.eaf', ['film.mp4'])).toEqual({
      audio: 'film.mp4',
      video: 'film.mp4',
    });
  });
});
