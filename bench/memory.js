/**
 * The memory that an experiment of the paper's full size takes: runs `mmx evaluate bench/paper-size.yaml` in a
 * directory of its own and adds up the resident memory of all its processes twice a second. Linux only (/proc).
 *
 *   node bench/memory.js [--out FILE] [--jobs N] [--directory DIR] [key=value …]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, jobs: { type: 'string', default: '1' }, directory: { type: 'string' } },
});

const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'mmx-memory-'));
const words = ['evaluate', join(here, 'paper-size.yaml'), ...positionals, '--jobs', values.jobs, '--json'];
const child = spawn(process.execPath, [join(here, '..', 'bin', 'mmx.js'), ...words], {
  cwd: directory,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let printed = '';
child.stdout.on('data', (chunk) => {
  printed += chunk;
});

let peak = { bytes: 0, processes: 0 };
const timer = setInterval(() => {
  const found = tree(child.pid).map(residentBytes);
  const bytes = found.reduce((sum, one) => sum + one, 0);
  if (bytes > peak.bytes) peak = { bytes, processes: found.length };
}, 500);

child.on('exit', (code) => {
  clearInterval(timer);
  if (code !== 0) {
    process.stderr.write(printed);
    process.exit(code ?? 1);
  }
  const windows = windowsIn(join(directory, 'results', 'runs', 'store'));
  const [experiment] = JSON.parse(printed);
  const report = {
    command: ['mmx', 'evaluate', 'bench/paper-size.yaml', ...positionals, '--jobs', values.jobs].join(' '),
    windows,
    dimensions: experiment.scores[0].dimensions,
    peakGiB: Number((peak.bytes / 2 ** 30).toFixed(2)),
    processes: peak.processes,
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(text);
  if (values.out) writeFileSync(values.out, text);
  if (!values.directory) rmSync(directory, { recursive: true, force: true });
});

/** A process and all below it. */
function tree(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found = [root];
  for (const one of found) for (const [pid, parent] of parents) if (parent === one) found.push(pid);
  return found;
}

function residentBytes(pid) {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  return line ? Number(line[1]) * 1024 : 0;
}

/** Training windows with sound and pictures, counted in the frames that were stored. */
function windowsIn(store) {
  let windows = 0;
  for (const prefix of readdirSync(store)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const hash of readdirSync(join(store, prefix))) {
      const record = JSON.parse(readFileSync(join(store, prefix, hash, 'artifact.json'), 'utf8'));
      if (record.kind !== 'frames' || !/, train$/.test(record.label)) continue;
      const file = readFileSync(join(store, prefix, hash, 'tensors.safetensors'));
      const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString('utf8'));
      windows += header.video_starts.shape[0];
    }
  }
  return windows;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended
  }
}
