// What the documents show of committed results, as lines of Markdown. A result whose folder is not there yet is said to be.
//
// @param root the project's folder, ending in a slash
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gpuSpreadOf, processorsOf } from './spread.mjs';

const reference = 'results/reference';

/** Blocks by the first word of their marker, each a function of the rest of it. */
export function blocksOf(root) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const readJson = (path) => JSON.parse(read(path));
  const of = { root, read, readJson };
  const known = {
    table: (name) => tableOf(of, name),
    leaderboard: (name) => tableOf(of, name, 'leaderboard'),
    claims: (name) => claimsOf(of, name),
    claim: (name) => claimOf(of, name),
    figure: (name) => figureOf(name),
    headline: () => headline(of),
    bench: (name) => benchOf(of, name || 'bench'),
    benchnetworks: (name) => benchNetworksOf(of, name),
    benchblas: (name) => benchBlasOf(of, name),
    gpubench: (which) => gpuBenchOf(of, which),
    gputimes: () => gpuTimesOf(of),
    gpuspread: () => gpuSpreadOf(of),
    processors: (name) => processorsOf(of, name),
    gpuchecks: () => gpuChecksOf(of),
  };
  return (kind, name) => {
    const block = known[kind];
    if (!block) throw new Error(`there is no block '${kind}'`);
    const own = /^(gpu|bench)/.exec(kind)?.[1];
    const folders = own !== undefined ? [own] : name.split('/').slice(0, kind === 'processors' ? 2 : 1);
    return folders.some((folder) => folder !== '' && !existsSync(join(root, reference, folder)))
      ? ['*Not computed yet.*']
      : block(name);
  };
}

/** How long stages took together, of the stages themselves: the last run may have continued an earlier one. */
export function durationOf(manifests) {
  const stages = new Map(manifests.flatMap(({ stages }) => stages.map((stage) => [stage.hash, stage])));
  const seconds = [...stages.values()].reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  const minutes = Math.ceil(seconds / (manifests[0]?.jobs ?? 1) / 60);
  return `${minutes} minute${minutes === 1 ? '' : 's'}`;
}

/** The manifests of a folder of tables. */
export function manifestsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.json')))
    .map((entry) => JSON.parse(readFileSync(join(folder, entry.name, 'manifest.json'), 'utf8')));
}

/** Command, seeds, time and machine. */
function howOf(manifests) {
  const [{ command, cores, cpu, engine, seeds }] = manifests;
  return (
    `\`${command.join(' ')}\`: seeds ${seeds.join(', ')}; ${durationOf(manifests)} on ${cores} cores ` +
    `(${cpu}), engine ${engine.name}`
  );
}

/** What the numbers are of. @param beside whether published ones stand beside them */
function dataOf({ synthetic, corpora }, { beside = true } = {}) {
  const where = corpora.join(', ');
  if (!synthetic) return `Corpora: ${where}. `;
  // Of several corpora a table does not say which are generated.
  if (/,/.test(where)) return `**Some of it synthetic** (${where}). `;
  return `**Synthetic corpus** (${where})${beside ? ": the paper's numbers are of recordings" : ''}. `;
}

const tableData = ({ synthetic, corpus }) => ({ synthetic, corpora: [corpus] });

const rowsOf = (text) => text.split('\n').filter((line) => line.startsWith('|'));

/** The rows of a reference table or leaderboard, without heading and notes, and how they were computed. */
function tableOf({ read, readJson }, name, file = 'table') {
  const folder = `${reference}/${name}`;
  const text = read(`${folder}/${file}.md`);
  const table = readJson(`${folder}/${file}.json`);
  // Of a table among others, the whole is what took its time: its command stands beside the claims.
  const how = name.includes('/') ? '' : ` ${howOf([readJson(`${folder}/manifest.json`)])}.`;
  // As the legend says: `corpus · macro F1 in %, ours: mean ± 2 s.d. (seeds)`.
  const quantity = / · (accuracy|balanced accuracy|macro F1|weighted F1) in %/.exec(text)?.[1];
  const unit = quantity ? `${quantity[0].toUpperCase()}${quantity.slice(1)} in %` : 'In %';
  const beside = /\| +paper \|/.test(text);
  const data = table.synthetic ? dataOf(tableData(table), { beside }) : '';
  return [
    ...rowsOf(text),
    '',
    `<sub>${data}${unit}, ours mean ± 2 s.d. (seeds).${how} [Notes and other formats](/${folder}/${file}.md).</sub>`,
  ];
}

