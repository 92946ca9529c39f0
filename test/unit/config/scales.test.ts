import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { placeOf } from '../../../src/config/resolved.js';
import { showConfig } from '../../../src/config/show.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, required, write } from './files.js';

inEmptyDirectory();

const scaled = `${required}seeds: [1, 2, 3]
cca: {dimensions: 40, ridge: 0.5}
rbm: {left: {hidden: 1500, epochs: 20}}
scales:
  small:
    seeds: [1]
    cca: {ridge: null}
    rbm: {left: {hidden: 300}}
  smoke: {rbm: {left: {hidden: 8, epochs: 1}}}
`;

function load(text: string, ...overrides: string[]) {
  write({ 'x.yaml': text });
  return loadExperiment('x.yaml', overrides);
}

function problemsOf(text: string, ...overrides: string[]): string {
  return configError(() => load(text, ...overrides)).message;
}

describe('a scale', () => {
  it('is `paper` when none is named: the experiment as written', () => {
    const { value } = load(scaled);
    expect(value).toMatchObject({ scale: 'paper', seeds: [1, 2, 3], cca: { dimensions: 40, ridge: 0.5 } });
    expect(value.rbm.left).toMatchObject({ hidden: 1500, epochs: 20 });
    expect(value).not.toHaveProperty('scales');
    expect(load(`${scaled}  paper: {seeds: [9]}\n`).value.seeds).toEqual([9]);
  });

  it('is laid over the experiment: maps merge, lists replace, null removes', () => {
    const { value } = load(`${scaled}scale: small\n`);
    expect(value).toMatchObject({ scale: 'small', seeds: [1], cca: { dimensions: 40, ridge: 1e-4 } });
    expect(value.rbm.left).toMatchObject({ hidden: 300, epochs: 20 });
  });

  it('is chosen by the command line first, also back to `paper`', () => {
    const smoke = load(`${scaled}scale: small\n`, 'scale=smoke');
    expect(smoke.value).toMatchObject({ scale: 'smoke', seeds: [1, 2, 3], rbm: { left: { hidden: 8 } } });
    expect(smoke.origins.scale).toEqual({ kind: 'override', text: 'scale=smoke' });
    expect(load(`${scaled}scale: small\n`, 'scale=paper').value).toEqual(load(scaled).value);
    expect(load(`${scaled}scale: small\n`, 'scale=null').value).toEqual(load(scaled).value);
  });

  it('is under the overrides, which may also change it', () => {
    const { value } = load(scaled, 'scale=smoke', 'rbm.left.hidden=5', 'scales.smoke.seeds=[7]');
    expect(value.seeds).toEqual([7]);
    expect(value.rbm.left).toMatchObject({ hidden: 5, epochs: 1 });
  });

  it('keeps where its values are written', () => {
    const config = load(scaled, 'scale=small');
    expect(placeOf(config, 'rbm.left.hidden')).toBe('x.yaml:11:26');
    expect(placeOf(config, 'rbm.left.epochs')).toBe('x.yaml:6:36');
    expect(config.origins['cca.ridge']).toEqual({ kind: 'default' });
    const lines = showConfig(config).split('\n');
    expect(
      lines.filter((line) => /hidden|^seeds|^scale:/.test(line)).map((line) => line.split(/ {2,}#/)),
    ).toEqual([
      ['seeds: [1]', ' x.yaml:9:12'],
      ['    hidden: 300', ' x.yaml:11:26'],
      ['scale: small', ' override scale=small'],
    ]);
  });

  it('shown as YAML gives the same experiment again', () => {
    const config = load(scaled, 'scale=smoke');
    write({ 'again.yaml': showConfig(config) });
    expect(loadExperiment('again.yaml').value).toEqual(config.value);
    expect(showConfig(load(scaled))).not.toContain('scales');
  });

  it('may name another corpus, by its name alone too', () => {
    const text = required.replace('mnist-halves', '{name: cuave, train: 9}');
    const scales =
      'scales: {a: {corpus: avletters}, b: {corpus: {name: avletters}}, c: {corpus: {test: 5}}}\n';
    expect(load(text + scales, 'scale=a').value.corpus).toEqual({ name: 'avletters' });
    expect(load(text + scales, 'scale=b').value.corpus).toEqual({ name: 'avletters', train: 9 });
    expect(load(text + scales, 'scale=c').value.corpus).toEqual({ name: 'cuave', train: 9, test: 5 });
    const again = load(text + scales, 'scale=c', 'scales.c.corpus=avletters', 'corpus.train=2');
    expect(again.value.corpus).toEqual({ name: 'avletters', train: 2 });
  });

  it('merges with the same scale of an extended file, and is removed by null', () => {
    write({ 'base.yaml': scaled });
    const child = 'extends: base.yaml\nscales: {smoke: null, small: {rbm: {left: {epochs: 2}}}}\n';
    const { value } = load(child, 'scale=small');
    expect(value.rbm.left).toMatchObject({ hidden: 300, epochs: 2 });
    expect(problemsOf(child, 'scale=smoke')).toContain('there is no scale `smoke`');
    write({ 'none.yaml': `extends: x.yaml\nscales: {smoke: {seeds: [4]}}\n` });
    // Written anew over a null: the removed scale is gone, the experiment below is not.
    expect(loadExperiment('none.yaml', ['scale=smoke']).value).toMatchObject({
      seeds: [4],
      rbm: { left: { hidden: 1500 } },
    });
  });
});

describe('problems of scales', () => {
  it('are told where the scale is asked for', () => {
    expect(problemsOf(`${scaled}scale: smol\n`)).toMatchInlineSnapshot(`
      "x.yaml:13:8: there is no scale \`smol\`; scales: paper, small, smoke
        13 | scale: smol
           |        ^^^^"
    `);
    expect(problemsOf(`${scaled}scale: smol\n`, 'scale=smoek')).toMatchInlineSnapshot(`
      "override scale=smoek: there is no scale \`smoek\`; did you mean \`smoke\`?
        scale=smoek
              ^^^^^"
    `);
    expect(problemsOf(required, 'scale=enormous')).toMatchInlineSnapshot(`
      "override scale=enormous: there is no scale \`enormous\`; scales: paper
        scale=enormous
              ^^^^^^^^"
    `);
  });

  it('are told of every scale, chosen or not, each a single time', () => {
    const text = `${required}scale: 3
scales:
  Big: {seeds: [1]}
  small: {sedes: [1], scale: paper, rbm: {left: {hidden: 0}}, stand_in: {}}
  smoke: 5
scalse: {}
`;
    expect(problemsOf(text).replace(/(known keys: ).*/g, '$1…')).toMatchInlineSnapshot(`
      "x.yaml:4:8: \`scale\` must be a non-empty text, not 3
        4 | scale: 3
          |        ^

      x.yaml:6:3: \`Big\` must be a name in kebab-case: lower-case letters and digits joined by single hyphens
        6 |   Big: {seeds: [1]}
          |   ^^^

      x.yaml:7:11: unknown key \`sedes\` in \`scales.small\`; did you mean \`seeds\`?
        7 |   small: {sedes: [1], scale: paper, rbm: {left: {hidden: 0}}, stand_in: {}}
          |           ^^^^^

      x.yaml:7:23: unknown key \`scale\` in \`scales.small\`; known keys: …
        7 |   small: {sedes: [1], scale: paper, rbm: {left: {hidden: 0}}, stand_in: {}}
          |                       ^^^^^

      x.yaml:7:58: \`scales.small.rbm.left.hidden\` must be a whole number from 1 to 100000, not 0
        7 |   small: {sedes: [1], scale: paper, rbm: {left: {hidden: 0}}, stand_in: {}}
          |                                                          ^

      x.yaml:7:63: unknown key \`stand_in\` in \`scales.small\`; known keys: …
        7 |   small: {sedes: [1], scale: paper, rbm: {left: {hidden: 0}}, stand_in: {}}
          |                                                               ^^^^^^^^

      x.yaml:8:10: \`scales.smoke\` must be a map, not 5
        8 |   smoke: 5
          |          ^

      x.yaml:9:1: unknown key \`scalse\`; did you mean \`scale\`?
        9 | scalse: {}
          | ^^^^^^"
    `);
    expect(
      problemsOf(`${required}scales: {small: {rbm: {left: {hidden: 0}}}}\n`, 'scale=small'),
    ).toMatchInlineSnapshot(`
      "x.yaml:4:39: \`scales.small.rbm.left.hidden\` must be a whole number from 1 to 100000, not 0
        4 | scales: {small: {rbm: {left: {hidden: 0}}}}
          |                                       ^"
    `);
  });
});

const table = `table: t
title: T
corpus: mnist-halves
scales: {smoke: {seeds: [1], cca: {dimensions: 2}}}
columns:
  - {id: a, label: A, setting: fusion}
  - {id: b, label: B, setting: fusion, cca: {ridge: 0.25}}
rows:
  - {id: one, label: One, architecture: raw-cca, seeds: [5, 6], cca: {dimensions: 20, ridge: 0.5}}
  - {id: two, label: Two, architecture: raw-cca, scales: {smoke: {seeds: [2]}}, cells: {b: {scale: smoke}}}
`;

function cellsOf(...overrides: string[]) {
  const cells = loadTable('t.yaml', overrides).cells;
  return Object.fromEntries(
    cells.map(({ row, column, experiment }) => {
      const { scale, seeds, cca } = experiment.value;
      return [`${row}/${column}`, [scale, seeds, cca.dimensions, cca.ridge]];
    }),
  );
}

describe('scales of a table', () => {
  it('win over what rows, columns and cells write', () => {
    write({ 't.yaml': table });
    expect(cellsOf()).toEqual({
      'one/a': ['paper', [5, 6], 20, 0.5],
      'one/b': ['paper', [5, 6], 20, 0.25],
      'two/a': ['paper', [1], 50, 1e-4],
      'two/b': ['smoke', [2], 2, 0.25],
    });
    expect(cellsOf('scale=smoke', 'cca.ridge=0.125')).toEqual({
      'one/a': ['smoke', [1], 2, 0.125],
      'one/b': ['smoke', [1], 2, 0.125],
      'two/a': ['smoke', [2], 2, 0.125],
      'two/b': ['smoke', [2], 2, 0.125],
    });
    const [cell] = loadTable('t.yaml', ['scale=smoke']).cells;
    expect(cell && placeOf(cell.experiment, 'cca.dimensions')).toBe('t.yaml:4:48');
  });

  it('come with the files that rows extend', () => {
    write({
      'configs/base/paper.yaml': `# What all rows share.
front_end: {audio: {frames: 5}}
rbm:
  left: &layer
    hidden: 1500 # units
    epochs: 20
  right: *layer
scales:
  small: {rbm: {left: {hidden: 300}, right: {hidden: 200}}}
`,
      'configs/paper/rows/rbm.yaml': `extends: ../../base/paper.yaml
architecture: rbm
seeds: &seeds [1, 2, 3] # as in the paper
engine: cpu
scales: {small: {seeds: [1]}, smoke: {seeds: [1]}}
`,
      'configs/paper/t.yaml': `table: t
title: T
corpus: mnist-halves
seeds: [9]
columns: [{id: a, label: A, setting: classic-left}]
rows:
  - {extends: rows/rbm.yaml, id: rbm, label: RBM}
  - {extends: ../base/paper.yaml, id: cca, label: CCA, architecture: raw-cca, engine: wasm}
`,
    });
    const [rbm, cca] = loadTable('configs/paper/t.yaml').cells;
    expect(rbm?.experiment.value).toMatchObject({
      architecture: 'rbm',
      seeds: [1, 2, 3],
      engine: 'cpu',
      front_end: { audio: { frames: 5 } },
      rbm: { left: { hidden: 1500, epochs: 20 }, right: { hidden: 1500, epochs: 20 } },
    });
    expect(cca?.experiment.value).toMatchObject({ architecture: 'raw-cca', seeds: [9], engine: 'wasm' });

    const [small] = loadTable('configs/paper/t.yaml', ['scale=small']).cells;
    expect(small?.experiment.value).toMatchObject({
      scale: 'small',
      seeds: [1],
      rbm: { left: { hidden: 300, epochs: 20 }, right: { hidden: 200, epochs: 20 } },
    });
    expect(small && placeOf(small.experiment, 'seeds')).toBe('configs/paper/rows/rbm.yaml:5:25');
    expect(small && placeOf(small.experiment, 'rbm.left.hidden')).toBe('configs/base/paper.yaml:9:32');
    expect(small && placeOf(small.experiment, 'rbm.right.epochs')).toBe('configs/base/paper.yaml:6:13');

    const message = configError(() => loadTable('configs/paper/t.yaml', ['scale=smoke'])).message;
    expect(message).toMatchInlineSnapshot(`
      "override scale=smoke: row \`cca\`, column \`a\`: there is no scale \`smoke\`; scales: paper, small
        scale=smoke
              ^^^^^"
    `);
  });

  it('are wrong in one place only', () => {
    write({
      't.yaml': table.replace('corpus:', 'scale: smok\ncorpus:').replace('dimensions: 2}', 'dims: 2}'),
    });
    expect(configError(() => loadTable('t.yaml')).message).toMatchInlineSnapshot(`
      "t.yaml:3:8: there is no scale \`smok\`; did you mean \`smoke\`?
        3 | scale: smok
          |        ^^^^

      t.yaml:5:36: unknown key \`dims\` in \`scales.smoke.cca\`; known keys: dimensions, ridge, weighting
        5 | scales: {smoke: {seeds: [1], cca: {dims: 2}}}
          |                                    ^^^^"
    `);
    write({ 't.yaml': table });
    expect(configError(() => loadTable('t.yaml', ['scale=smok'])).message).toMatchInlineSnapshot(`
      "override scale=smok: there is no scale \`smok\`; did you mean \`smoke\`?
        scale=smok
              ^^^^"
    `);
  });
});
