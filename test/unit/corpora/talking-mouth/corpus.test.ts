import { describe, expect, it } from 'vitest';
import type { Clip, ClipEntry } from '../../../../src/corpora/clip.js';
import { clipsOfTalkingMouth } from '../../../../src/corpora/clip-corpora.js';
import { difficulty } from '../../../../src/corpora/talking-mouth/difficulty.js';
import { speak } from '../../../../src/corpora/talking-mouth/flite.js';
import { presetNames, type TalkingMouth, talkingMouth } from '../../../../src/corpora/talking-mouth/index.js';
import { presets } from '../../../../src/corpora/talking-mouth/presets.js';
import { visemesOfPhone } from '../../../../src/corpora/talking-mouth/visemes.js';

const digits = talkingMouth('digits', { seed: 1 });
const letters = talkingMouth('letters', { seed: 1 });
const mcgurk = talkingMouth('mcgurk', { seed: 1 });

function entryNamed({ entries, mixed }: TalkingMouth, id: string): ClipEntry {
  const entry = [...entries, ...mixed].find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`no clip ${id}`);
  return entry;
}
const load = (corpus: TalkingMouth, id: string): Clip => entryNamed(corpus, id).load();

function soundOf({ audio }: Clip): { rate: number; samples: Float32Array } {
  if (audio?.kind !== 'waveform') throw new Error('no waveform');
  return audio;
}
function filmOf({ video }: Clip): NonNullable<Clip['video']> {
  if (!video) throw new Error('no film');
  return video;
}
const speakersOf = (entries: readonly ClipEntry[]): ReadonlySet<string> =>
  new Set(entries.map(({ speaker }) => speaker));
const partOf = ({ entries }: TalkingMouth, part: ClipEntry['part']): readonly ClipEntry[] =>
  entries.filter((entry) => entry.part === part);

describe('presets', () => {
  it('digits: 36 speakers say 10 digits 5 times; even speakers train, odd test', () => {
    expect(digits.entries).toHaveLength(1800);
    const train = speakersOf(partOf(digits, 'train'));
    const test = speakersOf(partOf(digits, 'test'));
    expect([...train].every((id) => Number(id.slice(1)) % 2 === 0)).toBe(true);
    expect([...test].every((id) => Number(id.slice(1)) % 2 === 1)).toBe(true);
    expect([train.size, test.size]).toEqual([18, 18]);
  });

  it('letters: 10 speakers say 26 letters 3 times; the third time tests', () => {
    expect(letters.entries).toHaveLength(780);
    expect(partOf(letters, 'train')).toHaveLength(520);
    expect(partOf(letters, 'train').every(({ repetition }) => repetition !== 3)).toBe(true);
    expect(partOf(letters, 'test').every(({ repetition }) => repetition === 3)).toBe(true);
    expect(speakersOf(letters.entries).size).toBe(10);
  });

  it('sentences: 23 speakers, nothing labelled, nothing to test', () => {
    const { entries, classes } = talkingMouth('sentences', { seed: 1 });
    expect(speakersOf(entries).size).toBe(23);
    expect(entries.length).toBe(23 * (10 + 26 + 8));
    expect(classes).toEqual([]);
    expect(entries.every(({ label, part }) => label === null && part === 'train')).toBe(true);
  });

  it('mcgurk: 46 test clips a condition, the mixed one apart and without a label', () => {
    expect(mcgurk.entries).toHaveLength(23 * 3 * 5);
    for (const label of ['ga', 'ba', 'da']) {
      expect(partOf(mcgurk, 'test').filter((entry) => entry.label === label)).toHaveLength(46);
    }
    expect(mcgurk.mixed).toHaveLength(46);
    expect(mcgurk.mixed.every(({ label, part }) => label === null && part === 'test')).toBe(true);
  });

  it.each(presetNames)('%s: ids are unique, both parts have all classes, at any scale', (preset) => {
    for (const scale of [1, 0.2, 0.001]) {
      const { entries, mixed, classes } = talkingMouth(preset, { seed: 3, scale });
      const ids = [...entries, ...mixed].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const part of classes.length > 0 ? (['train', 'test'] as const) : []) {
        const labels = new Set(entries.filter((entry) => entry.part === part).map(({ label }) => label));
        expect([...labels].sort()).toEqual([...classes].sort());
      }
    }
  });

  it('say only phones that have a viseme, and among them nearly all of English', () => {
    const said = new Set<string>();
    for (const preset of presetNames) {
      const prompts = presets[preset].lines(preset === 'sentences' ? 12 : 2, 1).map(({ prompt }) => prompt);
      for (const prompt of new Map(prompts.map((p) => [JSON.stringify(p), p])).values()) {
        const { phones } = speak({ voice: 'kal16', prompt, pitch: 110, stretch: 1 });
        for (const { name } of phones) said.add(name);
      }
    }
    expect([...said].filter((name) => visemesOfPhone[name] === undefined)).toEqual([]);
    expect(said.size).toBeGreaterThanOrEqual(38);
  });
});

