import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { paintBars } from '../../../src/report/figures/bars.js';
import { tag, text } from '../../../src/report/html/markup.js';
import { renderLeaderboardCsv } from '../../../src/report/leaderboard/csv.js';
import { renderLeaderboardJson } from '../../../src/report/leaderboard/json.js';
import type { Leaderboard } from '../../../src/report/leaderboard/leaderboard.js';
import { renderLeaderboardMarkdown } from '../../../src/report/leaderboard/markdown.js';
import { renderLeaderboardTerminal } from '../../../src/report/leaderboard/terminal.js';
import { createProgress } from '../../../src/report/progress/progress.js';
import { tableFormats } from '../../../src/report/table/formats.js';
import { escapeLatex } from '../../../src/report/table/latex.js';
import { escapeMarkdown, renderMarkdown } from '../../../src/report/table/markdown.js';
import { parseTable } from '../../../src/report/table/read-table.js';
import type { ResultTable } from '../../../src/report/table/table.js';
import { renderTerminal } from '../../../src/report/table/terminal.js';

/** ESC, a C1 control sequence introducer, an override of direction, a bell, a zero-width space. */
const hostile = 'a\u001b[31mb\u009b2Jc\u202ed\u0007e\u200bf';
const plain = { colour: false, width: 100 };

const hostileTable = (label = hostile): ResultTable => ({
  table: 'hostile',
  title: label,
  corpus: label,
  synthetic: false,
  columns: [{ id: 'one', label }],
  rows: [
    {
      id: 'row',
      label,
      cells: {
        one: { mean: -0.1, sd: null, n: 1, values: [-0.1], published: null, unit: label },
      },
    },
    {
      id: 'other',
      label,
      cells: {
        one: {
          mean: 1,
          sd: 1,
          n: 2,
          values: [-1, 3],
          published: { value: -2.5, pm2sd: 1, source: label },
          unit: 'accuracy_pct',
        },
      },
    },
  ],
  references: [{ label, source: label, values: { one: { value: 3, pm2sd: null } } }],
  notes: [label],
});

const board = (label = hostile): Leaderboard => ({
  table: hostileTable(label),
  parameters: [{ name: label, short: label }],
  points: { row: { values: [label], texts: [label], ranks: { one: 2 }, failures: { one: label } } },
  chosen: { one: 'other' },
});

