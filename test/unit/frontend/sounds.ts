import type { Waveform } from '../../../src/frontend/tracks.js';

/** amplitude · cos(2π frequency t + phase). */
export function tone(
  frequency: number,
  rate: number,
  length: number,
  { amplitude = 1, phase = 0 } = {},
): Float32Array {
  return Float32Array.from(
    { length },
    (_, i) => amplitude * Math.cos((2 * Math.PI * frequency * i) / rate + phase),
  );
}

export function waveform(samples: Float32Array, rate = 16000): Waveform {
  return { kind: 'waveform', rate, samples };
}

export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum / values.length);
}
