import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entered, follow, sectionOf } from '../support/documents.js';
import { assertBuilt, emptyDirectory, mmxIn } from '../support/mmx.js';
import { build, copyOfSource } from '../support/source-copy.js';

/*
 * The examples of an architecture and of an output format in docs/extending.md, followed to the letter in one copy of the
 * source: a new file each, two lines of an index each. The compiler checks them on the way.
 */

const document = 'docs/extending.md';
/** The only block that is no file of the source. */
const [, experiment = ''] = /```yaml\n([\s\S]*?)```/.exec(sectionOf(document, 'An architecture')) ?? [];

let copy = '';
let directory = '';

beforeAll(() => {
  assertBuilt();
  copy = copyOfSource('extending');
  directory = emptyDirectory('extended');
  for (const example of ['An architecture', 'An output format']) follow(document, example, copy);
  build(copy);
  writeFileSync(join(directory, 'components.yaml'), experiment);
}, 120_000);
afterAll(() => {
  for (const folder of [copy, directory]) rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => mmxIn(copy, directory, ...args);

describe('the example of an architecture', () => {
  it('learns, is scored and is known everywhere', () => {
    const { stdout, stderr, status } = run('evaluate', 'components.yaml', '--json', '-q');
    expect([status, stderr]).toEqual([0, '']);
    const [{ accuracy, architecture, scores }] = JSON.parse(stdout);
    expect(architecture).toBe('principal-components');
    expect(accuracy.mean).toBeGreaterThan(60);
    expect(scores[0].dimensions).toBe(20);
    expect(run('data', 'info', 'mnist-halves').stdout).toContain('principal-components');
    expect(run('config', 'schema').stdout).toContain('Components kept of each modality');
  }, 60_000);

  it('has its options and its settings checked', () => {
    const check = (override: string) => run('evaluate', 'components.yaml', override, '--dry-run').stderr;
    expect(check('models.principal-components.component=5')).toContain('did you mean `components`?');
    expect(check('setting=shared-left-to-right')).toContain('no space in common');
  });
});

describe('the example of an output format', () => {
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
  }, 60_000);
});

describe('lines of a diff in a text', () => {
  it('are put where the diff has them, whatever else was entered there since', () => {
    const text = 'import a;\nimport b;\n\nlist = [\n  a,\n  b,\n];\n';
    expect(entered(text, '+import c;\n…\n   a,\n+  c,\n ];\n')).toBe(
      'import c;\nimport a;\nimport b;\n\nlist = [\n  a,\n  b,\n  c,\n];\n',
    );
    expect(entered(text, ' import a;\n+import c;\n…\n').split('\n')[1]).toBe('import c;');
    expect(() => entered(text, '   d,\n+  c,\n')).toThrow("no line '  d,'");
  });
});
