import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import {
  defaultFrontEnd,
  type FrontEndOptions,
  type Whitening,
  whiten,
} from '../../../../src/frontend/index.js';
import { type Matrix, matrix, matrixFromRows } from '../../../../src/matrix.js';
import { type AudioVisualWeights, deepUnits } from '../../../../src/papers/ngiam2011/deep-units.js';

/** 5 bins with their Δ whitened to 2, windows of 3 frames; pictures of 2 x 3 whitened to 2, with Δ, windows of 2. */
const options: FrontEndOptions = {
  ...defaultFrontEnd,
  audio: {
    ...defaultFrontEnd.audio,
    spectrogram: { ...defaultFrontEnd.audio.spectrogram, rate: 8000, window: 0.001 },
    derivatives: { ...defaultFrontEnd.audio.derivatives, order: 1 },
    whitening: { dimensions: 2 },
    frames: 3,
  },
  video: {
    ...defaultFrontEnd.video,
    whitening: { dimensions: 2 },
    derivatives: { ...defaultFrontEnd.video.derivatives, order: 1 },
    frames: 2,
  },
};
const pictures = { height: 2, width: 3 };
const choice = { units: 1, strongest: 10 };

/** A whitening to two dimensions along the given orthonormal directions, over a mean that must not come back. */
function whitening(first: readonly number[], second: readonly number[]): Whitening {
  return {
    mean: new Float32Array(first.length).fill(0.5),
    components: matrixFromRows([first, second]),
    eigenvalues: Float64Array.from([9, 0.25]),
    floor: 0.01,
    explained: 1,
    count: 100,
  };
}

const root = Math.SQRT1_2;
const fitted = {
  // Along bins 0 and 1, with a Δ in the second: columns 5 to 9 are Δ.
  audio: whitening([root, root, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, root, 0, 0, 0, 0, -root, 0]),
  video: whitening([0.6, 0, 0.8, 0, 0, 0], [0, 0, 0, 0, 1, 0]),
};

/** Frames (differences from the mean) as a window of the models, column after column `wide`, the rest derivatives. */
function windowOf(whitener: Whitening, frames: readonly (readonly number[])[], wide: number): Matrix {
  const values = matrixFromRows(frames.map((frame) => frame.map((value) => value + 0.5)));
  const whitened = whiten(whitener, values);
  const window = matrix(frames.length * wide, 1, new Float32Array(frames.length * wide).fill(7));
  for (let frame = 0; frame < frames.length; frame++) {
    window.data.set(whitened.data.subarray(2 * frame, 2 * frame + 2), frame * wide);
  }
  return window;
}

const spectra = [
  [2, 2, 0, 1, 0, 0, 0, 0, -1, 0],
  [-1, -1, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 5, 0, 0, 0, 0, -5, 0],
];
const seen = [
  [3, 0, 4, 0, 1, 0],
  [-0.3, 0, -0.4, 0, 2, 0],
];

function model(): AudioVisualWeights {
  return {
    audio: { weights: windowOf(fitted.audio, spectra, 2) },
    video: { weights: windowOf(fitted.video, seen, 4) },
    joint: matrixFromRows([
      [0, 2],
      [1, -1],
    ]),
  };
}

beforeAll(async () => {
  await useEngine('cpu');
});

describe('Figure 4', () => {
  it('gives back what a unit was made to look for, without means and derivatives', () => {
    const { panels, ...rest } = deepUnits(model(), fitted, options, pictures, choice);
    expect(rest).toEqual({
      picture: pictures,
      strongest: 10,
      jointUnits: 2,
      highestFrequency: 4000,
      hop: 0.01,
    });
    expect(panels).toHaveLength(1);
    const [panel] = panels;
    expect(panel?.unit).toBe(1);
    expect(panel?.norms).toEqual({ audio: 2, video: 1 });
    expect(panel?.spectrogram).toMatchObject({ rows: 5, columns: 3 });
    // Bins × frames: each spectrum twice, as the unit's connection to it is 2.
    const expected = [0, 1, 2, 3, 4].flatMap((bin) => spectra.map((frame) => 2 * (frame[bin] ?? 0)));
    for (const [i, value] of expected.entries()) expect(panel?.spectrogram.data[i]).toBeCloseTo(value, 5);
    expect(panel?.pictures).toMatchObject({ rows: 2, columns: 6 });
    for (const [i, value] of seen.flat().entries()) expect(panel?.pictures.data[i]).toBeCloseTo(-value, 5);
  });

  it('takes frames as they are where nothing was whitened', () => {
    const plain: FrontEndOptions = {
      ...options,
      audio: { ...options.audio, whitening: null },
      video: { ...options.video, whitening: null },
    };
    const heard = matrix(30, 1, gaussians({ seed: 1, purpose: 'test/heard', step: 0 }, 30));
    const pixels = matrix(24, 1, gaussians({ seed: 1, purpose: 'test/pixels', step: 0 }, 24));
    const [panel] = deepUnits(
      { audio: { weights: heard }, video: { weights: pixels }, joint: matrixFromRows([[1], [1]]) },
      {},
      plain,
      pictures,
      choice,
    ).panels;
    // Bin 4 of frame 2, and the last pixel of picture 1, before its derivatives.
    expect(panel?.spectrogram.data[4 * 3 + 2]).toBe(heard.data[2 * 10 + 4]);
    expect(panel?.pictures.data[11]).toBe(pixels.data[12 + 5]);
  });

  it('is refused for models that see something else', () => {
    const { audio, video, joint } = model();
    const features = { weights: matrix(8 * 26, 1) };
    expect(() => deepUnits({ audio: features, video, joint }, fitted, options, pictures, choice)).toThrow(
      'the model takes windows of 208 numbers for its sound, and this front end makes 6',
    );
    const { video: _, ...deaf } = fitted;
    expect(() => deepUnits({ audio, video, joint }, deaf, options, pictures, choice)).toThrow(
      'the front end holds no whitening of pictures',
    );
  });
});
