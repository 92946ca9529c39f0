import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import { cases, prepare } from './cases.js';
import { processor, watchOthers } from './machine.js';
import { interleave, localBlock, median, medianRatio, rounded } from './measure.js';
import { count, parsed, UsageError } from './options.js';

const usage = `Times the matrix products of a training step by ONNX Runtime, mmx's own choice, and by other BLAS libraries,
all on the same operands (see bench/README.md).

node bench/blas.js [options] NAME=LIBRARY...
  NAME=LIBRARY  a shared library with the function sgemm_, e.g. openblas=/usr/lib/x86_64-linux-gnu/libopenblas.so.0
  --threads N   threads of all (default: all cores)
  --rounds N    interleaved rounds (default: 15)
  --out FILE    write what was measured as JSON`;

/** Libraries read these when they are loaded; their idle threads must not take the processor from the others. */
const environment = (threads) => ({
  OMP_NUM_THREADS: threads,
  MKL_NUM_THREADS: threads,
  OPENBLAS_NUM_THREADS: threads,
  BLIS_NUM_THREADS: threads,
  OMP_WAIT_POLICY: 'passive',
});

/** Products by the Fortran interface of a BLAS, which takes everything by address and matrices by columns. */
function blasMultiply(heap, path) {
  const integers = ['m', 'n', 'k'].map(() => 'int *').join(', ');
  const matrix = 'void *, int *';
  const sgemm = koffi
    .load(path)
    .func(
      `void sgemm_(const char *, const char *, ${integers}, float *, ${matrix}, ${matrix}, float *, ${matrix})`,
    );
  const [one, zero] = [Float32Array.of(1), Float32Array.of(0)];
  const at = (offset) => BigInt(koffi.address(heap.bytes)) + BigInt(offset);
  const integer = (value) => Int32Array.of(value);
  return ({ transposeA, transposeB, m, n, k, a, b, out }) => {
    // Row by row, out is the transposed product of the transposed operands.
    sgemm(
      ...[transposeB ? 'T' : 'N', transposeA ? 'T' : 'N', integer(n), integer(m), integer(k), one],
      ...[at(b), integer(transposeB ? k : n), at(a), integer(transposeA ? m : k), zero, at(out), integer(n)],
    );
  };
}

async function main() {
  const { values, positionals } = parsed({
    options: {
      threads: { type: 'string' },
      rounds: { type: 'string', default: '15' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const threads = count('threads', values.threads) ?? availableParallelism();
  const rounds = count('rounds', values.rounds);
  for (const [name, value] of Object.entries(environment(threads))) process.env[name] ??= String(value);
  const modules = [
    ...['engine/registry', 'engine/replay', 'engine/ort/api', 'engine/ort/multiply', 'engine/wasm/heap'],
    ...['engine/wasm/kernel-threads', 'engine/wasm/register'],
    ...['models/rbm', 'models/autoencoder', 'training/optimiser'],
  ];
  const load = (module) => import(new URL(`../dist/${module}.js`, import.meta.url));
  const mmx = Object.assign({}, ...(await Promise.all(modules.map(load))));
  await mmx.useEngine('wasm', { threads });
  const heap = await mmx.openHeap();
  const kernels = mmx.threadedKernels(heap, threads);
  const api = mmx.loadOrtApi();
  api.createEnvironment(threads, false);
  const contestants = { ort: mmx.ortMultiply(api, heap, kernels, threads) };
  for (const argument of positionals) {
    const [name, path] = argument.split('=');
    if (!path) throw new UsageError(`${argument} is not NAME=LIBRARY (--help says more)`);
    contestants[name] = blasMultiply(heap, path);
  }

  console.log(`${processor()}; Node.js ${process.versions.node}; ${threads} threads`);
  console.log(`ort: ONNX Runtime ${api.version}; ${positionals.join('; ')}`);
  console.log(`the products of one step, ms; ratio = ort / other, medians of ${rounds} interleaved rounds`);
  const others = watchOthers([]);
  const results = [];
  for (const benchCase of cases.filter(({ name }) => name !== 'autoencoder-adam')) {
    const { mmx: step, limit } = prepare(mmx, benchCase);
    step.dispose();
    const run = localBlock(limit);
    const block = (multiply) => (warm, steps) => {
      mmx.registerKernels(heap, kernels, multiply);
      return run(warm, steps);
    };
    const blocks = Object.fromEntries(
      Object.entries(contestants).map(([name, multiply]) => [name, block(multiply)]),
    );
    const measured = await interleave(blocks, { rounds, blockMilliseconds: 150 });
    const { ort, ...rest } = Object.fromEntries(
      Object.entries(measured).map(([name, list]) => [name, list.map(({ ms }) => ms)]),
    );
    const result = {
      case: benchCase.name.replace('-momentum', ''),
      ort_ms: rounded(median(ort)),
      others: Object.fromEntries(
        Object.entries(rest).map(([name, list]) => [
          name,
          { ms: rounded(median(list)), ratio: rounded(medianRatio(ort, list)) },
        ]),
      ),
    };
    results.push(result);
    const cells = Object.entries(result.others).map(([name, { ms, ratio }]) => `${name} ${ms} (${ratio})`);
    console.log([result.case.padEnd(20), `ort ${result.ort_ms}`, ...cells].join('   '));
    limit.dispose();
  }
  console.log(`other processes used ${others().toFixed(2)} cores meanwhile`);
  if (values.out !== undefined) {
    const measured = { processor: processor(), threads, onnxruntime: api.version, cases: results };
    writeFileSync(values.out, `${JSON.stringify(measured, null, 2)}\n`);
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exit(2);
}
