import { gaussians } from '../../engine/noise.js';
import type { Waveform } from '../clip.js';
import type { Draws } from './draws.js';
import { type Phone, type Speech, type SpeechRequest, speak } from './flite.js';
import type { VoiceQuality } from './speakers.js';

/** An utterance as recorded, with the times at which its phones are heard in it. */
export interface Recording {
  readonly audio: Waveform;
  readonly phones: readonly Phone[];
}

export interface Utterance {
  readonly prompt: SpeechRequest['prompt'];
  /** Factors of the speaker's tempo and pitch this time. */
  readonly tempo: number;
  readonly pitch: number;
  /** Seconds recorded before the first phone and after the last. */
  readonly before: number;
  readonly after: number;
}

const { PI } = Math;

/** Speaks, then records: vocal tract, spectral tilt, echoes, level, background noise, 16 bits. */
export function record(quality: VoiceQuality, utterance: Utterance, draws: Draws): Recording {
  const { tract, tilt } = quality;
  const spoken = speak({
    voice: quality.voice,
    prompt: utterance.prompt,
    // What is played slower by the tract's factor, to lower the formants, is spoken faster and higher first.
    pitch: quality.pitch * utterance.pitch * tract,
    stretch: (quality.tempo * utterance.tempo) / tract,
  });
  const { samples, phones } = cut(resampled(spoken, tract), utterance);
  const { rate } = spoken;

  const coloured = tilted(samples, tilt);
  const echoed = withEchoes(coloured, quality.echoes, rate);
  const gain = quality.level / Math.max(1e-9, speechRms(echoed, phones, rate));
  const noise = backgroundNoise(draws, samples.length, quality.noiseColour);
  const noiseGain = quality.level / 10 ** (quality.snr / 20);
  const recorded = new Float32Array(samples.length);
  for (let i = 0; i < recorded.length; i++) {
    const value = gain * (echoed[i] ?? 0) + noiseGain * (noise[i] ?? 0);
    // As from a sound file: 16 bits also absorb the last digits in which machines' sines may differ.
    recorded[i] = Math.max(-32768, Math.min(32767, Math.round(32768 * value))) / 32768;
  }
  return { audio: { kind: 'waveform', rate, samples: recorded }, phones };
}

/** The sound played slower by `factor` at the same rate: band-limited interpolation with a Hann-windowed sinc. */
export function resampled({ rate, samples, phones }: Speech, factor: number): Speech {
  const cutoff = Math.min(1, factor);
  const reach = 12 / cutoff;
  const density = 256;
  const kernel = new Float32Array(Math.ceil(reach * density) + 2);
  for (let i = 0; i < kernel.length; i++) {
    const x = i / density;
    const window = x < reach ? 0.5 + 0.5 * Math.cos((PI * x) / reach) : 0;
    kernel[i] = window * (x === 0 ? cutoff : Math.sin(PI * cutoff * x) / (PI * x));
  }
  const out = new Float32Array(Math.round(samples.length * factor));
  for (let i = 0; i < out.length; i++) {
    const centre = i / factor;
    const from = Math.max(0, Math.ceil(centre - reach));
    const to = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let k = from; k <= to; k++) {
      const position = Math.abs(centre - k) * density;
      const index = Math.floor(position);
      const low = kernel[index] ?? 0;
      sum += (samples[k] ?? 0) * (low + (position - index) * ((kernel[index + 1] ?? 0) - low));
    }
    out[i] = sum;
  }
  return {
    rate,
    samples: out,
    phones: phones.map(({ name, start, end }) => ({ name, start: start * factor, end: end * factor })),
  };
}

/** From `before` the first phone to `after` the last, with silence where the synthesiser left less. */
function cut({ rate, samples, phones }: Speech, { before, after }: Utterance): Omit<Speech, 'rate'> {
  const spoken = phones.filter(({ name }) => name !== 'pau');
  const from = Math.round(((spoken[0]?.start ?? 0) - before) * rate);
  const to = Math.round(((spoken.at(-1)?.end ?? 0) + after) * rate);
  const out = new Float32Array(to - from);
  for (let i = 0; i < out.length; i++) out[i] = samples[from + i] ?? 0;
  const duration = out.length / rate;
  const shifted = phones
    .map(({ name, start, end }) => ({ name, start: start - from / rate, end: end - from / rate }))
    .map((phone, index, all) => ({
      ...phone,
      start: index === 0 ? 0 : phone.start,
      end: index === all.length - 1 ? duration : phone.end,
    }));
  return { samples: out, phones: shifted };
}

/** y[i] = x[i] − tilt x[i − 1]. */
function tilted(samples: Float32Array, tilt: number): Float32Array {
  const out = samples.slice();
  for (let i = 1; i < out.length; i++) out[i] = (samples[i] as number) - tilt * (samples[i - 1] as number);
  return out;
}

function withEchoes(samples: Float32Array, echoes: VoiceQuality['echoes'], rate: number): Float32Array {
  const out = samples.slice();
  for (const { delay, gain } of echoes) {
    const shift = Math.round(delay * rate);
    for (let i = shift; i < out.length; i++) out[i] = (out[i] ?? 0) + gain * (samples[i - shift] ?? 0);
  }
  return out;
}

/** Root mean square over the phones that are not silence. */
export function speechRms(samples: Float32Array, phones: readonly Phone[], rate: number): number {
  let energy = 0;
  let count = 0;
  for (const { name, start, end } of phones) {
    if (name === 'pau') continue;
    const to = Math.min(samples.length, Math.round(end * rate));
    for (let i = Math.max(0, Math.round(start * rate)); i < to; i++) {
      energy += (samples[i] ?? 0) ** 2;
      count++;
    }
  }
  return count === 0 ? 0 : Math.sqrt(energy / count);
}

/** Low-passed white noise of deviation 1. */
function backgroundNoise(draws: Draws, count: number, pole: number): Float32Array {
  const noise = gaussians(draws.key('background'), count, Math.sqrt(1 - pole * pole));
  for (let i = 1; i < count; i++) noise[i] = (noise[i] ?? 0) + pole * (noise[i - 1] ?? 0);
  return noise;
}
