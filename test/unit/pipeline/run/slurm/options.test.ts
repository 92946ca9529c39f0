import { describe, expect, it } from 'vitest';
import { sbatchOptions } from '../../../../../src/pipeline/run/slurm/options.js';
import { errorOf } from '../../../../support/errors.js';

const kinds = ['rbm', 'rbm-choice', 'score'];

describe('--slurm', () => {
  it('takes options of sbatch, with and without a value, for all stages and for those of one kind', () => {
    const words = ['partition=long', 'exclusive', 'rbm.time=2:00:00', 'rbm-choice.mem=4G', 'rbm.gres=gpu:1'];
    expect(sbatchOptions(words, kinds)).toEqual({
      all: ['--partition=long', '--exclusive'],
      byKind: { rbm: ['--time=2:00:00', '--gres=gpu:1'], 'rbm-choice': ['--mem=4G'] },
    });
    expect(sbatchOptions(['comment=a=b, c'], kinds).all).toEqual(['--comment=a=b, c']);
  });

  it.each([
    ['--partition=long', /'--partition=long' is not an option of sbatch/],
    ['partition=', /is not an option of sbatch/],
    ['array=0-3', /--slurm array cannot be set: mmx sets it itself/],
    ['score.dependency=afterok:1', /--slurm dependency cannot be set/],
    ['dbn.time=1:00', /'dbn' in --slurm dbn.time=1:00 is not a kind of stage/],
  ])('refuses %s', (word, message) => {
    const error = errorOf(() => sbatchOptions([word], kinds));
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });
});
