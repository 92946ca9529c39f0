import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { kindOf } from '../../../src/config/extends.js';
import { loadSweep, type ResolvedSweep } from '../../../src/config/sweep.js';
import { loadTable } from '../../../src/config/table.js';
import { uniform } from '../../../src/engine/noise.js';
import { configError, inEmptyDirectory, required, write } from './files.js';

inEmptyDirectory();

const load = (sweep: string, overrides: readonly string[] = [], rest = ''): ResolvedSweep => {
  write({ 'x.yaml': `${required}${rest}sweep:\n${sweep}` });
  return loadSweep('x.yaml', overrides, {}, uniform);
};
const messageOf = (sweep: string, overrides: readonly string[] = [], rest = ''): string => {
  const error = configError(() => load(sweep, overrides, rest));
  expect(error.exitCode).toBe(2);
  return `[${error.code}]\n${error.message}`;
};
const valuesOf = ({ points }: ResolvedSweep) => points.map(({ values }) => values);

describe('a grid', () => {
  it('is every combination, the first value changing slowest', () => {
    const sweep = load('  grid: {cca.ridge: [0.1, 1], cca.dimensions: [5, 10, 20]}\n');
    expect(valuesOf(sweep)).toEqual([
      [0.1, 5],
      [0.1, 10],
      [0.1, 20],
      [1, 5],
      [1, 10],
      [1, 20],
    ]);
    expect(sweep.value.rows[3]).toMatchObject({ id: 'point-04', label: 'ridge 1, dimensions 5' });
    expect(sweep.cells.map(({ experiment }) => experiment.value.cca.dimensions)).toEqual([
      5, 10, 20, 5, 10, 20,
    ]);
    expect(sweep.value).toMatchObject({ table: 'x', title: 'Sweep of ridge, dimensions' });
    expect(sweep.value.columns).toMatchObject([{ id: 'shared-left-to-right' }]);
  });

  it('sets values that are alike together, by braces', () => {
    const sweep = load('  grid:\n    rbm.{left, right}.hidden: [3, 4]\n    rbm.joint.hidden: [7]\n');
    const [, second] = sweep.cells;
    expect(second?.experiment.value.rbm).toMatchObject({
      left: { hidden: 4 },
      right: { hidden: 4 },
      joint: { hidden: 7 },
    });
    expect(sweep.parameters.map(({ short }) => short)).toEqual(['{left, right}.hidden', 'joint.hidden']);
  });

  it('takes lists and maps as values, and remembers where each was written', () => {
    const sweep = load(
      '  grid:\n    evaluation.pooling: [[1], [1, 3]]\n    autoencoder: [{epochs: 2}, {epochs: 3}]\n',
    );
    const last = sweep.cells.at(-1)?.experiment;
    expect(last?.value).toMatchObject({ evaluation: { pooling: [1, 3] }, autoencoder: { epochs: 3 } });
    expect(last?.origins['autoencoder.epochs']).toEqual({
      kind: 'file',
      file: 'x.yaml',
      line: 7,
      column: 41,
    });
  });
});

describe('random points', () => {
  const space = `  random:
    rbm.left.hidden: {integer: [3, 6]}
    cca.ridge: {log_uniform: [1.0e-4, 1]}
    cca.weighting: {uniform: [0, 2]}
    features.normalise: {choice: [none, l2]}
`;

  it('are the same for the same seed, and stay when there are more of them or of their values', () => {
    const twenty = valuesOf(load(space));
    expect(twenty).toHaveLength(20);
    expect(valuesOf(load(space))).toEqual(twenty);
    expect(valuesOf(load(`${space}  points: 50\n`)).slice(0, 20)).toEqual(twenty);
    expect(valuesOf(load(space, ['sweep.points=5']))).toEqual(twenty.slice(0, 5));
    expect(valuesOf(load(`${space}  seed: 2\n`))).not.toEqual(twenty);
    const more = load(space.replace('random:\n', 'random:\n    rbm.right.hidden: [5, 6, 7]\n'));
    expect(valuesOf(more).map((values) => values.slice(1))).toEqual(twenty);
  });

  it('fill their ranges: uniform in the value, log-uniform in its logarithm', () => {
    const drawn = valuesOf(load(`${space}  points: 1000\n`));
    const column = (index: number) => drawn.map((values) => values[index] as number);
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const shareBelow = (list: readonly number[], bound: number) => mean(list.map((x) => (x < bound ? 1 : 0)));
    expect(new Set(column(0))).toEqual(new Set([3, 4, 5, 6]));
    // Four standard errors of a share of 1,000 draws, at most 0.5 / sqrt(1000) each.
    const near = (share: number, expected: number) => expect(Math.abs(share - expected)).toBeLessThan(0.064);
    near(shareBelow(column(0), 4), 1 / 4);
    near(shareBelow(column(0), 6), 3 / 4);
    near(shareBelow(column(1), 0.01), 1 / 2);
    near(shareBelow(column(1), 0.001), 1 / 4);
    near(shareBelow(column(2), 0.5), 1 / 4);
    near(mean(drawn.map((values) => (values[3] === 'l2' ? 1 : 0))), 1 / 2);
    expect(Math.min(...column(1))).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...column(1))).toBeLessThanOrEqual(1);
    for (const value of column(1)) expect(Number(value.toPrecision(3))).toBe(value);
  });

  it('are all different', () => {
    const few = load(
      '  random: {rbm.left.hidden: {integer: [3, 5]}, features.normalise: [none, l2]}\n  points: 6\n',
    );
    expect(new Set(valuesOf(few).map((values) => JSON.stringify(values))).size).toBe(6);
    expect(messageOf('  random: {rbm.left.hidden: {integer: [3, 5]}}\n  points: 4\n')).toContain(
      '400 draws gave only 3 different points of the 4 requested; request fewer, or use `grid`',
    );
  });
});

