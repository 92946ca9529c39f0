import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { frontEnd } from '../../../src/config/front-end-schema.js';
import type { MfccConfig } from '../../../src/config/index.js';
import { useEngine } from '../../../src/engine/registry.js';
import { readHtk } from '../../../src/formats/htk.js';
import { decodeAudio } from '../../../src/formats/movie.js';
import { withDerivatives } from '../../../src/frontend/derivatives.js';
import { htkMfcc } from '../../../src/frontend/htk-mfcc.js';
import { type Matrix, matrix } from '../../../src/matrix.js';
import { mfccOptions } from '../../../src/pipeline/data/heard-sound.js';
import { skippedIf } from '../../support/skipped.js';
import { hasFfmpeg } from '../formats/movies.js';
import { realData } from './folder.js';

const files = join(realData, 'avletters-train/Audio/mfcc/Clean');
const movies = join(realData, 'grid');

/** What datasets/avletters.md says of the files, and the defaults of `front_end.features.mfcc` rest on. */
const noRecordings = skippedIf(!existsSync(files), 'no ../shared/data/avletters-train');
const noMovies = skippedIf(!existsSync(movies) || !hasFfmpeg, 'no ffmpeg, or no ../shared/data/grid');

describe.skipIf(!existsSync(files))(`the MFCC files of AVLetters${noRecordings}`, () => {
  let clips: Matrix[] = [];
  beforeAll(() => {
    clips = readdirSync(files)
      .filter((name) => name.endsWith('.mfcc'))
      .map((name) => {
        const { kind, samplePeriodSeconds, values } = readHtk(join(files, name));
        expect([kind, samplePeriodSeconds, values.columns]).toEqual(['MFCC_E_D', 0.02, 26]);
        return values;
      });
  });

  it('are 520 of 24,050 frames', () => {
    expect(clips.length).toBe(520);
    expect(clips.reduce((sum, { rows }) => sum + rows, 0)).toBe(24_050);
  });

  it('hold the deltas of HTK 1: slopes over two frames, differences of neighbours at the ends', () => {
    const worst = (halfWindow: number, ends: 'repeat' | 'difference'): number =>
      Math.max(...clips.map((clip) => largestDeltaError(clip, halfWindow, ends)));
    expect(worst(2, 'difference')).toBeLessThan(1e-6);
    expect(worst(2, 'repeat')).toBeGreaterThan(1);
    expect(worst(1, 'difference')).toBeGreaterThan(1);
    expect(worst(3, 'difference')).toBeGreaterThan(1);
  });

  it('have energies of 1 at most in every clip, and no floor at 50 dB under it', () => {
    const energies = clips.map((clip) => columnOf(clip, 12));
    expect(energies.every((values) => Math.max(...values) === 1)).toBe(true);
    const floor = 1 - 0.1 * 50 * (Math.LN10 / 10);
    expect(energies.flat().filter((energy) => energy < floor)).toHaveLength(12);
    expect(Math.min(...energies.flat())).toBeCloseTo(-0.667, 3);
  });

  it('have cepstra that fall as those do that are not liftered, and of sound that is not emphasised', () => {
    const spread = spreadOf(clips);
    // A lifter of 22 makes the twelfth as wide as the first.
    expect(spread[0]).toBeCloseTo(1.43, 2);
    expect(spread[11]).toBeCloseTo(0.22, 2);
    expect(meanOfLoud(clips)[0]).toBeCloseTo(3.44, 2);
  });

  it.skipIf(!existsSync(movies) || !hasFfmpeg)(
    `vary as much as MFCC of the sound of GRID do with the defaults, and not with those of HTK 3${noMovies}`,
    async () => {
      await useEngine('wasm');
      const sentences = readdirSync(movies)
        .filter((name) => name.endsWith('.mpg'))
        .map((name) => ({ kind: 'waveform' as const, ...decodeAudio(join(movies, name)) }));
      const own = spreadOf(clips);
      const ratios = (changes: Partial<MfccConfig>): number[] => {
        const { mfcc } = frontEnd.parse({}).features;
        const options = mfccOptions({ ...mfcc, ...changes });
        const theirs = spreadOf(sentences.map((sentence) => htkMfcc(sentence, options).values));
        return own.map((value, i) => value / (theirs[i] as number));
      };
      const found = ratios({});
      expect(Math.min(...found)).toBeGreaterThan(0.6);
      expect(Math.max(...found)).toBeLessThan(1.1);
      // HTK 3: every coefficient is at least twice as wide, the last fifteen times.
      const later = ratios({ window: 'hamming', pre_emphasis: 0.97, lifter: 22 });
      expect(Math.max(...later)).toBeLessThan(0.5);
      expect(later[11]).toBeLessThan(1 / 15);
    },
  );
});

function largestDeltaError(clip: Matrix, halfWindow: number, ends: 'repeat' | 'difference'): number {
  const statics = matrix(clip.rows, 13);
  for (let i = 0; i < statics.data.length; i++) {
    statics.data[i] = clip.data[Math.floor(i / 13) * 26 + (i % 13)] as number;
  }
  const { data } = withDerivatives(statics, { order: 1, halfWindow, scale: 'slope', ends });
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - (clip.data[i] as number))), 0);
}

function columnOf({ rows, columns, data }: Matrix, column: number): number[] {
  return Array.from({ length: rows }, (_, row) => data[row * columns + column] as number);
}

/** Standard deviation of each cepstrum within a clip, the root of its mean square over clips. */
function spreadOf(clips: readonly Matrix[]): number[] {
  return Array.from({ length: 12 }, (_, column) => {
    const variances = clips.map((clip) => {
      const values = columnOf(clip, column);
      const mean = average(values);
      return average(values.map((value) => (value - mean) ** 2));
    });
    return Math.sqrt(average(variances));
  });
}

/** Mean of each cepstrum over the frames within 10 dB of the loudest of their clip. */
function meanOfLoud(clips: readonly Matrix[]): number[] {
  return Array.from({ length: 12 }, (_, column) =>
    average(
      clips.flatMap((clip) => {
        const energies = columnOf(clip, 12);
        return columnOf(clip, column).filter((_, row) => (energies[row] as number) > 1 - 0.1 * Math.LN10);
      }),
    ),
  );
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
