import { describe, expect, it } from 'vitest';
import type { CellReference, Claim, ClaimTest } from '../../../../src/evaluation/claims/claim.js';
import {
  type ClaimTable,
  type ClaimTables,
  judgeClaim,
  type TestResult,
} from '../../../../src/evaluation/claims/judge.js';

const at = (row: string, extra: Partial<CellReference> = {}): CellReference => ({
  table: 't',
  row,
  column: 'x',
  published: null,
  ...extra,
});
const above = (extra: object = {}): ClaimTest => ({
  kind: 'above',
  label: 'a > b',
  above: at('a'),
  below: at('b'),
  ...extra,
});

type Cells = Readonly<Record<string, readonly number[]>>;

/** One table `t`: row → its values in column `x`. */
function tables(cells: Cells, unit = 'accuracy_pct'): ClaimTables {
  const rows = Object.entries(cells).map(([id, values]) => ({ id, cells: { x: { values, unit } } }));
  return new Map<string, ClaimTable>([['t', { corpus: 'c', synthetic: false, rows }]]);
}

const claimOf = (...tests: ClaimTest[]): Claim => ({
  number: 1,
  title: 'title',
  statement: 'statement',
  source: 'section 1',
  tests,
});

function judge(test: ClaimTest, found: ClaimTables): TestResult {
  const [result] = judgeClaim(claimOf(test), found).tests;
  if (result === undefined) throw new Error('no result');
  return result;
}

const verdictOf = (test: ClaimTest, cells: Cells): readonly (string | null)[] => {
  const { verdict, reason } = judge(test, tables(cells));
  return [verdict, reason];
};

describe('an ordering', () => {
  // Paired differences 4, 6, 5: mean 5, standard error 1/√3, so that 2 standard errors are 1.155.
  it('is reproduced beyond two standard errors', () => {
    const result = judge(above(), tables({ a: [14, 26, 35], b: [10, 20, 30] }));
    expect(result).toMatchObject({ verdict: 'reproduced', reason: null, missing: [] });
    expect(result.effect?.difference).toBeCloseTo(5, 10);
    expect(result.threshold).toBeCloseTo(2 / Math.sqrt(3), 10);
  });

  it('is within the noise up to there, whatever its sign', () => {
    // Differences 1 ± 1 of three seeds: mean 1 below 1.155.
    expect(verdictOf(above(), { a: [10, 21, 32], b: [10, 20, 30] })).toEqual([
      'not reproduced',
      'within the noise',
    ]);
    expect(verdictOf(above(), { a: [10, 20, 30], b: [10, 21, 32] })).toEqual([
      'not reproduced',
      'within the noise',
    ]);
  });

  it('is opposite beyond two standard errors the other way', () => {
    expect(verdictOf(above(), { a: [10, 20, 30], b: [14, 26, 35] })).toEqual(['not reproduced', 'opposite']);
  });

  it('needs more than a point where there is no spread', () => {
    expect(verdictOf(above(), { a: [51.5], b: [50] })).toEqual(['reproduced', null]);
    expect(verdictOf(above(), { a: [51], b: [50] })).toEqual(['not reproduced', 'within the noise']);
    expect(verdictOf(above(), { a: [50], b: [50] })).toEqual(['not reproduced', 'within the noise']);
    expect(verdictOf(above(), { a: [48.9], b: [50] })).toEqual(['not reproduced', 'opposite']);
    // Equal differences for all seeds are no spread either.
    expect(verdictOf(above(), { a: [50.5, 60.5], b: [50, 60] })).toEqual([
      'not reproduced',
      'within the noise',
    ]);
    expect(verdictOf(above(), { a: [52.1, 62.1], b: [50, 60] })).toEqual(['reproduced', null]);
  });

  it('compares one value with the spread of the other side, doubled in kind unless it is exact', () => {
    // s = 1: 2 s/√3 = 1.15 against an exact value, 2 s √(1 + 1/3) = 2.31 against a random one.
    const cells = { a: [51, 52, 53], b: [50] };
    expect(verdictOf(above(), cells)).toEqual(['not reproduced', 'within the noise']);
    expect(verdictOf(above({ below: at('b', { deterministic: true }) }), cells)).toEqual([
      'reproduced',
      null,
    ]);
  });

  it('can ask for a margin', () => {
    const cells = { a: [14, 26, 35], b: [10, 20, 30] };
    expect(verdictOf(above({ atLeast: 5 }), cells)).toEqual(['reproduced', null]);
    expect(verdictOf(above({ atLeast: 5.1 }), cells)).toEqual(['not reproduced', 'below the margin']);
    expect(judge(above({ atLeast: 5.1 }), tables(cells)).threshold).toBe(5.1);
  });

  it('can be against a constant', () => {
    expect(verdictOf(above({ below: { constant: 50 } }), { a: [60, 61, 62] })).toEqual(['reproduced', null]);
    expect(verdictOf(above({ above: { constant: 50 }, below: at('a') }), { a: [60, 61, 62] })).toEqual([
      'not reproduced',
      'opposite',
    ]);
  });

  it('counts noise draws once a seed', () => {
    const noisy = (row: string): CellReference => at(row, { column: 'noisy', seedsFrom: 'x' });
    const cell = (values: readonly number[]): { values: readonly number[]; unit: string } => ({
      values,
      unit: 'accuracy_pct',
    });
    const rows = [
      { id: 'a', cells: { x: cell([1, 1]), noisy: cell([52, 54, 56, 61, 63, 65]) } },
      { id: 'b', cells: { x: cell([1, 1]), noisy: cell([50, 50, 50, 60, 60, 60]) } },
    ];
    const { effect } = judge(
      above({ above: noisy('a'), below: noisy('b') }),
      new Map([['t', { corpus: 'c', synthetic: false, rows }]]),
    );
    // Seed means 54 − 50 and 63 − 60: 3.5, s.d. √½.
    expect(effect).toMatchObject({ method: 'paired', counts: [2, 2] });
    expect(effect?.difference).toBeCloseTo(3.5, 10);
    expect(effect?.sd).toBeCloseTo(Math.SQRT1_2, 10);
  });
});

