import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmxIn, projectRoot } from '../support/mmx.js';

/*
 * The example of docs/extending.md, followed to the letter in a copy of the source: one new file, two lines of the index.
 * The compiler checks it on the way.
 */

const section = readFileSync(join(projectRoot, 'docs/extending.md'), 'utf8')
  .split(/^## /m)
  .find((part) => part.startsWith('An architecture'));
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section ?? '')?.[1] ?? '';

let copy = '';
let directory = '';

beforeAll(() => {
  assertBuilt();
  copy = emptyDirectory('architecture');
  directory = emptyDirectory('new-architecture');
  for (const part of [
    'bin',
    'configs',
    'datasets',
    'dist',
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ]) {
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'), 'dir');
  writeFileSync(join(copy, 'src/architectures/principal-components.ts'), block('ts'));
  const index = join(copy, 'src/architectures/index.ts');
  const [imported = '', entry = ''] = [...block('diff').matchAll(/^\+(.*)$/gm)].map(([, line]) => line);
  const before = readFileSync(index, 'utf8');
  const after = `${imported}\n${before.replace(/(^ {2}fusionNetwork,\n[\s\S]*?)\];/m, `$1${entry}\n];`)}`;
  expect(after.length - before.length).toBe(imported.length + entry.length + 2);
  writeFileSync(index, after);
  const tsc = spawnSync(
    process.execPath,
    [join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: copy,
      encoding: 'utf8',
    },
  );
  expect(tsc.stdout).toBe('');
  expect(tsc.status).toBe(0);
  writeFileSync(join(directory, 'components.yaml'), block('yaml'));
}, 120_000);
afterAll(() => {
  for (const folder of [copy, directory]) rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => mmxIn(copy, directory, ...args);

describe('the example of an architecture in docs/extending.md', () => {
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
