import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import {
  broken,
  type FileServer,
  type Handler,
  md5Of,
  ranged,
  serve,
  stalled,
  status,
  whole,
} from '../support/file-server.js';
import { assertBuilt, emptyDirectory, launchMmx, mmx, type Outcome, projectRoot } from '../support/mmx.js';
import { until } from '../support/until.js';
import { encodeZip } from '../support/zip.js';

beforeAll(assertBuilt);

let server: FileServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

// Talkers whose checksums are not pinned: what is served here is not GRID.
const movies = (talker: string) =>
  encodeZip(
    ['bbaf2n', 'bbaf3s'].map((name) => ({ name: `${talker}/${name}.mpg`, content: `${talker} ${name}` })),
  );
const alignments = encodeZip([{ name: 'alignments/s11/bbaf2n.align', content: '0 75000 sil\n' }]);
const archives = { 'alignments.zip': alignments, 's11.zip': movies('s11'), 's12.zip': movies('s12') };

/** What Zenodo answers of GRID, with one checksum or size changed. */
function listing(changed: Readonly<Record<string, object>> = {}): Buffer {
  const names = ['alignments.zip', ...Array.from({ length: 34 }, (_, i) => `s${i + 1}.zip`)];
  const files = names.map((name) => {
    const content = Object.hasOwn(archives, name) ? archives[name as keyof typeof archives] : undefined;
    return {
      key: name,
      size: content?.length ?? 1000,
      checksum: `md5:${content === undefined ? pinned(name) : md5Of(content)}`,
      links: { self: `https://zenodo.org/api/records/3625687/files/${name}/content` },
      ...changed[name],
    };
  });
  return Buffer.from(JSON.stringify({ id: 3625687, files }));
}

function pinned(name: string): string {
  const text = readFileSync(join(projectRoot, 'datasets/downloads/grid.yaml'), 'utf8');
  return new RegExp(`name: ${name}, md5: ([0-9a-f]{32})`).exec(text)?.[1] ?? '0'.repeat(32);
}

const served = (more: Readonly<Record<string, Handler | readonly Handler[]>> = {}) => ({
  '3625687.json': whole(listing()),
  ...Object.fromEntries(Object.entries(archives).map(([name, content]) => [name, ranged(content)])),
  ...more,
});

async function fetchGrid(folder: string, ...args: string[]): Promise<Outcome> {
  const mirror = ['--mirror', server?.address ?? ''];
  return launchMmx(folder, {}, 'data', 'fetch', 'grid', '--only', 's11', ...mirror, ...args).ended;
}

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : [];
const asked = (): readonly string[] => server?.requests.map(({ path }) => path) ?? [];