describe('a claim of no effect', () => {
  const test: ClaimTest = { kind: 'not-above', label: 'a ≤ b', candidate: at('a'), bound: at('b') };

  it('holds below and within the noise, and not above', () => {
    expect(verdictOf(test, { a: [10, 20, 30], b: [14, 26, 35] })).toEqual(['reproduced', null]);
    expect(verdictOf(test, { a: [10, 21, 32], b: [10, 20, 30] })).toEqual(['reproduced', null]);
    expect(verdictOf(test, { a: [14, 26, 35], b: [10, 20, 30] })).toEqual(['not reproduced', 'opposite']);
    expect(verdictOf(test, { a: [51], b: [50] })).toEqual(['reproduced', null]);
    expect(verdictOf(test, { a: [51.1], b: [50] })).toEqual(['not reproduced', 'opposite']);
  });
});

describe('chance', () => {
  const chance = (kind: 'at-chance' | 'above-chance', classes = 10): ClaimTest => ({
    kind,
    label: kind,
    cell: at('a'),
    classes,
  });

  it.each([
    ['guessing', [10, 10, 10], true],
    ['up to half as much again', [14.9, 15, 15.1], true],
    ['beyond that', [15.1, 15.2, 15.3], false],
    ['below guessing', [2, 3, 4], true],
    // Mean 18, standard error 4.58: 2 of them allow 9.2 above chance.
    ['a spread that reaches chance', [9, 21, 24], true],
    ['one value', [15.1], false],
  ])('%s', (_, values, isChance) => {
    expect(verdictOf(chance('at-chance'), { a: values })).toEqual(
      isChance ? ['reproduced', null] : ['not reproduced', 'above chance'],
    );
    expect(verdictOf(chance('above-chance'), { a: values })).toEqual(
      isChance ? ['not reproduced', 'at chance'] : ['reproduced', null],
    );
  });

  it('depends on the number of classes', () => {
    expect(verdictOf(chance('at-chance', 26), { a: [8, 8.1, 8.2] })[0]).toBe('not reproduced');
    expect(verdictOf(chance('at-chance', 10), { a: [8, 8.1, 8.2] })[0]).toBe('reproduced');
  });
});

