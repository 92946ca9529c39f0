import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { placeOf } from '../../../src/config/resolved.js';
import { rbmConfig } from '../../../src/config/schema.js';
import { showConfig } from '../../../src/config/show.js';
import { errorOf } from '../../support/errors.js';
import { inEmptyDirectory, required, write } from './files.js';

const fixture = 'test/fixtures/config/experiment.yaml';

describe('an experiment', () => {
  it('is laid over what it extends', () => {
    const { value } = loadExperiment(fixture);
    expect(value.corpus).toEqual({ name: 'mnist-halves', train: 6000, test: 1000 });
    expect(value.seeds).toEqual([7]);
    expect(Object.keys(value.rbm)).toEqual(['left']);
    expect(value.rbm.left).toMatchObject({
      hidden: 20,
      momentum: { initial: 0.4, final: 0.95, switch_epoch: 5 },
    });
    expect(value.cca).toEqual({ dimensions: 50, ridge: 1e-3, weighting: 0 });
  });

  it('remembers where every value came from', () => {
    const config = loadExperiment(fixture, ['cca.dimensions=10', 'rbm.left.sparsity={target: 0.1}']);
    const file = (name: string, line: number, column: number) => ({
      kind: 'file',
      file: `test/fixtures/config/${name}`,
      line,
      column,
    });
    expect(config.origins).toMatchObject({
      'corpus.train': file('base.yaml', 2, 37),
      seeds: file('experiment.yaml', 5, 8),
      'rbm.left.hidden': file('parts/small.yaml', 4, 13),
      'rbm.left.momentum.initial': file('base.yaml', 7, 25),
      'rbm.left.momentum.final': file('experiment.yaml', 8, 23),
      'rbm.left.momentum.switch_epoch': { kind: 'default' },
      'rbm.left.sparsity.target': { kind: 'override', text: 'rbm.left.sparsity={target: 0.1}' },
      'cca.dimensions': { kind: 'override', text: 'cca.dimensions=10' },
      'cca.ridge': file('base.yaml', 10, 10),
      engine: { kind: 'default' },
    });
    expect(config.files).toEqual([
      'test/fixtures/config/experiment.yaml',
      'test/fixtures/config/base.yaml',
      'test/fixtures/config/parts/small.yaml',
    ]);
    expect(placeOf(config, 'rbm.left')).toBe('test/fixtures/config/experiment.yaml:7:3');
    expect(placeOf(config, 'cca.dimensions')).toBe('override cca.dimensions=10');
  });

  it('shown as YAML gives the same experiment again', () => {
    const config = loadExperiment(fixture, ['cca.dimensions=10']);
    const text = showConfig(config);
    expect(text.split('\n').slice(0, 14).join('\n')).toMatchInlineSnapshot(`
      "corpus:
        name: mnist-halves           # test/fixtures/config/base.yaml:2:16
        train: 6000                  # test/fixtures/config/base.yaml:2:37
        test: 1000                   # test/fixtures/config/base.yaml:2:49
      unlabelled: []                 # default
      architecture: rbm-cca          # test/fixtures/config/experiment.yaml:3:15
      setting: shared-left-to-right  # test/fixtures/config/experiment.yaml:4:10
      measure: accuracy              # default
      seeds: [7]                     # test/fixtures/config/experiment.yaml:5:8
      engine: auto                   # default
      tf32: false                    # default
      front_end:
        audio:
          scale: log                 # default"
    `);
    const directory = mkdtempSync(join(tmpdir(), 'mmx-config-'));
    try {
      const again = join(directory, 'again.yaml');
      write({ [again]: text });
      expect(loadExperiment(again).value).toEqual(config.value);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('takes the default section for an RBM without one', () => {
    const { value } = loadExperiment(fixture);
    expect(rbmConfig(value, 'left').hidden).toBe(20);
    expect(rbmConfig(value, 'joint')).toMatchObject({ hidden: 500, momentum: { final: 0.9 } });
    expect(rbmConfig(value, 'constructor')).toEqual(rbmConfig(value, 'joint'));
  });
});

describe('overrides', () => {
  const loaded = (...overrides: string[]) => loadExperiment(fixture, overrides).value;

  it('take YAML values and the last one wins', () => {
    expect(loaded('seeds=[1, 2]', 'seeds=[3]').seeds).toEqual([3]);
    expect(loaded('cca={ridge: 5.0e-1}').cca).toEqual({ dimensions: 50, ridge: 0.5, weighting: 0 });
    expect(loaded('evaluation.classifier.bias=false').evaluation.classifier.bias).toBe(false);
    expect(loaded('corpus.data=/a=b').corpus.data).toBe('/a=b');
  });

  it('remove with null, which brings the default back', () => {
    expect(loaded('cca.ridge=null').cca.ridge).toBe(1e-4);
    expect(loaded('rbm=null').rbm).toEqual({});
  });

  it('of how MFCC are made are refused with what each accepts', () => {
    const refusal = (override: string): string =>
      errorOf(() => loaded(`front_end.features.mfcc.${override}`)).message;
    expect(refusal('cepstra=20')).toContain(
      '`front_end.features.mfcc.cepstra` must be fewer than the channels',
    );
    expect(refusal('silence_floor=off')).toContain("must be a number from 1 to 200, or none, not 'off'");
    expect(refusal('silence_floor=300')).toContain('must be a number from 1 to 200');
    expect(refusal('rate=96000')).toContain('must be a whole number from 4000 to 48000, not 96000');
    expect(loaded('front_end.features.mfcc={cepstra: 20, channels: 26}').front_end.features).toMatchObject({
      waveforms: 'none',
      mfcc: { cepstra: 20, channels: 26, window_ms: 25 },
    });
  });

  it('change a value written through an alias in one place only', () => {
    const { rbm } = loadExperiment('test/fixtures/config/base.yaml', [
      'architecture=rbm',
      'setting=fusion',
      'rbm.left.hidden=5',
    ]).value;
    expect([rbm.left?.hidden, rbm.right?.hidden]).toEqual([5, 500]);
  });
});

describe('the corpus', () => {
  inEmptyDirectory();

  it('named alone drops the options of another, named in a map keeps them', () => {
    write({
      'base.yaml': 'corpus: {name: avletters, train: 5}\n',
      'alone.yaml': `extends: base.yaml\n${required}`,
      'map.yaml': `extends: base.yaml\n${required.replace('mnist-halves', '{name: mnist-halves}')}`,
    });
    expect(loadExperiment('alone.yaml').value.corpus).toEqual({ name: 'mnist-halves' });
    expect(loadExperiment('map.yaml').value.corpus).toEqual({ name: 'mnist-halves', train: 5 });
    expect(loadExperiment('map.yaml', ['corpus=cuave']).value.corpus).toEqual({ name: 'cuave' });
    const config = loadExperiment('alone.yaml', ['corpus.train=100']);
    expect(config.value.corpus).toEqual({ name: 'mnist-halves', train: 100 });
    expect(placeOf(config, 'corpus.name')).toBe('alone.yaml:2:9');
  });
});
