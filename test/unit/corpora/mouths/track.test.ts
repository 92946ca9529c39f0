import { describe, expect, it } from 'vitest';
import type { Mouth } from '../../../../src/corpora/mouths/mouth.js';
import {
  boxesOfTrack,
  framesToKeep,
  interpolated,
  meanFilter,
  medianFilter,
} from '../../../../src/corpora/mouths/track.js';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('filters over time', () => {
  it('the median forgets a single stray value and keeps a step where it is', () => {
    expect([...medianFilter(of(1, 1, 90, 1, 1), 3)]).toEqual([1, 1, 1, 1, 1]);
    expect([...medianFilter(of(1, 1, 1, 5, 5, 5), 5)]).toEqual([1, 1, 1, 5, 5, 5]);
  });
  it('the window shrinks towards both ends, where it is as wide to the left as to the right', () => {
    expect([...medianFilter(of(9, 1, 2, 3, 0), 5)]).toEqual([9, 2, 2, 2, 0]);
    expect([...meanFilter(of(0, 3, 6, 9), 3)]).toEqual([0, 3, 6, 9]);
    expect([...meanFilter(of(0, 0, 9, 0, 0), 3)]).toEqual([0, 3, 3, 3, 0]);
  });
  it('gaps are filled in proportion, ends with the nearest value', () => {
    expect([...interpolated([1, 3, 7], [10, 20, 40], 9)]).toEqual([10, 10, 15, 20, 25, 30, 35, 40, 40]);
  });
});

describe('boxes of a track', () => {
  const mouth = (x: number, width = 48): Mouth => ({ x, y: 100, width });

  it('are 4:3 around the mouth, whose lips take six tenths of their width', () => {
    const boxes = boxesOfTrack({ rate: 25, mouths: Array.from({ length: 9 }, () => mouth(200)) });
    expect(boxes).toHaveLength(9);
    for (const box of boxes ?? []) {
      expect(box).toEqual({ x: 160, y: 70, width: 80, height: 60 });
    }
  });
  it('follow the head through frames without a face and frames nobody looked at', () => {
    const mouths = Array.from({ length: 50 }, (_, frame) => {
      if (frame % 2 === 1) return undefined;
      return frame >= 20 && frame < 30 ? null : mouth(100 + 2 * frame);
    });
    const boxes = boxesOfTrack({ rate: 25, mouths }) ?? [];
    for (let frame = 0; frame <= 48; frame++) {
      const { x = 0, width = 0 } = boxes[frame] ?? {};
      expect(x + width / 2).toBeCloseTo(100 + 2 * frame, 9);
    }
  });
  it('do not jump with a stray face of two frames', () => {
    const mouths = Array.from({ length: 30 }, (_, frame) => mouth(frame === 12 || frame === 13 ? 300 : 100));
    const boxes = boxesOfTrack({ rate: 25, mouths }) ?? [];
    expect(new Set(boxes.map(({ x }) => x))).toEqual(new Set([60]));
  });
  it('keep their size while the lips are rounded for half a second', () => {
    const mouths = Array.from({ length: 100 }, (_, frame) => mouth(100, frame >= 40 && frame < 52 ? 30 : 48));
    const boxes = boxesOfTrack({ rate: 25, mouths }) ?? [];
    expect(new Set(boxes.map(({ width }) => width))).toEqual(new Set([80]));
  });
  it('are none without any face', () => {
    expect(boxesOfTrack({ rate: 25, mouths: [null, undefined, null] })).toBeNull();
  });
});

describe('the frames that are written', () => {
  const wave = Array.from({ length: 200 }, (_, frame) => ({
    x: 50 + 20 * Math.sin(frame / 15) + (frame > 120 ? 8 : 0),
    y: frame / 10,
    width: 80 + Math.cos(frame / 40),
    height: 60,
  }));
  it('give every other box to a quarter of a pixel, and are few', () => {
    const kept = framesToKeep(wave, 0.25);
    expect(kept.length).toBeLessThan(60);
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      const values = interpolated(
        kept,
        kept.map((frame) => wave[frame]?.[side] ?? Number.NaN),
        wave.length,
      );
      const off = wave.map((box, frame) => Math.abs(box[side] - (values[frame] ?? Number.NaN)));
      expect(Math.max(...off)).toBeLessThanOrEqual(0.25);
    }
  });
  it('are the two ends of a straight way, and the only one there is', () => {
    const straight = Array.from({ length: 30 }, (_, i) => ({ x: i, y: -2 * i, width: 80, height: 60 }));
    expect(framesToKeep(straight, 0.25)).toEqual([0, 29]);
    expect(framesToKeep(straight.slice(0, 1), 0.25)).toEqual([0]);
    expect(framesToKeep([], 0.25)).toEqual([]);
  });
});
