import { existsSync, writeFileSync } from 'node:fs';
import { leastWork, prepare } from './cases.js';
import { ceilings } from './ceilings.js';
import { processor, watchOthers } from './machine.js';
import { interleave, localBlock, median, medianRatio, rounded } from './measure.js';
import { prepareNetwork } from './networks.js';
import { readOptions, UsageError, usage } from './options.js';
import { Peer } from './peer.js';
import { formatTable } from './report.js';

const full = { rounds: 15, blockMilliseconds: 200 };
const quick = { rounds: 5, blockMilliseconds: 60 };
/** Cores' worth of other processes from which figures are not to be trusted. */
const disturbing = 0.1;

/** Which script runs a peer: one process for each, since their thread pools do not mix. */
const scripts = {
  torch: 'peer_torch.py',
  'torch-inplace': 'peer_torch.py',
  'torch-graph': 'peer_torch.py',
  sklearn: 'peer_sklearn.py',
};

async function loadMmx() {
  const modules = [
    'engine/registry',
    'engine/replay',
    'models/rbm',
    'models/autoencoder',
    'models/networks/fusion-network',
    'config/networks-schema',
    'training/optimiser',
  ];
  const urls = modules.map((module) => new URL(`../dist/${module}.js`, import.meta.url));
  if (!urls.every((url) => existsSync(url)))
    throw new UsageError('mmx is not built: run npm run build first');
  return Object.assign({}, ...(await Promise.all(urls.map((url) => import(url)))));
}

/** The peers that can run, by script; a line on stderr says what the others lack. */
async function startPeers({ python, threads, gpu, cases }) {
  const started = {};
  const wanting = new Set();
  for (const script of new Set(cases.flatMap(({ peers }) => peers.map((name) => scripts[name])))) {
    const { peer, missing } = await Peer.start(python, script, threads, gpu ? 'cuda' : 'cpu');
    if (peer === undefined) wanting.add(missing);
    else started[script] = peer;
  }
  if (wanting.size > 0) console.error(`peers left out for want of ${[...wanting].join(' and ')}`);
  return started;
}

/** @returns the case's result, and of each peer which of its variants was the fastest */
async function runCase(mmx, benchCase, peers, effort, limits) {
  const { peers: names, ...description } = benchCase;
  const variants = {};
  const local = benchCase.kind === 'network' ? prepareNetwork(mmx, benchCase) : prepare(mmx, benchCase);
  const contestants = Object.fromEntries(
    Object.entries(local).map(([name, contestant]) => [name, localBlock(contestant)]),
  );
  for (const name of names) {
    const peer = peers[scripts[name]];
    if (peer === undefined) continue;
    contestants[name] = async (warm, steps) => {
      const { variant, ...block } = await peer.run(name, description, warm, steps);
      variants[name] = variant;
      return block;
    };
  }
  const blocks = await interleave(contestants, effort);
  for (const contestant of Object.values(local)) contestant.dispose();

  const of = (name, measure) => blocks[name].map((block) => block[measure]);
  const milliseconds = (name, measure = 'ms') => rounded(median(of(name, measure)));
  const ratio = (name, measure = 'ms') => rounded(medianRatio(of('mmx', measure), of(name, measure)));
  // What a GPU computes takes no processor time.
  const measuresProcessor = limits === undefined;
  const against = (name) => [
    name,
    {
      ms: milliseconds(name),
      ratio: ratio(name),
      ...(measuresProcessor
        ? { cpu_ms: milliseconds(name, 'cpu_ms'), cpu_ratio: ratio(name, 'cpu_ms') }
        : {}),
    },
  ];
  const result = {
    case: benchCase.name,
    mmx_ms: milliseconds('mmx'),
    ...(measuresProcessor ? { mmx_cpu_ms: milliseconds('mmx', 'cpu_ms') } : {}),
    peers: Object.fromEntries(names.filter((name) => name in blocks).map(against)),
    ...('limit' in blocks ? { limit_ms: milliseconds('limit'), limit_ratio: ratio('limit') } : {}),
    ...floorOf(mmx, benchCase, limits, median(of('mmx', 'ms'))),
  };
  return { result, variants };
}

