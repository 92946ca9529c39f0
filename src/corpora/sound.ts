import { readRecording } from '../formats/recording.js';
import type { ClipSources, Waveform } from './clip.js';
import type { ListOptions } from './recordings.js';

/** The sound of a clip that is a recording. Throws as {@link readRecording} does. */
export const readSound = (file: string): Waveform => ({ kind: 'waveform', ...readRecording(file) });

/** Where a clip that is a recording, without pictures, is read from. */
export function soundSource(file: string, { audio }: ListOptions): ClipSources {
  return { sound: audio === false ? null : { files: [file] }, pictures: null };
}