describe('what points are compared on', () => {
  it('is any metric of which more is better', () => {
    const { cells } = load('  grid: {cca.ridge: [0.1]}\n', [], 'measure: macro-f1\n');
    expect(cells[0]?.experiment.value.measure).toBe('macro-f1');
  });

  const grid = '  grid: {cca.ridge: [0.1]}\n';
  const both = ({ cells: [cell], tests: [test] }: ResolvedSweep) =>
    [cell, test].map((one) => {
      const { corpus, evaluation } = one?.experiment.value ?? {};
      return [corpus?.held_out, evaluation?.protocol, evaluation?.folds];
    });

  it.each<[string, string, string, unknown[], unknown[]]>([
    [
      'folds of the training part by default',
      '',
      '',
      [undefined, 'train-folds', 5],
      [undefined, 'train-test', 5],
    ],
    [
      'so many folds',
      '  select: {folds: 3}\n',
      '',
      [undefined, 'train-folds', 3],
      [undefined, 'train-test', 5],
    ],
    [
      'held-out examples',
      '  select: {held_out: 9}\n',
      '',
      [9, 'train-test', 5],
      [undefined, 'train-test', 5],
    ],
    [
      'what the experiment holds out',
      '',
      'evaluation: {protocol: test-folds, folds: 4}\ncorpus: {name: mnist-halves, held_out: 8}\n',
      [8, 'test-folds', 4],
      [undefined, 'test-folds', 4],
    ],
    [
      'folds, when they are asked for',
      '  select: {folds: 2}\n',
      'corpus: {name: mnist-halves, held_out: 8}\n',
      [undefined, 'train-folds', 2],
      [undefined, 'train-test', 5],
    ],
    [
      'the test part never, though the experiment is one in folds of it',
      '',
      'evaluation: {protocol: test-folds}\n',
      [undefined, 'train-folds', 5],
      [undefined, 'test-folds', 5],
    ],
    [
      'held-out examples, of an experiment in folds of the training part',
      '  select: {held_out: 9}\n',
      'evaluation: {protocol: train-folds}\n',
      [9, 'train-test', 5],
      [undefined, 'train-test', 5],
    ],
  ])('%s', (_, select, rest, compared, tested) => {
    const body = rest.includes('corpus:') ? required.replace('corpus: mnist-halves\n', '') : required;
    write({ 'x.yaml': `${body}${rest}sweep:\n${grid}${select}` });
    expect(both(loadSweep('x.yaml', [], {}, uniform))).toEqual([compared, tested]);
  });

  it('has no say on the command line: the test part stays out', () => {
    const sweep = load(grid, ['evaluation.protocol=train-test', 'corpus.test=5']);
    expect(both(sweep)[0]).toEqual([undefined, 'train-folds', 5]);
  });

  it('leaves noise, which is for test clips, to the test', () => {
    const rest = 'evaluation: {noise: {snr: 3}}\n';
    const { cells, tests } = load(grid, [], rest);
    expect(cells[0]?.experiment.value.evaluation.noise).toBeUndefined();
    expect(tests[0]?.experiment.value.evaluation.noise?.snr).toBe(3);
  });
});

describe('layers', () => {
  it('lie under the values of a point, the command line over all', () => {
    const rest =
      'cca: {ridge: 5, dimensions: 3}\nscales: {smoke: {cca: {ridge: 7, weighting: 1}}}\nscale: smoke\n';
    const { cells } = load('  grid: {cca.ridge: [0.1]}\n', ['cca.dimensions=4'], rest);
    expect(cells[0]?.experiment.value.cca).toEqual({ ridge: 0.1, dimensions: 4, weighting: 1 });
  });

  it('has columns as a table has, each a setting or a corpus of its own', () => {
    const rest = 'columns: [{id: a, label: A}, {id: b, label: B, setting: shared-right-to-left}]\n';
    const { cells } = load('  grid: {cca.ridge: [0.1, 1]}\n', [], rest);
    expect(cells.map(({ row, column }) => `${row} ${column}`)).toEqual([
      'point-01 a',
      'point-01 b',
      'point-02 a',
      'point-02 b',
    ]);
    expect(cells[1]?.experiment.value.setting).toBe('shared-right-to-left');
  });
});

