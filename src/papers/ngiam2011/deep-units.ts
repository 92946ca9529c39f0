import { MmxError } from '../../errors.js';
import {
  audioDimensions,
  type FittedFrontEnd,
  type FrontEndOptions,
  videoDimensions,
} from '../../frontend/index.js';
import { type Matrix, sliceRows } from '../../matrix.js';
import { receptiveFields, strongestUnits } from '../../models/connections.js';
import { picturesOf, spectrogramOf } from '../../pipeline/inspect/back-projection.js';

/** The first two layers of a model that sees and hears; the joint layer lies over audio, then video. */
export interface AudioVisualWeights {
  /** Visible × hidden, of windows of the front end. */
  readonly audio: { readonly weights: Matrix };
  readonly video: { readonly weights: Matrix };
  /** (Hidden of audio + hidden of video) × joint units. */
  readonly joint: Matrix;
}

export interface Figure4Choice {
  /** Joint units shown: those most strongly connected to both modalities. */
  readonly units: number;
  /** First-layer features summed for each, in each modality. */
  readonly strongest: number;
}

/**
 * One joint unit as what it looks for in either modality. Both are differences from a clip's mean, in arbitrary units:
 * only their pattern says something.
 */
export interface Figure4Panel {
  readonly unit: number;
  /** Norms of the unit's weights to the two first layers. */
  readonly norms: { readonly audio: number; readonly video: number };
  /** Spectrogram: bins × frames, row 0 the lowest frequency. */
  readonly spectrogram: Matrix;
  /** Pictures: frames × pixels, row by row. */
  readonly pictures: Matrix;
}

/** The content of figure 4. */
export interface Figure4 {
  readonly panels: readonly Figure4Panel[];
  /** Of one picture, in pixels. */
  readonly picture: { readonly height: number; readonly width: number };
  /** Features summed for each unit, in each modality. */
  readonly strongest: number;
  /** Joint units of the model. */
  readonly jointUnits: number;
  /** Highest frequency of the spectrograms in Hz. */
  readonly highestFrequency: number;
  /** Seconds from one frame of the spectrogram to the next. */
  readonly hop: number;
}

/**
 * Deep units drawn as the first-layer features that connect to them most strongly, back-projected through the whitening
 * to a spectrogram and to pictures, on the current engine. Derivatives are left out: what is shown is
 * the signal itself.
 *
 * @param pictures size in pixels of the pictures the front end was fitted on
 * @throws MmxError `report/figure-4` when the model does not see windows of this front end, as one whose sound is given
 *   as features does not: they are no spectrogram; `models/connections` when its layers do not fit together
 */
export function deepUnits(
  model: AudioVisualWeights,
  fitted: FittedFrontEnd,
  options: FrontEndOptions,
  pictures: { readonly height: number; readonly width: number },
  choice: Figure4Choice,
): Figure4 {
  const pixels = pictures.height * pictures.width;
  checkVisible('sound', model.audio.weights, audioDimensions(options, 'waveform'));
  checkVisible('pictures', model.video.weights, videoDimensions(options, pixels));
  const weights = { first: [model.audio.weights, model.video.weights], joint: model.joint };
  const chosen = strongestUnits(weights, choice.units);
  const units = chosen.map(({ unit }) => unit);
  const heard = receptiveFields(weights, 0, units, choice.strongest);
  const seen = receptiveFields(weights, 1, units, choice.strongest);
  const { spectrogram } = options.audio;
  return {
    panels: chosen.map(({ unit, norms: [audio = 0, video = 0] }, index) => ({
      unit,
      norms: { audio, video },
      spectrogram: spectrogramOf(sliceRows(heard, index, index + 1), fitted.audio, options),
      pictures: picturesOf(sliceRows(seen, index, index + 1), fitted.video, options),
    })),
    picture: pictures,
    strongest: choice.strongest,
    jointUnits: model.joint.columns,
    highestFrequency: spectrogram.rate / 2,
    hop: spectrogram.hop,
  };
}

function checkVisible(what: string, { rows }: Matrix, expected: number): void {
  if (rows !== expected) {
    throw new MmxError(
      'report/figure-4',
      `Figure 4 cannot be drawn: the model takes windows of ${rows} numbers for its ${what}, and this front end makes ` +
        `${expected}`,
      {
        hint: 'it is drawn for models of spectrograms and pictures only, with the front end they were trained on',
      },
    );
  }
}
