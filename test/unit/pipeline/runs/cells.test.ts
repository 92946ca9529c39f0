import { describe, expect, it } from 'vitest';
import { cellsOfRun, identityOf } from '../../../../src/pipeline/runs/cells.js';
import { readManifest } from '../../../../src/pipeline/runs/manifest.js';
import { ArtifactStore } from '../../../../src/pipeline/store/store.js';
import { temporaryDirectory } from '../../../fixtures/pipeline/place.js';
import { errorOf } from '../../../support/errors.js';

const manifest = readManifest('results/reference/gpu/mnist-halves-corrnet/manifest.json');

describe('what the stages of a recorded run are found by', () => {
  it('is its engine, and whether that rounded the operands of products', () => {
    expect(identityOf(manifest).engine).toBe('cuda');
    const experiments = manifest.config.values.experiments?.map((one) => ({ ...one, tf32: true })) ?? [];
    const rounded = { ...manifest, config: { ...manifest.config, values: { experiments } } };
    expect(identityOf(rounded).engine).toBe('cuda+tf32');
  });
});

describe('the cells of a recorded run', () => {
  it('are not told of a run of several tables, whatever cells of one its manifest has', () => {
    const file = 'results/reference/ngiam2011/manifest.json';
    const store = new ArtifactStore(temporaryDirectory());
    expect(errorOf(() => cellsOfRun(readManifest(file), file, store)).message).toBe(
      `${file} does not say which cells the results of the run belong to`,
    );
  });
});