/** On a GPU: the larger of the step's operations over the measured rate and its bytes over the measured bandwidth. */
function floorOf(mmx, benchCase, limits, milliseconds) {
  if (limits === undefined) return {};
  const { flops, bytes } = leastWork(mmx, benchCase);
  const floor = Math.max(flops / limits.flopsPerSecond, bytes / limits.bytesPerSecond) * 1e3;
  return { floor_ms: rounded(floor), floor_ratio: rounded(milliseconds / floor) };
}

function header(options, engine, peers, effort, outcomes, othersCores, limits) {
  const versions = Object.entries(Object.assign({}, engine.versions, ...peers.map((peer) => peer.versions)));
  return [
    `${processor()}; Node.js ${process.versions.node}; ${options.threads} threads`,
    `engine ${engine.name}: ${engine.description}`,
    versions.map(([name, version]) => `${name} ${version}`).join(', '),
    `median of ${effort.rounds} interleaved rounds, blocks of ${effort.blockMilliseconds} ms;` +
      ' ratios are medians over the rounds, below 1 mmx is faster',
    ...(outcomes.some(({ result }) => result.limit_ms !== undefined)
      ? ["limit: the step's matrix products alone, by the same engine"]
      : []),
    ...(limits === undefined ? ['CPU: processor time, of all threads together'] : []),
    ...(limits === undefined
      ? []
      : [
          `floor: operations at ${(limits.flopsPerSecond / 1e12).toFixed(1)} TFLOP/s (a product of 8192 squared) or bytes at ` +
            `${(limits.bytesPerSecond / 1e12).toFixed(2)} TB/s (a copy of 1 GiB), whichever takes longer`,
        ]),
    ...outcomes.flatMap(({ result, variants }) =>
      Object.entries(variants)
        .filter(([, variant]) => variant !== null)
        .map(([name, variant]) => `${result.case}: ${name} with ${variant}, its fastest`),
    ),
    `other processes used ${othersCores.toFixed(2)} cores meanwhile`,
  ];
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return;
  }
  const mmx = await loadMmx();
  const engine = await mmx.useEngine(options.engine, { threads: options.threads });
  const usual = options.quick ? quick : full;
  const effort = { ...usual, rounds: options.rounds ?? usual.rounds };
  const started = await startPeers(options);
  const peers = Object.values(started);
  const outcomes = [];
  const others = watchOthers(peers);
  const limits = options.gpu ? ceilings() : undefined;
  let othersCores;
  try {
    for (const benchCase of options.cases) {
      outcomes.push(await runCase(mmx, benchCase, started, effort, limits));
    }
    othersCores = others();
  } finally {
    for (const peer of peers) peer.stop();
  }
  if (othersCores > disturbing && !options.gpu) {
    console.error(
      `other processes used ${othersCores.toFixed(2)} cores meanwhile: repeat on an idle machine`,
    );
  }
  const results = outcomes.map(({ result }) => result);
  const json = `${JSON.stringify(results, null, 2)}\n`;
  const text = options.json
    ? json
    : formatTable(results, header(options, engine, peers, effort, outcomes, othersCores, limits));
  process.stdout.write(text);
  if (options.out !== undefined) writeFileSync(options.out, options.out.endsWith('.json') ? json : text);
}

try {
  await main();
} catch (error) {
  const explained = error instanceof UsageError || error?.name === 'MmxError';
  console.error(explained ? `error: ${error.message}` : error);
  if (error?.hint !== undefined) console.error(`hint: ${error.hint}`);
  process.exitCode = error instanceof UsageError ? 2 : (error?.exitCode ?? 1);
}
