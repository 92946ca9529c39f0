import { beforeAll, describe, expect, it } from 'vitest';
import { gaussians } from '../../../../src/engine/noise.js';
import { useEngine } from '../../../../src/engine/registry.js';
import { poolClips } from '../../../../src/evaluation/pooling.js';
import { concatColumns, type Matrix, matrix, rowSource } from '../../../../src/matrix.js';
import { type FeatureExtractor, rbmExtractor } from '../../../../src/models/feature-extractors.js';
import { Rbm } from '../../../../src/models/rbm.js';
import type { PartRows } from '../../../../src/pipeline/data/rows.js';
import { featuresOf, labelledOf, selected } from '../../../../src/pipeline/readouts/features.js';

beforeAll(() => useEngine('auto', { threads: 1 }));

const random = (purpose: string, rows: number, columns: number): Matrix =>
  matrix(rows, columns, gaussians({ seed: 1, purpose, step: 0 }, rows * columns));

/** Clips that fill chunks of 2000 exactly, overfill one alone, hold one window, and are the last and alone in theirs. */
const lengths = [1200, 800, 700, 1300, 2500, 1, 1999, 2000, 2, 1999];
const offsets = Int32Array.from([0, ...lengths], (_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
const count = offsets.at(-1) ?? 0;
const audio = random('test/audio', count, 5);
const video = random('test/video', count, 3);
const part: PartRows = {
  count,
  inputs: { audio: rowSource(audio), video },
  clips: offsets,
  labels: Int32Array.from(lengths, (_, i) => (i % 3) - 1),
  groups: Int32Array.from(lengths, (_, i) => i),
};

describe('features of clips', () => {
  it('made chunk by chunk are those of all windows at once', () => {
    const seen: number[] = [];
    const squares: FeatureExtractor = ({ audio: a, video: v }) => {
      if (!a || !v) throw new Error('both are asked for');
      seen.push(a.rows);
      const both = concatColumns([a, v]);
      return { ...both, data: both.data.map((value) => value * value) };
    };
    const chunked = featuresOf(part, ['audio', 'video'], squares, [1, 3]);
    expect(seen).toEqual([2000, 2000, 2500, 2000, 2000, 2, 1999]);
    const whole = poolClips(squares({ audio, video }), offsets, [1, 3]);
    expect(chunked).toEqual(whole);
    expect([chunked.rows, chunked.columns]).toEqual([10, 4 * 8]);
    // The one clip of one window is that window four times.
    const row = offsets[5] ?? 0;
    const window = squares({ audio: sliceOf(audio, row), video: sliceOf(video, row) }).data;
    const again = chunked.data.slice(5 * 32, 6 * 32);
    for (let i = 0; i < 32; i++) expect(again[i]).toBeCloseTo(window[i % 8] ?? 0, 5);
  });

  it('of a model agree within rounding', () => {
    const rbm = new Rbm(
      { visible: 5, hidden: 7, units: 'gaussian', sigma: 1 },
      {
        weights: random('test/weights', 5, 7).data,
        visibleBias: new Float32Array(5),
        hiddenBias: random('test/bias', 1, 7).data,
      },
    );
    const extract = rbmExtractor(new Map([['audio', rbm]]), 'posterior');
    const chunked = featuresOf(part, ['audio'], extract, [2]);
    const whole = poolClips(extract({ audio }), offsets, [2]);
    rbm.dispose();
    expect(chunked.rows).toBe(10);
    chunked.data.forEach((value, i) => {
      expect(Math.abs(value - (whole.data[i] ?? 0))).toBeLessThan(1e-6);
    });
  });

  it('of plain examples are not pooled', () => {
    const { clips: _, ...plain } = part;
    const features = featuresOf(plain, ['video'], (present) => present.video as Matrix, [1, 3]);
    expect(features).toEqual(video);
  });

  it('of a modality that is not there are refused', () => {
    expect(() => featuresOf(part, ['smell'], () => audio, [1])).toThrow(/have no smell/);
  });
});

function sliceOf({ columns, data }: Matrix, row: number): Matrix {
  return matrix(1, columns, data.slice(row * columns, (row + 1) * columns));
}

describe('labelled examples', () => {
  it('leave out those without a label, rows and speakers together', () => {
    const features = matrix(10, 1, Float32Array.from(lengths));
    const { features: kept, labels, groups } = labelledOf(features, part);
    expect([...kept.data]).toEqual([800, 700, 2500, 1, 2000, 2]);
    expect([...labels]).toEqual([0, 1, 0, 1, 0, 1]);
    expect([...(groups ?? [])]).toEqual([1, 2, 4, 5, 7, 8]);
    const two = selected({ features: kept, labels, groups }, Int32Array.of(4, 1));
    expect([[...two.features.data], [...two.labels], [...(two.groups ?? [])]]).toEqual([
      [2000, 700],
      [0, 1],
      [7, 2],
    ]);
  });
});
