import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEngine } from '../../../src/engine/registry.js';
import { fitFrontEnd, prepareClip, preparedAudio } from '../../../src/frontend/front-end.js';
import { defaultFrontEnd } from '../../../src/frontend/options.js';
import { spectrogram } from '../../../src/frontend/spectrogram.js';
import type { ClipTracks, Waveform } from '../../../src/frontend/tracks.js';
import { skippedIf } from '../../support/skipped.js';
import { rootMeanSquare } from './sounds.js';

const recordings = join(import.meta.dirname, '../../../../shared/data/fsdd/recordings');
const reason = skippedIf(!existsSync(recordings), '../shared/data/fsdd is absent');

/** The 16-bit mono samples behind a 44-byte RIFF header, which all these files have. */
function recording(name: string): Waveform {
  const bytes = readFileSync(join(recordings, name));
  expect(bytes.toString('latin1', 36, 40)).toBe('data');
  const samples = new Float32Array(bytes.readUInt32LE(40) / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(44 + 2 * i) / 32768;
  return { kind: 'waveform', rate: bytes.readUInt32LE(24), samples };
}

function clip(name: string): ClipTracks {
  return { id: name, audio: recording(name), video: null };
}

describe.skipIf(reason !== '')(`recorded digits${reason}`, () => {
  beforeAll(async () => {
    await useEngine('auto');
  });

  it('have a spectrogram with the silence above 4 kHz at its floor', () => {
    const sound = recording('7_jackson_0.wav');
    expect(sound.rate).toBe(8000);
    const { values } = spectrogram(sound);
    const seconds = sound.samples.length / 8000;
    expect(values.rows).toBe(Math.floor((seconds - 0.02) / 0.01 + 1e-9) + 1);
    expect(values.columns).toBe(161);
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values.data) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    for (let frame = 0; frame < values.rows; frame++) {
      // 4.5 kHz and above: nothing was recorded there, and resampling adds nothing.
      const above = values.data.subarray(frame * 161 + 90, (frame + 1) * 161);
      for (const value of above) expect(value - lowest).toBeLessThan(0.2);
    }
    // The floor lies 60 dB down.
    expect(highest - lowest).toBeCloseTo(Math.log(1000), 1);
  });

  it('come out whitened: 10 frames of 100 a window, unit variance', () => {
    const clips = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => [
      clip(`${digit}_george_5.wav`),
      clip(`${digit}_jackson_5.wav`),
      clip(`${digit}_theo_5.wav`),
    ]);
    const fitted = fitFrontEnd(clips, defaultFrontEnd);
    expect(fitted.audio?.explained).toBeGreaterThan(0.8);
    const frames = clips.map(({ audio }) => audio && preparedAudio(audio, fitted, defaultFrontEnd).values);
    const first = frames.flatMap((part) => (part ? Array.from(part.data) : []));
    expect(rootMeanSquare(first)).toBeCloseTo(1, 2);

    const unheard = clip('3_nicolas_0.wav');
    const windows = prepareClip(unheard, fitted, defaultFrontEnd);
    expect(windows.audio?.columns).toBe(1000);
    expect(windows.audio?.rows).toBeGreaterThan(3);
    expect(windows.audio?.data.every(Number.isFinite)).toBe(true);
    expect(prepareClip(unheard, fitted, defaultFrontEnd)).toEqual(windows);
  });
});
