import { gaussians } from '../../engine/noise.js';
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
  const noise = gaussians(draws.key('camera'), count * size, knobs.noise);
  const data = new Uint8Array(count * size);
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
    for (let i = 0; i < size; i++) {
      const value = Math.round((picture[i] ?? 0) + (noise[frame * size + i] ?? 0));
      data[frame * size + i] = Math.max(0, Math.min(255, value));
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

/** Gaussian blur of five taps; at the border the outermost pixels are repeated. */
function blurred(picture: Float32Array, deviation: number): Float32Array {
  if (deviation === 0) return picture;
  const near = Math.exp(-0.5 / deviation ** 2);
  const far = Math.exp(-2 / deviation ** 2);
  const total = 1 + 2 * near + 2 * far;
  const rows = filtered(picture, frameHeight, frameWidth, frameWidth, 1);
  return filtered(rows, frameWidth, frameHeight, 1, frameWidth);

  /** Along one direction: `lines` lines `lineStep` apart, each of `length` pixels `step` apart. */
  function filtered(
    source: Float32Array,
    lines: number,
    length: number,
    lineStep: number,
    step: number,
  ): Float32Array {
    const out = new Float32Array(source.length);
    for (let line = 0; line < lines; line++) {
      const base = line * lineStep;
      const last = length - 1;
      for (let i = 0; i < length; i++) {
        const a = source[base + step * Math.max(0, i - 2)] ?? 0;
        const b = source[base + step * Math.max(0, i - 1)] ?? 0;
        const c = source[base + step * i] ?? 0;
        const d = source[base + step * Math.min(last, i + 1)] ?? 0;
        const e = source[base + step * Math.min(last, i + 2)] ?? 0;
        out[base + step * i] = (c + near * (b + d) + far * (a + e)) / total;
      }
    }
    return out;
  }
}
