import { z } from 'zod';
import { belowOne, integerUpTo, nonNegative, numberFrom, positiveInteger } from './numbers.js';

/** The paper's preprocessing of sound and pictures; corpora of plain examples have none. */

const whitened = (paper: number | 'all') =>
  z
    .union([integerUpTo(100_000), z.literal('all')])
    .default(paper)
    .describe('Number of dimensions kept by PCA whitening');

const epsilon = nonNegative()
  .default(1e-6)
  .describe(
    'Added to every variance before whitening divides by its square root, relative to the largest variance; keeps components of small variance small',
  );

const derivatives = (order: 0 | 1 | 2) =>
  z
    .strictObject({
      order: z
        .union([z.literal(0), z.literal(1), z.literal(2)])
        .default(order)
        .describe('0 appends nothing, 1 the first derivative over time, 2 the first and second derivatives'),
      half_window: integerUpTo(50)
        .default(2)
        .describe('Number of frames on each side from which a slope is computed'),
    })
    .prefault({})
    .describe('Slopes over time, appended to the frames');

const normalise = z
  .enum(['none', 'mean', 'mean-variance'])
  .default('mean')
  .describe(
    'Normalises every feature over the frames of a clip: `mean` to mean 0, `mean-variance` to mean 0 and variance 1',
  );

const frames = (count: number) =>
  integerUpTo(1000).default(count).describe('Number of contiguous frames per window');

const decibels = 'must be a number from -200 to 0';

const mel = z
  .union([
    z.literal('none'),
    z.strictObject({
      bands: integerUpTo(256)
        .default(26)
        .describe('Number of triangular filters from 0 Hz to the Nyquist frequency'),
      cepstra: z
        .int()
        .min(0)
        .max(255)
        .default(0)
        .describe(
          'Number of cepstral coefficients computed from the bands, followed by the log energy of the frame; 0 keeps the bands',
        ),
      lifter: nonNegative().default(22).describe('Lifter of the cepstra, as in HTK; 0 turns it off'),
    }),
  ])
  .default('none')
  .describe('Mel bands in place of the 161 spectrogram bins, and optionally their cepstra (MFCCs)');

const audio = z
  .strictObject({
    scale: z
      .enum(['log', 'power', 'magnitude'])
      .default('log')
      .describe(
        'Scale of the spectrogram: `log` is the logarithm; `magnitude` divides by the root mean square of the clip; `power` also raises the result to `exponent`',
      ),
    floor: z
      .number(decibels)
      .min(-200, decibels)
      .max(0, decibels)
      .default(-60)
      .describe(
        'For `scale: log`: offset added to each magnitude, in dB relative to the largest magnitude of the clip',
      ),
    exponent: z
      .number('must be a number above 0 and at most 2')
      .gt(0, 'must be a number above 0 and at most 2')
      .max(2, 'must be a number above 0 and at most 2')
      .default(0.33)
      .describe('Exponent of `scale: power`'),
    window: z
      .enum(['hann', 'hamming', 'rectangular'])
      .default('hann')
      .describe('Shape of the 20 ms window of the spectrogram'),
    pre_emphasis: belowOne()
      .default(0)
      .describe('k in x(t) - k x(t-1), computed before the spectrogram; 0 turns it off, 0.97 is usual'),
    mel,
    derivatives: derivatives(2),
    normalise,
    dimensions: whitened(100),
    epsilon,
    frames: frames(10),
  })
  .refine(({ mel, scale }) => mel === 'none' || mel.cepstra === 0 || scale === 'log', {
    path: ['mel', 'cepstra'],
    error: 'are taken of logarithms, so they need scale: log',
  })
  .refine(({ mel }) => mel === 'none' || mel.cepstra < mel.bands, {
    path: ['mel', 'cepstra'],
    error: 'must be fewer than the bands',
  })
  .describe('Sound given as a waveform: its whitened spectrogram, with derivatives');

const rates = 'must be a whole number from 4000 to 48000';

