import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadTable, type ResolvedTable } from '../../../../src/config/index.js';
import { corpusNamed } from '../../../../src/corpora/registry.js';
import { paintBars } from '../../../../src/report/figures/bars.js';
import { checkPublished, collectTable } from '../../../../src/report/table/collect.js';
import { renderLatex } from '../../../../src/report/table/latex.js';
import { bestRows, legend } from '../../../../src/report/table/layout.js';
import { renderMarkdown } from '../../../../src/report/table/markdown.js';
import type { ResultTable } from '../../../../src/report/table/table.js';
import { renderTerminal } from '../../../../src/report/table/terminal.js';
import { errorOf } from '../../../support/errors.js';
import { cell } from './fixture.js';

const directory = mkdtempSync(join(tmpdir(), 'mmx-metrics-'));
afterAll(() => rmSync(directory, { recursive: true }));

function tableOf(text: string): ResolvedTable {
  const file = join(directory, 'table.yaml');
  writeFileSync(
    file,
    `table: t\ntitle: T\ncorpus: mnist-halves\narchitecture: preprocessed\nsetting: fusion\n${text}`,
  );
  return loadTable(file, []);
}

const collected = (table: ResolvedTable): ResultTable =>
  collectTable(
    table,
    table.cells.map(({ row, column }) => ({ row, column, values: [50] })),
    [corpusNamed('mnist-halves')],
  );

const plain = `columns: [{id: a, label: A}, {id: b, label: B, measure: accuracy}]
rows: [{id: r, label: R}, {id: s, label: S}]
`;

describe('a table of another metric than the accuracy', () => {
  it('has its unit in the cells, and says below what it is', () => {
    const table = collected(tableOf(`measure: weighted-f1\n${plain}`));
    expect(table.rows[0]?.cells.a?.unit).toBe('weighted_f1_pct');
    expect(table.rows[0]?.cells.b?.unit).toBe('accuracy_pct');
    expect(table.notes).toEqual([
      'Weighted F1: the mean of the F1 scores of the classes, each by its share of the test examples.',
    ]);
    expect(collected(tableOf(plain)).notes).toEqual([]);
  });

  it('is compared with numbers that were published in that metric alone', () => {
    const query = '{source: corrnet2016, table: "4", method: cca, condition: left->right}';
    const published = (measure: string): ResolvedTable =>
      tableOf(
        `measure: ${measure}\ncolumns: [{id: a, label: A}]\nrows: [{id: r, label: R, published: ${query}}]\n`,
      );
    expect(() => checkPublished(published('accuracy'))).not.toThrow();
    expect(errorOf(() => checkPublished(published('macro-f1')))).toMatchObject({
      code: 'published/unit',
      exitCode: 2,
      message: 'The published number of corrnet2016, cca is in accuracy_pct; this cell is in macro_f1_pct.',
    });
    const references = (measure: string): ResolvedTable =>
      tableOf(`measure: ${measure}
columns: [{id: a, label: A, published: {condition: left->right}}]
rows: [{id: r, label: R}]
references: [{label: CCA, source: corrnet2016, table: "4", method: cca}]
`);
    expect(collected(references('accuracy')).references[0]?.values.a?.value).toBeGreaterThan(0);
    expect(errorOf(() => checkPublished(references('macro-f1'))).message).toBe(
      'The published number of corrnet2016, cca is in accuracy_pct; the column a is in macro_f1_pct.',
    );
  });
});

const made = (units: readonly (readonly [string, string])[]): ResultTable => ({
  table: 'made',
  title: 'Made',
  corpus: 'meld',
  synthetic: false,
  columns: [
    { id: 'a', label: 'A' },
    { id: 'b', label: 'B' },
  ],
  rows: units.map(([a, b], index) => ({
    id: `r${index}`,
    label: `Row ${index}`,
    cells: { a: cell([60 + index], null, a), b: cell([50 + index], null, b) },
  })),
  references: [],
  notes: [],
});
const f1 = 'macro_f1_pct';

describe('formats', () => {
  it('name the metric of the table, and that of cells in another', () => {
    const table = made([
      [f1, f1],
      [f1, 'accuracy_pct'],
    ]);
    expect(legend(table, { showSeedCount: true })).toBe('macro F1 in %: value (seeds)');
    expect(renderMarkdown(table)).toContain('meld · macro F1 in %: value (seeds)');
    expect(renderMarkdown(table)).toContain('51.0 (1) % accuracy');
    expect(renderMarkdown(table)).not.toContain('% macro');
    expect(renderLatex(table)).toContain('51.0 (1) \\% accuracy');
    expect(renderTerminal(table, { width: 100, colour: false })).toContain('51.0 (1) % accuracy');
    expect(paintBars(table)).toContain('ours, % macro F1');
  });

  it('name a metric among accuracies', () => {
    const table = made([
      ['accuracy_pct', 'percent'],
      ['accuracy_pct', 'balanced_accuracy_pct'],
    ]);
    expect(legend(table, { showSeedCount: true })).toBe('accuracy in %: value (seeds)');
    expect(renderMarkdown(table)).toContain('51.0 (1) % balanced accuracy');
    expect(renderMarkdown(table)).not.toContain('50.0 (1) %');
  });

  it('mark the best of a column of one metric', () => {
    const table = made([
      [f1, f1],
      [f1, 'accuracy_pct'],
    ]);
    expect([...bestRows(table, 'a')]).toEqual(['r1']);
    expect([...bestRows(table, 'b')]).toEqual([]);
  });
});