/** Every claim with its verdict, and what was run for them. */
function claimsOf({ root, readJson }, name) {
  const folder = `${reference}/${name}`;
  const report = readJson(`${folder}/claims.json`);
  const manifests = manifestsIn(join(root, folder));
  const experiments = manifests.flatMap(({ config }) => config.values.experiments);
  const scales = [...new Set(experiments.map(({ scale }) => scale))].join(', ');
  const rows = report.claims.map(({ number, title, verdict, tests }) => {
    const passed = tests.filter((test) => test.verdict === 'reproduced').length;
    const said = verdict === 'reproduced' ? `**${verdict}**` : verdict;
    return `| ${number} | ${title} | ${passed} of ${tests.length} | ${said} |`;
  });
  return [
    '| | claim of the paper | its tests that hold | verdict |',
    '|---:|:---|:---:|:---|',
    ...rows,
    '',
    `<sub>${dataOf(report)}Scale ${scales}. ${howOf(manifests)}. [Every test](/${folder}/claims.md).</sub>`,
  ];
}

/** The tests of one claim: `ngiam2011/4`. */
function claimOf({ read }, name) {
  const [folder, number] = name.split('/');
  const text = read(`${reference}/${folder}/claims.md`);
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`### ${number}. `));
  if (start < 0) throw new Error(`${reference}/${folder}/claims.md has no claim ${number}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^(### |- )/.test(line));
  const [heading = ''] = lines.slice(start);
  return [`**Claim ${heading.slice(4)}.**`, '', ...rest.slice(0, end).join('\n').trim().split('\n')];
}

function figureOf(name) {
  return [`![Deep units as the sound and the pictures that activate them](/${reference}/${name})`];
}

function headline({ readJson }) {
  const { columns, rows, references } = readJson(`${reference}/mnist-halves-corrnet/table.json`);
  const ours = rows.find(({ id }) => id === 'rbm-cca').cells;
  const best = references.find(({ source }) => source === 'corrmcnn2017').values;
  const listed = (value) => columns.map(value).join(' / ');
  const tests = 10_000;
  const errors = columns.map((id) => Math.sqrt((best[id].value * (100 - best[id].value)) / tests));
  return [
    `**RBM-CCA, a model of the 2011 paper, carries what it learns from one half of a digit to the other at ` +
      `${listed((id) => ours[id].mean.toFixed(1))} %** (left to right / right to left). The best published transfer that we ` +
      `know of, a convolutional network of 2017, has ${listed((id) => best[id].value.toFixed(1))} %. The differences are ` +
      `${listed((id) => (ours[id].mean - best[id].value).toFixed(1))} points; one binomial standard error at ` +
      `${tests.toLocaleString('en')} test images is ${Math.max(...errors).toFixed(1)} points.`,
  ];
}

const benchSource = (name) =>
  `<sub>Median of interleaved rounds: [results/reference/bench](/results/reference/bench/${name}.json).</sub>`;

/** Steps of training against those of PyTorch and scikit-learn, on one processor. */
function benchOf({ readJson }, name) {
  const cases = readJson(`${reference}/bench/${name}.json`);
  const peers = [...new Set(cases.flatMap((one) => Object.keys(one.peers)))];
  const ratio = (value) => (value === undefined ? '' : value.toFixed(2));
  return [
    `| one step | mmx, ms | ${peers.map((peer) => `mmx / ${peer}`).join(' | ')} | mmx / its products alone |`,
    `|---|---:|${peers.map(() => '---:|').join('')}---:|`,
    ...cases.map(
      (one) =>
        `| ${one.case} | ${one.mmx_ms.toFixed(2)} | ${peers.map((peer) => ratio(one.peers[peer]?.ratio)).join(' | ')} | ${ratio(one.limit_ratio)} |`,
    ),
    '',
    benchSource(name),
  ];
}

/** Steps of networks against those of PyTorch: on the clock, and by processor time. */
function benchNetworksOf({ readJson }, name) {
  const cases = readJson(`${reference}/bench/${name}.json`);
  return [
    '| one step | mmx, ms of processor time | torch, ms of processor time | mmx / torch, processor time | mmx / torch, clock |',
    '|---|---:|---:|---:|---:|',
    ...cases.map(({ case: title, mmx_cpu_ms, peers: { torch } }) => {
      const figures = [mmx_cpu_ms, torch.cpu_ms, torch.cpu_ratio, torch.ratio];
      return `| ${title} | ${figures.map((figure) => figure.toFixed(2)).join(' | ')} |`;
    }),
    '',
    benchSource(name),
  ];
}

/** The products of a step by ONNX Runtime and by other libraries. */
function benchBlasOf({ readJson }, name) {
  const { cases } = readJson(`${reference}/bench/${name}.json`);
  const others = Object.keys(cases[0].others);
  return [
    `| the products of one step | ONNX Runtime, ms | ${others.map((other) => `ONNX Runtime / ${other}`).join(' | ')} |`,
    `|---|---:|${others.map(() => '---:|').join('')}`,
    ...cases.map(
      (one) =>
        `| ${one.case} | ${one.ort_ms.toFixed(2)} | ${others.map((other) => one.others[other].ratio.toFixed(2)).join(' | ')} |`,
    ),
    '',
    benchSource(name),
  ];
}

/** Steps on a GPU: all of them, or (`paper`) those of the paper's layers. */
function gpuBenchOf({ read, readJson }, which) {
  const all = readJson(`${reference}/gpu/bench.json`);
  const cases =
    which === 'paper' ? all.filter(({ case: name }) => /^paper-|x1000x1500$|x3036x4554$/.test(name)) : all;
  const [machine, engine, versions] = read(`${reference}/gpu/bench.txt`).split('\n');
  const gpu = /^engine cuda: (.*)$/.exec(engine)?.[1];
  const torch = /torch ([^ ]+) with/.exec(versions)?.[1];
  const ratio = (value) => (value === undefined ? '' : value.toFixed(2));
  const cells = (one) => [
    one.case,
    one.mmx_ms.toFixed(3),
    ...['torch', 'torch-inplace', 'torch-graph'].map((peer) => ratio(one.peers[peer]?.ratio)),
    ratio(one.limit_ratio),
    ratio(one.floor_ratio),
  ];
  return [
    '| one step | mmx, ms | mmx / torch | mmx / torch in place | mmx / torch in a CUDA graph | mmx / its products alone | mmx / floor |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...cases.map((one) => `| ${cells(one).join(' | ')} |`),
    '',
    `<sub>${gpu}; ${machine.split(';')[0]}; PyTorch ${torch}. Medians of interleaved rounds, below 1 mmx is faster: ` +
      '[results/reference/gpu](/results/reference/gpu/bench.txt).</sub>',
  ];
}

function gpuTimesOf({ readJson }) {
  const { cpu, times } = readJson(`${reference}/gpu/times.json`);
  const onCpu = readJson(`${reference}/mnist-halves-corrnet/manifest.json`);
  const { command, engine, jobs, seconds } = times.cuda;
  return [
    '| the whole transfer table, 3 seeds | on | time |',
    '|---|---|---:|',
    `| \`${command}\` | ${engine}; ${jobs} workers on ${cpu} | ${seconds.toFixed(0)} s |`,
    `| \`mmx table configs/mnist-halves/corrnet.yaml --engine ${onCpu.engine.name}\` | ${onCpu.cores} cores (${onCpu.cpu}) | ` +
      `${durationOf([onCpu])} |`,
  ];
}

