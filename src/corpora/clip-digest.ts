import { createHash } from 'node:crypto';
import type { Clip } from './clip.js';

/** What a clip is, for telling whether two are the same: null where a track is absent or says nothing. */
export interface ClipDigest {
  readonly sound: string | null;
  readonly pictures: string | null;
}

export function digestOf({ audio, video }: Pick<Clip, 'audio' | 'video'>): ClipDigest {
  const sound = audio === null ? null : audio.kind === 'waveform' ? audio.samples : audio.values.data;
  return { sound: digest(sound), pictures: digest(video?.data ?? null) };
}

/** Silence and black pictures are alike in all clips: they have no digest. */
function digest(values: Float32Array | Uint8Array | null): string | null {
  const [first] = values ?? [];
  if (values === null || values.every((value) => value === first)) return null;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 24);
}