describe('options', () => {
  it('keeps the same people in a smaller corpus', () => {
    const small = talkingMouth('digits', { seed: 1, scale: 0.1 });
    expect(speakersOf(small.entries).size).toBe(4);
    expect(load(small, 's02_three_1')).toEqual(load(digits, 's02_three_1'));
  });

  it('has a fingerprint of everything that decides the data', () => {
    const hard = { ...difficulty.digits, video: { ...difficulty.digits.video, noise: 9 } };
    const prints = [
      digits.fingerprint,
      letters.fingerprint,
      talkingMouth('digits', { seed: 2 }).fingerprint,
      talkingMouth('digits', { seed: 1, scale: 0.5 }).fingerprint,
      talkingMouth('digits', { seed: 1 }, hard).fingerprint,
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(talkingMouth('digits', { seed: 1 }).fingerprint).toBe(digits.fingerprint);
  });

  it.each([0, -1, 1.1, Number.NaN])('refuses the scale %s', (scale) => {
    expect(() => talkingMouth('digits', { seed: 1, scale })).toThrow(/scale is .* above 0 and at most 1/);
  });

  it('refuses a seed that is no integer', () => {
    expect(() => talkingMouth('digits', { seed: 0.5 })).toThrow(/seed is 0.5/);
  });
});

describe('a clip', () => {
  it('is the same to the byte, whatever was loaded before', () => {
    const first = load(digits, 's01_five_2');
    const other = load(digits, 's02_nine_4');
    expect(load(digits, 's01_five_2')).toEqual(first);
    const again = talkingMouth('digits', { seed: 1 });
    expect(load(again, 's02_nine_4')).toEqual(other);
    expect(load(again, 's01_five_2')).toEqual(first);
  });

  it('differs between seeds, speakers and repetitions, in sound and picture', () => {
    const clips = [
      load(digits, 's01_two_1'),
      load(digits, 's01_two_2'),
      load(digits, 's03_two_1'),
      load(talkingMouth('digits', { seed: 2 }), 's01_two_1'),
    ];
    const sounds = clips.map((clip) => Buffer.from(soundOf(clip).samples.buffer).toString('base64'));
    const films = clips.map((clip) => Buffer.from(filmOf(clip).data).toString('base64'));
    expect(new Set(sounds).size).toBe(clips.length);
    expect(new Set(films).size).toBe(clips.length);
  });

  it('has a film as long as its sound, at the rate of the corpus it is shaped like', () => {
    for (const [clip, rate] of [
      [load(digits, 's05_eight_3'), 30_000 / 1001],
      [load(letters, 'l03_M_2'), 25],
    ] as const) {
      const film = filmOf(clip);
      const { samples, rate: soundRate } = soundOf(clip);
      expect(film.rate).toBe(rate);
      expect([film.height, film.width]).toEqual([60, 80]);
      expect(film.data).toHaveLength(film.count * 4800);
      const seconds = samples.length / soundRate;
      expect(Math.abs(film.count / rate - seconds)).toBeLessThan(1 / rate);
      expect(film.start).toBeCloseTo(0.5 / rate, 12);
    }
  });

  it('speaks in the middle and is quieter around, at a level sounds are recorded at', () => {
    for (const id of ['s01_seven_1', 's02_four_1', 's07_one_5']) {
      const { samples, rate } = soundOf(load(digits, id));
      const rms = (from: number, to: number): number => {
        const span = samples.subarray(Math.round(from * rate), Math.round(to * rate));
        return Math.sqrt(span.reduce((sum, value) => sum + value * value, 0) / span.length);
      };
      const seconds = samples.length / rate;
      expect(rms(0, seconds)).toBeGreaterThan(0.02);
      // The margin before speech is at least 0.14 s, and the loudest room 26 dB below the voice.
      expect(rms(0, 0.1)).toBeLessThan(0.15 * rms(0.2, seconds - 0.2));
      expect(rms(0, 0.1)).toBeGreaterThan(0);
    }
  });

  it('opens the mouth before the vowel is heard', () => {
    const clear = {
      ...difficulty.mcgurk,
      video: { ...difficulty.mcgurk.video, noise: 0, drift: 0, habit: 0, slip: 0 },
    };
    const corpus = talkingMouth('mcgurk', { seed: 1 }, clear);
    const clip = load(corpus, 'v02_ba_1');
    const { samples, rate } = soundOf(clip);
    const film = filmOf(clip);
    const loudness = Array.from({ length: Math.floor(samples.length / 160) }, (_, hop) =>
      samples.subarray(160 * hop, 160 * hop + 320).reduce((sum, value) => sum + value * value, 0),
    );
    const heard = (loudness.findIndex((energy) => energy > 0.25 * Math.max(...loudness)) * 160) / rate;
    const darkness = Array.from({ length: film.count }, (_, frame) => {
      const picture = film.data.subarray(frame * 4800, (frame + 1) * 4800);
      return picture.filter((value) => value < 60).length;
    });
    const seen = film.start + darkness.findIndex((dark) => dark > 0.5 * Math.max(...darkness)) / film.rate;
    expect(Math.max(...darkness)).toBeGreaterThan(3 * (darkness[0] ?? 0) + 20);
    expect(heard - seen).toBeGreaterThan(0.02);
    expect(heard - seen).toBeLessThan(0.2);
  });
});

describe('the mixed condition', () => {
  it('is in the corpus the pipeline sees, for testing alone', () => {
    const { entries } = clipsOfTalkingMouth.open({ preset: 'mcgurk', seed: 1 });
    expect(entries.map(({ id }) => id)).toEqual([...mcgurk.entries, ...mcgurk.mixed].map(({ id }) => id));
    expect(entries.filter(({ part, label }) => part === 'test' && label === null)).toHaveLength(46);
    expect(entries.filter(({ part, label }) => part === 'train' && label === null)).toHaveLength(0);
    expect(clipsOfTalkingMouth.open({ preset: 'digits', seed: 1 }).entries).toHaveLength(1800);
  });

  it('has the sound of /ba/ to the byte, and another picture', () => {
    const mixed = load(mcgurk, 'v04_ba_5_mixed');
    const congruent = load(mcgurk, 'v04_ba_5');
    expect(soundOf(mixed)).toEqual(soundOf(congruent));
    expect(filmOf(mixed).count).toBe(filmOf(congruent).count);
    expect(filmOf(mixed).data).not.toEqual(filmOf(congruent).data);
  });

  it('does not close its lips where the sound does', () => {
    const clear = {
      ...difficulty.mcgurk,
      video: { ...difficulty.mcgurk.video, noise: 0, drift: 0, habit: 0, slip: 0 },
    };
    const corpus = talkingMouth('mcgurk', { seed: 1 }, clear);
    /** Mean difference from the first frame, over the film: a mouth in /b/ is like the one at rest for longer. */
    const moved = (id: string): readonly number[] => {
      const { count, data } = filmOf(load(corpus, id));
      return Array.from({ length: count }, (_, frame) => {
        let sum = 0;
        for (let i = 0; i < 4800; i++) sum += Math.abs((data[frame * 4800 + i] ?? 0) - (data[i] ?? 0));
        return sum / 4800;
      });
    };
    const seenGa = moved('v02_ba_4_mixed');
    const seenBa = moved('v02_ba_4');
    expect(Math.max(...seenGa.map((value, frame) => value - (seenBa[frame] ?? 0)))).toBeGreaterThan(0.5);
  });
});
