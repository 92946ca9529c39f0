import { MmxError } from '../errors.js';
import { matrix } from '../matrix.js';
import { CovarianceStream } from './covariance.js';
import { withDerivatives } from './derivatives.js';
import { naming } from './naming.js';
import { addNoise } from './noise.js';
import { normaliseOverTime } from './normalise.js';
import type { FrontEndOptions } from './options.js';
import { PictureSample } from './picture-sample.js';
import { spectrogram } from './spectrogram.js';
import type { ClipTracks, FeatureTrack, FrameSeries, FrameTrack, Waveform } from './tracks.js';
import { fitWhitening, type Whitening, whiten, whiteningOf } from './whitening.js';
import { cutWindows, type PlacedWindows, placeWindows, type WindowOptions, type Windows } from './windows.js';

/** What the front end learns from unlabelled training clips; absent where there was nothing to learn. */
export interface FittedFrontEnd {
  readonly audio?: Whitening;
  readonly video?: Whitening;
}

/** White Gaussian noise to add to the sound. */
export interface NoiseOptions {
  /** Signal-to-noise ratio in dB. */
  readonly snr: number;
  readonly seed: number;
  /** Counts the draws: a clip has other noise in each. */
  readonly draw: number;
}

/**
 * Fits the whitening of both modalities in one pass over the clips. One clip is held at a time, beside the covariance
 * of the audio frames and the sample of pictures (`maximumFitted`), so memory does not grow with the corpus.
 *
 * @param clips training clips; no labels are used. All with sound give the same kind of it, and pictures of one size
 * @throws MmxError naming the clip, when one has unusable sound or other sizes than those before it; or
 *   `frontend/whitening` when there are too few frames
 */
export function fitFrontEnd(clips: Iterable<ClipTracks>, options: FrontEndOptions): FittedFrontEnd {
  let audioFrames: { kind: 'waveform' | 'features'; stream: CovarianceStream } | undefined;
  let pictures: { size: string; sample: PictureSample } | undefined;
  for (const clip of clips) {
    naming(clip.id, () => {
      const { audio, video } = clip;
      if (audio !== null && audioOptions(audio, options).whitening !== null) {
        const { values } = normalisedAudio(audio, options);
        audioFrames ??= { kind: audio.kind, stream: new CovarianceStream(values.columns) };
        if (audioFrames.kind !== audio.kind) {
          throw new MmxError(
            'frontend/clip',
            `its sound is given as ${audio.kind}, but that of the clips before it as ${audioFrames.kind}`,
          );
        }
        audioFrames.stream.push(values);
      }
      if (video !== null && options.video.whitening !== null) {
        const { values } = normalisedVideo(video, options);
        const size = `${video.width} x ${video.height}`;
        pictures ??= { size, sample: new PictureSample(values.columns, options.video.maximumFitted) };
        if (pictures.size !== size) {
          throw new MmxError(
            'frontend/clip',
            `its pictures are ${size}, but those of the clips before it are ${pictures.size}`,
          );
        }
        pictures.sample.push(values);
      }
    });
  }
  return {
    ...fittedAudio(audioFrames, options),
    ...(pictures !== undefined && options.video.whitening !== null
      ? { video: fitWhitening(pictures.sample, options.video.whitening) }
      : {}),
  };
}

/**
 * A clip as the models see it: windows of contiguous frames, both modalities side by side in time.
 *
 * Audio: spectrogram → derivatives → mean normalisation → whitening. Features: derivatives → mean normalisation →
 * whitening. Video: pictures / 255 → mean normalisation → whitening → derivatives.
 *
 * @param fitted of the training clips; must hold a whitening for every modality that the options whiten
 * @param noise added to the waveform first, when given
 * @throws MmxError naming the clip and what is wrong with it
 */
export function prepareClip(
  clip: ClipTracks,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  noise?: NoiseOptions,
): Windows {
  return naming(clip.id, () => cutWindows(...preparedTracks(clip, fitted, options, noise)));
}

/** As {@link prepareClip}, the windows left where they lie in the frames: overlapping, they would take ten times the memory. */
export function placeClip(
  clip: ClipTracks,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  noise?: NoiseOptions,
): PlacedWindows {
  return naming(clip.id, () => placeWindows(...preparedTracks(clip, fitted, options, noise)));
}

