import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../src/config/extends.js';
import { placeOf } from '../../../src/config/resolved.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, write } from './files.js';

const fixture = 'test/fixtures/config/table.yaml';

function cellOf(table: ReturnType<typeof loadTable>, row: string, column: string) {
  const cell = table.cells.find((each) => each.row === row && each.column === column);
  if (!cell) throw new Error(`no cell ${row}/${column}`);
  return cell;
}

describe('a table', () => {
  it('is told from an experiment by its `table` key, also when that is inherited', () => {
    expect(kindOf(fixture)).toBe('table');
    expect(kindOf('test/fixtures/config/experiment.yaml')).toBe('experiment');
  });

  it('holds rows, columns and references as written', () => {
    const { value } = loadTable(fixture);
    expect(value).toMatchObject({
      table: 'halves-transfer',
      title: 'Transfer between halves',
      notes: ['Trained on one half, tested on the other.'],
      columns: [
        { id: 'left-to-right', label: 'Left to right', published: { condition: 'left->right' } },
        { id: 'right-to-left', label: 'Right to left' },
      ],
      rows: [{ id: 'single' }, { id: 'rbm-cca' }, { id: 'cca' }],
      references: [{ label: 'CorrNet', source: 'corrnet2016', table: '4', method: 'corrnet' }],
    });
    expect(value).not.toHaveProperty('evaluation');
  });

  it('has a cell for each row and column, but those a row leaves out', () => {
    const names = loadTable(fixture).cells.map(({ row, column }) => `${row}/${column}`);
    expect(names).toEqual([
      'single/left-to-right',
      'single/right-to-left',
      'rbm-cca/left-to-right',
      'rbm-cca/right-to-left',
      'cca/right-to-left',
    ]);
  });

  it('composes a cell of body, row, column and the cell itself', () => {
    const table = loadTable(fixture);
    const single = cellOf(table, 'single', 'left-to-right').experiment;
    expect(single.value).toMatchObject({
      architecture: 'rbm',
      setting: 'classic-left',
      corpus: { name: 'mnist-halves', train: 50, test: 1000 },
      evaluation: { protocol: 'test-folds', folds: 5 },
      rbm: { left: { hidden: 500 } },
    });
    expect(placeOf(single, 'setting')).toBe(`${fixture}:24:32`);
    expect(placeOf(single, 'architecture')).toBe(`${fixture}:21:19`);
    expect(placeOf(single, 'evaluation.protocol')).toBe(`${fixture}:6:24`);

    const joint = cellOf(table, 'rbm-cca', 'right-to-left').experiment;
    expect(joint.value).toMatchObject({
      setting: 'shared-right-to-left',
      corpus: { name: 'mnist-halves' },
      rbm: { left: { hidden: 20, momentum: { initial: 0.4 } }, right: { hidden: 30 } },
      cca: { ridge: 1e-4, dimensions: 10 },
    });
    expect(joint.value.corpus).not.toHaveProperty('train');
    expect(joint.files).toContain('test/fixtures/config/parts/small.yaml');
  });

  it('joins the published sections of row, column and cell', () => {
    const table = loadTable(fixture);
    expect(cellOf(table, 'single', 'left-to-right').published).toEqual({
      source: 'corrnet2016',
      table: '4',
      method: 'single-view (ceiling)',
      condition: 'left->right',
    });
    expect(cellOf(table, 'single', 'right-to-left').published).toBeNull();
    expect(cellOf(table, 'cca', 'right-to-left').published).toBeNull();
  });

  it('lets overrides change every cell, or the table itself', () => {
    const table = loadTable(fixture, ['title=Small', 'seeds=[9]', 'cca.ridge=0.5', 'setting=fusion']);
    expect(table.value.title).toBe('Small');
    expect(table.origins.title).toEqual({ kind: 'override', text: 'title=Small' });
    for (const { experiment } of table.cells) {
      expect(experiment.value).toMatchObject({ seeds: [9], cca: { ridge: 0.5 }, setting: 'fusion' });
    }
  });
});

