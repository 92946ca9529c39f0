import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EngineName, engineNames } from '../../engine/types.js';
import { MmxError } from '../../errors.js';
import type { LocalCorpora } from '../../pipeline/plan/resolve.js';
import { configFile } from './configs.js';
import { dataOption } from './corpora.js';
import { storeOption } from './store.js';

/** Options shared by the commands that compute. */
export interface RunFlags {
  /** As many as there are cores when absent, fewer on a GPU: {@link jobsOf}. */
  readonly jobs?: number;
  readonly threads?: number;
  readonly engine?: string;
  readonly seeds?: string;
  readonly data?: LocalCorpora;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly launcher: 'local' | 'slurm';
  readonly slurm?: readonly string[];
  readonly wait: boolean;
  readonly log?: RunLog;
}

/** Where what stages measure is written down while they run. */
export interface RunLog {
  readonly format: 'tensorboard';
  /** The folder that gets a folder of the run; `results/tensorboard` when absent. */
  readonly directory?: string;
}

export function withRunOptions(command: Command): Command {
  return command
    .option('-j, --jobs <n>', 'worker processes (default: cores; on a GPU at most 4)', positiveInteger)
    .option('--threads <n>', 'threads of each worker (default: cores / jobs)', positiveInteger)
    .addOption(
      new Option('--engine <name>', 'engine to use; an error if it does not work on this machine').choices([
        'auto',
        ...engineNames,
      ]),
    )
    .option('--seeds <list>', 'seeds to run, for example 1,2,3 or 1-3,7')
    .addOption(dataOption('folder of your copy of a corpus (repeatable)'))
    .addOption(storeOption())
    .addOption(
      new Option(
        '--launcher <name>',
        'run stages as processes of this machine, or as jobs of a cluster (docs/slurm.md)',
      )
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .option(
      '--slurm <option>',
      'sbatch option, as in partition=long or rbm.time=2:00:00 (repeatable)',
      listed,
    )
    .option('--no-wait', 'with --launcher slurm: submit the jobs and return')
    .option(
      '--log <format>',
      'write losses and accuracies to a log during the run: tensorboard, or tensorboard=DIR (default: results/tensorboard)',
      runLog,
    )
    .option('--dry-run', 'show the stages (steps of the computation) and which are stored; compute nothing')
    .option('--json', 'print JSON and nothing else')
    .option('-q, --quiet', 'print the result and nothing else');
}

/** Workers that share a GPU: enough that some prepare or classify while others train, each with its own part of its memory. */
const jobsOnGpu = 4;

/** Worker processes of a run. */
export function jobsOf({ jobs }: RunFlags, engine: EngineName): number {
  const cores = availableParallelism();
  return jobs ?? (engine === 'cuda' ? Math.min(jobsOnGpu, cores) : cores);
}

/** Threads of each worker: on one machine they together use every core, and no more; a task of Slurm gets what it asks for. */
export function threadsOf({ jobs, threads, launcher }: RunFlags): number {
  if (launcher === 'slurm') return threads ?? 1;
  const cores = availableParallelism();
  return threads ?? Math.max(1, Math.floor(cores / (jobs ?? cores)));
}

const listed = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

/** As many as an experiment may have. */
const mostSeeds = 1000;

/**
 * A list of seeds in which `a-b` stands for all from a to b. What is no range is left as it is: the configuration's own check
 * says what is wrong with it.
 *
 * @throws MmxError `cli/usage` for a range that goes down or has more seeds than an experiment may have
 */
export function seedList(text: string): string {
  const items = text.split(',').map((item) => {
    const range = /^\s*(\d{1,15})\s*-\s*(\d{1,15})\s*$/.exec(item);
    if (range === null) return item;
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (last < first || last - first >= mostSeeds) {
      const what = last < first ? 'ends before it begins' : `has more than ${mostSeeds} seeds`;
      throw new MmxError('cli/usage', `--seeds: the range ${item.trim()} ${what}`, {
        exitCode: 2,
        hint: 'for example: --seeds 1-10, or --seeds 1-3,7',
      });
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index).join(',');
  });
  return items.join(',');
}

/** Splits positional arguments into files and `key=value` overrides; flags that set a value become overrides too. */
export function filesAndOverrides(
  words: readonly string[],
  flags: RunFlags,
): { readonly files: readonly string[]; readonly overrides: readonly string[] } {
  const isOverride = (word: string): boolean => word.includes('=') && !existsSync(word);
  const overrides = words.filter(isOverride);
  if (flags.engine !== undefined) overrides.push(`engine=${flags.engine}`);
  if (flags.seeds !== undefined) overrides.push(`seeds=[${seedList(flags.seeds)}]`);
  const files = words.filter((word) => !isOverride(word)).map(configFile);
  if (files.length === 0) {
    throw new MmxError('cli/usage', 'no configuration file is named', {
      exitCode: 2,
      hint: 'for example: mmx table mnist-halves/demo',
    });
  }
  return { files, overrides };
}

/** As {@link filesAndOverrides}, of a command that takes one file. @param what the file is, in messages */
export function fileAndOverrides(
  what: string,
  words: readonly string[],
  flags: RunFlags,
): { readonly file: string; readonly overrides: readonly string[] } {
  const { files, overrides } = filesAndOverrides(words, flags);
  const [file = '', second] = files;
  if (second === undefined) return { file, overrides };
  throw new MmxError(
    'cli/usage',
    `one ${what} at a time: '${second}' is neither an override (key=value) nor the ${what}`,
    { exitCode: 2 },
  );
}

/** `tensorboard`, or `tensorboard=DIR`. */
function runLog(text: string): RunLog {
  const [format, ...rest] = text.split('=');
  const directory = rest.join('=');
  if (format !== 'tensorboard' || (rest.length > 0 && directory === '')) {
    throw new InvalidArgumentError('It must look like tensorboard or tensorboard=DIR.');
  }
  return directory === '' ? { format } : { format, directory };
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
