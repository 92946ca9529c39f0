import { describe, expect, it } from 'vitest';
import { difficulty } from '../../../../src/corpora/talking-mouth/difficulty.js';
import type { Placement } from '../../../../src/corpora/talking-mouth/face.js';
import { lipContours } from '../../../../src/corpora/talking-mouth/lip-contours.js';
import { frameHeight, frameWidth, renderMouth } from '../../../../src/corpora/talking-mouth/render.js';
import { speakerNamed } from '../../../../src/corpora/talking-mouth/speakers.js';
import { type MouthShape, visemes } from '../../../../src/corpora/talking-mouth/visemes.js';

const { face } = speakerNamed(1, 's01', difficulty.digits);
const centred: Placement = { x: 0, y: 0, scale: 1, roll: 0, exposure: 1 };
const draw = (shape: MouthShape, placement = centred): Float32Array => renderMouth(face, shape, placement);
const size = frameHeight * frameWidth;

const difference = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length);

/** Pixels darker than half the lips: the dark between them. */
const dark = (picture: Float32Array): number => picture.filter((value) => value < 0.5 * face.lips).length;

describe('renderMouth', () => {
  it('draws 60 x 80 grey levels', () => {
    const picture = draw(visemes.eh.target);
    expect(picture).toHaveLength(4800);
    for (const value of picture) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(256);
    }
  });

  it('shows more of the dark of the mouth the wider it opens', () => {
    const amounts = [0, 0.25, 0.5, 0.75, 1].map((opening) => dark(draw({ ...visemes.aa.target, opening })));
    amounts.forEach((amount, index) => {
      if (index > 0) expect(amount).toBeGreaterThan(amounts[index - 1] ?? 0);
    });
    expect(dark(draw(visemes.bilabial.target))).toBeLessThan(0.25 * dark(draw(visemes.aa.target)));
  });

  it('shows teeth as the brightest thing there is', () => {
    const brightest = (shape: MouthShape): number => Math.max(...draw(shape));
    expect(brightest(visemes.sibilant.target)).toBeGreaterThan(brightest(visemes.bilabial.target) + 10);
  });

  it('draws visemes of different classes differently', () => {
    const classes = [
      'rest',
      'labiodental',
      'dental',
      'sibilant',
      'postalveolar',
      'rounded',
      'iy',
      'aa',
      'ao',
    ] as const;
    const pictures = classes.map((name) => draw(visemes[name].target));
    pictures.forEach((a, i) => {
      pictures.slice(i + 1).forEach((b) => {
        expect(difference(a, b)).toBeGreaterThan(2);
      });
    });
  });

  it('moves smoothly: a small step of any articulator changes the picture little', () => {
    const from = { opening: 0.3, width: 0.5, rounding: 0.3, teeth: 0.4, tongue: 0.3, bite: 0.2 };
    const start = draw(from);
    for (const key of Object.keys(from) as (keyof MouthShape)[]) {
      const step = difference(start, draw({ ...from, [key]: from[key] + 0.002 }));
      expect(step).toBeGreaterThan(0);
      expect(step).toBeLessThan(0.5);
    }
  });

  it('goes where it is put: moved by whole pixels, the picture is the same one moved', () => {
    const here = draw(visemes.eh.target);
    const there = draw(visemes.eh.target, { ...centred, x: 3, y: -2 });
    let largest = 0;
    for (let row = 5; row < 55; row++) {
      for (let column = 5; column < 75; column++) {
        const moved = there[(row - 2) * frameWidth + column + 3] ?? 0;
        largest = Math.max(largest, Math.abs(moved - (here[row * frameWidth + column] ?? 0)));
      }
    }
    expect(largest).toBeLessThan(1e-3);
  });

  it('is as bright as it is exposed', () => {
    const half = draw(visemes.ah.target, { ...centred, exposure: 0.5 });
    const full = draw(visemes.ah.target);
    for (let i = 0; i < size; i += 97) expect(half[i]).toBeCloseTo(0.5 * (full[i] ?? 0), 3);
  });

  it('turns clockwise: a rolled mouth has its right corner lower', () => {
    const lowestDark = (from: number, to: number, picture: Float32Array): number => {
      let sum = 0;
      let weight = 0;
      for (let row = 0; row < frameHeight; row++) {
        for (let column = from; column < to; column++) {
          const darkness = Math.max(0, 0.6 * face.lips - (picture[row * frameWidth + column] ?? 0));
          sum += darkness * row;
          weight += darkness;
        }
      }
      return sum / weight;
    };
    const rolled = draw(visemes.rest.target, { ...centred, roll: 0.15 });
    expect(lowestDark(50, 65, rolled)).toBeGreaterThan(lowestDark(15, 30, rolled) + 2);
  });
});

describe('lipContours', () => {
  it('keeps its edges in order from top to bottom', () => {
    for (const { target } of Object.values(visemes)) {
      const { outerTop, innerTop, innerBottom, outerBottom, outerWidth, indexOf } = lipContours(face, target);
      for (let x = -outerWidth + 2; x < outerWidth - 2; x += 0.5) {
        const i = indexOf(x);
        expect(outerTop[i]).toBeLessThan(innerTop[i] ?? 0);
        expect(innerTop[i]).toBeLessThanOrEqual((innerBottom[i] ?? 0) + 1e-5);
        expect(innerBottom[i]).toBeLessThan(outerBottom[i] ?? 0);
      }
    }
  });
});