describe('a modal answer', () => {
  const answers = (expected: boolean, answer = 'd'): ClaimTest => ({
    kind: 'modal',
    label: 'modal',
    answers: ['a', 'b', 'd'].map((column) => at('mixed', { column })),
    answer,
    expected,
  });
  const table = (a: number[], b: number[], d: number[]): ClaimTables =>
    new Map([
      [
        't',
        {
          corpus: 'c',
          synthetic: false,
          rows: [
            {
              id: 'mixed',
              cells: {
                a: { values: a, unit: 'percent' },
                b: { values: b, unit: 'percent' },
                d: { values: d, unit: 'percent' },
              },
            },
          ],
        },
      ],
    ]);

  it('is compared with the most frequent other one', () => {
    const found = table([30, 31, 29], [10, 9, 11], [60, 60, 60]);
    expect(judge(answers(true), found)).toMatchObject({ verdict: 'reproduced' });
    expect(judge(answers(true), found).effect?.difference).toBeCloseTo(30, 10);
    expect(judge(answers(false), found)).toMatchObject({ verdict: 'not reproduced', reason: 'opposite' });
  });

  it('is not modal when another leads', () => {
    const found = table([30, 31, 29], [50, 51, 49], [20, 18, 22]);
    expect(judge(answers(true), found)).toMatchObject({ verdict: 'not reproduced', reason: 'opposite' });
    expect(judge(answers(false), found)).toMatchObject({ verdict: 'reproduced' });
    expect(judge(answers(false), found).effect?.difference).toBeCloseTo(30, 10);
  });

  it('is neither in a tie', () => {
    const found = table([20, 20, 20], [40, 42, 38], [40, 38, 42]);
    for (const expected of [true, false]) {
      expect(judge(answers(expected), found)).toMatchObject({
        verdict: 'not reproduced',
        reason: 'within the noise',
      });
    }
  });

  it('needs an answer among the answers', () => {
    expect(() => judge(answers(true, 'e'), table([1], [1], [1]))).toThrow(RangeError);
  });
});

describe('what is missing', () => {
  it('is named: table, row, cell, unit', () => {
    expect(judge(above(), new Map())).toMatchObject({
      verdict: 'not testable',
      effect: null,
      threshold: null,
      missing: ['t is absent'],
    });
    expect(judge(above(), tables({ a: [1] })).missing).toEqual(['t has no row b']);
    expect(judge(above({ below: at('a', { column: 'y' }) }), tables({ a: [1] })).missing).toEqual([
      't has no a / y',
    ]);
    expect(judge(above(), tables({ a: [1], b: [] })).missing).toEqual(['t has no b / x']);
    expect(judge(above(), tables({ a: [1], b: [1] }, 'points_vs_b')).missing).toHaveLength(2);
  });
});

describe('a claim', () => {
  const good = above();
  const bad = above({ above: at('b'), below: at('a') });
  const untestable = above({ below: at('absent') });
  const found = tables({ a: [14, 26, 35], b: [10, 20, 30] });
  const verdict = (...tests: ClaimTest[]): string => judgeClaim(claimOf(...tests), found).verdict;

  it('is as good as its worst test', () => {
    expect(verdict(good, good)).toBe('reproduced');
    expect(verdict(good, untestable)).toBe('not testable');
    expect(verdict(good, bad)).toBe('not reproduced');
    expect(verdict(untestable, bad)).toBe('not reproduced');
  });
});

describe('metrics other than the accuracy', () => {
  const f1 = 'macro_f1_pct';

  it('are compared with themselves', () => {
    const found = tables({ a: [14, 26, 35], b: [10, 20, 30] }, f1);
    expect(judge(above(), found)).toMatchObject({ verdict: 'reproduced', missing: [] });
  });

  it('are not compared with others', () => {
    const rows = [
      { id: 'a', cells: { x: { values: [60], unit: f1 } } },
      { id: 'b', cells: { x: { values: [50], unit: 'accuracy_pct' } } },
    ];
    const found: ClaimTables = new Map([['t', { corpus: 'c', synthetic: false, rows }]]);
    expect(judge(above(), found)).toMatchObject({
      verdict: 'not testable',
      missing: ['macro_f1_pct and accuracy_pct cannot be compared'],
    });
  });

  it('have no chance to be above, but the balanced accuracy', () => {
    const test: ClaimTest = { kind: 'above-chance', label: 'a', cell: at('a'), classes: 4 };
    expect(judge(test, tables({ a: [60, 61] }, f1))).toMatchObject({
      verdict: 'not testable',
      missing: ['what guessing gives in macro_f1_pct is not known'],
    });
    expect(judge(test, tables({ a: [60, 61] }, 'balanced_accuracy_pct')).verdict).toBe('reproduced');
  });
});
