import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import { loadTable } from '../../../src/config/table.js';

const directory = mkdtempSync(join(tmpdir(), 'mmx-data-paths-'));
const file = (name: string, content: string): string => {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const rest = 'architecture: rbm\nsetting: classic-audio\nseeds: [1]\nextends: mmx/base/ngiam2011\n';

it('folders of copies count from the folder of the file that names them, and on the command line from the working directory', () => {
  file(
    'base/part.yaml',
    `${rest}corpus: {name: cuave, data: ../copies/cuave}\nstand_in: {corpus: {name: cuave}}\n`,
  );
  const path = file(
    'own/one.yaml',
    'extends: ../base/part.yaml\nunlabelled: [{name: timit, data: timit}, {name: avletters, data: /a/b}, cuave]\n',
  );
  const { corpus, unlabelled } = loadExperiment(path).value;
  expect(corpus.data).toBe(join(directory, 'copies/cuave'));
  expect(unlabelled.map(({ data }) => data)).toEqual([join(directory, 'own/timit'), '/a/b', undefined]);
  expect(loadExperiment(path, ['corpus.data=here']).value.corpus.data).toBe('here');
});

it('so do those of rows, and of a corpus that stands in', () => {
  const path = file(
    'own/table.yaml',
    `${rest}table: t
title: T
corpus: {name: cuave}
stand_in: {corpus: {name: timit, data: other}}
columns: [{id: c, label: C, setting: classic-audio}]
rows: [{id: r, label: R, corpus: {data: mine}}]
`,
  );
  const data = (hasCorpus: boolean) =>
    loadTable(path, [], { hasCorpus: () => hasCorpus }).cells[0]?.experiment.value.corpus.data;
  expect([data(true), data(false)]).toEqual([join(directory, 'own/mine'), join(directory, 'own/other')]);
});
