import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderCsv } from '../../../../src/report/table/csv.js';
import { tableFormats } from '../../../../src/report/table/formats.js';
import { renderJson } from '../../../../src/report/table/json.js';
import { escapeLatex, renderLatex } from '../../../../src/report/table/latex.js';
import { escapeMarkdown, renderMarkdown } from '../../../../src/report/table/markdown.js';
import type { ResultTable } from '../../../../src/report/table/table.js';
import { cell, tricky, wide } from './fixture.js';

const golden = (name: string): string => join(import.meta.dirname, '../../../golden/report', name);

describe('of a generated corpus', () => {
  const generated = { ...tricky, synthetic: true };

  it.each(tableFormats)('$extension has the published numbers, and no difference from them', ({ render }) => {
    const text = render(generated);
    expect(text).toContain('81.62');
    expect(text).toMatch(/synthetic/i);
    expect(text).not.toMatch(/\bdiff\b|ours − paper/);
    expect(text).not.toBe(render(tricky));
  });

  it('CSV leaves the difference empty', () => {
    const records = parse(renderCsv(generated), { columns: true }) as Record<string, string>[];
    expect(records.some(({ published }) => published !== '')).toBe(true);
    for (const { difference } of records) expect(difference).toBe('');
  });
});

describe('whole files', () => {
  for (const table of [tricky, wide]) {
    for (const { extension, render } of tableFormats) {
      it(`${table.table}.${extension}`, async () => {
        await expect(render(table)).toMatchFileSnapshot(golden(`${table.table}.${extension}`));
      });
    }
  }

  it('do not depend on the order in which the cells of a row were filled in', () => {
    const reversed: ResultTable = {
      ...tricky,
      rows: tricky.rows.map((row) => ({
        ...row,
        cells: Object.fromEntries(Object.entries(row.cells).reverse()),
      })),
    };
    for (const { render } of tableFormats) expect(render(reversed)).toBe(render(tricky));
  });
});

it('rounds what files keep: a mean of 76.65 in JSON is 76.7 everywhere, though 76.6499… was computed', () => {
  // A row of a committed table: values that are means of five folds.
  const mean = { ...cell([75.68, 75.68, 78.59]), mean: 76.64999999999999 };
  const table: ResultTable = {
    ...tricky,
    columns: [{ id: 'fusion', label: 'fused' }],
    rows: [{ id: 'only', label: 'Only', cells: { fusion: mean } }],
    references: [],
  };
  expect(JSON.parse(renderJson(table)).rows[0].cells.fusion.mean).toBe(76.65);
  for (const render of [renderMarkdown, renderLatex]) expect(render(table)).toContain('76.7');
});

describe('JSON', () => {
  const number = z.number();
  const cell = z.strictObject({
    mean: number,
    sd: number.nullable(),
    n: number.int().positive(),
    values: z.array(number),
    published: number.nullable(),
    published_detail: z.strictObject({ pm2sd: number.nullable(), source: z.string() }).nullable(),
    unit: z.string(),
  });
  const shape = z.strictObject({
    table: z.string(),
    title: z.string(),
    corpus: z.string(),
    synthetic: z.boolean(),
    columns: z.array(z.string()),
    column_labels: z.array(z.string()),
    rows: z.array(z.strictObject({ id: z.string(), label: z.string(), cells: z.record(z.string(), cell) })),
    references: z.array(
      z.strictObject({
        label: z.string(),
        source: z.string(),
        values: z.record(z.string(), z.strictObject({ value: number, pm2sd: number.nullable() })),
      }),
    ),
    notes: z.array(z.string()),
  });

  it('has the documented shape, ids as columns and a number or null as published', () => {
    const content = shape.parse(JSON.parse(renderJson(tricky)));
    expect(content.columns).toEqual(['left-to-right', 'right-to-left', 'fusion']);
    expect(content.rows.map((row) => Object.keys(row.cells))).toEqual([
      ['left-to-right', 'right-to-left'],
      ['left-to-right', 'right-to-left', 'fusion'],
      ['left-to-right', 'fusion'],
    ]);
    expect(content.rows[0]?.cells['left-to-right']?.published).toBe(81.62);
    expect(content.rows[1]?.cells['left-to-right']?.published).toBeNull();
  });

  it('keeps texts that look like its own lists of numbers', () => {
    const notes = ['[\n 1,\n 2 ]', '[1,   2]'];
    expect(JSON.parse(renderJson({ ...tricky, notes })).notes).toEqual(notes);
  });
});

