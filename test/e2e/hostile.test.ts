import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, mmxWith, projectRoot } from '../support/mmx.js';

const demo = join(projectRoot, 'configs/mnist-halves/rbm-cca.yaml');
const cca = `
extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 200, test: 100}
architecture: raw-cca
setting: shared-left-to-right
cca: {dimensions: 5}
evaluation: {protocol: test-folds, classifier: {c: 1}}
`;
const tiny = `
extends: cca.yaml
table: tiny
title: RBMs and CCA
rbm:
  left: &small {hidden: 20, epochs: 1}
  right: *small
columns:
  - {id: to-right, label: left → right}
rows:
  - {id: cca, label: Raw CCA}
  - {id: rbm-cca, label: RBM-CCA, architecture: rbm-cca}
`;
const hasStrace = spawnSync('strace', ['--version']).status === 0;

beforeAll(assertBuilt);

describe('what the user did not ask for', () => {
  it('is not written into the home folder', () => {
    const folder = emptyDirectory('home');
    const home = join(folder, 'home');
    mkdirSync(home);
    writeFileSync(join(folder, 'cca.yaml'), cca);
    const place = { HOME: home, XDG_CACHE_HOME: join(home, '.cache') };
    const { status, stderr } = mmxWith(place, folder, 'evaluate', 'cca.yaml', '--engine', 'ort');
    expect([status, stderr]).toEqual([0, expect.stringContaining('engine ort')]);
    expect(readdirSync(home)).toEqual([]);
  });

  it
    .skipIf(!hasStrace)
    .each([
      ['evaluate', 'cca.yaml', '--engine', 'ort'],
      ['table', 'tiny.yaml', '--jobs', '2'],
      ['doctor'],
      ['data', 'ls'],
      ['report', join(projectRoot, 'results/reference/mnist-halves-corrnet'), '--out', 'report.html'],
    ])('opens no connection and looks up no name: mmx %s (needs strace)', (...command) => {
    const folder = emptyDirectory('network');
    writeFileSync(join(folder, 'cca.yaml'), cca);
    writeFileSync(join(folder, 'tiny.yaml'), tiny);
    const trace = join(folder, 'trace');
    const traced = ['-f', '-e', 'trace=socket,socketpair,connect,sendto,clone,clone3', '-o', trace];
    execFileSync('strace', [...traced, process.execPath, join(projectRoot, 'bin/mmx.js'), ...command], {
      cwd: folder,
      stdio: 'ignore',
    });
    const calls = readFileSync(trace, 'utf8').split('\n');
    // What it traces at all: threads, and the pipes between processes of its own.
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter((line) => /AF_INET|AF_NETLINK|connect\(/.test(line))).toEqual([]);
  });

  it('loads no package that lies in the working directory, unless it is named', () => {
    const folder = emptyDirectory('planted');
    const planted = join(folder, 'node_modules/@tensorflow/tfjs-node');
    mkdirSync(planted, { recursive: true });
    const manifest = { name: '@tensorflow/tfjs-node', version: '4.22.0', main: 'index.js' };
    writeFileSync(join(planted, 'package.json'), JSON.stringify(manifest));
    writeFileSync(
      join(planted, 'index.js'),
      `require('fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '')`,
    );
    writeFileSync(join(folder, 'cca.yaml'), cca);
    mmx(folder, 'evaluate', 'cca.yaml', '--engine', 'tfjs-node', '--dry-run');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    mmxWith({ MMX_PACKAGES: '.' }, folder, 'evaluate', 'cca.yaml', '--engine', 'tfjs-node', '--dry-run');
    expect(existsSync(join(folder, 'ran'))).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('a limit of the shell is named', () => {
  const under = (limit: string, ...args: string[]) => {
    const folder = emptyDirectory('limit');
    writeFileSync(join(folder, 'cca.yaml'), cca);
    const command = `ulimit ${limit}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', command, process.execPath, join(projectRoot, 'bin/mmx.js'), ...args],
      { cwd: folder, encoding: 'utf8' },
    );
    return { status, stderr };
  };

  it('open files', () => {
    const { status, stderr } = under('-n 64', 'evaluate', 'cca.yaml', '-q');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'mmx: this process may have 64 files open (ulimit -n), but mmx needs 192\n  → run ulimit -n 1024 first\n',
    );
    expect(under('-n 192', 'evaluate', 'cca.yaml', '-q').status).toBe(0);
  });

  it('addresses', () => {
    const { status, stderr } = under('-v 4000000', 'evaluate', 'cca.yaml', '-q', '--engine', 'ort');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^mmx: engine wasm: starting the backend failed: memory ran out: this process may use 4\.10 GB of address space \(ulimit -v\), .*\n {2}→ .*\n$/,
    );
  });
});

describe('what is given wrongly', () => {
  it('a second figure is refused, not passed over', () => {
    const { status, stderr } = mmx(
      emptyDirectory('figure'),
      'figure',
      demo,
      join(projectRoot, 'package.json'),
    );
    expect(status).toBe(2);
    expect(stderr).toContain('one experiment at a time');
  });

  it('control characters of a name are shown, not sent to the terminal', () => {
    const { status, stderr } = mmx(emptyDirectory('escape'), 'config', 'show', '\u001b[31mred\u202e.yaml');
    expect(status).toBe(2);
    expect(stderr).toContain('\\x1b[31mred\\u202e.yaml');
    expect(['\u001b', '\u202e'].filter((character) => stderr.includes(character))).toEqual([]);
  });

  it('a damaged manifest is told of, and the other runs are listed', () => {
    const folder = emptyDirectory('manifests');
    writeFileSync(join(folder, 'cca.yaml'), cca);
    expect(mmx(folder, 'evaluate', 'cca.yaml', '-q').status).toBe(0);
    const manifests = join(folder, 'results/runs/manifests');
    writeFileSync(join(manifests, '20200101-000000-bad.json'), '{');
    execFileSync('mkfifo', [join(manifests, '20200101-000001-pipe.json')]);
    const { status, stdout, stderr } = mmx(folder, 'runs', 'ls');
    expect(status).toBe(0);
    expect(stdout).toMatch(/-cca {2}complete/);
    expect(stderr).toMatch(/bad\.json is not a run manifest/);
    expect(stderr).toMatch(/pipe\.json is not a run manifest: it is not a plain file/);
  });
});
