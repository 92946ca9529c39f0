import { z } from 'zod';
import { integerUpTo, positive } from '../config/numbers.js';
import { MmxError } from '../errors.js';
import { movieName } from '../formats/file-names.js';
import { decodeAudio } from '../formats/movie.js';
import { readRecording } from '../formats/recording.js';
import { type LibrosaMfccOptions, librosaMfcc } from '../frontend/librosa-mfcc.js';
import { naming } from '../frontend/naming.js';
import { resample } from '../frontend/resample.js';
import { type Matrix, matrix } from '../matrix.js';
import { defineModality, type ModalitySource } from './modality.js';
import { fitScaling, scaledRows, scaling } from './scaling.js';

const options = z.strictObject({
  rate: integerUpTo(192_000).default(22_050).describe('Sampling rate in Hz; sound is resampled to it first'),
  seconds: positive()
    .max(600)
    .default(3)
    .describe('Length in seconds: longer sound is cut, shorter sound is padded with silence'),
  coefficients: integerUpTo(512).default(40).describe('Number of MFCCs per frame'),
  bands: integerUpTo(512).default(128).describe('Number of mel filters'),
  points: integerUpTo(65_536).default(2048).describe('Samples per frame; a power of two'),
  hop: integerUpTo(65_536)
    .default(512)
    .describe('Samples from the start of one frame to the start of the next'),
  over_time: z
    .enum(['frames', 'mean'])
    .default('frames')
    .describe('`frames`: all frames, as a sequence; `mean`: their mean over the recording, as a vector'),
});

type Options = z.output<typeof options>;

const mfccOf = ({ rate, coefficients, points, hop, bands }: Options): LibrosaMfccOptions => ({
  ...{ rate, coefficients, points, hop, bands },
});

const samplesOf = ({ rate, seconds }: Options): number => Math.round(rate * seconds);

const framesOf = (asked: Options): number =>
  asked.over_time === 'mean' ? 1 : 1 + Math.floor(samplesOf(asked) / asked.hop);

/** MFCC as librosa defines them, of recordings and of the sound of movies. Each coefficient is scaled over the training part. */
export const audio = defineModality<Options, Matrix, z.output<typeof scaling>>({
  kind: 'audio',
  summary: 'recordings (.wav, .sph) or the sound of movies, as MFCCs',
  given: 'file',
  options,
  range: () => 'real',
  shape: (asked) =>
    asked.over_time === 'mean' ? [asked.coefficients] : [framesOf(asked), asked.coefficients],
  read(source, asked) {
    const { rate, samples } = soundOf(source);
    return naming(source.value, () => {
      const heard = resample(samples, rate, asked.rate).subarray(0, samplesOf(asked));
      const isMean = asked.over_time === 'mean';
      const filled = isMean ? heard : new Float32Array(samplesOf(asked));
      if (!isMean) filled.set(heard);
      const { values } = librosaMfcc({ kind: 'waveform', rate: asked.rate, samples: filled }, mfccOf(asked));
      return isMean ? meanRow(values) : values;
    });
  },
  fitted: scaling,
  fit: fitScaling,
  row: (frames, by, asked) => scaledRows(frames, framesOf(asked), by),
});

function soundOf({ value, from, to }: ModalitySource): {
  readonly rate: number;
  readonly samples: Float32Array;
} {
  if (movieName.test(value)) {
    return decodeAudio(value, {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  }
  const { rate, samples } = readRecording(value);
  const kept = samples.subarray(
    Math.round((from ?? 0) * rate),
    to === undefined ? samples.length : Math.round(to * rate),
  );
  if (kept.length > 0) return { rate, samples: kept };
  throw new MmxError(
    'corpora/damaged',
    samples.length === 0
      ? `${value} is not usable: it holds no samples`
      : `${value} is not usable: it ends after ${(samples.length / rate).toFixed(2)} s, before ${from} s`,
  );
}

function meanRow({ rows, columns, data }: Matrix): Matrix {
  const mean = matrix(1, columns);
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * columns + column] as number;
    mean.data[column] = sum / rows;
  }
  return mean;
}
