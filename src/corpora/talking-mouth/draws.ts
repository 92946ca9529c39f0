import { gaussians, type NoiseKey, uniforms } from '../../engine/noise.js';

/** Named draws of one purpose: the same name gives the same number, whatever was drawn before. */
export interface Draws {
  /** Uniform between the two. */
  between(name: string, low: number, high: number): number;
  /** Normal, of mean 0. */
  normal(name: string, deviation: number): number;
  /** One of the items, each as likely. */
  pick<T>(name: string, items: readonly [T, ...T[]]): T;
  key(name: string): NoiseKey;
}

export function drawsOf(seed: number, purpose: string): Draws {
  const key = (name: string): NoiseKey => ({ seed, purpose: `talking-mouth/${purpose}/${name}`, step: 0 });
  const uniform = (name: string): number => uniforms(key(name), 1)[0] ?? 0;
  return {
    key,
    between: (name, low, high) => low + (high - low) * uniform(name),
    normal: (name, deviation) => gaussians(key(name), 1, deviation)[0] ?? 0,
    pick: (name, items) => items[Math.floor(uniform(name) * items.length)] ?? items[0],
  };
}

/**
 * A wandering of `count` steps, slow and without a jump: the sum of three sinusoids whose periods are random between
 * `periods`, of standard deviation `deviation` over its phases.
 *
 * @param periods shortest and longest, in steps
 */
export function wandering(
  draws: Draws,
  name: string,
  count: number,
  deviation: number,
  periods: readonly [number, number],
): Float32Array {
  const out = new Float32Array(count);
  const waves = 3;
  for (let wave = 0; wave < waves; wave++) {
    const period = draws.between(`${name}/period-${wave}`, periods[0], periods[1]);
    const phase = draws.between(`${name}/phase-${wave}`, 0, 2 * Math.PI);
    const amplitude = deviation * Math.sqrt(2 / waves);
    for (let i = 0; i < count; i++)
      out[i] = (out[i] ?? 0) + amplitude * Math.sin((2 * Math.PI * i) / period + phase);
  }
  return out;
}