describe('what is wrong', () => {
  it('is told all at once, with its place and what was meant', () => {
    expect(
      messageOf(`  grids: {}
  random:
    cca.rigde: [1]
    cca.ridge: {log_uniform: [0, 1]}
    rbm.left.hidden: {integer: [5, 2]}
    cca.weighting: {unifrom: [0, 1]}
    features.normalise: []
    Left: [1]
  seed: -1
  select: {held_out: 5, fold: 3}
`),
    ).toMatchInlineSnapshot(`
      "[config/invalid]
      x.yaml:5:3: unknown key \`grids\` in \`sweep\`; did you mean \`grid\`?
        5 |   grids: {}
          |   ^^^^^

      x.yaml:7:5: an experiment has no value \`cca.rigde\`; did you mean \`cca.ridge\`?
        7 |     cca.rigde: [1]
          |     ^^^^^^^^^

      x.yaml:8:30: \`sweep.random.cca.ridge.log_uniform\` must be two numbers above 0, [low, high], the lower first
        8 |     cca.ridge: {log_uniform: [0, 1]}
          |                              ^^^^^^

      x.yaml:9:32: \`sweep.random.rbm.left.hidden.integer\` must be two whole numbers, [low, high], the lower first
        9 |     rbm.left.hidden: {integer: [5, 2]}
          |                                ^^^^^^

      x.yaml:10:20: \`sweep.random.cca.weighting\` must have one of the keys uniform, log_uniform, integer and choice
        10 |     cca.weighting: {unifrom: [0, 1]}
           |                    ^^^^^^^^^^^^^^^^^

      x.yaml:10:21: unknown key \`unifrom\` in \`sweep.random.cca.weighting\`; did you mean \`uniform\`?
        10 |     cca.weighting: {unifrom: [0, 1]}
           |                     ^^^^^^^

      x.yaml:11:25: \`sweep.random.features.normalise\` must name at least one value
        11 |     features.normalise: []
           |                         ^^

      x.yaml:12:5: \`Left\` is not the path of a value, as in cca.ridge or rbm.{left,right}.hidden
        12 |     Left: [1]
           |     ^^^^

      x.yaml:13:9: \`sweep.seed\` must be a whole number of at least 0, not -1
        13 |   seed: -1
           |         ^^

      x.yaml:14:25: unknown key \`fold\` in \`sweep.select\`; did you mean \`folds\`?
        14 |   select: {held_out: 5, fold: 3}
           |                         ^^^^"
    `);
  });

  it.each<[string, Partial<Record<'sweep' | 'rest' | 'override', string>>, readonly string[]]>([
    [
      'a value that is none',
      { sweep: 'grid: {rbm.left.hiden: [1]}' },
      ['x.yaml:5:10: an experiment has no value `rbm.left.hiden`; did you mean `rbm.left.hidden`?'],
    ],
    [
      'a section that is none',
      { sweep: 'grid: {autoencoders.epochs: [1]}' },
      ['x.yaml:5:10: an experiment has no value `autoencoders.epochs`; did you mean `autoencoder.epochs`?'],
    ],
    [
      'what is no hyperparameter',
      {
        sweep:
          'grid: {setting: [fusion], corpus.train: [5], evaluation.protocol: [train-test], seeds: [[1]]}',
      },
      [
        'x.yaml:5:10: `setting` is not a hyperparameter: compare settings in separate columns (`columns`)',
        'x.yaml:5:29: `corpus.train` is not a hyperparameter; these can be swept: architecture, unlabelled, front_end, rbm, autoencoder, cca, features, evaluation.pooling, evaluation.standardise, evaluation.classifier',
        'x.yaml:5:48: `evaluation.protocol` is not a hyperparameter; these can be swept: architecture, unlabelled, front_end, rbm, autoencoder, cca, features, evaluation.pooling, evaluation.standardise, evaluation.classifier',
        'x.yaml:5:83: `seeds` is not a hyperparameter; these can be swept: architecture, unlabelled, front_end, rbm, autoencoder, cca, features, evaluation.pooling, evaluation.standardise, evaluation.classifier',
      ],
    ],
    [
      'two ways to set one value',
      {
        sweep:
          "grid: {'rbm.{left,right}.hidden': [1], rbm.left.hidden: [2], cca: [{ridge: 1}], cca.ridge: [1]}",
      },
      ['x.yaml:5:42: `rbm.left.hidden` is swept twice', 'x.yaml:5:83: `cca.ridge` and `cca` overlap'],
    ],
    [
      'a value out of range',
      { sweep: 'grid: {cca.ridge: [1, -1], autoencoder.loss: [squared]}' },
      [
        'x.yaml:5:25: `cca.ridge` must be a number of at least 0, not -1',
        "x.yaml:5:49: `autoencoder.loss` must be squared-error or cross-entropy, not 'squared'",
      ],
    ],
    [
      'a bound out of range',
      { sweep: 'random: {rbm.left.hidden: {integer: [0, 5]}}\n  points: 3' },
      [
        'x.yaml:5:29: `rbm.left.hidden` must be a whole number from 1 to 100000, not 0',
        'x.yaml:5:40: `rbm.left.hidden` must be a whole number from 1 to 100000, not 0',
      ],
    ],
    [
      'neither grid nor random',
      { sweep: 'points: 3' },
      [
        'x.yaml:4:1: `sweep` must have either `grid` (every combination) or `random` (points drawn at random)',
      ],
    ],
    [
      'both',
      { sweep: 'grid: {cca.ridge: [1]}\n  random: {cca.ridge: [1]}' },
      [
        'x.yaml:4:1: `sweep` must have either `grid` (every combination) or `random` (points drawn at random)',
      ],
    ],
    ['an empty grid', { sweep: 'grid: {}' }, ['x.yaml:5:3: `sweep.grid` has no values to try']],
    [
      'points of a grid',
      { sweep: 'grid: {cca.ridge: [1]}\n  points: 3\n  seed: 4' },
      [
        'x.yaml:6:3: `sweep.points` applies to `random` only: a grid contains every combination',
        'x.yaml:7:3: `sweep.seed` applies to `random` only: a grid contains every combination',
      ],
    ],
    [
      'two ways to compare',
      { sweep: 'grid: {cca.ridge: [1]}\n  select: {held_out: 3, folds: 3}' },
      ['x.yaml:6:3: `sweep.select` must have either `held_out` or `folds`'],
    ],
    [
      'an override of what is swept',
      { override: 'cca.ridge=2' },
      [
        `override cca.ridge=2: \`cca.ridge\` is swept (x.yaml:5:10), so the command line cannot set it; 'sweep.grid={"cca.ridge": null}' removes it from the sweep`,
      ],
    ],
    [
      'a column that sets what is swept',
      { rest: 'columns: [{id: a, label: A, cca: {ridge: 2}}]' },
      ['x.yaml:4:42: `cca.ridge` is swept (x.yaml:6:10), so column `a` cannot set it'],
    ],
    [
      'rows',
      { rest: 'rows: [{id: a, label: A}]' },
      [
        'x.yaml:4:1: a sweep cannot have `rows`: remove the key, or write `rows: null` if it comes from an extended file',
      ],
    ],
    [
      'another measure',
      { rest: 'measure: unimodal-units' },
      [
        'x.yaml:4:10: points are compared by a measure that is better when it is higher: `measure` of a sweep must be one of accuracy, weighted-f1, macro-f1, balanced-accuracy',
      ],
    ],
  ])('%s', (_, { sweep = 'grid: {cca.ridge: [1]}', rest, override }, expected) => {
    const overrides = override === undefined ? [] : [override];
    const message = messageOf(`  ${sweep}\n`, overrides, rest === undefined ? '' : `${rest}\n`);
    const sentences = message.split('\n').filter((line) => /^(x\.yaml:|override )/.test(line));
    expect(sentences).toEqual(expected);
  });

  it('is a grid that is too large', () => {
    const many = Array.from({ length: 1001 }, (_, index) => index).join(', ');
    expect(messageOf(`  grid: {cca.ridge: [${many}]}\n`)).toContain(
      'x.yaml:5:3: the grid has 1001 points; at most 1000 are allowed: use fewer values, or draw points with `random`',
    );
  });

  it('is a sweep where one experiment or a table is wanted, and the other way round', () => {
    write({ 's.yaml': `${required}sweep: {grid: {cca.ridge: [1]}}\n`, 'e.yaml': required });
    expect([kindOf('s.yaml'), kindOf('e.yaml')]).toEqual(['sweep', 'experiment']);
    expect(configError(() => loadExperiment('s.yaml')).message).toContain('run it with `mmx sweep`');
    expect(configError(() => loadTable('s.yaml')).message).toContain('run it with `mmx sweep`');
    expect(configError(() => loadSweep('e.yaml', [], {}, uniform)).message).toContain('this is not a sweep');
    expect(loadExperiment('s.yaml', ['sweep=null']).value.cca.ridge).toBe(1e-4);
  });
});