describe('mmx data fetch', () => {
  it('shows the licence, fetches, verifies, unpacks, and says what comes next; once', async () => {
    server = await serve(served());
    const folder = emptyDirectory('fetch');
    const { status: code, stdout, stderr } = await fetchGrid(folder, '--yes');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('licence  CC BY 4.0, https://creativecommons'),
    ]);
    expect(stderr).toMatch(/credit {3}M\. Cooke, .*\n[\s\S]*done {5}s11\.zip/);
    expect(stdout).toMatch(/^fetched {5}2 files into data\/grid, 0 were there$/m);
    expect(stdout).toMatch(/^next {8}mmx data check grid-digits --data grid-digits=data\/grid$/m);
    expect(filesIn(join(folder, 'data/grid'))).toEqual([
      'alignments',
      'alignments/s11',
      'alignments/s11/bbaf2n.align',
      'fetched.json',
      's11',
      's11/bbaf2n.mpg',
      's11/bbaf3s.mpg',
    ]);
    const record = JSON.parse(readFileSync(join(folder, 'data/grid/fetched.json'), 'utf8'));
    expect(record).toMatchObject({ download: 'grid', licence: { name: 'CC BY 4.0' } });
    expect(record.files[1]).toMatchObject({
      name: 's11.zip',
      bytes: archives['s11.zip'].length,
      md5: md5Of(archives['s11.zip']),
      verified: true,
      from: `${server.address}s11.zip`,
      unpacked: { files: 2, roots: ['s11'] },
    });
    expect(server.requests[0]?.headers['user-agent']).toMatch(/^mmx\/\d+\.\d+\.\d+$/);

    const again = await fetchGrid(folder, '--yes', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ fetched: [], there: 2 });
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(asked()).toEqual(['3625687.json', 'alignments.zip', 's11.zip', '3625687.json']);
  });

  it('asks no server before somebody has agreed to the licence', async () => {
    server = await serve(served());
    const folder = emptyDirectory('fetch');
    const { status: code, stderr } = await fetchGrid(folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /\nmmx: grid is fetched only if you agree to its licence, CC BY 4\.0\n {2}→ .*--yes/,
    );
    expect([asked(), filesIn(folder)]).toEqual([[], []]);
  });

  it('shows the files with --dry-run, and fetches none', async () => {
    server = await serve(served());
    const folder = emptyDirectory('fetch');
    const { status: code, stdout } = await fetchGrid(folder, '--dry-run', '--json', '--out', 'here');
    const plan = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(plan.files[1]).toEqual({
      name: 's11.zip',
      address: `${server.address}s11.zip`,
      bytes: archives['s11.zip'].length,
      md5: md5Of(archives['s11.zip']),
      sha256: null,
      there: false,
    });
    const sizes = [alignments.length, archives['s11.zip'].length];
    expect(plan.disk.needed).toBe(sizes.reduce((sum, one) => sum + one) + Math.max(...sizes));
    const { stdout: text } = await fetchGrid(folder, '--dry-run', '--out', 'here');
    expect(text).toMatch(/^files {4}alignments\.zip +\d+ bytes {2}http:\/\/127/m);
    expect(text).toMatch(/^disk {5}about \d+ bytes needed, .* free$/m);
    expect([asked(), filesIn(folder)]).toEqual([['3625687.json', '3625687.json'], []]);
  });

  it('leaves the part when it is interrupted, and continues there', async () => {
    server = await serve(
      served({ 's11.zip': [stalled(archives['s11.zip'], 100), ranged(archives['s11.zip'])] }),
    );
    const folder = emptyDirectory('fetch');
    const args = [
      'data',
      'fetch',
      'grid',
      '--only',
      's11',
      '--yes',
      '--out',
      'g',
      '--mirror',
      server.address,
    ];
    const running = launchMmx(folder, {}, ...args);
    await until('the part', () => {
      const part = join(folder, 'g/s11.zip.part');
      return existsSync(part) && readFileSync(part).length === 100;
    });
    running.process.kill('SIGINT');
    const { status: code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /mmx: interrupted by SIGINT: the received files are kept in g\n {2}→ run the same command/,
    );
    expect(filesIn(join(folder, 'g')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await launchMmx(folder, {}, ...args).ended).status).toBe(0);
    expect(server.requests.at(-1)?.headers).toMatchObject({ range: 'bytes=100-', 'if-range': '"one"' });
    expect(readFileSync(join(folder, 'g/s11/bbaf2n.mpg'), 'utf8')).toBe('s11 bbaf2n');
  });

  it('continues by itself where a connection breaks off, and keeps archives when asked', async () => {
    const zip = archives['s11.zip'];
    server = await serve(served({ 's11.zip': [broken(zip, 150), ranged(zip)] }));
    const folder = emptyDirectory('fetch');
    const { status: code, stderr } = await fetchGrid(folder, '--yes', '--keep-archives');
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning {2}s11\.zip: the connection was lost; again in 1 s/);
    expect(readFileSync(join(folder, 'data/grid/s11.zip')).equals(zip)).toBe(true);
  });

  it.each<[string, Readonly<Record<string, Handler>>, RegExp]>([
    [
      'a wrong checksum',
      { '3625687.json': whole(listing({ 's11.zip': { checksum: `md5:${'1'.repeat(32)}` } })) },
      /^mmx: s11\.zip could not be fetched from http:\S+s11\.zip: its md5 is .*; 1{32} is expected, twice$/m,
    ],
    ['a missing file', { 's11.zip': status(404) }, /^mmx: s11\.zip .*: the server answers 404$/m],
    [
      'a redirection from http',
      { 's11.zip': status(302, { location: 'http://127.0.0.1:1/s11.zip' }) },
      /^mmx: s11\.zip .* redirects to http:\/\/127\.0\.0\.1:1\/s11\.zip, but mmx follows redirects from https to https only$/m,
    ],
    [
      'a listing that contradicts what is pinned',
      { '3625687.json': whole(listing({ 's1.zip': { checksum: `md5:${'1'.repeat(32)}` } })) },
      /^mmx: s1\.zip of grid: the listing of https:\S+ gives the md5 1{32}, but mmx expects cbd6556668/m,
    ],
    [
      'a listing that is none',
      { '3625687.json': whole(Buffer.from('<html>')) },
      /^mmx: http:\S+3625687\.json is not a listing of a record of Zenodo: it is not valid JSON\.$/m,
    ],
  ])('%s: one sentence, exit code 1', async (what, handlers, message) => {
    server = await serve(served(handlers));
    const folder = emptyDirectory('fetch');
    const only = what.includes('pinned') ? ['--only', 's1'] : [];
    const { status: code, stderr } = await fetchGrid(folder, '--yes', '-q', ...only);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(filesIn(join(folder, 'data/grid')).filter((name) => !/^(alignments|fetched)/.test(name))).toEqual(
      [],
    );
  });

  it('unpacks nothing of an archive that would write elsewhere', async () => {
    const evil = encodeZip([
      { name: 's11/a.mpg', content: 'a' },
      { name: 's11/../../evil', content: 'x' },
    ]);
    const about = { 's11.zip': { size: evil.length, checksum: `md5:${md5Of(evil)}` } };
    server = await serve(served({ '3625687.json': whole(listing(about)), 's11.zip': whole(evil) }));
    const folder = emptyDirectory('fetch');
    const { status: code, stdout, stderr } = await fetchGrid(folder, '--yes', '--json');
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'fetch/archive' });
    expect(filesIn(folder).filter((name) => /evil|grid\/s11(\/|$)/.test(name))).toEqual([]);
  });

  it('refuses what the command line gets wrong, with exit code 2', () => {
    const folder = emptyDirectory('fetch');
    for (const args of [
      ['grid', '--only', 's21'],
      ['fsdd', '--only', 's1'],
      ['cuave'],
      ['grid', '--mirror', 'http://example.org/'],
    ]) {
      const { status: code, stderr } = mmx(folder, 'data', 'fetch', ...args, '--yes');
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^mmx: .*\n {2}→ .*\n$/m)]);
    }
  });
});

