import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEngine } from '../../../src/engine/registry.js';
import { type HtkMfccOptions, htkMfcc, htkMfccColumns } from '../../../src/frontend/htk-mfcc.js';
import { describeEachEngine } from '../engine/each-engine.js';
import { someSound } from './fixture.js';
import { tone, waveform } from './sounds.js';

interface Reference {
  readonly rate: number;
  readonly samples: readonly number[];
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly options: Omit<HtkMfccOptions, 'rate' | 'window' | 'hop' | 'deltaWindow'>;
        readonly rows: number;
        readonly values: readonly number[];
      }
    >
  >;
}

const reference = JSON.parse(
  readFileSync(new URL('../../golden/frontend/htk_mfcc.json', import.meta.url), 'utf8'),
) as Reference;

const timing = { rate: 16000, window: 0.025, hop: 0.02, deltaWindow: 2 } as const;
const sound = waveform(
  Float32Array.from(reference.samples, (value) => value / 32768),
  reference.rate,
);
const { avletters, htk } = reference.cases;
if (!avletters || !htk) throw new Error('the references name both');
const asAvletters: HtkMfccOptions = { ...timing, ...avletters.options };

describeEachEngine('MFCC as HTK computes them', () => {
  it.each(Object.entries(reference.cases))('agree with an independent computation: %s', (_, expected) => {
    const { values } = htkMfcc(sound, { ...timing, ...expected.options });
    expect([values.rows, values.columns]).toEqual([expected.rows, 26]);
    const errors = expected.values.map((value, i) => Math.abs(value - (values.data[i] as number)));
    // Liftered, a coefficient is up to twelve times as large as it was.
    expect(Math.max(...errors)).toBeLessThan(expected.options.lifter === 0 ? 2e-4 : 2e-3);
  });
});

describe('the frames of MFCC', () => {
  beforeAll(async () => {
    await useEngine('wasm');
  });

  it('are centred at one period, two, three …, whatever the rate of the waveform', () => {
    for (const rate of [8000, 16000, 44100]) {
      const track = htkMfcc(waveform(tone(1000, rate, rate), rate), asAvletters);
      expect([track.kind, track.rate]).toEqual(['features', 50]);
      expect(track.start).toBeCloseTo(0.02, 9);
      // One second: as AVLetters has of 25 pictures.
      expect(track.values.rows).toBe(49);
    }
  });

  it('begin in the clip where half a window is longer than a period', () => {
    const { start, values } = htkMfcc(sound, { ...asAvletters, hop: 0.01 });
    expect(start).toBeCloseTo(0.02, 9);
    expect(values.rows).toBe(Math.floor((9000 - 120 - 400) / 160) + 1);
  });

  it('are where the sound is: a click has the energy of the frames that hold it', () => {
    const samples = new Float32Array(16000);
    samples[4800] = 0.5; // 0.3 s: the centre of frame 14, and in no other window of 25 ms
    const { values } = htkMfcc(waveform(samples), asAvletters);
    const energies = Array.from({ length: values.rows }, (_, row) => values.data[row * 26 + 12] as number);
    expect(energies.indexOf(1)).toBe(14);
    expect(energies.filter((energy) => energy > 0.9)).toHaveLength(1);
  });

  it('do not change with the level but for the floor of one quantum', () => {
    const loud = someSound(1, 0.8, 16000);
    const soft = { ...loud, samples: loud.samples.map((value) => value / 4) };
    const [a, b] = [htkMfcc(loud, asAvletters).values.data, htkMfcc(soft, asAvletters).values.data];
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 3);
    });
  });

  it('of silence are finite, and of less than a window one frame', () => {
    const silent = htkMfcc(waveform(new Float32Array(8000)), asAvletters).values;
    for (let i = 0; i < silent.data.length; i++) expect(silent.data[i]).toBeCloseTo(i % 26 === 12 ? 1 : 0, 6);
    expect(htkMfcc(waveform(Float32Array.of(1, 0.5)), asAvletters).values.rows).toBe(1);
  });

  it('have as many values as they say', () => {
    expect(htkMfccColumns(asAvletters)).toBe(26);
    const six = { ...asAvletters, cepstra: 6 };
    expect(htkMfcc(sound, six).values.columns).toBe(htkMfccColumns(six));
  });

  it('are refused of no sound', () => {
    expect(() => htkMfcc(waveform(new Float32Array(0)), asAvletters)).toThrow(/no samples/);
  });
});
