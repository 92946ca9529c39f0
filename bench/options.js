import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { cases } from './cases.js';

export const usage = `Times mmx's training steps against PyTorch and scikit-learn (see bench/README.md).

npm run bench -- [options]
  --json          print JSON only
  --quick         fewer and shorter rounds
  --cases a,b     only these: ${cases.map(({ name }) => name).join(', ')}
  --threads N     threads of mmx and of the peers (default: all cores)
  --engine NAME   engine of mmx (default: auto)
  --python PATH   Python that has the peers (default: $MMX_BENCH_PYTHON, then python3)
  --out FILE      write what is printed to a file, too`;

/** A mistake on the command line: one sentence, no stack. */
export class UsageError extends Error {}

function parse() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        cases: { type: 'string' },
        threads: { type: 'string' },
        engine: { type: 'string', default: 'auto' },
        python: { type: 'string', default: process.env.MMX_BENCH_PYTHON || 'python3' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error.message} (--help lists the options)`);
  }
}

export function readOptions() {
  const values = parse();
  const names = values.cases?.split(',') ?? cases.map(({ name }) => name);
  const unknown = names.find((name) => !cases.some((benchCase) => benchCase.name === name));
  if (unknown !== undefined) throw new UsageError(`--cases: there is no case ${unknown} (--help lists them)`);
  const threads = Number(values.threads ?? availableParallelism());
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`--threads: ${values.threads} is not a whole number from 1`);
  }
  return { ...values, threads, cases: cases.filter(({ name }) => names.includes(name)) };
}
