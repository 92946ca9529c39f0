import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { cases, gpuCases } from './cases.js';
import { networkCases } from './networks.js';

export const usage = `Times mmx's training steps against PyTorch and scikit-learn (see bench/README.md).

npm run bench -- [options]
  --json          print JSON only
  --quick         fewer and shorter rounds
  --rounds N      this many rounds
  --cases a,b     only these: ${cases.map(({ name }) => name).join(', ')}
  --threads N     threads of mmx and of the peers (default: all cores)
  --engine NAME   engine of mmx (default: auto)
  --gpu           on an NVIDIA GPU: engine cuda against PyTorch on the same GPU, as it comes and in CUDA graphs;
                  more cases: ${gpuCases
                    .filter(({ name }) => !cases.some((one) => one.name === name))
                    .map(({ name }) => name)
                    .join(', ')}
  --networks      the steps of supervised networks against PyTorch: ${networkCases.map(({ name }) => name).join(', ')}
  --python PATH   Python that has the peers (default: $MMX_BENCH_PYTHON, then python3)
  --out FILE      write what is printed to a file, too; JSON, whatever is printed, to a FILE that ends in .json`;

/** A mistake on the command line: one sentence, no stack. */
export class UsageError extends Error {}

/** `parseArgs` whose complaints are the user's. */
export function parsed(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${error.message} (--help lists the options)`);
  }
}

/** The whole number from 1 that an option was given; undefined when it was not. */
export function count(option, text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new UsageError(`--${option}: ${text} is not a whole number from 1`);
  }
  return number;
}

export function readOptions() {
  const { values } = parsed({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      cases: { type: 'string' },
      threads: { type: 'string' },
      engine: { type: 'string' },
      gpu: { type: 'boolean', default: false },
      networks: { type: 'boolean', default: false },
      python: { type: 'string', default: process.env.MMX_BENCH_PYTHON || 'python3' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.gpu && values.networks) throw new UsageError('--gpu and --networks exclude each other');
  const known = values.gpu ? gpuCases : values.networks ? networkCases : cases;
  const names = values.cases?.split(',') ?? known.map(({ name }) => name);
  const unknown = names.find((name) => !known.some((benchCase) => benchCase.name === name));
  if (unknown !== undefined) throw new UsageError(`--cases: there is no case ${unknown} (--help lists them)`);
  const threads = count('threads', values.threads) ?? availableParallelism();
  const rounds = count('rounds', values.rounds);
  const engine = values.engine ?? (values.gpu ? 'cuda' : 'auto');
  return { ...values, engine, threads, rounds, cases: known.filter(({ name }) => names.includes(name)) };
}