function preparedTracks(
  { id, audio, video }: ClipTracks,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  noise: NoiseOptions | undefined,
): [{ audio: FrameSeries | undefined; video: FrameSeries | undefined }, WindowOptions] {
  const { stride, audioStride } = options;
  return [
    {
      audio: audio === null ? undefined : preparedAudio(withNoise(id, audio, noise), fitted, options),
      video: video === null ? undefined : preparedVideo(video, fitted, options),
    },
    {
      audioFrames: audio === null ? options.audio.frames : audioOptions(audio, options).frames,
      videoFrames: options.video.frames,
      stride,
      ...(audioStride === undefined ? {} : { audioStride }),
    },
  ];
}

/** Whitened audio frames of a clip, before they are cut into windows. */
export function preparedAudio(
  audio: Waveform | FeatureTrack,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
): FrameSeries {
  const frames = normalisedAudio(audio, options);
  if (audioOptions(audio, options).whitening === null) return frames;
  return { ...frames, values: whiten(required(fitted.audio, 'sound'), frames.values) };
}

/** Whitened video frames of a clip with their derivatives, before they are cut into windows. */
export function preparedVideo(
  video: FrameTrack,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
): FrameSeries {
  const { whitening, derivatives } = options.video;
  const frames = normalisedVideo(video, options);
  const values =
    whitening === null ? frames.values : whiten(required(fitted.video, 'pictures'), frames.values);
  return { ...frames, values: withDerivatives(values, derivatives) };
}

function audioOptions(
  audio: Waveform | FeatureTrack,
  options: FrontEndOptions,
): FrontEndOptions['audio'] | FrontEndOptions['features'] {
  return audio.kind === 'waveform' ? options.audio : options.features;
}

function normalisedAudio(audio: Waveform | FeatureTrack, options: FrontEndOptions): FrameSeries {
  const frames: FrameSeries =
    audio.kind === 'waveform' ? spectrogram(audio, options.audio.spectrogram) : audio;
  const { derivatives, normalisation } = audioOptions(audio, options);
  if (frames.values.rows === 0) throw new MmxError('frontend/clip', 'its sound has no frames');
  if (!frames.values.data.every(Number.isFinite)) {
    throw new MmxError('frontend/clip', 'its sound features hold values that are not finite numbers');
  }
  return {
    rate: frames.rate,
    start: frames.start,
    values: normaliseOverTime(withDerivatives(frames.values, derivatives), normalisation),
  };
}

function normalisedVideo(video: FrameTrack, options: FrontEndOptions): FrameSeries {
  const { rate, start, count, height, width, data } = video;
  if (count === 0) throw new MmxError('frontend/clip', 'it has no pictures');
  if (data.length !== count * height * width) {
    throw new MmxError(
      'frontend/clip',
      `${count} pictures of ${width} x ${height} need ${count * height * width} bytes, and it holds ${data.length}`,
    );
  }
  const values = matrix(count, height * width);
  for (let i = 0; i < data.length; i++) values.data[i] = (data[i] as number) / 255;
  return { rate, start, values: normaliseOverTime(values, options.video.normalisation) };
}

function fittedAudio(
  frames: { kind: 'waveform' | 'features'; stream: CovarianceStream } | undefined,
  options: FrontEndOptions,
): FittedFrontEnd {
  if (frames === undefined) return {};
  const { whitening } = frames.kind === 'waveform' ? options.audio : options.features;
  return whitening === null ? {} : { audio: whiteningOf(frames.stream, whitening) };
}

function withNoise(
  id: string,
  audio: Waveform | FeatureTrack,
  noise: NoiseOptions | undefined,
): Waveform | FeatureTrack {
  if (noise === undefined) return audio;
  if (audio.kind === 'features') {
    throw new MmxError(
      'frontend/noise',
      'noise cannot be added: it has features of its sound only, no waveform',
      {
        hint: 'leave the noisy setting out for this corpus',
      },
    );
  }
  return addNoise(audio, noise.snr, {
    seed: noise.seed,
    purpose: `frontend/noise/${id}`,
    step: noise.draw,
  });
}

function required(whitening: Whitening | undefined, what: string): Whitening {
  if (whitening !== undefined) return whitening;
  throw new MmxError(
    'frontend/clip',
    `it has ${what}, but no training clip has: there is no whitening for it`,
  );
}