/** What no output may hold, whatever its format. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const writers: readonly (readonly [name: string, write: (label?: string) => string])[] = [
  ...tableFormats.map(
    ({ extension, render }) =>
      [`table.${extension}`, (label?: string) => render(hostileTable(label))] as const,
  ),
  ['table on a terminal', (label) => renderTerminal(hostileTable(label), plain)],
  ['leaderboard.md', (label) => renderLeaderboardMarkdown(board(label))],
  ['leaderboard.csv', (label) => renderLeaderboardCsv(board(label))],
  ['leaderboard.json', (label) => renderLeaderboardJson(board(label))],
  ['leaderboard on a terminal', (label) => renderLeaderboardTerminal(board(label), plain)],
  ['text of a page', (label = hostile) => text(label)],
  ['attribute of a page', (label = hostile) => tag('p', { title: label })],
];

describe('text of others in what is written', () => {
  it.each(writers)('%s: no character that a terminal obeys or that cannot be seen', (_, write) => {
    expect(write()).not.toMatch(unseen);
    expect(write()).toMatch(/\\(x|u00|textbackslash\{\}x)1b/);
  });

  it.each(writers.filter(([name]) => name.includes('json')))('%s: holds the same values', (name, write) => {
    expect(JSON.parse(write())).toMatchObject({ title: hostile, notes: [hostile] });
    if (name === 'table.json') expect(parseTable(write(), name)).toEqual(hostileTable());
  });

  it.each(writers)('%s: takes no more room than the label does, times the places it is in', (name, write) => {
    const label = `${'long '.repeat(4_000)}${'x'.repeat(20_000)}`;
    expect(write(label).length, name).toBeLessThan(60 * label.length);
  });

  it('pads no row of many to the longest label in Markdown', () => {
    const one = hostileTable('a');
    const rows = Array.from({ length: 300 }, (_, index) => ({
      id: `row-${index}`,
      label: index === 0 ? 'x'.repeat(100_000) : 'short',
      cells: {},
    }));
    expect(renderMarkdown({ ...one, rows }).length).toBeLessThan(500_000);
  });

  it('shows labels and warnings of progress as one line each', () => {
    let shown = '';
    const stream = new Writable({
      write(chunk, _, done) {
        shown += String(chunk);
        done();
      },
    });
    const show = createProgress({ mode: 'lines', stream, colour: false, now: () => 0 });
    const stage = { hash: 'h', kind: 'k', label: `${hostile}\ndone`, cost: 1 };
    show({ type: 'run-start', run: 1, reused: 0, cost: 1, jobs: 1 });
    show({ type: 'stage-start', ...stage });
    show({ type: 'warning', label: stage.label, message: stage.label });
    show({ type: 'stage-done', ...stage, seconds: 1 });
    show({ type: 'stage-skipped', ...stage, because: stage.label });
    expect(shown).not.toMatch(unseen);
    expect(shown.trimEnd().split('\n')).toHaveLength(5);
  });
});

describe('Markdown', () => {
  it.each([
    ['a|b', 'a\\|b'],
    ['a\nb\r\n\r\n# c', 'a b # c'],
    ['<script>&lt;', '&lt;script>&amp;lt;'],
    ['[t](http://x)', '\\[t\\](http\\://x)'],
    ['![t](x)', '!\\[t\\](x)'],
    ['www.example.org', 'www\\.example.org'],
    ['https://example.org', 'https\\://example.org'],
    ['`a` *b* _c_ ~d~ $e$ \\f', '\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\$e\\$ \\\\f'],
    ['# a', '\\# a'],
    ['1. a', '1\\. a'],
  ])('%j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('escapes the unit of a legend and of a cell', () => {
    const table = hostileTable('<b>|');
    expect(renderMarkdown(table)).not.toMatch(/<b>/);
  });
});

describe('LaTeX', () => {
  it.each([
    ['\\input{/etc/passwd}', '\\textbackslash{}input\\{/etc/passwd\\}'],
    ['\\write18{id}', '\\textbackslash{}write18\\{id\\}'],
    ['a % b & c ^^5c', 'a \\% b \\& c \\textasciicircum{}\\textasciicircum{}5c'],
    ['\u202e', '\\textbackslash{}u202e'],
  ])('%j', (text, escaped) => {
    expect(escapeLatex(text)).toBe(escaped);
  });
});

describe('XML', () => {
  it('has no character that XML has no place for', () => {
    const written = paintBars(hostileTable('a\u0000\ufffe\uffff\ud800b'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
    expect(written).not.toMatch(/[\u0000\ufffe\uffff]|\p{Surrogate}/u);
  });
});

describe('CSV', () => {
  it.each(['=1+1', '+1+1', '-1+1', '@sum(a1)', '\t=1', '\r=1', '＝1'])(
    'no cell of %j is a formula',
    (label) => {
      const rows =
        tableFormats.find(({ extension }) => extension === 'csv')?.render(hostileTable(label)) ?? '';
      const fields = rows.split(/[,\r\n]/).filter((field) => !/^"?-?[\d.;-]*"?$/.test(field));
      expect(fields.filter((field) => /^"?[=+\-@\t\r＝＋－＠]/.test(field))).toEqual([]);
      expect(rows).toContain(/^\s/.test(label) ? '\\' : "'");
    },
  );

  it('leaves numbers as they are', () => {
    const rows = tableFormats.find(({ extension }) => extension === 'csv')?.render(hostileTable('a')) ?? '';
    expect(rows).toContain(',-0.1,,,1,-0.1,');
    expect(rows).toContain(',-1;3,-2.5,');
  });
});
