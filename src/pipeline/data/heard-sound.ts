import type { FrontEndConfig, MfccConfig } from '../../config/index.js';
import type { Clip, ClipEntry, FeatureTrack } from '../../corpora/clip.js';
import { type ClipDigest, digestOf } from '../../corpora/clip-digest.js';
import { type HtkMfccOptions, htkMfccColumns, mfccOfClip } from '../../frontend/index.js';
import type { SoundKind, StageFrontEnd } from './parameters.js';

/**
 * The front end of the stages of a pool. How MFCC are made of waveforms is left out where none can be: stages that do
 * not depend on it are the same whatever it says.
 */
export function stageFrontEnd(config: FrontEndConfig, sound: SoundKind | null): StageFrontEnd {
  const { waveforms, mfcc, ...features } = config.features;
  const isUsed = waveforms === 'mfcc' && sound === 'features';
  return { ...config, features: isUsed ? { ...features, mfcc } : features };
}

/** Sound as a pool takes it: vectors are counted in columns and the seconds from one to the next. */
export type HeardSound =
  | { readonly kind: 'waveform' }
  | {
      readonly kind: 'features';
      readonly columns: number;
      readonly period: number;
      /** MFCC that are made of a waveform. */
      readonly isMade: boolean;
    };

/** What a pool takes of the sound of a clip, without computing anything; null for nothing. */
export function heardSound(
  { audio }: { readonly audio: { readonly kind: 'waveform' } | Omit<FeatureTrack, 'start'> | null },
  sound: SoundKind | null,
  { features: { mfcc } }: Pick<StageFrontEnd, 'features'>,
): HeardSound | null {
  if (audio?.kind === 'features' && sound === 'features') {
    return { kind: 'features', columns: audio.values.columns, period: 1 / audio.rate, isMade: false };
  }
  if (audio?.kind !== 'waveform') return null;
  if (sound === 'waveform') return { kind: 'waveform' };
  if (sound === null || mfcc === undefined) return null;
  return {
    kind: 'features',
    columns: htkMfccColumns(mfcc),
    period: mfcc.period_ms / 1000,
    isMade: true,
  };
}

/** A clip as a pool takes it, and what it was: MFCC of silence differ in length, and silence has no digest. */
export interface HeardClip {
  readonly clip: Clip;
  readonly digest: ClipDigest;
}

/**
 * Reads a clip with its sound as the pool gives it: as it is, or the MFCC of its waveform, or left out.
 *
 * @throws MmxError naming the file, or the clip and what is wrong with its sound
 */
export function loadHeard(
  entry: Pick<ClipEntry, 'load'>,
  sound: SoundKind | null,
  frontEnd: Pick<StageFrontEnd, 'features'>,
): HeardClip {
  const loaded = entry.load();
  const isHeard = heardSound(loaded, sound, frontEnd) !== null;
  const heard = isHeard ? loaded : { ...loaded, audio: null };
  const digest = digestOf(heard);
  const { mfcc } = frontEnd.features;
  if (heard.audio?.kind !== 'waveform' || sound !== 'features' || mfcc === undefined) {
    return { clip: heard, digest };
  }
  return { clip: { ...heard, audio: mfccOfClip(heard.id, heard.audio, mfccOptions(mfcc)) }, digest };
}

/** How MFCC are made of waveforms, in seconds and hertz. */
export function mfccOptions(config: MfccConfig): HtkMfccOptions {
  return {
    rate: config.rate,
    window: config.window_ms / 1000,
    hop: config.period_ms / 1000,
    shape: config.window,
    preEmphasis: config.pre_emphasis,
    channels: config.channels,
    cepstra: config.cepstra,
    lifter: config.lifter,
    silenceFloor: config.silence_floor === 'none' ? null : config.silence_floor,
    energyScale: config.energy_scale,
    deltaWindow: config.delta_window,
    deltaEnds: config.delta_ends,
  };
}
