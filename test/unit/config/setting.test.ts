import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { placeOf } from '../../../src/config/resolved.js';
import { showConfig } from '../../../src/config/show.js';
import { loadSweep } from '../../../src/config/sweep.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, write } from './files.js';

const head = 'corpus: mnist-halves\narchitecture: contrastive\n';

describe('a setting of lists', () => {
  inEmptyDirectory();

  const settingOf = (text: string, ...overrides: string[]): unknown => {
    write({ 'x.yaml': `${head}${text}` });
    return loadExperiment('x.yaml', overrides).value.setting;
  };

  it('is kept as it is written', () => {
    expect(settingOf('setting: {train: [right, left], test: [left]}\n')).toEqual({
      train: ['right', 'left'],
      test: ['left'],
    });
    expect(settingOf('setting: fusion\n', 'setting={learn: [left, right], train: [left]}')).toEqual({
      learn: ['left', 'right'],
      train: ['left'],
    });
  });

  it('is changed by one list, and loses one by null', () => {
    const text = 'setting: {learn: [left, right], train: [left], test: [right]}\n';
    expect(settingOf(text, 'setting.test=[left]')).toMatchObject({ train: ['left'], test: ['left'] });
    expect(settingOf(text, 'setting.learn=null')).toEqual({ train: ['left'], test: ['right'] });
    expect(settingOf(text, 'setting=fusion')).toBe('fusion');
  });

  it('shown as YAML gives the same again', () => {
    write({ 'x.yaml': `${head}setting: {train: [left, right]}\n` });
    const config = loadExperiment('x.yaml', ['setting.test=[left]']);
    const text = showConfig(config);
    expect(text).toContain('setting:\n  train: [left, right]        # x.yaml:3:18\n');
    expect(text).toMatch(/^ {2}test: \[left\] +# override setting.test=\[left\]$/m);
    write({ 'again.yaml': text });
    expect(loadExperiment('again.yaml').value).toEqual(config.value);
  });

  it.each([
    ['setting: {train: []}', 'x.yaml:3:18: `setting.train` must name at least one modality'],
    ['setting: {train: [left, right, left]}', 'x.yaml:3:18: `setting.train` names the modality `left` twice'],
    ['setting: {test: [left]}', 'x.yaml:3:1: `setting.train` is missing; it must be a list of modalities'],
    ['setting: {train: left}', "x.yaml:3:18: `setting.train` must be a list of modalities, not 'left'"],
    ['setting: {train: [left, 1]}', 'x.yaml:3:25: `setting.train[1]` must be the name of a modality, not 1'],
    [
      'setting: {train: [left], learnt: [right]}',
      'x.yaml:3:26: unknown key `learnt` in `setting`; did you mean `learn`?',
    ],
    ['setting: [left]', 'x.yaml:3:10: `setting` must be fusion, classic-<modality>'],
    [
      'setting: fuson',
      "or a map with `train` and, where they differ, `learn` and `test`, not 'fuson'; did you mean `fusion`?",
    ],
  ])('%s is refused', (text, message) => {
    expect(configError(() => settingOf(`${text}\n`)).message).toContain(message);
  });

  it('is where it is written, even where it takes the place of a name', () => {
    write({ 'x.yaml': `${head}setting: fusion\n` });
    const override = 'setting={train: [left]}';
    expect(placeOf(loadExperiment('x.yaml', [override]), 'setting')).toBe(`override ${override}`);
  });

  it('of rows, columns and the file: a name replaces lists, lists replace a name, lists merge', () => {
    write({
      't.yaml': `table: t
title: T
corpus: mnist-halves
architecture: contrastive
setting: {train: [left, right]}
columns:
  - {id: whole, label: Whole}
  - {id: left, label: Left, setting: {test: [left]}}
  - {id: named, label: Named, setting: shared-left-to-right}
  - {id: back, label: Back, setting: {train: [right], test: [left]}}
rows:
  - {id: a, label: A}
  - {id: b, label: B, setting: fusion}
  - {id: c, label: C, setting: {learn: [left, right]}, cells: {named: {setting: {train: [left]}}}}
`,
    });
    // A row whose setting is a name leaves nothing of it to a column's list of one part.
    expect(configError(() => loadTable('t.yaml')).message).toContain(
      'row `b`, column `left`: `setting.train` is missing; it must be a list of modalities',
    );
    const { cells } = loadTable('t.yaml', [
      'rows=null',
      'rows=[{id: a, label: A}, {id: c, label: C, setting: {learn: [left, right]}, cells: {named: {setting: {train: [left]}}}}]',
    ]);
    const settings = Object.fromEntries(
      cells.map(({ row, column, experiment }) => [`${row}/${column}`, experiment.value.setting]),
    );
    expect(settings).toEqual({
      'a/whole': { train: ['left', 'right'] },
      'a/left': { train: ['left', 'right'], test: ['left'] },
      'a/named': 'shared-left-to-right',
      'a/back': { train: ['right'], test: ['left'] },
      'c/whole': { learn: ['left', 'right'], train: ['left', 'right'] },
      'c/left': { learn: ['left', 'right'], train: ['left', 'right'], test: ['left'] },
      'c/named': { train: ['left'] },
      'c/back': { learn: ['left', 'right'], train: ['right'], test: ['left'] },
    });
  });

  it('heads the only column of a sweep', () => {
    write({
      's.yaml': `${head}setting: {test: [left], train: [left, right]}\nsweep: {grid: {cca.dimensions: [5]}}\n`,
    });
    const { value, cells } = loadSweep('s.yaml', [], {}, () => 0.5);
    expect(value.columns).toEqual([{ id: 'setting', label: 'train left+right, test left' }]);
    expect(cells[0]?.experiment.value.setting).toEqual({ train: ['left', 'right'], test: ['left'] });
  });
});
