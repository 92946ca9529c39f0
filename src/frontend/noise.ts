import { gaussians, type NoiseKey } from '../engine/noise.js';
import { MmxError } from '../errors.js';
import type { Waveform } from './tracks.js';

/** Mean power of a waveform about its mean: an offset of the recording is no sound. */
export function signalPower({ samples }: Waveform): number {
  let sum = 0;
  for (const value of samples) sum += value;
  const mean = sum / samples.length;
  let squares = 0;
  for (const value of samples) squares += (value - mean) ** 2;
  return samples.length === 0 ? 0 : squares / samples.length;
}

/**
 * The waveform with white Gaussian noise added (the paper's noisy audio is 0 dB). The power of the signal is measured
 * over the whole clip, pauses included, and at the clip's own sampling rate; the noise has the power that the ratio
 * asks for in expectation. A silent clip stays as it is. The sum is not clipped to −1 … 1.
 *
 * @param snr signal-to-noise ratio in dB: 10 log₁₀(signal power / noise power)
 * @param key `purpose` names the clip, `step` counts the draws: another draw is other noise
 * @throws MmxError `frontend/snr` when the ratio is not finite
 */
export function addNoise(waveform: Waveform, snr: number, key: NoiseKey): Waveform {
  if (!Number.isFinite(snr)) {
    throw new MmxError('frontend/snr', `the signal-to-noise ratio must be a number of dB, not ${snr}`, {
      exitCode: 2,
    });
  }
  const deviation = Math.sqrt(signalPower(waveform) / 10 ** (snr / 10));
  const noise = gaussians(key, waveform.samples.length, deviation);
  return { ...waveform, samples: waveform.samples.map((value, i) => value + (noise[i] as number)) };
}
