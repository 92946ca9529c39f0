import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useEngine } from '../../../../src/engine/registry.js';
import type { Json } from '../../../../src/json.js';
import type { TensorData } from '../../../../src/pipeline/graph/stage.js';
import { type Filters, firstLayerFilters, isFirstLayer } from '../../../../src/pipeline/inspect/filters.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';

let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  await useEngine('cpu');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmx-filters-'));
  store = new ArtifactStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hash = (digit: string): string => digit.repeat(64);

function save(
  name: string,
  kind: string,
  parameters: object,
  inputs: Readonly<Record<string, string>>,
  tensors: Readonly<Record<string, TensorData>> = {},
  json: Json = {},
): void {
  store.save(
    hash(name),
    { tensors, json },
    {
      kind,
      version: 1,
      label: name,
      parameters: JSON.parse(JSON.stringify(parameters)),
      inputs,
      engine: { name: 'cpu', description: '', versions: {} },
      seconds: 1,
    },
  );
}

/** Weights of `rows` visible and as many hidden units as there are columns, each given by its non-zero weights. */
function weights(rows: number, columns: readonly Readonly<Record<number, number>>[]): TensorData {
  const data = new Float32Array(rows * columns.length);
  for (const [column, values] of columns.entries()) {
    for (const [row, value] of Object.entries(values)) data[Number(row) * columns.length + column] = value;
  }
  return { shape: [rows, columns.length], data };
}

const digits = { name: 'mnist-halves', train: null, heldOut: null, fingerprint: '' };
const sees = (...modalities: string[]) => ({ of: 'modalities', modalities });

function drawn(name: string, count = 48): Filters {
  const filters = firstLayerFilters(store, hash(name), count);
  if ('reason' in filters) throw new Error(filters.reason);
  return filters;
}

describe('filters of a corpus of pictures', () => {
  it('are the weights as they are, those of the largest norms first', () => {
    const layer = weights(392, [{ 0: 1 }, { 15: -3, 391: 4 }, { 2: 2 }]);
    save('a', 'rbm', { corpus: digits, visible: sees('left') }, {}, { weights: layer });
    const { units, hidden } = drawn('a', 2);
    expect(hidden).toBe(3);
    expect(units.map(({ unit, norm }) => [unit, norm])).toEqual([
      [1, 5],
      [2, 2],
    ]);
    const [part] = units[0]?.parts ?? [];
    const [picture] = part?.frames ?? [];
    expect(part).toMatchObject({ modality: 'left', kind: 'picture' });
    expect(picture).toMatchObject({ rows: 28, columns: 14 });
    // Pixel 15 is the second of the second row.
    expect(picture?.data[1 * 14 + 1]).toBe(-3);
    expect(picture?.data[27 * 14 + 13]).toBe(4);
  });

  it('are in as many parts as the layer sees modalities', () => {
    const layer = weights(784, [{ 3: 1, 395: 2 }]);
    save('b', 'rbm', { corpus: digits, visible: sees('left', 'right') }, {}, { weights: layer });
    const [unit] = drawn('b').units;
    expect(unit?.parts.map(({ modality, frames: [one] }) => [modality, one?.data[3]])).toEqual([
      ['left', 1],
      ['right', 2],
    ]);
  });

  it('are refused where the layer takes something else', () => {
    save('c', 'rbm', { corpus: digits, visible: sees('left') }, {}, { weights: weights(7, [{}]) });
    expect(firstLayerFilters(store, hash('c'), 1)).toEqual({
      reason: 'it takes 7 numbers, which are not the windows of its front end',
    });
  });
});

describe('filters of listed examples', () => {
  /** An RBM on modalities of which rows were read in these ways. */
  function saveLayer(
    readings: Readonly<Record<string, { readonly kind: string; readonly options: object }>>,
    layer: TensorData,
  ): void {
    const inputs: Record<string, string> = {};
    for (const [index, [modality, reading]] of Object.entries(readings).entries()) {
      inputs[`rows_${modality}`] = hash('def'[index] ?? '');
      save('def'[index] ?? '', 'examples', { corpus: 'examples', modality, part: 'train', ...reading }, {});
    }
    save('a', 'rbm', { corpus: { listed: 'examples' }, visible: sees(...Object.keys(readings)) }, inputs, {
      weights: layer,
    });
  }
  const photo = { kind: 'image', options: { height: 3, width: 2 } };

  it('are pictures where rows are, one part a modality', () => {
    const spectrogram = { kind: 'features', options: { shape: [2, 4, 1], values: 'unit' } };
    saveLayer({ photo, voice: spectrogram }, weights(14, [{ 5: 1, 6: -2 }]));
    expect(isFirstLayer(store, hash('a'))).toBe(true);
    const [unit] = drawn('a').units;
    expect(
      unit?.parts.map(({ modality, kind, frames: [one] }) => [modality, kind, one?.rows, one?.columns]),
    ).toEqual([
      ['photo', 'picture', 3, 2],
      ['voice', 'picture', 2, 4],
    ]);
    expect(unit?.parts.map(({ frames: [one] }) => [...(one?.data ?? [])].filter(Boolean))).toEqual([
      [1],
      [-2],
    ]);
  });

  it.each([
    ['sound', { kind: 'audio', options: {} }],
    ['words', { kind: 'text', options: { as: 'words', vocabulary: 5 } }],
    ['colours', { kind: 'features', options: { shape: [2, 2, 3], values: 'unit' } }],
    ['scaled values', { kind: 'features', options: { shape: [2, 2, 1] } }],
  ])('are refused of %s', (_, reading) => {
    saveLayer({ photo, other: reading }, weights(6, [{}]));
    expect(firstLayerFilters(store, hash('a'), 1)).toEqual({ reason: 'its other is no picture of anything' });
  });

  it('are refused where rows are gone', () => {
    save(
      'a',
      'rbm',
      { corpus: { listed: 'examples' }, visible: sees('photo') },
      {},
      { weights: weights(6, [{}]) },
    );
    expect(firstLayerFilters(store, hash('a'), 1)).toEqual({
      reason: 'the rows of photo that it was trained on are no longer stored',
    });
  });

  it('are refused where rows were read in a way that is not known', () => {
    saveLayer({ photo: { kind: 'image', options: { height: -1 } } }, weights(6, [{}]));
    expect(firstLayerFilters(store, hash('a'), 1)).toEqual({
      reason: 'its photo was read in a way that this version of mmx does not support',
    });
  });
});

