import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, type Outcome, projectRoot, smallTable } from '../support/mmx.js';

let directory = '';
const table = join(projectRoot, 'configs/mnist-halves/corrnet.yaml');
const quick = ['--quiet', '--seeds', '1', 'rbm.left.epochs=1', 'rbm.right.epochs=1'];

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('errors');
});

function withFile(name: string, content: string): string {
  writeFileSync(join(directory, name), content);
  return name;
}

/** Nothing on the standard output, no stack trace, one message. */
function expectSentence({ status, stdout, stderr }: Outcome, code: 1 | 2, sentence: string | RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  expect(stdout).toBe('');
  expect(status).toBe(code);
}

describe('bad configuration', () => {
  it('broken YAML', () => {
    const file = withFile('broken.yaml', 'table: [unclosed\nrows: 3\n');
    expectSentence(mmx(directory, 'table', file), 2, /broken\.yaml:\d+:\d+: /);
  });

  it('an unknown key and a wrong type, at once', () => {
    const file = withFile(
      'keys.yaml',
      `${smallTable}learning: 3\nseeds_: [1]\n`.replace('epochs: 4}', 'epochs: many}'),
    );
    const outcome = mmx(directory, 'table', file);
    expectSentence(outcome, 2, /keys\.yaml:\d+:\d+: unknown key `seeds_`.*did you mean `seeds`/);
    expect(outcome.stderr).toMatch(/keys\.yaml:\d+:\d+: `rbm\.left\.epochs` must be a whole number/);
  });

  it('an architecture in a setting it does not fit', () => {
    const file = withFile('fit.yaml', smallTable.replace('architecture: bimodal-dbn', 'architecture: rbm'));
    expectSentence(
      mmx(directory, 'table', file),
      2,
      "'rbm' cannot be used in 'shared-right-to-left': its features of different modalities do not share a space",
    );
  });

  it('an RBM of a modality that the corpus lacks', () => {
    const file = withFile(
      'modality.yaml',
      smallTable.replace('  left: {', '  lefft: {hidden: 3}\n  left: {'),
    );
    expectSentence(
      mmx(directory, 'table', file),
      2,
      /modality\.yaml:\d+:3: there is no RBM 'lefft'.*did you mean 'left'\?/,
    );
  });

  it('a published number that does not exist', () => {
    const file = withFile('published.yaml', smallTable.replace('multimodal-autoencoder', 'multimodal'));
    expectSentence(mmx(directory, 'table', file), 2, /No published number matches .*method=multimodal,/);
  });

  it('a missing file, an unknown command, an unknown option', () => {
    expectSentence(mmx(directory, 'table', 'nowhere.yaml'), 2, 'nowhere.yaml');
    expectSentence(mmx(directory, 'tabel', 'x.yaml'), 2, 'Did you mean table?');
    expectSentence(mmx(directory, 'table', 'x.yaml', '--job', '2'), 2, 'Did you mean --jobs?');
  });

  it('tells it as JSON under --json', () => {
    const { status, stdout } = mmx(directory, 'table', 'nowhere.yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: expect.stringMatching(/^config\//) } });
    expect(status).toBe(2);
  });

  it.each([
    [['tabel', '--json'], "unknown command 'tabel'"],
    [['table', 'x.yaml', '--json', '--job', '2'], "unknown option '--job'"],
    [['runs', 'show', '--json'], "missing required argument 'run'"],
  ])('tells bad usage as JSON too: mmx %j', (words, message) => {
    const { status, stdout } = mmx(directory, ...words);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'cli/usage', message: expect.stringContaining(message) },
    });
    expect(status).toBe(2);
  });
});

describe('a missing or damaged corpus', () => {
  it.each(['check', 'prepare'])('mmx data %s says how to get the one that was named', (command) => {
    const { status, stderr } = mmx(directory, 'data', command, 'cuave');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'mmx: the folder of your copy of cuave is needed\n' +
        `  → mmx data ${command} cuave --data cuave=DIR (mmx data info cuave says how to get one)\n`,
    );
  });

  it('names the folder that lacks the files', () => {
    const folder = join(directory, 'nothing-here');
    mkdirSync(folder);
    const outcome = mmx(directory, 'table', table, ...quick, '--data', `mnist-halves=${folder}`);
    expectSentence(
      outcome,
      1,
      `the corpus mnist-halves is missing its file ${join(folder, 'train-images-idx3-ubyte')}`,
    );
  });

  it('an unknown corpus', () => {
    expectSentence(
      mmx(directory, 'table', table, 'corpus=mnist-halfs'),
      2,
      "there is no corpus 'mnist-halfs'; did you mean 'mnist-halves'?",
    );
  });
});

describe('the store', () => {
  it('damaged artifacts are set aside, told of, and computed anew by the same command', () => {
    const cwd = emptyDirectory('damaged');
    writeFileSync(join(cwd, 'small.yaml'), smallTable);
    const table = (...more: string[]) => mmx(cwd, 'table', 'small.yaml', '--seeds', '1', ...more);
    // Another dimension makes another CCA of the same, stored RBMs.
    const result = (): string => readFileSync(join(cwd, 'results/tables/small/table.json'), 'utf8');
    expect(table('cca.dimensions=10').status).toBe(0);
    const undisturbed = result();
    rmSync(join(cwd, 'results'), { recursive: true });
    expect(table().status).toBe(0);
    const damaged = tensorFiles(join(cwd, 'results/runs/store'));
    expect(damaged.length).toBeGreaterThan(0);
    for (const file of damaged) {
      const bytes = readFileSync(file);
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
    const { status, stderr } = table('cca.dimensions=10');
    expect(status, stderr).toBe(0);
    const told = stderr.split('\n').filter((line) => line.includes('is damaged'));
    expect(told.length).toBeGreaterThan(0);
    for (const line of told) {
      expect(line).toMatch(/set aside as results\/runs\/store\/quarantine\/\S+\. It is computed anew\.$/);
    }
    expect(readdirSync(join(cwd, 'results/runs/store/quarantine'))).toHaveLength(told.length);
    expect(result()).toBe(undisturbed);
  }, 120_000);

  const disk = emptyDirectory('disk');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0;
  afterAll(() => {
    if (mounted) spawnSync('umount', [disk]);
  });

  it.skipIf(!mounted)(
    'a full disk is one sentence, and what was stored is kept (needs the right to mount)',
    () => {
      writeFileSync(join(disk, 'small.yaml'), smallTable);
      const outcome = mmx(disk, 'table', 'small.yaml', '--quiet', '--jobs', '2', 'rbm.right.hidden=600');
      expectSentence(outcome, 1, /the disk is full/);
      // Two workers were writing; nothing else was begun.
      expect(outcome.stderr.split('the disk is full').length).toBeLessThanOrEqual(2);
      const stored = tensorFiles(join(disk, 'results/runs/store')).length;
      expect(stored).toBeGreaterThan(0);
      spawnSync('mount', ['-o', 'remount,size=200m', disk]);
      const again = mmx(disk, 'table', 'small.yaml', '--quiet', '--jobs', '2', 'rbm.right.hidden=600');
      expect(again.stderr).toContain('written:');
      expect(again.status).toBe(0);
      const { stages } = JSON.parse(readFileSync(join(disk, 'results/tables/small/manifest.json'), 'utf8'));
      expect(stages.filter((stage: { end: string }) => stage.end === 'reused').length).toBeGreaterThanOrEqual(
        stored,
      );
    },
    120_000,
  );
});

function tensorFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile() && file.endsWith('.safetensors'));
}
