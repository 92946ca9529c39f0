import { beforeAll, describe, expect, it } from 'vitest';
import { useEngine } from '../../../src/engine/registry.js';
import { withDerivatives } from '../../../src/frontend/derivatives.js';
import {
  type FittedFrontEnd,
  fitFrontEnd,
  prepareClip,
  preparedAudio,
  preparedVideo,
} from '../../../src/frontend/front-end.js';
import { normaliseOverTime } from '../../../src/frontend/normalise.js';
import {
  audioDimensions,
  defaultFrontEnd,
  type FrontEndOptions,
  videoDimensions,
} from '../../../src/frontend/options.js';
import { spectrogram } from '../../../src/frontend/spectrogram.js';
import type { ClipTracks } from '../../../src/frontend/tracks.js';
import { fitWhitening, whiten } from '../../../src/frontend/whitening.js';
import { concatRows, type Matrix, matrix, sliceRows, sourceOf } from '../../../src/matrix.js';
import { describeEachEngine } from '../engine/each-engine.js';
import { someClips, someFeatures, somePictures, someSound } from './fixture.js';

/** A quarter of the paper's sampling rate and fewer dimensions: the plain JavaScript engine is tested too. */
const options: FrontEndOptions = {
  ...defaultFrontEnd,
  audio: {
    ...defaultFrontEnd.audio,
    spectrogram: { ...defaultFrontEnd.audio.spectrogram, rate: 4000 },
    whitening: { dimensions: 20 },
  },
  video: { ...defaultFrontEnd.video, whitening: { dimensions: 6 } },
};

/** Largest |covariance − unit matrix| of rows pooled over clips. */
function distanceFromUnit({ rows, columns, data }: Matrix): number {
  let worst = 0;
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < rows; i++)
        sum += (data[i * columns + a] as number) * (data[i * columns + b] as number);
      worst = Math.max(worst, Math.abs(sum / (rows - 1) - (a === b ? 1 : 0)));
    }
  }
  return worst;
}

function finite({ data }: Matrix): boolean {
  return data.every(Number.isFinite);
}

describe('sizes', () => {
  it('are the paper’s: 1000 audio and 384 video inputs', () => {
    expect(audioDimensions(defaultFrontEnd, 'waveform')).toBe(1000);
    expect(videoDimensions(defaultFrontEnd, 60 * 80)).toBe(384);
    expect(audioDimensions(defaultFrontEnd, 26)).toBe(208);
    const raw = { ...defaultFrontEnd, audio: { ...defaultFrontEnd.audio, whitening: null } };
    expect(audioDimensions(raw, 'waveform')).toBe(4830);
  });
});

describeEachEngine('the front end', () => {
  it('gives windows of both modalities, of the promised size, the same every time', () => {
    const clips = someClips(8);
    const fitted = fitFrontEnd(clips, options);
    expect(fitFrontEnd(clips, options)).toEqual(fitted);
    expect([fitted.audio?.components.columns, fitted.video?.components.columns]).toEqual([123, 96]);
    const clip = someClips(1, 50)[0] as ClipTracks;
    const windows = prepareClip(clip, fitted, options);
    expect(windows.audio?.columns).toBe(audioDimensions(options, 'waveform'));
    expect(windows.video?.columns).toBe(videoDimensions(options, 96));
    // 20 pictures make 17 windows; the sound lasts as long.
    expect([windows.audio?.rows, windows.video?.rows, windows.times.length]).toEqual([17, 17, 17]);
    expect(windows.audio !== undefined && finite(windows.audio)).toBe(true);
    expect(windows.video !== undefined && finite(windows.video)).toBe(true);
    expect(prepareClip(clip, fitted, options)).toEqual(windows);
  });
});

