import { describe, expect, it } from 'vitest';
import type { FrameSeries } from '../../../src/frontend/tracks.js';
import { cutWindows, defaultWindows } from '../../../src/frontend/windows.js';
import { matrix } from '../../../src/matrix.js';

/** Frames that hold their own time in seconds, and their index. */
function track(count: number, rate: number, start: number): FrameSeries {
  const values = matrix(count, 2);
  for (let i = 0; i < count; i++) values.data.set([start + i / rate, i], 2 * i);
  return { rate, start, values };
}

/** Of each window: the mean of the times its frames hold, and the indices of its frames. */
function described(windows: { rows: number; columns: number; data: Float32Array }): {
  readonly times: number[];
  readonly frames: number[][];
} {
  const rows = Array.from({ length: windows.rows }, (_, row) =>
    Array.from(windows.data.subarray(row * windows.columns, (row + 1) * windows.columns)),
  );
  return {
    times: rows.map((row) => row.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b) / (row.length / 2)),
    frames: rows.map((row) => row.filter((_, i) => i % 2 === 1)),
  };
}

function both(audio: FrameSeries, video: FrameSeries, options = defaultWindows) {
  const windows = cutWindows({ audio, video }, options);
  if (windows.audio === undefined || windows.video === undefined) throw new Error('a modality is missing');
  return {
    audio: described(windows.audio),
    video: described(windows.video),
    times: Array.from(windows.times),
  };
}

describe('windows of both modalities', () => {
  it.each([
    [100, 0.01, 25, 0],
    [100, 0.01, 29.97, 0.0167],
    [100, 0.01, 30, 0],
    [50, 0.0125, 25, 0.02],
    [100, 0.51, 25, 0],
    [100, 0, 25, 0.3],
  ])('audio at %f/s from %f s, video at %f/s from %f s: stay together over a minute', (ra, sa, rv, sv) => {
    const { audio, video, times } = both(
      track(Math.floor(60 * ra), ra, sa),
      track(Math.floor(60 * rv), rv, sv),
    );
    expect(times.length).toBeGreaterThan(58 * rv);
    let farthest = 0;
    times.forEach((time, i) => {
      expect(video.times[i]).toBeCloseTo(time, 4);
      farthest = Math.max(farthest, Math.abs((audio.times[i] as number) - time));
      const [frames, pictures] = [audio.frames[i] as number[], video.frames[i] as number[]];
      expect([frames.length, pictures.length]).toEqual([10, 4]);
      expect([...frames, ...pictures]).toEqual([
        ...frames.map((_, j) => (frames[0] as number) + j),
        ...pictures.map((_, j) => (pictures[0] as number) + j),
      ]);
    });
    // Half an audio frame, half a video frame at the clip's ends.
    expect(farthest).toBeLessThanOrEqual(0.5 / rv + 1e-4);
    const inner = times.slice(5, -5).map((time, i) => Math.abs((audio.times[i + 5] as number) - time));
    expect(Math.max(...inner)).toBeLessThanOrEqual(0.5 / ra + 1e-4);
  });

  it('pairs MFCCs of AVLetters, 2n − 1 at 50/s, with every window of n pictures', () => {
    const options = { ...defaultWindows, audioFrames: 8 };
    const { audio, video } = both(track(39, 50, 0), track(20, 25, 0), options);
    expect(video.frames.map((frames) => frames[0])).toEqual(Array.from({ length: 17 }, (_, i) => i));
    expect(audio.frames.map((frames) => frames[0]).slice(0, 3)).toEqual([0, 2, 4]);
    expect(audio.frames.at(-1)?.at(-1)).toBe(38);
  });

  it('ends with the shorter modality', () => {
    const short = both(track(40, 100, 0.01), track(100, 25, 0.02));
    expect(Math.max(...short.times)).toBeLessThan(0.4);
    expect(short.audio.frames.at(-1)?.at(-1)).toBe(39);
    const silent = both(track(1000, 100, 0.01), track(20, 25, 0.02));
    expect(silent.video.frames).toHaveLength(17);
  });

  it('steps by the stride', () => {
    const { video } = both(track(200, 100, 0), track(50, 25, 0), { ...defaultWindows, stride: 3 });
    expect(video.frames.map((frames) => frames[0]).slice(0, 4)).toEqual([0, 3, 6, 9]);
  });

  it('gives one window to clips that hardly overlap, and none to those that do not', () => {
    const { times, audio } = both(track(12, 100, 0), track(40, 25, 0.1));
    expect(times).toHaveLength(1);
    expect(audio.frames[0]?.at(-1)).toBe(11);
    expect(() => both(track(20, 100, 0), track(20, 25, 2))).toThrow(/no time in common/);
    expect(() => both(track(20, 100, 3), track(20, 25, 0))).toThrow(
      /sound \(3\.000 to 3\.190 s\) and the pictures \(0\.000 to 0\.760 s\)/,
    );
  });
});

describe('windows of one modality', () => {
  it('overlap by all but the stride', () => {
    const { video, times, audio } = cutWindows({ video: track(6, 25, 0) });
    expect(audio).toBeUndefined();
    expect(video && described(video).frames).toEqual([
      [0, 1, 2, 3],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
    expect(Array.from(times, (time) => Math.round(1000 * time))).toEqual([60, 100, 140]);
  });

  it('of sound come 25 a second, or as asked', () => {
    const first = (stride?: number): number[] => {
      const options = { ...defaultWindows, ...(stride === undefined ? {} : { audioStride: stride }) };
      const { audio } = cutWindows({ audio: track(20, 100, 0.01) }, options);
      return (audio ? described(audio).frames : []).map((frames) => frames[0] as number);
    };
    expect(first()).toEqual([0, 4, 8]);
    expect(first(1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('repeat the end frames of a clip too short for one, and keep its middle in time', () => {
    const { audio, times } = cutWindows({ audio: track(7, 100, 0.01) });
    expect(audio && described(audio).frames).toEqual([[0, 0, 1, 2, 3, 4, 5, 6, 6, 6]]);
    expect(times[0]).toBeCloseTo(0.045, 9);
  });

  it('refuse clips of nothing', () => {
    expect(() => cutWindows({})).toThrow(/neither sound nor pictures/);
    expect(() => cutWindows({ video: track(0, 25, 0) })).toThrow(/no picture frames/);
    expect(() => cutWindows({ video: track(9, 25, 0) }, { ...defaultWindows, stride: 0 })).toThrow(/stride/);
  });
});
