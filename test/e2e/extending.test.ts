import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import { configShown, entered, follow } from '../support/documents.js';
import { assertBuilt, emptyDirectory, mmxIn, type Outcome, projectRoot } from '../support/mmx.js';
import { build, copyOfSource, nodeIn } from '../support/source-copy.js';

/*
 * The examples of docs/extending.md, a paper's aside, followed to the letter in one copy of the source, which is compiled once.
 * No file is touched but those that a section names.
 */

const document = 'docs/extending.md';
const sections = ['An architecture', 'A modality', 'A corpus', 'An output format'] as const;
type Section = (typeof sections)[number];

let copy = '';
let directory = '';
const touched = new Map<Section, readonly string[]>();

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('extended');
  copy = copyOfSource('extending', [
    ...['docs', 'vitest.config.ts', 'test/support', 'test/unit/corpora', 'test/unit/modalities'],
  ]);
  for (const section of sections) touched.set(section, follow(document, section, copy));
  build(copy);
}, 300_000);
afterAll(() => {
  for (const folder of [copy, directory]) rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]): Outcome => mmxIn(copy, directory, ...args);

/** The config of a section as a file of the working directory. */
function written(section: Section): string {
  const file = `${section.slice(section.indexOf(' ') + 1)}.yaml`;
  writeFileSync(join(directory, file), configShown(document, section));
  return file;
}

const accuracyOf = (config: string, ...more: string[]): number => {
  const { stdout, stderr, status } = run('evaluate', config, ...more, '--seeds', '1', '--json', '-q');
  expect([status, stderr, status === 0 ? '' : stdout]).toEqual([0, '', '']);
  return JSON.parse(stdout)[0].accuracy.mean;
};

