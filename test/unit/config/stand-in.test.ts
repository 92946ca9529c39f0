import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { placeOf } from '../../../src/config/resolved.js';
import { showConfig } from '../../../src/config/show.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, write } from './files.js';

inEmptyDirectory();

const experiment = `corpus: {name: cuave, data: recordings/cuave, train: 100}
architecture: rbm
setting: fusion
scale: paper
rbm: {audio: {hidden: 1500, epochs: 20}}
scales:
  small: {rbm: {audio: {hidden: 300}}}
  smoke: {rbm: {audio: {hidden: 8}}, corpus: {test: 6}}
stand_in:
  corpus: {name: talking-mouth, scale: 0.5}
  scale: small
  seeds: [1, 2]
  rbm: {audio: {epochs: 3}}
`;

const never = { hasCorpus: () => false };
const always = { hasCorpus: () => true };

function load(overrides: readonly string[] = [], options: Parameters<typeof loadExperiment>[2] = never) {
  write({ 'x.yaml': experiment });
  return loadExperiment('x.yaml', overrides, options);
}

describe('a stand-in', () => {
  it('is not used where there is a copy of the corpus, or nobody asks', () => {
    for (const config of [load([], always), load([], {})]) {
      expect(config.value.corpus).toEqual({ name: 'cuave', data: 'recordings/cuave', train: 100 });
      expect(config.value).toMatchObject({ scale: 'paper', seeds: [1], rbm: { audio: { hidden: 1500 } } });
      expect(config.value).not.toHaveProperty('stand_in');
      expect(config).not.toHaveProperty('standIn');
    }
  });

  it('replaces the whole corpus, merges the rest and may choose the scale', () => {
    const config = load();
    expect(config.value.corpus).toEqual({ name: 'talking-mouth', scale: 0.5 });
    expect(config.value).toMatchObject({
      scale: 'small',
      seeds: [1, 2],
      rbm: { audio: { hidden: 300, epochs: 3 } },
    });
    expect(config.standIn).toEqual({ corpus: 'cuave' });
    expect(placeOf(config, 'corpus.name')).toBe('x.yaml:10:18');
    expect(placeOf(config, 'scale')).toBe('x.yaml:11:10');
    expect(placeOf(config, 'rbm.audio.hidden')).toBe('x.yaml:7:33');
    expect(placeOf(config, 'rbm.audio.epochs')).toBe('x.yaml:13:25');
    expect(showConfig(config)).toMatch(
      /^# stands in for cuave, of which there is no copy\ncorpus:\n {2}name: talking-mouth +# x.yaml:10:18\n/,
    );
    expect(showConfig(load([], always))).toMatch(/^corpus:\n/);
  });

  it('is under the scale and the command line', () => {
    const smoke = load(['scale=smoke', 'corpus.train=7', 'rbm.audio.epochs=9']);
    expect(smoke.value.corpus).toEqual({ name: 'talking-mouth', scale: 0.5, test: 6, train: 7 });
    expect(smoke.value).toMatchObject({ scale: 'smoke', rbm: { audio: { hidden: 8, epochs: 9 } } });
    const paper = load(['scale=paper']);
    expect(paper.value).toMatchObject({ scale: 'paper', rbm: { audio: { hidden: 1500, epochs: 3 } } });
    expect(load(['stand_in.scale=smoke', 'stand_in.corpus=mnist-halves']).value).toMatchObject({
      scale: 'smoke',
      corpus: { name: 'mnist-halves', test: 6 },
    });
    expect(load(['stand_in=null'])).not.toHaveProperty('standIn');
  });

  it('is decided by the corpus that is meant, with its directory', () => {
    const asked: unknown[] = [];
    const hasCorpus = (name: string, data: string | undefined) => {
      asked.push([name, data]);
      return name === 'avletters';
    };
    load([], { hasCorpus });
    load(['corpus.train=3'], { hasCorpus });
    expect(asked).toEqual([
      ['cuave', 'recordings/cuave'],
      ['cuave', 'recordings/cuave'],
    ]);
  });

  it('never takes the place of a corpus the command line names, or whose directory it names', () => {
    for (const override of ['corpus=avletters', 'corpus.name=avletters', 'corpus.data=elsewhere']) {
      const config = load([override]);
      expect(config.value.corpus.name).toBe(override.startsWith('corpus.data') ? 'cuave' : 'avletters');
      expect(config.value.scale).toBe('paper');
      expect(config).not.toHaveProperty('standIn');
    }
  });

  it('written anew over a null is still laid over the experiment', () => {
    write({
      'base.yaml': experiment,
      'none.yaml': 'extends: base.yaml\nstand_in: null\n',
      'anew.yaml': 'extends: none.yaml\nstand_in: {corpus: talking-mouth}\n',
    });
    expect(loadExperiment('none.yaml', [], never).value.corpus.name).toBe('cuave');
    expect(loadExperiment('anew.yaml', [], never).value).toMatchObject({
      corpus: { name: 'talking-mouth' },
      architecture: 'rbm',
      scale: 'paper',
    });
  });
});