it('weights that are no finite numbers cannot be drawn', () => {
  const layer = weights(392, [{ 0: 1 }, { 15: Number.NaN }]);
  save('a', 'rbm', { corpus: digits, visible: sees('left') }, {}, { weights: layer });
  expect(firstLayerFilters(store, hash('a'), 2)).toEqual({
    reason: 'its filters are not finite numbers',
  });
});

it('first layers see the data, others the units below them', () => {
  save('a', 'rbm', { corpus: digits, visible: sees('left') }, {});
  save('b', 'rbm', { corpus: digits, visible: { of: 'posteriors', modalities: ['left'] } }, {});
  expect(isFirstLayer(store, hash('a'))).toBe(true);
  expect(isFirstLayer(store, hash('b'))).toBe(false);
});

describe('filters of sound and pictures over time', () => {
  const pixels = 60 * 80;
  /** Pictures whitened to two dimensions, of which each is one pixel: 100 and 4799. */
  function saveFrontEnd(sound: 'waveform' | 'features', width = pixels): void {
    const components = new Float32Array(2 * width);
    components[100] = 1;
    components[2 * width - 1] = 1;
    const frontEnd = {
      audio: { dimensions: 3, frames: 2 },
      features: { dimensions: 3, frames: 2 },
      video: { dimensions: 2, frames: 2 },
      stride: 1,
    };
    save(
      'f',
      'front-end',
      { sources: [], sound, frontEnd },
      {},
      {
        video_mean: { shape: [width], data: new Float32Array(width).fill(9) },
        video_components: { shape: [2, width], data: components },
        video_eigenvalues: { shape: [2], data: Float64Array.from([8.75, 0]) },
      },
      { learnt: [], video: { floor: 0.25, explained: 1, count: 10 } },
    );
    save('e', 'frames', {}, { front_end: hash('f') });
  }
  const clips = { frames: ['frames_0'] };
  const inputs = { frames_0: hash('e') };

  it('go back through the whitening, without its mean and without derivatives', () => {
    saveFrontEnd('waveform');
    // Two frames of two dimensions with two derivatives each.
    const layer = weights(12, [{ 0: 2, 1: -4, 2: 50, 7: 6 }]);
    save('a', 'rbm', { corpus: clips, visible: sees('video') }, inputs, { weights: layer });
    const [unit] = drawn('a').units;
    const [part] = unit?.parts ?? [];
    expect(part).toMatchObject({ modality: 'video', kind: 'picture' });
    expect(part?.frames.map(({ rows, columns }) => [rows, columns])).toEqual([
      [60, 80],
      [60, 80],
    ]);
    // Deviations are the roots of 8.75 and 0, each with the floor of 0.25 added: 3 and 0.5.
    expect(part?.frames.map(({ data }) => [data[0], data[100], data[pixels - 1]])).toEqual([
      [0, 6, -2],
      [0, 0, 3],
    ]);
  });

  it.each([
    ['audio', 'features', pixels, 'its audio is no picture of anything'],
    ['video', 'waveform', 50, 'its video is no picture of anything'],
  ] as const)('are refused of %s given as %s', (modality, sound, width, reason) => {
    saveFrontEnd(sound, width);
    save('a', 'rbm', { corpus: clips, visible: sees(modality) }, inputs, { weights: weights(12, [{}]) });
    expect(firstLayerFilters(store, hash('a'), 1)).toEqual({ reason });
  });

  it('are refused where the front end is gone', () => {
    save('a', 'rbm', { corpus: clips, visible: sees('video') }, inputs, { weights: weights(12, [{}]) });
    expect(firstLayerFilters(store, hash('a'), 1)).toEqual({
      reason: 'the front end it was trained behind is no longer stored',
    });
  });
});
