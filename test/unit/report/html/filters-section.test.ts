import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { filterSheets, filtersOf, filtersText } from '../../../../src/report/html/filters-section.js';
import { faults, manifest, stage, temporary, the, words } from './fixture.js';

function saved(of: 'modalities' | 'posteriors', seed: number, store: ArtifactStore, rows = 392) {
  const one = stage('rbm', `rbm left (${rows} → 2), ${of}, seed ${seed}`);
  const data = new Float32Array(2 * rows).map((_, index) => (index % 2 === 0 ? 0 : 1 / Math.sqrt(rows)));
  store.save(
    one.hash,
    { tensors: { weights: { shape: [rows, 2], data } }, json: {} },
    {
      kind: 'rbm',
      version: 1,
      label: one.label,
      parameters: {
        corpus: { name: 'mnist-halves', train: null, heldOut: null, fingerprint: '' },
        visible: { of, modalities: ['left'] },
        seed,
      },
      inputs: {},
      engine: { name: 'wasm', description: '', versions: {} },
      seconds: 1,
    },
  );
  return one;
}

describe('first-layer filters', () => {
  it('are of one seed of each first layer, with what they show in words', () => {
    const store = new ArtifactStore(join(temporary(), 'store'));
    const stages = [
      saved('modalities', 1, store),
      saved('modalities', 2, store),
      saved('posteriors', 1, store),
      stage('rbm', 'rbm right (392 → 2), seed 1'),
    ];
    const run = manifest({ stages });
    const { layers, undrawn } = filtersOf(
      [
        { name: 'a', manifest: run },
        { name: 'b', manifest: run },
        { name: 'c', manifest: null },
      ],
      store,
    );
    expect(undrawn).toEqual([]);
    expect(layers.map(({ layer, tables }) => [layer, tables])).toEqual([[stages[0]?.label, ['a', 'b']]]);
    expect(filtersText(the(layers[0]))).toBe(
      'First-layer filters of rbm left (392 → 2), modalities, seed 1: the 2 of 2 units with the largest weights, ' +
        'norms 1.00 to 0.00; each shows the left as a picture of 14 × 28 pixels',
    );
    const markup = filterSheets(layers, true);
    expect(faults(markup)).toEqual([]);
    expect(markup).toContain(`alt="${filtersText(the(layers[0]))}" width="`);
    expect(words(markup)).toContain('the 2 of 2 units with the largest weights, largest first; for a, b');
  });

  it('say why a layer cannot be shown', () => {
    const store = new ArtifactStore(join(temporary(), 'store'));
    const run = manifest({ stages: [saved('modalities', 1, store, 10), saved('modalities', 2, store, 10)] });
    expect(filtersOf([{ name: 'a', manifest: run }], store).undrawn).toEqual([
      'No filters of rbm left (10 → 2), modalities: it takes 10 numbers, which are not the windows of its front end.',
    ]);
  });
});
