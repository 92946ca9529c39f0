import { describe, expect, it } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import { stageHash } from '../../../../src/pipeline/graph/identity.js';
import type { StageSpec } from '../../../../src/pipeline/graph/stage.js';
import { failureBehind, ranThrough } from '../../../../src/pipeline/run/failed-stages.js';
import type { RunResult, StageEnd } from '../../../../src/pipeline/run/result.js';

const context = { versions: { toy: 1 }, engine: 'cpu' };
const toy = (label: string, inputs: Readonly<Record<string, StageSpec>> = {}): StageSpec => ({
  kind: 'toy',
  label,
  parameters: label,
  inputs,
});
const failed = (spec: StageSpec, code = 'training/diverged') => ({
  hash: stageHash(spec, context),
  label: spec.label,
  error: new MmxError(code, `${spec.label} failed`),
});
const result = (
  ends: readonly StageEnd[],
  failures: RunResult['failures'] = [],
  interrupted?: string,
): RunResult => ({
  targets: [],
  stages: ends.map((end, index) => ({ hash: String(index), kind: 'toy', label: 'x', end, seconds: 0 })),
  ran: 0,
  reused: 0,
  failures,
  interrupted,
  queued: undefined,
  error: undefined,
  seconds: 0,
  peakRssBytes: 0,
});

describe('ranThrough', () => {
  const spec = toy('a');
  it.each<[string, RunResult, boolean]>([
    ['all is done', result(['ran', 'reused', 'unneeded']), true],
    ['a stage failed and another needs it', result(['ran', 'failed', 'skipped'], [failed(spec)]), true],
    ['a signal came in time', result(['ran', 'interrupted'], [], 'SIGINT'), false],
    ['a signal came', result(['ran', 'not-started'], [], 'SIGINT'), false],
    ['a run was ended before all stages began', result(['failed', 'not-started'], [failed(spec)]), false],
    ['the disk is full', result(['ran', 'failed'], [failed(spec, 'store/no-space')]), false],
  ])('%s', (_, of, expected) => {
    expect(ranThrough(of)).toBe(expected);
  });
});

describe('failureBehind', () => {
  const left = toy('left');
  const right = toy('right');
  const joint = toy('joint', { left, right });
  const score = toy('score', { joint, left, right });

  it('is of the stage itself, or of the nearest one that it needs', () => {
    const of = (...failures: RunResult['failures']) =>
      failureBehind(score, context, result([], failures))?.label;
    expect(of(failed(score), failed(left))).toBe('score');
    expect(of(failed(left))).toBe('left');
    expect(of(failed(right), failed(left))).toBe('left'); // the order of inputs, not of failing
    expect(of(failed(toy('another')))).toBeUndefined();
  });
});
