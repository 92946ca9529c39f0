import { z } from 'zod';
import { integerUpTo, positiveInteger } from './numbers.js';

/** The paper's preprocessing of sound and pictures; corpora of plain examples have none. */

const whitened = (paper: number | 'all') =>
  z
    .union([integerUpTo(100_000), z.literal('all')])
    .default(paper)
    .describe('Dimensions kept by PCA whitening');

const frames = (count: number) => integerUpTo(1000).default(count).describe('Contiguous frames of a window');

const audio = z
  .strictObject({ dimensions: whitened(100), frames: frames(10) })
  .describe('Sound given as a waveform: spectrogram and derivatives, whitened');

const features = z
  .strictObject({ dimensions: whitened('all'), frames: frames(8) })
  .describe('Sound given as features, such as MFCC');

const video = z
  .strictObject({ dimensions: whitened(32), frames: frames(4) })
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
