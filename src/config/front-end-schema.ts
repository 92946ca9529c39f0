import { z } from 'zod';
import { belowOne, integerUpTo, nonNegative, numberFrom, positiveInteger } from './numbers.js';

/** The paper's preprocessing of sound and pictures; corpora of plain examples have none. */

const whitened = (paper: number | 'all') =>
  z
    .union([integerUpTo(100_000), z.literal('all')])
    .default(paper)
    .describe('Dimensions kept by PCA whitening');

const epsilon = nonNegative()
  .default(1e-6)
  .describe(
    'Added to every variance before whitening divides by its root, in units of the largest: components of little variance stay small',
  );

const derivatives = (order: 0 | 1 | 2) =>
  z
    .strictObject({
      order: z
        .union([z.literal(0), z.literal(1), z.literal(2)])
        .default(order)
        .describe('0 appends nothing, 1 the first derivative over time, 2 the first and second'),
      half_window: integerUpTo(50)
        .default(2)
        .describe('Frames before and after the one at which the slope is taken'),
    })
    .prefault({})
    .describe('Slopes over time, appended to the frames');

const normalise = z
  .enum(['none', 'mean', 'mean-variance'])
  .default('mean')
  .describe('What every feature is set to over the frames of a clip: mean 0, or mean 0 and variance 1');

const frames = (count: number) => integerUpTo(1000).default(count).describe('Contiguous frames of a window');

const decibels = 'must be a number from -200 to 0';

const mel = z
  .union([
    z.literal('none'),
    z.strictObject({
      bands: integerUpTo(256).default(26).describe('Triangular filters from 0 Hz to the Nyquist frequency'),
      cepstra: z
        .int()
        .min(0)
        .max(255)
        .default(0)
        .describe(
          "Cepstral coefficients of the bands, followed by the frame's log energy; 0 keeps the bands",
        ),
      lifter: nonNegative().default(22).describe('Lifter of the cepstra, as in HTK; 0 for none'),
    }),
  ])
  .default('none')
  .describe('Bands on the mel scale in place of the 161 bins, and cepstra of them (MFCC)');

const audio = z
  .strictObject({
    scale: z
      .enum(['log', 'power', 'magnitude'])
      .default('log')
      .describe(
        "Of the spectrogram: logarithm; or magnitudes divided by the clip's root mean square, as they are or raised to a power",
      ),
    floor: z
      .number(decibels)
      .min(-200, decibels)
      .max(0, decibels)
      .default(-60)
      .describe("Of the logarithm: added to each magnitude, in dB relative to the clip's largest"),
    exponent: z
      .number('must be a number above 0 and at most 2')
      .gt(0, 'must be a number above 0 and at most 2')
      .max(2, 'must be a number above 0 and at most 2')
      .default(0.33)
      .describe('Of scale: power'),
    window: z
      .enum(['hann', 'hamming', 'rectangular'])
      .default('hann')
      .describe('Shape of the 20 ms window of the spectrogram'),
    pre_emphasis: belowOne()
      .default(0)
      .describe('k of x(t) - k x(t-1), taken before the spectrogram; 0 for none, 0.97 is usual'),
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
  .describe('Sound given as a waveform: spectrogram and derivatives, whitened');

const rates = 'must be a whole number from 4000 to 48000';

/** In the words of HTK's configuration, in brackets; the defaults are those that the files of AVLetters agree with. */
const mfcc = z
  .strictObject({
    rate: z
      .int(rates)
      .min(4000, rates)
      .max(48_000, rates)
      .default(16_000)
      .describe('Samples a second to which waveforms are brought; half of it is where the channels end'),
    window_ms: numberFrom(5, 64).default(25).describe('Length of the window in milliseconds (WINDOWSIZE)'),
    period_ms: numberFrom(5, 100)
      .default(20)
      .describe('Milliseconds from frame to frame (TARGETRATE); that of the features they stand beside'),
    window: z
      .enum(['hann', 'hamming', 'rectangular'])
      .default('rectangular')
      .describe('Shape of the window; HTK 3 takes hamming (USEHAMMING)'),
    pre_emphasis: belowOne().default(0).describe('k of x(t) - k x(t-1); HTK 3 takes 0.97 (PREEMCOEF)'),
    channels: integerUpTo(256)
      .default(20)
      .describe('Triangular filters from 0 Hz to the Nyquist frequency (NUMCHANS)'),
    cepstra: integerUpTo(255)
      .default(12)
      .describe('Cepstral coefficients, followed by the energy and by the deltas of both (NUMCEPS)'),
    lifter: nonNegative().default(0).describe('Lifter of the cepstra; HTK 3 takes 22 (CEPLIFTER)'),
    silence_floor: z
      .union([numberFrom(1, 200), z.literal('none')], 'must be a number from 1 to 200, or none')
      .default('none')
      .describe('dB below the loudest frame under which no energy falls; HTK 3 takes 50 (SILFLOOR)'),
    energy_scale: numberFrom(0, 10)
      .default(0.1)
      .describe('The log energy becomes 1 - scale (largest - energy) (ESCALE)'),
    delta_window: integerUpTo(50)
      .default(2)
      .describe('Frames before and after the one at which the slope of the deltas is taken (DELTAWINDOW)'),
    delta_ends: z
      .enum(['difference', 'repeat'])
      .default('difference')
      .describe(
        'Deltas of the first and last frames: differences of neighbours, as in HTK 1 (V1COMPAT); or slopes as if the end frames were repeated, as in HTK 3',
      ),
  })
  .refine(({ cepstra, channels }) => cepstra < channels, {
    path: ['cepstra'],
    error: 'must be fewer than the channels',
  })
  .describe('MFCC of waveforms as HTK computes them (MFCC_E_D), where waveforms: mfcc asks for them');

const features = z
  .strictObject({
    waveforms: z
      .enum(['none', 'mfcc'])
      .default('none')
      .describe(
        'What clips with a waveform give to a pool whose sound is given as features: nothing but their pictures, or MFCC computed of it',
      ),
    mfcc: mfcc.prefault({}),
    derivatives: derivatives(0),
    normalise,
    dimensions: whitened('all'),
    epsilon,
    frames: frames(8),
  })
  .describe('Sound given as features, such as MFCC');

const video = z
  .strictObject({
    derivatives: derivatives(2),
    normalise: z
      .enum(['none', 'mean'])
      .default('mean')
      .describe('Whether every pixel is set to mean 0 over the pictures of a clip'),
    dimensions: whitened(32),
    epsilon,
    frames: frames(4),
  })
  .describe('Pictures of the mouth, whitened, with derivatives');

export const frontEnd = z
  .strictObject({
    audio: audio.prefault({}),
    features: features.prefault({}),
    video: video.prefault({}),
    stride: positiveInteger().default(1).describe('Pictures from one window to the next'),
  })
  .describe('Sound and pictures to windows');

export type FrontEndConfig = z.output<typeof frontEnd>;
export type MfccConfig = FrontEndConfig['features']['mfcc'];