function gpuChecksOf({ readJson }) {
  const { agreement, examples, leak } = readJson(`${reference}/gpu/checks.json`);
  const { onGpu, passed, failed } = readJson(`${reference}/gpu/suite.json`);
  return [
    `| one epoch of ${examples.toLocaleString('en')} digits | GPU from CPU | two CPU engines from each other | same bits twice |`,
    '|---|---:|---:|:---:|',
    ...agreement.map(
      ({ model, distance, distanceAmongCpuEngines, sameBitsTwice }) =>
        `| ${model} | ${distance.toExponential(1)} | ${distanceAmongCpuEngines.toExponential(1)} | ${sameBitsTwice ? 'yes' : 'no'} |`,
    ),
    '',
    `Distances are ‖a − b‖ / ‖b‖ of the parameters, the largest of each model; a hidden state that flips on a rounding ` +
      `error sets any two engines apart. ${leak.updates.toLocaleString('en')} updates took ` +
      `${leak.millisecondsAnUpdate} ms each, and tensors, data and free memory were ` +
      `${JSON.stringify(leak.before) === JSON.stringify(leak.after) ? 'the same after them' : 'NOT the same after them'} as ` +
      `before. Tests on the GPU machine: ${passed} passed, ${failed} failed, ${onGpu} of them on the GPU itself ` +
      '([checks.json](/results/reference/gpu/checks.json), [suite.json](/results/reference/gpu/suite.json)).',
  ];
}
