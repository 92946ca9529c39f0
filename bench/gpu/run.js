/**
 * Everything that only a GPU can show of the engine `cuda`, with one command:
 *
 *   npm run build && npm run bench:gpu -- [--out DIR] [--parts suite,checks,tables,bench] [--engines cuda,ort]
 *                                         [--examples N] [--python PATH] [--quick] [--rounds N]
 *
 * suite   the engine's tests, on the GPU instead of its stand-in            suite.json
 * checks  agreement with the CPU engines, same bits twice, leaks            checks.json
 * tables  the transfer table on MNIST halves on the GPU and on the CPU of   mnist-halves-corrnet/, cpu/, times.json
 *         this machine, each from nothing
 * bench   the steps against PyTorch, as it comes and in CUDA graphs         bench.json, bench.txt
 *
 * Ends with exit code 1 when anything does not hold.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'results', 'reference', 'gpu') },
    parts: { type: 'string', default: 'suite,checks,tables,bench' },
    engines: { type: 'string', default: 'cuda,ort' },
    examples: { type: 'string', default: '60000' },
    python: { type: 'string', default: 'python3' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
});
const out = resolve(values.out);

/** Runs Node.js with words in a folder; what it prints is seen, and returned. */
function run(words, cwd = root) {
  console.log(`$ node ${words.join(' ')}`);
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, words, {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  process.stdout.write(stdout);
  const seconds = Number(((performance.now() - start) / 1e3).toFixed(1));
  return { ok: status === 0, printed: stdout, seconds };
}

const save = (name, value) => writeFileSync(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
const load = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

const suites = ['test/unit/engine', 'test/unit/training', 'test/unit/models', 'test/unit/frontend'];

const parts = {
  suite() {
    const report = join(mkdtempSync(join(tmpdir(), 'mmx-suite-')), 'report.json');
    const words = ['node_modules/vitest/vitest.mjs', 'run', ...suites, '--reporter=dot', '--reporter=json'];
    const { ok, seconds } = run([...words, `--outputFile.json=${report}`]);
    const { numPassedTests: passed, numFailedTests: failed, testResults } = load(report);
    const onGpu = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ fullName }) => / on cuda\b/.test(fullName)).length;
    save('suite.json', { command: `npx vitest run ${suites.join(' ')}`, passed, failed, onGpu, seconds });
    return ok;
  },
  checks: () =>
    run(['bench/gpu/check.js', '--examples', values.examples, '--out', join(out, 'checks.json')]).ok,
  tables() {
    const folders = { cuda: 'mnist-halves-corrnet', ort: 'cpu/mnist-halves-corrnet' };
    const times = {};
    const isDone = values.engines.split(',').map((engine) => {
      const folder = join(out, folders[engine]);
      // A working directory of its own: nothing of an earlier run is stored there.
      const cwd = mkdtempSync(join(tmpdir(), 'mmx-table-'));
      symlinkSync(join(root, 'configs'), join(cwd, 'configs'));
      const words = ['table', 'configs/mnist-halves/corrnet.yaml', '--engine', engine];
      const { ok, seconds } = run([join(root, 'bin', 'mmx.js'), ...words, '--out', folder, '-q'], cwd);
      rmSync(cwd, { recursive: true, force: true });
      const { jobs, engine: used } = load(folder, 'manifest.json');
      times[engine] = { command: `mmx ${words.join(' ')}`, seconds, jobs, engine: used.description };
      return ok;
    });
    const cpu = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
    save('times.json', { cpu, times });
    return isDone.every(Boolean);
  },
  bench() {
    const effort = [
      ...(values.quick ? ['--quick'] : []),
      ...(values.rounds ? ['--rounds', values.rounds] : []),
    ];
    const words = ['bench/run.js', '--gpu', '--python', values.python, '--out', join(out, 'bench.json')];
    const { ok, printed } = run([...words, ...effort]);
    if (!ok) return false;
    writeFileSync(join(out, 'bench.txt'), printed);
    const slower = load(out, 'bench.json').flatMap(({ case: name, peers }) =>
      Object.entries(peers)
        .filter(([peer, { ratio }]) => peer !== 'torch-graph' && ratio > 1)
        .map(([peer, { ratio }]) => `${name}: ${ratio} times the time of ${peer}`),
    );
    for (const line of slower) console.error(line);
    return slower.length === 0;
  },
};

const names = values.parts.split(',');
const unknown = names.find((name) => parts[name] === undefined);
if (unknown !== undefined) {
  console.error(`error: --parts: there is no part ${unknown} (${Object.keys(parts).join(', ')})`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const failed = names.filter((name) => !parts[name]());
console.log(failed.length === 0 ? `all held; written to ${out}` : `did not hold: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
