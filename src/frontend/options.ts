import { type DerivativeOptions, defaultDerivatives, derivativeFactor } from './derivatives.js';
import type { Normalisation } from './normalise.js';
import { defaultSpectrogram, type SpectrogramOptions, spectrogramBins } from './spectrogram.js';
import type { WhiteningOptions } from './whitening.js';

/**
 * The paper's preprocessing. It states the spectrogram's sizes, that derivatives are appended (to the spectrogram
 * before, to the pictures after whitening: 483 → 100, and 32 → 96), the whitened sizes, mean normalisation over
 * time, and the frames of a window. It does not state at which point the mean is taken off; derivatives and whitening
 * are linear, so this changes only what the whitening is fitted on, and here it sees clips without their means: the
 * speaker's face and the channel's colour would otherwise take its leading components.
 */
export interface FrontEndOptions {
  /** For sound given as a waveform. */
  readonly audio: {
    readonly spectrogram: SpectrogramOptions;
    readonly derivatives: DerivativeOptions;
    readonly normalisation: Normalisation;
    /** Null leaves the frames as they are. */
    readonly whitening: WhiteningOptions | null;
    /** Frames of a window. */
    readonly frames: number;
  };
  /** For sound given as features: not in the paper, which had waveforms or says nothing. */
  readonly features: {
    readonly derivatives: DerivativeOptions;
    readonly normalisation: Normalisation;
    readonly whitening: WhiteningOptions | null;
    readonly frames: number;
  };
  readonly video: {
    /** Variance is left alone: a pixel that hardly moves has nothing to say. */
    readonly normalisation: Exclude<Normalisation, 'mean-variance'>;
    readonly whitening: WhiteningOptions | null;
    readonly derivatives: DerivativeOptions;
    readonly frames: number;
    /** Pictures the whitening is fitted on at most, evenly spread: 50,000 of 60x80 take 480 MB. */
    readonly maximumFitted: number;
  };
  /** Frames of video from one window to the next. */
  readonly stride: number;
  /** Frames of audio, for clips without pictures; about 1/25 s when absent. */
  readonly audioStride?: number;
}

export const defaultFrontEnd: FrontEndOptions = {
  audio: {
    spectrogram: defaultSpectrogram,
    derivatives: defaultDerivatives,
    normalisation: 'mean',
    whitening: { dimensions: 100 },
    frames: 10,
  },
  features: {
    // MFCC files bring their own deltas. Whitened in full: Gaussian visible units expect unit variance.
    derivatives: { ...defaultDerivatives, order: 0 },
    normalisation: 'mean',
    whitening: { dimensions: 'all' },
    frames: 8,
  },
  video: {
    normalisation: 'mean',
    whitening: { dimensions: 32 },
    derivatives: defaultDerivatives,
    frames: 4,
    maximumFitted: 50_000,
  },
  stride: 1,
};

/** Inputs of one audio window: 1000 in the paper. @param input `waveform`, or the features a frame */
export function audioDimensions(options: FrontEndOptions, input: 'waveform' | number): number {
  const { derivatives, whitening, frames } = input === 'waveform' ? options.audio : options.features;
  const raw = input === 'waveform' ? spectrogramBins(options.audio.spectrogram) : input;
  return frames * whitenedTo(whitening, raw * derivativeFactor(derivatives));
}

/** Inputs of one video window: 384 in the paper. @param pixels of a picture */
export function videoDimensions({ video }: FrontEndOptions, pixels: number): number {
  return video.frames * derivativeFactor(video.derivatives) * whitenedTo(video.whitening, pixels);
}

function whitenedTo(whitening: WhiteningOptions | null, dimensions: number): number {
  return whitening === null || whitening.dimensions === 'all' ? dimensions : whitening.dimensions;
}