describe('problems of a table', () => {
  inEmptyDirectory();

  it('are told all at once, each a single time', () => {
    write({
      't.yaml': `table: A Table
corpus: mnist-halves
setting: fusion
columns:
  - {id: a, label: A}
  - {id: a, label: B}
  - {id: bb}
rows:
  - id: r
    label: R
    columns: [a, b]
    rbm: {left: {hidden: 0}}
  - {id: s, label: S, architecture: rbm, cells: {zz: {}, bb: {seed: 1}}}
  - {id: t, label: T, architecture: rbm, extends: none.yaml, colums: [a]}
references: [{label: Other, source: paper}]
`,
    });
    expect(configError(() => loadTable('t.yaml', ['cca.ridge=-1', 'row=1'])).message).toMatchInlineSnapshot(`
      "t.yaml:1:1: \`title\` is missing; it must be a non-empty text

      t.yaml:1:8: \`table\` must be a name in kebab-case: lower-case letters and digits joined by single hyphens, not 'A Table'
        1 | table: A Table
          |        ^^^^^^^

      t.yaml:6:10: two columns have the id \`a\`
        6 |   - {id: a, label: B}
          |          ^

      t.yaml:7:5: \`columns[2].label\` is missing; it must be a non-empty text
        7 |   - {id: bb}
          |     ^^^^^^^^

      t.yaml:9:5: row \`r\`, column \`a\`: \`architecture\` is missing; it must be the name of an architecture: \`mmx data info CORPUS\` lists them
        9 |   - id: r
          |     ^^^^^

      t.yaml:11:18: there is no column \`b\`; columns: a, bb
        11 |     columns: [a, b]
           |                  ^

      t.yaml:12:26: \`rows[0].rbm.left.hidden\` must be a whole number from 1 to 100000, not 0
        12 |     rbm: {left: {hidden: 0}}
           |                          ^

      t.yaml:13:50: there is no column \`zz\`; columns: a, bb
        13 |   - {id: s, label: S, architecture: rbm, cells: {zz: {}, bb: {seed: 1}}}
           |                                                  ^^

      t.yaml:13:63: unknown key \`seed\` in \`rows[1].cells.bb\`; did you mean \`seeds\`?
        13 |   - {id: s, label: S, architecture: rbm, cells: {zz: {}, bb: {seed: 1}}}
           |                                                               ^^^^

      t.yaml:14:51: the file none.yaml does not exist
        14 |   - {id: t, label: T, architecture: rbm, extends: none.yaml, colums: [a]}
           |                                                   ^^^^^^^^^

      t.yaml:14:62: unknown key \`colums\` in \`rows[2]\`; did you mean \`columns\`?
        14 |   - {id: t, label: T, architecture: rbm, extends: none.yaml, colums: [a]}
           |                                                              ^^^^^^

      t.yaml:15:14: \`references[0].method\` is missing; it must be a non-empty text
        15 | references: [{label: Other, source: paper}]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      override cca.ridge=-1: \`cca.ridge\` must be a number of at least 0, not -1
        cca.ridge=-1
                  ^^

      override row=1: unknown key \`row\`; known keys: corpus, unlabelled, architecture, setting, measure, seeds, engine, tf32, front_end, rbm, autoencoder, cca, models, features, evaluation, scale, checkpoint_seconds, scales, stand_in
        row=1
        ^^^"
    `);
  });

  it('name the cell when only its parts together are wrong', () => {
    write({
      't.yaml': `table: t
title: T
corpus: mnist-halves
architecture: rbm
columns: [{id: a, label: A, setting: fusion}, {id: b, label: B}]
rows: [{id: r, label: R}]
`,
    });
    expect(configError(() => loadTable('t.yaml')).message).toMatchInlineSnapshot(`
      "t.yaml:6:8: row \`r\`, column \`b\`: \`setting\` is missing; it must be fusion, classic-<modality>, cross-modality-<modality>, shared-<modality>-to-<modality>, fusion-to-<modality>, or a map with \`train\` and, where they differ, \`learn\` and \`test\`
        6 | rows: [{id: r, label: R}]
          |        ^^^^^^^^^^^^^^^^^"
    `);
  });
});
