import { MmxError } from '../../../errors.js';

/** Options for `sbatch`, of all jobs and of the jobs of one kind of stage. */
export interface SbatchOptions {
  readonly all: readonly string[];
  readonly byKind: Readonly<Record<string, readonly string[]>>;
}

/** What mmx sets itself, and what it could not work without. */
const reserved: ReadonlySet<string> = new Set([
  'array',
  'dependency',
  'kill-on-invalid-dep',
  'chdir',
  'parsable',
  'wait',
  'wrap',
  'hold',
  'test-only',
  'ntasks',
  'open-mode',
  'no-requeue',
  'requeue',
  'output',
  'error',
]);

/**
 * Reads `--slurm` words: `partition=long`, `exclusive` (without a value), and `autoencoder.time=8:00:00` for the stages
 * of one kind.
 *
 * @param kinds of the stages there are
 * @throws MmxError `slurm/option`
 */
export function sbatchOptions(words: readonly string[], kinds: readonly string[]): SbatchOptions {
  const all: string[] = [];
  const byKind: Record<string, string[]> = {};
  for (const word of words) {
    const match = /^(?:([a-z-]+)\.)?([a-z][a-z-]+)(=.+)?$/s.exec(word);
    if (match === null) {
      throw usage(
        `'${word}' is not an option of sbatch`,
        'for example: --slurm partition=long --slurm autoencoder.time=8:00:00',
      );
    }
    const [, kind, name = '', value = ''] = match;
    if (reserved.has(name)) throw usage(`--slurm ${name} cannot be set: mmx sets it itself`);
    if (kind === undefined) all.push(`--${name}${value}`);
    else if (kinds.includes(kind)) byKind[kind] = [...(byKind[kind] ?? []), `--${name}${value}`];
    else
      throw usage(`'${kind}' in --slurm ${word} is not a kind of stage`, `the kinds are ${kinds.join(', ')}`);
  }
  return { all, byKind };
}

function usage(message: string, hint?: string): MmxError {
  return new MmxError('slurm/option', message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
}