/** In the words of HTK's configuration, in brackets; the defaults are those that the files of AVLetters agree with. */
const mfcc = z
  .strictObject({
    rate: z
      .int(rates)
      .min(4000, rates)
      .max(48_000, rates)
      .default(16_000)
      .describe('Sampling rate in Hz to which waveforms are resampled; the channels end at half of it'),
    window_ms: numberFrom(5, 64).default(25).describe('Length of the window in milliseconds (WINDOWSIZE)'),
    period_ms: numberFrom(5, 100)
      .default(20)
      .describe(
        'Milliseconds from frame to frame (TARGETRATE); must equal that of the features they are used with',
      ),
    window: z
      .enum(['hann', 'hamming', 'rectangular'])
      .default('rectangular')
      .describe('Shape of the window; HTK 3 uses hamming (USEHAMMING)'),
    pre_emphasis: belowOne().default(0).describe('k in x(t) - k x(t-1); HTK 3 uses 0.97 (PREEMCOEF)'),
    channels: integerUpTo(256)
      .default(20)
      .describe('Number of triangular filters from 0 Hz to the Nyquist frequency (NUMCHANS)'),
    cepstra: integerUpTo(255)
      .default(12)
      .describe('Number of cepstral coefficients; the energy and the deltas of both follow them (NUMCEPS)'),
    lifter: nonNegative().default(0).describe('Lifter of the cepstra; HTK 3 uses 22 (CEPLIFTER)'),
    silence_floor: z
      .union([numberFrom(1, 200), z.literal('none')], 'must be a number from 1 to 200, or none')
      .default('none')
      .describe(
        'Smallest energy, in dB below the loudest frame; smaller ones are raised to it. HTK 3 uses 50 (SILFLOOR)',
      ),
    energy_scale: numberFrom(0, 10)
      .default(0.1)
      .describe('Scale of the log energy, which becomes 1 - scale (largest - energy) (ESCALE)'),
    delta_window: integerUpTo(50)
      .default(2)
      .describe('Number of frames on each side from which a delta is computed (DELTAWINDOW)'),
    delta_ends: z
      .enum(['difference', 'repeat'])
      .default('difference')
      .describe(
        'Deltas of the first and last frames: `difference` takes the difference of neighbouring frames, as in HTK 1 (V1COMPAT); `repeat` takes slopes with the end frames repeated, as in HTK 3',
      ),
  })
  .refine(({ cepstra, channels }) => cepstra < channels, {
    path: ['cepstra'],
    error: 'must be fewer than the channels',
  })
  .describe('MFCCs of waveforms as HTK computes them (MFCC_E_D); used with `waveforms: mfcc`');

const features = z
  .strictObject({
    waveforms: z
      .enum(['none', 'mfcc'])
      .default('none')
      .describe(
        'What clips with a waveform contribute to a pool whose sound is given as features: `none` their pictures only, `mfcc` also MFCCs computed from the waveform',
      ),
    mfcc: mfcc.prefault({}),
    derivatives: derivatives(0),
    normalise,
    dimensions: whitened('all'),
    epsilon,
    frames: frames(8),
  })
  .describe('Sound given as features, such as MFCCs');

const video = z
  .strictObject({
    derivatives: derivatives(2),
    normalise: z
      .enum(['none', 'mean'])
      .default('mean')
      .describe('`mean` normalises every pixel to mean 0 over the pictures of a clip'),
    dimensions: whitened(32),
    epsilon,
    frames: frames(4),
  })
  .describe('Whitened pictures of the mouth, with derivatives');

export const frontEnd = z
  .strictObject({
    audio: audio.prefault({}),
    features: features.prefault({}),
    video: video.prefault({}),
    stride: positiveInteger().default(1).describe('Number of pictures from one window to the next'),
  })
  .describe('How sound and pictures become windows');

export type FrontEndConfig = z.output<typeof frontEnd>;
export type MfccConfig = FrontEndConfig['features']['mfcc'];