describe('a corpus of which no checksum is known', () => {
  const sound = encodeWav({
    rate: 8000,
    samples: Float32Array.from({ length: 800 }, (_, i) => Math.sin(i) / 2),
  });
  const name = 'free-spoken-digit-dataset-1.0.10';
  const recordings = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'].flatMap((speaker) =>
    Array.from({ length: 500 }, (_, i) => `${Math.floor(i / 50)}_${speaker}_${i % 50}.wav`),
  );
  const archiveOf = (files: readonly string[]) =>
    encodeZip(files.map((file) => ({ name: `${name}/recordings/${file}`, content: sound })));

  it('is checked by what is in it, told as such, and is what mmx data check expects', async () => {
    server = await serve({ [`${name}.zip`]: whole(archiveOf(recordings)) });
    const folder = emptyDirectory('fetch');
    const args = ['data', 'fetch', 'fsdd', '--yes', '-q', '--mirror', server.address];
    const { status: code, stdout } = await launchMmx(folder, {}, ...args).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^unverified {2}no checksum of free-spoken\S+ is known; its SHA-256 is [0-9a-f]{64}$/m,
    );
    const [, next = ''] = /^next +mmx (.*)$/m.exec(stdout) ?? [];
    const check = mmx(folder, ...next.split(' '));
    expect([check.status, check.stdout]).toEqual([
      0,
      expect.stringMatching(/^ +3000 {2}recordings\n[\s\S]*\nusable\n$/),
    ]);
  });

  it('is thrown away where it does not hold what it should', async () => {
    server = await serve({ [`${name}.zip`]: whole(archiveOf(recordings.slice(0, 5))) });
    const folder = emptyDirectory('fetch');
    const args = ['data', 'fetch', 'fsdd', '--yes', '-q', '--mirror', server.address];
    const { status: code, stderr } = await launchMmx(folder, {}, ...args).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('it holds 5 files *.wav; 3000 are expected')]);
    expect(filesIn(join(folder, 'data/fsdd'))).toEqual(['fetched.json']);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('over https (needs openssl)', () => {
  const keys = emptyDirectory('keys');
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(keys, name)) as [string, string];
  beforeAll(() => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
  });
  const secure = async (more: Readonly<Record<string, Handler>>, environment: NodeJS.ProcessEnv) => {
    const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    server = await serve(served(more), tls);
    const args = ['data', 'fetch', 'grid', '--only', 's11', '--yes', '-q', '--out', 'g'];
    return launchMmx(emptyDirectory('fetch'), environment, ...args, '--mirror', server.address).ended;
  };

  it('fetches, and follows a redirection', async () => {
    const elsewhere = {
      's11.zip': status(302, { location: '/elsewhere' }),
      elsewhere: whole(archives['s11.zip']),
    };
    const { status: code, stderr } = await secure(elsewhere, { NODE_EXTRA_CA_CERTS: cert });
    expect([code, stderr]).toEqual([0, expect.stringContaining('licence')]);
    expect(asked()).toEqual(['3625687.json', 'alignments.zip', 's11.zip', 'elsewhere']);
  });

  it('does not follow one to http', async () => {
    const plain = { 's11.zip': status(302, { location: 'http://127.0.0.1:1/s11.zip' }) };
    const { status: code, stderr } = await secure(plain, { NODE_EXTRA_CA_CERTS: cert });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('mmx follows redirects from https to https only'),
    ]);
  });

  it('trusts no server that cannot prove who it is', async () => {
    const { status: code, stderr } = await secure({}, {});
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('the certificate of the server cannot be verified: '),
    ]);
    expect(asked()).toEqual([]);
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('on a terminal (needs script)', () => {
  const answered = async (answer: string) => {
    server = await serve(served());
    const folder = emptyDirectory('fetch');
    const words = [
      process.execPath,
      join(projectRoot, 'bin/mmx.js'),
      'data',
      'fetch',
      'grid',
      '--only',
      's11',
    ];
    const command = [...words, '--mirror', server.address].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      // What is written before somebody asks would be lost.
      if (stdout.includes('[y/N]') && !child.stdin.writableEnded) child.stdin.end(answer);
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { folder, status: code, stdout };
  };

  it('asks, and takes no for an answer', async () => {
    const { folder, status: code, stdout } = await answered('n\n');
    expect(stdout).toMatch(
      /licence {2}CC BY 4\.0[\s\S]*disk {5}about[\s\S]*Fetch it under CC BY 4\.0\? \[y\/N\]/,
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining('nothing was fetched')]);
    expect([asked(), filesIn(folder)]).toEqual([['3625687.json'], []]);
  });

  it.each([
    ['Ctrl-C', '\u0003', 130, 'interrupted by SIGINT'],
    ['Ctrl-D', '\u0004', 1, 'nothing was fetched'],
  ])('takes %s for no', async (_, key, expected, said) => {
    const { folder, status: code, stdout } = await answered(key);
    expect([code, stdout]).toEqual([expected, expect.stringContaining(said)]);
    expect(filesIn(folder)).toEqual([]);
  });

  it('fetches after yes', async () => {
    const { folder, status: code } = await answered('y\n');
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'data/grid/s11/bbaf2n.mpg'))).toBe(true);
  });
});
