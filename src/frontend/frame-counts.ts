import type { FrontEndOptions } from './options.js';
import { cutIntoFrames } from './short-time.js';
import type { ClipTracks } from './tracks.js';

/**
 * Frames that a clip adds to those that the whitening is fitted on: of its waveform, and pictures. 0 for what the clip
 * lacks and for what is not whitened; features of sound are not counted.
 *
 * @throws MmxError where its sound cannot be cut into frames
 */
export function framesToWhiten(
  { audio, video }: Pick<ClipTracks, 'audio' | 'video'>,
  options: FrontEndOptions,
): { readonly audio: number; readonly video: number } {
  const isCut = audio?.kind === 'waveform' && options.audio.whitening !== null;
  return {
    audio: isCut ? cutIntoFrames(audio, options.audio.spectrogram).frames : 0,
    video: video === null || options.video.whitening === null ? 0 : video.count,
  };
}
