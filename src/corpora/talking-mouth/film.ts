import { gaussians, uniforms } from '../../engine/noise.js';
import type { FrameTrack } from '../clip.js';
import { type Articulation, mouthMotion, shapeOf } from './articulation.js';
import type { Difficulty } from './difficulty.js';
import { type Draws, wandering } from './draws.js';
import type { Phone } from './flite.js';
import { frameHeight, frameWidth, renderMouth } from './render.js';
import { deviations, type Speaker } from './speakers.js';
import type { VisemeName } from './visemes.js';

/**
 * Films a speaker's mouth while the phones are said.
 *
 * @param duration seconds of the sound; the film is as long, to within a frame
 * @param rate frames a second
 */
export function film(
  speaker: Speaker,
  phones: readonly Phone[],
  duration: number,
  rate: number,
  knobs: Difficulty['video'],
  draws: Draws,
): FrameTrack {
  const count = Math.max(1, Math.floor(duration * rate));
  const start = 0.5 / rate;
  const motion = mouthMotion(phones, thisTime(speaker.articulation, knobs.slip, draws));

  const periods = [0.8 * rate, 3 * rate] as const;
  const wander = (name: string, deviation: number): ((frame: number) => number) => {
    const offset = draws.normal(`${name}/offset`, deviation);
    const path = wandering(draws, name, count, deviation, periods);
    return (frame) => offset + (path[frame] ?? 0);
  };
  const x = wander('x', knobs.drift);
  const y = wander('y', knobs.drift);
  const scale = wander('scale', 0.02 * knobs.drift);
  const roll = wander('roll', 0.02 * knobs.drift);
  const exposure = wander('exposure', 0.015 * knobs.drift);

  const size = frameHeight * frameWidth;
  const data = new Uint8Array(count * size);
  // Rounds and clamps what is stored.
  const grey = new Uint8ClampedArray(data.buffer);
  const noise = sensorNoise();
  const noiseStarts = uniforms(draws.key('camera'), count);
  for (let frame = 0; frame < count; frame++) {
    const picture = blurred(
      renderMouth(speaker.face, motion(start + frame / rate), {
        x: x(frame),
        y: y(frame),
        scale: 1 + scale(frame),
        roll: roll(frame),
        exposure: 1 + exposure(frame),
      }),
      knobs.blur,
    );
    const noiseStart = Math.floor((noiseStarts[frame] ?? 0) * (noise.length - size));
    for (let i = 0; i < size; i++) {
      grey[frame * size + i] = (picture[i] as number) + knobs.noise * (noise[noiseStart + i] as number);
    }
  }
  return { rate, start, count, height: frameHeight, width: frameWidth, data };
}

/** The speaker's articulation as it comes out this time. */
function thisTime(articulation: Articulation, slip: number, draws: Draws): Articulation {
  const slips = deviations(draws, 'slip', slip);
  const names = Object.keys(slips) as VisemeName[];
  const habit = Object.fromEntries(
    names.map((name) => [name, shapeOf((key) => articulation.habit[name][key] + slips[name][key])]),
  ) as Articulation['habit'];
  return { ...articulation, habit };
}

let knownNoise: Float32Array | undefined;

/** Normal numbers of which each frame takes a stretch from a random place: drawing them anew would take longer. */
function sensorNoise(): Float32Array {
  knownNoise ??= gaussians({ seed: 0, purpose: 'talking-mouth/camera', step: 0 }, 2 ** 18);
  return knownNoise;
}

/** Gaussian blur of five taps; at the border the outermost pixels are repeated. */
function blurred(picture: Float32Array, deviation: number): Float32Array {
  if (deviation === 0) return picture;
  const near = Math.exp(-0.5 / deviation ** 2);
  const far = Math.exp(-2 / deviation ** 2);
  const total = 1 + 2 * (near + far);
  const taps = [1 / total, near / total, far / total] as const;
  const rows = new Float32Array(picture.length);
  for (let row = 0; row < frameHeight; row++) blurLine(picture, rows, row * frameWidth, frameWidth, 1, taps);
  for (let column = 0; column < frameWidth; column++) {
    blurLine(rows, picture, column, frameHeight, frameWidth, taps);
  }
  return picture;
}

/** Blurs `length` pixels, `step` apart from `base` on. */
function blurLine(
  source: Float32Array,
  target: Float32Array,
  base: number,
  length: number,
  step: number,
  [centre, near, far]: readonly [number, number, number],
): void {
  const first = source[base] as number;
  const last = source[base + step * (length - 1)] as number;
  let [a, b, c] = [first, first, first];
  let d = source[base + step] as number;
  for (let i = 0, at = base; i < length; i++, at += step) {
    const e = i + 2 < length ? (source[at + 2 * step] as number) : last;
    target[at] = centre * c + near * (b + d) + far * (a + e);
    a = b;
    b = c;
    c = d;
    d = e;
  }
}