it('the tests that the sections show pass', () => {
  const tests = [...touched.values()].flat().filter((file) => file.endsWith('.test.ts'));
  expect(tests).toHaveLength(2);
  const { status, output } = nodeIn(
    copy,
    join(projectRoot, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--maxWorkers=1',
    ...tests,
  );
  expect(output).toMatch(/Test Files +2 passed/);
  expect(status).toBe(0);
});

it('the schema that editors read describes the options of both kinds', () => {
  const { stdout } = run('config', 'schema');
  expect(stdout).toContain('Components kept of each modality');
  expect(stdout).toContain('Numbers of a line');
});

describe('an architecture', () => {
  it('is one file and two lines of the index', () => {
    expect(touched.get('An architecture')).toEqual([
      'src/architectures/principal-components.ts',
      'src/architectures/index.ts',
    ]);
  });

  it('learns, is scored and is known everywhere', () => {
    const { stdout, stderr, status } = run('evaluate', written('An architecture'), '--json', '-q');
    expect([status, stderr]).toEqual([0, '']);
    const [{ accuracy, architecture, scores }] = JSON.parse(stdout);
    expect(architecture).toBe('principal-components');
    expect(accuracy.mean).toBeGreaterThan(60);
    expect(scores[0].dimensions).toBe(20);
    expect(run('data', 'info', 'mnist-halves').stdout).toContain('principal-components');
  });

  it('has its options and its settings checked', () => {
    const check = (override: string) =>
      run('evaluate', written('An architecture'), override, '--dry-run').stderr;
    expect(check('models.principal-components.component=5')).toContain('did you mean `components`?');
    expect(check('setting=shared-left-to-right')).toContain('do not share a space');
  });
});

describe('a modality', () => {
  beforeAll(() => {
    mkdirSync(join(directory, 'measured'));
    const lines = Array.from({ length: 40 }, (_, index) => {
      const [label, period] = index % 2 === 0 ? ['slow', 16] : ['fast', 4];
      const steps = Array.from({ length: 15 + (index % 8) }, (_, step) => {
        const phase = (2 * Math.PI * (step + 0.01 * index)) / Number(period);
        return `${Math.sin(phase).toFixed(3)},${(5 + Math.cos(phase)).toFixed(3)}`;
      });
      writeFileSync(join(directory, `measured/${index}.csv`), `${steps.join('\n')}\n`);
      return `${index < 30 ? 'train' : 'test'},${label},${index}.csv,day ${index % 3}`;
    });
    writeFileSync(
      join(directory, 'measured/examples.csv'),
      ['split,label,sensor,note', ...lines, ''].join('\n'),
    );
  });

  it('is one file, two lines of the index and its test', () => {
    expect(touched.get('A modality')).toEqual([
      'src/modalities/series.ts',
      'src/modalities/index.ts',
      'test/unit/modalities/series.test.ts',
    ]);
  });

  it('is read, learnt from and known everywhere', () => {
    const config = written('A modality');
    expect(accuracyOf(config)).toBe(100);
    expect(
      accuracyOf(config, 'architecture=fusion-network', 'models.fusion-network.batch=10'),
    ).toBeGreaterThanOrEqual(50);
    const { status, stdout } = run('data', 'check', config);
    expect([status, stdout]).toEqual([0, expect.stringContaining('usable')]);
  });

  it('has its options checked, and is listed in the document by its script', () => {
    const { stderr } = run('evaluate', written('A modality'), 'corpus.inputs.sensor.channel=2', '--dry-run');
    expect(stderr).toContain('unknown key `channel`');
    expect(nodeIn(copy, 'docs/update-kinds.mjs')).toEqual({ status: 0, output: '' });
    const card = readFileSync(join(copy, 'datasets/examples.md'), 'utf8');
    expect(card).toContain('**`series`**: measurements over time');
    expect(card).toContain('Numbers of a line');
  });
});

describe('a corpus', () => {
  beforeAll(() => {
    for (const folder of ['birds', 'birds/pictures', 'birds/calls']) mkdirSync(join(directory, folder));
    const tables: Record<'train' | 'test', string[]> = { train: [], test: [] };
    for (let index = 0; index < 40; index++) {
      const isWren = index % 2 === 0;
      const png = new PNG({ width: 8, height: 8 });
      png.data.fill(isWren ? 200 : 40);
      writeFileSync(join(directory, `birds/pictures/${index}.png`), PNG.sync.write(png));
      const hertz = (isWren ? 2500 : 500) + 10 * index;
      const samples = Float32Array.from({ length: 4000 }, (_, i) => 0.3 * Math.sin((hertz * i) / 1273));
      if (index % 10 !== 9)
        writeFileSync(join(directory, `birds/calls/${index}.wav`), encodeWav({ rate: 8000, samples }));
      const line = `${index},${isWren ? 'wren' : 'blackbird'},place ${index % 5}`;
      tables[index < 30 ? 'train' : 'test'].push(line);
    }
    for (const [part, lines] of Object.entries(tables)) {
      writeFileSync(join(directory, `birds/${part}.csv`), ['id,species,place', ...lines, ''].join('\n'));
    }
  });

  it('is one file, lines of the registry and of the names, its test and its card', () => {
    expect(touched.get('A corpus')).toEqual([
      'src/corpora/birds.ts',
      'src/corpora/registry.ts',
      'src/corpora/names.ts',
      'test/unit/corpora/birds.test.ts',
      'datasets/birds.md',
    ]);
  });

  it('is listed, looked over, learnt from, and its readings are checked', () => {
    const config = written('A corpus');
    expect(run('data', 'ls').stdout).toMatch(/^birds +Birds and Their Calls/m);
    expect(run('data', 'info', 'birds').stdout).toMatch(/^modalities +image .*16 x 16 x 1.*\n +audio /m);
    const checked = run('data', 'check', 'birds', '--data', 'birds=birds');
    expect([checked.status, checked.stdout]).toEqual([
      0,
      expect.stringMatching(/group +train +test\nplace 0 +6 +2\n[\s\S]*4 examples without audio/),
    ]);
    expect(accuracyOf(config, '--data', 'birds=birds')).toBe(100);
    const { stderr } = run('evaluate', config, 'corpus.inputs.image.height=0', '--dry-run');
    expect(stderr).toContain('corpus.inputs.image.height');
  });
});

describe('an output format', () => {
  const table = `
table: small
title: Halves | *and* pixels_
corpus: {name: mnist-halves, train: 300, test: 100}
architecture: preprocessed
evaluation: {classifier: {c: 1}}
columns:
  - {id: both, label: both, setting: fusion}
  - {id: left, label: left half, setting: classic-left}
rows:
  - {id: pixels, label: "Pixels: <raw>"}
`;

  it('is among the files of a table, with its checksum, and is named by help', () => {
    writeFileSync(join(directory, 'small.yaml'), table);
    const { status, stderr } = run('table', 'small.yaml', '--out', 'out', '-q');
    expect([status, stderr]).toEqual([0, expect.stringContaining('out/table.rst')]);
    const written = readFileSync(join(directory, 'out/table.rst'), 'utf8');
    const { mean } = JSON.parse(readFileSync(join(directory, 'out/table.json'), 'utf8')).rows[0].cells.both;
    expect(written.split('\n').slice(0, 10)).toEqual([
      '.. list-table:: Halves \\| \\*and\\* pixels\\_',
      '   :header-rows: 1',
      '   :stub-columns: 1',
      '',
      '   * -',
      '     - both',
      '     - left half',
      '   * - Pixels\\: \\<raw\\>',
      `     - ${mean.toFixed(1)} (1)`,
      expect.stringMatching(/^ {5}- \d+\.\d \(1\)$/),
    ]);
    const { files } = JSON.parse(readFileSync(join(directory, 'out/manifest.json'), 'utf8'));
    expect(files['table.rst']).toBe(createHash('sha256').update(written).digest('hex'));
    expect(Object.keys(files).sort()).toEqual(
      readdirSync(join(directory, 'out'))
        .filter((name) => name !== 'manifest.json')
        .sort(),
    );
    expect(run('table', '--help').stdout.replace(/\s+/g, ' ')).toContain(
      'LaTeX, bars (SVG), reStructuredText',
    );
  });
});

describe('lines of a diff in a text', () => {
  it('are put where the diff has them, whatever else was entered there since', () => {
    const text = 'import a;\nimport b;\n\nlist = [\n  a,\n  b,\n];\n';
    expect(entered(text, '+import c;\n…\n   a,\n+  c,\n ];\n')).toBe(
      'import c;\nimport a;\nimport b;\n\nlist = [\n  a,\n  b,\n  c,\n];\n',
    );
    expect(entered(text, ' import a;\n+import c;\n…\n').split('\n')[1]).toBe('import c;');
    expect(entered(text, '   a,\n-  b,\n+  c,\n')).toBe('import a;\nimport b;\n\nlist = [\n  a,\n  c,\n];\n');
    expect(() => entered(text, '   d,\n+  c,\n')).toThrow("no line '  d,'");
  });
});
