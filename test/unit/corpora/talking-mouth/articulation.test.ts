import { describe, expect, it } from 'vitest';
import { type Articulation, mouthMotion } from '../../../../src/corpora/talking-mouth/articulation.js';
import type { Phone } from '../../../../src/corpora/talking-mouth/flite.js';
import {
  shapeKeys,
  type VisemeName,
  visemes,
  visemesOfPhone,
} from '../../../../src/corpora/talking-mouth/visemes.js';

const still = { opening: 0, width: 0, rounding: 0, teeth: 0, tongue: 0, bite: 0 };
const habit = Object.fromEntries(Object.keys(visemes).map((name) => [name, still])) as Articulation['habit'];
const plain: Articulation = { habit, contrast: 1, spread: 0.05, lead: 0.1 };

/** Phones of the given lengths in seconds, one after another. */
function timeline(...lengths: readonly [string, number][]): readonly Phone[] {
  let start = 0;
  return lengths.map(([name, length]) => {
    const phone = { name, start, end: start + length };
    start = phone.end;
    return phone;
  });
}

describe('mouthMotion', () => {
  it('is the target of the only phone there is, at any time', () => {
    const motion = mouthMotion(timeline(['aa', 0.2]), plain);
    for (const time of [-3, 0, 0.1, 0.7]) {
      for (const key of shapeKeys) expect(motion(time)[key]).toBeCloseTo(visemes.aa.target[key], 12);
    }
  });

  it('weighs two phones by their dominance: the quotient worked out by hand', () => {
    const motion = mouthMotion(timeline(['aa', 0.2], ['b', 0.1]), { ...plain, lead: 0 });
    // At 0.16 s: aa holds until 0.15 and lets go with 1.3 x 50 ms and theta = 1 + ln 1.4; b takes hold at 0.225.
    const aa = 1.4 * Math.exp((-(1 + Math.log(1.4)) * 0.01) / (0.05 * 1.3));
    const b = 30 * Math.exp((-(1 + Math.log(30)) * 0.065) / 0.05);
    expect(motion(0.16).opening).toBeCloseTo((aa * 0.9 + b * 0) / (aa + b), 9);
  });

  it.each(['b', 'p', 'm'])('closes the lips while /%s/ is held, between open vowels', (consonant) => {
    const motion = mouthMotion(timeline(['aa', 0.15], [consonant, 0.07], ['aa', 0.15]), plain);
    const middle = 0.185 - plain.lead;
    expect(motion(middle).opening).toBeLessThan(0.03);
    expect(motion(0.075 - plain.lead).opening).toBeGreaterThan(0.7);
    expect(motion(0.295 - plain.lead).opening).toBeGreaterThan(0.7);
  });

  it.each([
    ['f', 'bite'],
    ['th', 'tongue'],
    ['w', 'rounding'],
  ] as const)('/%s/ shows its %s beside a vowel', (phone, key) => {
    const motion = mouthMotion(timeline(['pau', 0.2], [phone, 0.09], ['iy', 0.15]), plain);
    expect(motion(0.245 - plain.lead)[key]).toBeGreaterThan(0.6);
    expect(motion(0.36 - plain.lead)[key]).toBeLessThan(0.3);
  });

  it('shows b, d and g as three things', () => {
    const opening = (phone: string): number =>
      mouthMotion(timeline(['pau', 0.2], [phone, 0.07], ['aa', 0.2]), plain)(0.235 - plain.lead).opening;
    expect(opening('b')).toBeLessThan(0.03);
    expect(opening('d')).toBeGreaterThan(opening('b') + 0.15);
    expect(opening('g')).toBeGreaterThan(opening('d') + 0.03);
  });

  it('goes through both halves of a diphthong', () => {
    const motion = mouthMotion(timeline(['pau', 0.2], ['ay', 0.24], ['pau', 0.2]), plain);
    expect(motion(0.26 - plain.lead).opening).toBeGreaterThan(motion(0.38 - plain.lead).opening + 0.3);
    expect(motion(0.38 - plain.lead).width).toBeGreaterThan(motion(0.26 - plain.lead).width);
  });

  it('lets phones reach further into each other the larger the spread', () => {
    const phones = timeline(['uw', 0.15], ['s', 0.09], ['uw', 0.15]);
    const roundingOfS = (spread: number): number =>
      mouthMotion(phones, { ...plain, spread })(0.195 - plain.lead).rounding;
    expect(roundingOfS(0.08)).toBeGreaterThan(roundingOfS(0.02) + 0.1);
  });

  it('has the lips ahead of the sound by exactly the lead', () => {
    const phones = timeline(['pau', 0.2], ['g', 0.08], ['aa', 0.2], ['pau', 0.2]);
    const early = mouthMotion(phones, { ...plain, lead: 0.12 });
    const together = mouthMotion(phones, { ...plain, lead: 0 });
    for (const time of [0, 0.1, 0.25, 0.5]) expect(early(time)).toEqual(together(time + 0.12));
    // When the vowel begins to sound the mouth is open already.
    expect(early(0.28).opening).toBeGreaterThan(0.7);
    expect(together(0.2).opening).toBeLessThan(0.3);
  });

  it('stays between 0 and 1, however large the habits', () => {
    const wild = Object.fromEntries(
      Object.keys(visemes).map((name, index) => [
        name,
        { ...still, opening: index % 2 ? 2 : -2, width: index % 2 ? -2 : 2 },
      ]),
    ) as Record<VisemeName, typeof still>;
    const everything = timeline(...Object.keys(visemesOfPhone).map((name): [string, number] => [name, 0.08]));
    const motion = mouthMotion(everything, { ...plain, habit: wild, contrast: 3 });
    for (let time = -0.2; time < 4; time += 0.013) {
      const shape = motion(time);
      for (const key of shapeKeys) {
        expect(shape[key]).toBeGreaterThanOrEqual(0);
        expect(shape[key]).toBeLessThanOrEqual(1);
      }
    }
  });

  it('draws visemes together as contrast falls', () => {
    const opening = (contrast: number): number =>
      mouthMotion(timeline(['aa', 0.2]), { ...plain, contrast })(0).opening;
    expect(opening(0.5)).toBeCloseTo(0.02 + 0.5 * 0.88, 12);
    expect(opening(0)).toBeCloseTo(0.02, 12);
  });

  it('refuses a phone without a viseme', () => {
    expect(() => mouthMotion(timeline(['qq', 0.1]), plain)).toThrow(/qq/);
  });
});
