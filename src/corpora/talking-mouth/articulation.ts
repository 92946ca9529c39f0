import type { Phone } from './flite.js';
import {
  type MouthShape,
  type ShapeKey,
  shapeKeys,
  type VisemeName,
  visemes,
  visemesOfPhone,
} from './visemes.js';

/** How one speaker moves. */
export interface Articulation {
  /** Added to the targets of each viseme: this speaker's way of making it. */
  readonly habit: Readonly<Record<VisemeName, MouthShape>>;
  /** Factor of every target's distance from rest: below 1 the visemes draw together. */
  readonly contrast: number;
  /** Seconds in which a phone's hold on its neighbours falls to 1/e: larger blurs more of them together. */
  readonly spread: number;
  /** Seconds by which the lips are ahead of the sound. */
  readonly lead: number;
}

/** A target held over a stretch of time. */
interface Gesture {
  readonly start: number;
  readonly end: number;
  readonly target: MouthShape;
  readonly dominance: MouthShape;
}

/** The mouth as a function of time: seconds from the beginning of the sound. */
export type MouthMotion = (time: number) => MouthShape;

/** Phones between lips and tongue overtake what came before faster than they let go (Cohen and Massaro 1993). */
const letGo = 1.3;
/** The part of a phone during which it has its hold at full strength. */
const hold = 0.5;

/**
 * Visible speech by overlapping dominance functions (Cohen and Massaro 1993, "Modeling coarticulation in
 * synthetic visual speech"): at each instant the mouth is the mean of all phones' targets, weighted by
 * α e^(−θ · distance in time / spread), where θ = 1 + max(0, ln α).
 */
export function mouthMotion(phones: readonly Phone[], articulation: Articulation): MouthMotion {
  const { spread, lead } = articulation;
  const gestures = phones.flatMap((phone) => gesturesOf(phone, articulation));
  return (soundTime) => {
    const time = soundTime + lead;
    const away = gestures.map(({ start, end }) =>
      time < start ? (start - time) / spread : time > end ? (time - end) / (spread * letGo) : 0,
    );
    return shapeOf((key) => {
      let weighted = 0;
      let total = 0;
      gestures.forEach(({ target, dominance }, index) => {
        const strength = dominance[key];
        // A closure is firm and brief: with one decay for all it would keep the vowels beside it shut.
        const decay = 1 + Math.max(0, Math.log(strength));
        const weight = strength * Math.exp(-decay * (away[index] ?? 0));
        weighted += weight * target[key];
        total += weight;
      });
      // Beyond the reach of every phone the quotient would be 0 / 0.
      return total > 0 ? weighted / total : visemes.rest.target[key];
    });
  };
}

function gesturesOf(phone: Phone, { habit, contrast }: Articulation): readonly Gesture[] {
  const names = visemesOfPhone[phone.name];
  if (names === undefined) throw new Error(`flite spoke '${phone.name}', a phone without a viseme`);
  const parts = names.filter((name) => name !== undefined);
  const length = (phone.end - phone.start) / parts.length;
  return parts.map((name, index) => {
    const start = phone.start + index * length;
    // A pause is held from end to end: lips rest until the next phone pulls at them.
    const margin = name === 'rest' ? 0.1 * length : ((1 - hold) / 2) * length;
    const { target, dominance } = visemes[name];
    return {
      start: start + margin,
      end: start + length - margin,
      dominance,
      target: shapeOf((key) => {
        const rest = visemes.rest.target[key];
        const wanted = rest + contrast * (target[key] - rest) + habit[name][key];
        return Math.min(1, Math.max(0, wanted));
      }),
    };
  });
}

export function shapeOf(value: (key: ShapeKey) => number): MouthShape {
  const [opening, width, rounding, teeth, tongue, bite] = shapeKeys.map(value) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { opening, width, rounding, teeth, tongue, bite };
}