describe('stand-ins of a table', () => {
  it('are told cell by cell', () => {
    write({
      't.yaml': `table: t
title: T
architecture: rbm
setting: fusion
stand_in: {corpus: {name: talking-mouth, scale: 0.1}}
columns: [{id: a, label: A}, {id: b, label: B, stand_in: {corpus: {seed: 4}}}]
rows:
  - {id: cuave, label: CUAVE, corpus: {name: cuave, data: d}}
  - {id: own, label: Own, corpus: avletters, cells: {b: {stand_in: {corpus: mnist-halves, seeds: [3]}}}}
  - {id: halves, label: Halves, corpus: mnist-halves}
`,
    });
    const { cells } = loadTable('t.yaml', [], { hasCorpus: (name) => name === 'mnist-halves' });
    expect(cells.map(({ experiment, standIn }) => [experiment.value.corpus, standIn])).toEqual([
      [{ name: 'talking-mouth', scale: 0.1 }, { corpus: 'cuave' }],
      [{ name: 'talking-mouth', scale: 0.1, seed: 4 }, { corpus: 'cuave' }],
      [{ name: 'talking-mouth', scale: 0.1 }, { corpus: 'avletters' }],
      [{ name: 'mnist-halves' }, { corpus: 'avletters' }],
      [{ name: 'mnist-halves' }, undefined],
      [{ name: 'mnist-halves' }, undefined],
    ]);
    expect(cells.map(({ experiment }) => experiment.standIn)).toEqual(cells.map(({ standIn }) => standIn));
    expect(cells[3]?.experiment.value.seeds).toEqual([3]);
    expect(loadTable('t.yaml').cells.every(({ standIn }) => standIn === undefined)).toBe(true);
  });
});

describe('problems of stand-ins', () => {
  it('are told whether or not it is used', () => {
    const text = experiment.replace('scale: small', 'scale: smal').replace('epochs: 3', 'epoch: 3');
    write({ 'x.yaml': `${text}  scales: {}\n` });
    expect(configError(() => loadExperiment('x.yaml')).message).toMatchInlineSnapshot(`
      "x.yaml:11:10: there is no scale \`smal\`; did you mean \`small\`?
        11 |   scale: smal
           |          ^^^^

      x.yaml:13:17: unknown key \`epoch\` in \`stand_in.rbm.audio\`; did you mean \`epochs\`?
        13 |   rbm: {audio: {epoch: 3}}
           |                 ^^^^^

      x.yaml:14:3: unknown key \`scales\` in \`stand_in\`; did you mean \`scale\`?
        14 |   scales: {}
           |   ^^^^^^"
    `);
    write({ 'x.yaml': text.replace('epoch: 3', 'epochs: 3') });
    expect(configError(() => loadExperiment('x.yaml')).problems).toHaveLength(1);
    expect(configError(() => loadExperiment('x.yaml', [], never)).message).toMatchInlineSnapshot(`
      "x.yaml:11:10: there is no scale \`smal\`; did you mean \`small\`?
        11 |   scale: smal
           |          ^^^^"
    `);
    write({ 'x.yaml': experiment.replace('corpus: {name: talking-mouth, scale: 0.5}', 'engine: cpu') });
    expect(configError(() => loadExperiment('x.yaml')).message).toMatchInlineSnapshot(`
      "x.yaml:9:1: \`stand_in.corpus\` is missing; it must be the name of a corpus, or a map with its \`name\` and options
        9 | stand_in:
          | ^^^^^^^^"
    `);
  });
});
