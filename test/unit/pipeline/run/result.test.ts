import { expect, it } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import { errorOfRun, type StageEnd } from '../../../../src/pipeline/run/result.js';

const stages = (...ends: StageEnd[]) =>
  ends.map((end, i) => ({ hash: String(i), kind: 'rbm', label: `s${i}`, end, seconds: 0 }));
const failure = (label: string, message: string) => ({
  hash: label,
  label,
  error: new MmxError('store/no-space', message, { hint: 'Make room.' }),
});

it('a run that reached its targets has no error, signal or not', () => {
  expect(errorOfRun(stages('ran', 'reused', 'unneeded'), [], undefined)).toBeUndefined();
  expect(errorOfRun(stages('ran', 'reused', 'unneeded'), [], 'SIGINT')).toBeUndefined();
});

it('a cause shared by many stages is told once', () => {
  const failures = ['a', 'b', 'c', 'd', 'e'].map((label) => failure(label, 'The disk is full.'));
  const error = errorOfRun(stages('failed', 'failed', 'skipped'), failures, undefined);
  expect(error?.message).toBe(
    'Stages "a", "b", "c" and 2 more failed: The disk is full. 1 stage that needs them did not run.',
  );
  expect(error).toMatchObject({ code: 'store/no-space', hint: 'Make room.', exitCode: 1 });
});

it('what did not run is a sentence of its own, whether the cause ends in a full stop or not', () => {
  const error = errorOfRun(stages('failed', 'skipped'), [failure('a', 'it diverged')], undefined);
  expect(error?.message).toBe('Stage "a" failed: it diverged. 1 stage that needs it did not run.');
  const alone = errorOfRun(stages('failed'), [failure('a', 'it diverged')], undefined);
  expect(alone?.message).toBe('Stage "a" failed: it diverged');
});

it('different causes are told one a line, each naming its stage', () => {
  const failures = [failure('a', 'It diverged.'), failure('b', 'The process that ran stage "b" was killed.')];
  expect(errorOfRun(stages('failed', 'failed'), failures, undefined)?.message).toBe(
    'Stage "a" failed: It diverged.\nThe process that ran stage "b" was killed.',
  );
});

it('an interruption says how far the run came', () => {
  const ends = stages('ran', 'reused', 'interrupted', 'not-started');
  expect(errorOfRun(ends, [], 'SIGTERM')?.message).toBe('Interrupted by SIGTERM with 1 of 3 stages done.');
  const codes = ['SIGHUP', 'SIGINT', 'SIGTERM', 'scancel'].map(
    (signal) => errorOfRun(ends, [], signal)?.exitCode,
  );
  expect(codes).toEqual([129, 130, 143, 1]);
});
