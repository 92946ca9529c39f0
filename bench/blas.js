import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import koffi from 'koffi';
import { cases, prepare } from './cases.js';
import { processor, watchOthers } from './machine.js';
import { interleave, median, medianRatio } from './measure.js';

const usage = `Times the matrix products of a training step by ONNX Runtime, mmx's own choice, and by other BLAS libraries,
all on the same operands (see bench/README.md).

node bench/blas.js [options] NAME=LIBRARY...
  NAME=LIBRARY  a shared library with the function sgemm_, e.g. openblas=/usr/lib/x86_64-linux-gnu/libopenblas.so.0
  --threads N   threads of all (default: all cores)
  --rounds N    interleaved rounds (default: 15)`;

const { values, positionals } = parseArgs({
  options: {
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '15' },
    help: { type: 'boolean', short: 'h', default: false },
  },
  allowPositionals: true,
});
const threads = Number(values.threads);

/** Libraries read these when they are loaded; their idle threads must not take the processor from the others. */
const environment = {
  OMP_NUM_THREADS: threads,
  MKL_NUM_THREADS: threads,
  OPENBLAS_NUM_THREADS: threads,
  BLIS_NUM_THREADS: threads,
  OMP_WAIT_POLICY: 'passive',
};

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
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= String(value);
  const load = (module) => import(new URL(`../dist/engine/${module}.js`, import.meta.url));
  const modules = ['registry', 'replay', 'ort/api', 'ort/multiply', 'wasm/heap', 'wasm/kernels'];
  const names = ['wasm/kernel-threads', 'wasm/register'];
  const mmx = Object.assign({}, ...(await Promise.all([...modules, ...names].map(load))));
  const models = ['models/rbm', 'models/autoencoder', 'training/optimiser'];
  for (const model of models)
    Object.assign(mmx, await import(new URL(`../dist/${model}.js`, import.meta.url)));

  await mmx.useEngine('wasm', { threads });
  const heap = await mmx.openHeap();
  const kernels = mmx.threadedKernels(heap, mmx.loadKernels(heap), threads);
  const api = mmx.loadOrtApi();
  api.createEnvironment(threads, false);
  const contestants = { ort: mmx.ortMultiply(api, heap, kernels) };
  for (const argument of positionals) {
    const [name, path] = argument.split('=');
    if (!path) throw new Error(`${argument} is not NAME=LIBRARY`);
    contestants[name] = blasMultiply(heap, path);
  }

  console.log(`${processor()}; Node.js ${process.versions.node}; ${threads} threads`);
  console.log(`ort: ONNX Runtime ${api.version}; ${positionals.join('; ')}`);
  console.log(
    `the products of one step, ms; ratio = ort / other, medians of ${values.rounds} interleaved rounds`,
  );
  const others = watchOthers([]);
  for (const benchCase of cases.filter(({ name }) => name !== 'autoencoder-adam')) {
    const { mmx: step, limit } = prepare(mmx, benchCase);
    step.dispose();
    const block = (multiply) => async (warm, steps) => {
      mmx.registerKernels(heap, kernels, multiply);
      for (let i = 0; i < warm; i++) limit.step();
      const start = performance.now();
      for (let i = 0; i < steps; i++) limit.step();
      return (performance.now() - start) / steps;
    };
    const blocks = Object.fromEntries(
      Object.entries(contestants).map(([name, multiply]) => [name, block(multiply)]),
    );
    const times = await interleave(blocks, { rounds: Number(values.rounds), blockMilliseconds: 150 });
    const cells = Object.entries(times).map(([name, list]) => {
      const ratio = name === 'ort' ? '' : ` (${medianRatio(times.ort, list).toFixed(2)})`;
      return `${name} ${median(list).toFixed(2)}${ratio}`;
    });
    console.log(`${benchCase.name.replace('-momentum', '').padEnd(20)} ${cells.join('   ')}`);
    limit.dispose();
  }
  console.log(`other processes used ${others().toFixed(2)} cores meanwhile`);
}

if (values.help) console.log(usage);
else {
  await main();
  process.exit();
}