describe('the front end', () => {
  const clips = someClips(10);
  let fitted: FittedFrontEnd;
  beforeAll(async () => {
    await useEngine('auto');
    fitted = fitFrontEnd(clips, options);
  });

  it('whitens the training clips: unit covariance of audio, and of video before its derivatives', () => {
    const audio = clips.map(({ audio }) => audio && preparedAudio(audio, fitted, options).values);
    expect(distanceFromUnit(concatRows(audio.filter((part) => part !== null)))).toBeLessThan(2e-3);
    const still = {
      ...options,
      video: { ...options.video, derivatives: { ...options.video.derivatives, order: 0 } },
    };
    const video = clips.map(
      ({ video }) => video && preparedVideo(video, fitted, still as FrontEndOptions).values,
    );
    expect(distanceFromUnit(concatRows(video.filter((part) => part !== null)))).toBeLessThan(2e-3);
  });

  it('is its steps in their order, audio and video', () => {
    const spectra = clips.map(({ audio }) =>
      audio?.kind === 'waveform'
        ? normaliseOverTime(withDerivatives(spectrogram(audio, options.audio.spectrogram).values))
        : matrix(0, 123),
    );
    const audio = fitWhitening(sourceOf(concatRows(spectra)), { dimensions: 20 });
    expect(fitted.audio).toEqual(audio);
    const sound = someSound(77);
    const expected = whiten(
      audio,
      normaliseOverTime(withDerivatives(spectrogram(sound, options.audio.spectrogram).values)),
    );
    expect(preparedAudio(sound, fitted, options).values).toEqual(expected);

    const video = somePictures(77);
    const pixels = matrix(
      20,
      96,
      Float32Array.from(video.data, (value) => value / 255),
    );
    if (fitted.video === undefined) throw new Error('no whitening of pictures');
    const steps = withDerivatives(whiten(fitted.video, normaliseOverTime(pixels)));
    expect(preparedVideo(video, fitted, options).values).toEqual(steps);
  });

  it('fits pictures as a whitening of all of them in single precision does', () => {
    const all = clips.map(({ video }) => {
      const pixels = Float32Array.from(video?.data ?? [], (value) => value / 255);
      return normaliseOverTime(matrix(20, 96, pixels));
    });
    const direct = fitWhitening(sourceOf(concatRows(all)), { dimensions: 6 });
    direct.eigenvalues.forEach((value, i) => {
      expect((fitted.video?.eigenvalues[i] as number) / value).toBeCloseTo(1, 4);
    });
    expect(fitted.video?.count).toBe(200);
  });

  it('fits on an evenly spread sample where pictures are many', () => {
    const few = { ...options, video: { ...options.video, maximumFitted: 64 } };
    const sampled = fitFrontEnd(clips, few).video;
    // 200 pictures halve twice: every fourth is kept.
    expect(sampled?.count).toBe(50);
    const everyFourth = concatRows(
      clips.flatMap(({ video }) => {
        const pixels = Float32Array.from(video?.data ?? [], (value) => value / 255);
        const frames = normaliseOverTime(matrix(20, 96, pixels));
        return [0, 4, 8, 12, 16].map((t) => sliceRows(frames, t, t + 1));
      }),
    );
    const expected = fitWhitening(sourceOf(everyFourth), { dimensions: 6 });
    expected.eigenvalues.forEach((value, i) => {
      expect((sampled?.eigenvalues[i] as number) / value).toBeCloseTo(1, 4);
    });
  });

  it('reads its clips once and one after the other', () => {
    let read = 0;
    function* stream(): Generator<ClipTracks> {
      for (const clip of clips) {
        read += 1;
        yield clip;
      }
    }
    expect(fitFrontEnd(stream(), options)).toEqual(fitted);
    expect(read).toBe(10);
  });

  it('does not hear the level of a recording', () => {
    const sound = someSound(5);
    const soft = { ...sound, samples: sound.samples.map((value) => value / 10) };
    const [a, b] = [sound, soft].map((audio) => preparedAudio(audio, fitted, options).values.data);
    a?.forEach((value, i) => {
      expect(b?.[i]).toBeCloseTo(value, 2);
    });
  });

  it('adds noise by clip and draw', () => {
    const clip = clips[0] as ClipTracks;
    const noisy = (id: string, draw: number): Float32Array | undefined =>
      prepareClip({ ...clip, id }, fitted, options, { snr: 0, seed: 1, draw }).audio?.data;
    expect(noisy('a', 0)).toEqual(noisy('a', 0));
    expect(noisy('a', 0)).not.toEqual(noisy('a', 1));
    expect(noisy('a', 0)).not.toEqual(noisy('b', 0));
    expect(noisy('a', 0)).not.toEqual(prepareClip(clip, fitted, options).audio?.data);
    const video = prepareClip(clip, fitted, options, { snr: 0, seed: 1, draw: 0 }).video;
    expect(video).toEqual(prepareClip(clip, fitted, options).video);
  });

  it('takes features for sound: AVLetters’ 26 at 50/s, 8 a window', () => {
    const withFeatures = Array.from({ length: 12 }, (_, i) => ({
      id: `letter-${i}`,
      audio: someFeatures(i),
      video: { ...somePictures(i), start: 0 },
    }));
    const learnt = fitFrontEnd(withFeatures, options);
    expect(learnt.audio?.components.rows).toBe(26);
    const windows = prepareClip(withFeatures[3] as ClipTracks, learnt, options);
    expect([windows.audio?.rows, windows.audio?.columns]).toEqual([17, 208]);
    const pooled = concatRows(withFeatures.map(({ audio }) => preparedAudio(audio, learnt, options).values));
    expect(distanceFromUnit(pooled)).toBeLessThan(2e-3);
    expect(() =>
      prepareClip(withFeatures[3] as ClipTracks, learnt, options, { snr: 0, seed: 1, draw: 0 }),
    ).toThrow(/clip letter-3: noise cannot be added/);
  });

  it('takes either modality alone', () => {
    const clip = clips[0] as ClipTracks;
    const heard = prepareClip({ ...clip, video: null }, fitted, options);
    expect(heard.video).toBeUndefined();
    expect(heard.audio?.columns).toBe(200);
    const seen = prepareClip({ ...clip, audio: null }, fitted, options);
    expect(seen.audio).toBeUndefined();
    expect(seen.video?.rows).toBe(17);
    const soundOnly = fitFrontEnd(
      clips.map((each) => ({ ...each, video: null })),
      options,
    );
    expect(soundOnly).toEqual({ audio: fitted.audio });
  });

  it('can do without whitening', () => {
    const plain = {
      ...options,
      audio: { ...options.audio, whitening: null },
      video: { ...options.video, whitening: null },
    };
    expect(fitFrontEnd(clips, plain)).toEqual({});
    const windows = prepareClip(clips[0] as ClipTracks, {}, plain);
    expect([windows.audio?.columns, windows.video?.columns]).toEqual([1230, 4 * 3 * 96]);
  });

  it('names the clip that it cannot use', () => {
    const clip = clips[0] as ClipTracks;
    const video = somePictures(1);
    const sound = someSound(1);
    const attempt = (changes: Partial<ClipTracks>) => () =>
      fitFrontEnd([clip, { ...clip, id: 'bad', ...changes }], options);
    expect(attempt({ video: somePictures(1, 20, 10, 10) })).toThrow(
      /clip bad: its pictures are 10 x 10, but those of the clips before it are 12 x 8/,
    );
    expect(attempt({ video: { ...video, count: 21 } })).toThrow(
      /clip bad: 21 pictures of 12 x 8 need 2016 bytes/,
    );
    expect(attempt({ video: { ...video, count: 0, data: new Uint8Array(0) } })).toThrow(
      /clip bad: it has no pictures/,
    );
    expect(attempt({ audio: someFeatures(1) })).toThrow(/clip bad: its sound is given as features/);
    expect(attempt({ audio: { ...sound, samples: new Float32Array(0) } })).toThrow(
      /clip bad: the sound has no/,
    );
    const features = someFeatures(1);
    features.values.data[7] = Number.NaN;
    expect(attempt({ audio: features })).toThrow(
      /clip bad: its sound features hold values that are not finite/,
    );
    expect(() => prepareClip(clip, {}, options)).toThrow(
      /clip clip-0: it has sound, but no training clip has/,
    );
    expect(() => fitFrontEnd([{ id: 'x', audio: null, video: somePictures(1, 5) }], options)).toThrow(
      /5 frames are too few to whiten to 6/,
    );
  });
});