describe('CSV', () => {
  it('is read back by another parser, field for field', () => {
    const label = 'a "b", c\r\nd;\n';
    const shown = 'a "b", c\\r\\nd;\\n';
    const table: ResultTable = {
      ...tricky,
      corpus: label,
      references: tricky.references.map((row) => ({ ...row, label })),
    };
    const records = parse(renderCsv(table), { columns: true, record_delimiter: '\r\n' });
    expect(records).toHaveLength(7 + 3);
    for (const record of records) expect(record).toMatchObject({ corpus: shown, synthetic: 'false' });
    expect(records.at(-1)).toMatchObject({ row: shown, mean: '', published: '90.27' });
    expect(records[0]).toMatchObject({
      row: 'single-view',
      values: '81.2;81.4;81.9',
      difference: '-0.12',
      published_pm2sd: '',
    });
  });
});

describe('Markdown', () => {
  it('has the same number of cells in every line', () => {
    const lines = renderMarkdown(tricky)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const bars = lines.map((line) => line.replace(/\\\|/g, '').split('|').length);
    expect(new Set(bars)).toEqual(new Set([12]));
  });

  it('escapes what GitHub would interpret', () => {
    expect(escapeMarkdown('a|b *c* _d_ `e` <f> [g] $h$ ~i~ \\ &amp; R&D')).toBe(
      'a\\|b \\*c\\* \\_d\\_ \\`e\\` &lt;f> \\[g\\] \\$h\\$ \\~i\\~ \\\\ &amp;amp; R&D',
    );
    expect(['# a', '- a', '+ a', '> a', '1. a', '12) a'].map(escapeMarkdown)).toEqual([
      '\\# a',
      '\\- a',
      '\\+ a',
      '\\> a',
      '1\\. a',
      '12\\) a',
    ]);
  });
});

describe('LaTeX', () => {
  const missing = spawnSync('pdflatex', ['--version']).error === undefined ? [] : ['pdflatex'];
  if (missing.length === 0 && spawnSync('kpsewhich', ['booktabs.sty']).status !== 0) missing.push('booktabs');

  it('escapes what TeX would interpret', () => {
    expect(escapeLatex('\\{}$&#%_^~<>|*[]')).toBe(
      '\\textbackslash{}\\{\\}\\$\\&\\#\\%\\_\\textasciicircum{}\\textasciitilde{}' +
        '\\textless{}\\textgreater{}\\textbar{}{*}{[}{]}',
    );
    expect(escapeLatex('"a" ("b") c--d left→right 中 é')).toBe(
      "``a'' (``b'') c-{}-d left$\\rightarrow$right U+4E2D é",
    );
  });

  it.skipIf(missing.length > 0)(
    `compiles${missing.length > 0 ? ` (skipped: no ${missing.join()})` : ''}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'mmx-latex-'));
      try {
        const printable = Array.from({ length: 0x250 - 0x20 }, (_, index) =>
          String.fromCodePoint(0x20 + index),
        );
        const symbols = '−±×·→←↔≤≥≈≠∞°αβλμρσ–—‘’“”…•中😀';
        // Every row starts with a character that could be taken for an argument of the line before it.
        const rows = [
          ...tricky.rows,
          ...['[1pt]', '*', '-', '&'].map((label) => ({ id: label, label, cells: {} })),
        ];
        const everything = { ...tricky, rows, notes: [...tricky.notes, printable.join(' '), symbols] };
        const tables = [everything, wide].map(renderLatex).join('\n');
        const document = `\\documentclass{article}\\usepackage{booktabs,graphicx}\\begin{document}\n${tables}\\end{document}\n`;
        writeFileSync(join(folder, 'tables.tex'), document);
        const run = spawnSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'tables.tex'], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(run.status, run.stdout).toBe(0);
        const log = readFileSync(join(folder, 'tables.log'), 'latin1');
        expect(log).not.toMatch(/Missing character|Overfull|^! /m);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
