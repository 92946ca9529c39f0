import type { Clip } from '../../../src/corpora/clip.js';
import { gaussians, uniforms } from '../../../src/engine/noise.js';
import type { FeatureTrack, FrameTrack, Waveform } from '../../../src/frontend/tracks.js';
import { matrix } from '../../../src/matrix.js';
import { tone, waveform } from './sounds.js';

/** A sound of three tones that rise and fall, over faint noise. */
export function someSound(id: number, seconds = 0.8, rate = 4000): Waveform {
  const length = Math.round(seconds * rate);
  const samples = gaussians({ seed: id, purpose: 'test/sound', step: 0 }, length, 0.01);
  for (let part = 0; part < 3; part++) {
    const voice = tone(200 * (part + 1) * (1 + (id % 7) / 10), rate, length);
    for (let i = 0; i < length; i++) {
      const envelope = 0.2 * (1 + Math.sin((2 * Math.PI * (part + 2) * i) / length));
      samples[i] = (samples[i] as number) + envelope * (voice[i] as number);
    }
  }
  return waveform(samples, rate);
}

/** Pictures of a dark ellipse that opens and closes, on a ground of its own for every clip. */
export function somePictures(id: number, count = 20, height = 8, width = 12): FrameTrack {
  const data = new Uint8Array(count * height * width);
  const draws = uniforms({ seed: id, purpose: 'test/pictures', step: 0 }, data.length + 2);
  for (let t = 0; t < count; t++) {
    const opening = 1 + 3 * Math.abs(Math.sin(0.5 * t + id)) + (draws[0] as number);
    const spread = 3 + 2 * Math.cos(0.3 * t * (1 + (draws[1] as number)));
    for (let i = 0; i < height * width; i++) {
      const [y, x] = [Math.floor(i / width) - height / 2, (i % width) - width / 2];
      const inside = (y / opening) ** 2 + (x / spread) ** 2 < 1;
      const index = t * height * width + i;
      data[index] = (inside ? 40 : 120 + (id % 5) * 20) + 10 * (draws[index + 2] as number);
    }
  }
  return { rate: 25, start: 0.02, count, height, width, data };
}

/** 26 features that wander. */
export function someFeatures(id: number, frames = 39): FeatureTrack {
  const values = matrix(frames, 26, gaussians({ seed: id, purpose: 'test/features', step: 0 }, 26 * frames));
  for (let i = 26; i < values.data.length; i++) {
    values.data[i] = 0.8 * (values.data[i - 26] as number) + (1 + (i % 26)) * (values.data[i] as number);
  }
  return { kind: 'features', rate: 50, start: 0, values };
}

/** Clips as corpora give them: the front end must take them as they are. */
export function someClips(count: number, first = 0): Clip[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `clip-${first + i}`,
    speaker: 'someone',
    repetition: 1,
    label: null,
    audio: someSound(first + i),
    video: somePictures(first + i),
  }));
}
