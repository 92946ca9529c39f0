import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';

/* What mmx figure refuses, and how it says so. */

let folder = '';
beforeAll(() => {
  assertBuilt();
  folder = emptyDirectory('figure-refusals');
  writeFileSync(
    join(folder, 'half.yaml'),
    `extends: ${join(projectRoot, 'configs/base/mnist-halves.yaml')}
corpus: {name: mnist-halves, train: 200, test: 14}
setting: classic-left
architecture: preprocessed
seeds: [1]
evaluation: {classifier: {c: 1}}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [['--kind', 'portrait'], "argument 'portrait' is invalid"],
  [['--kind', 'embedding', '--method', 'map'], "argument 'map' is invalid"],
  [['--kind', 'reconstructions', '--method', 'umap'], 'only --kind embedding does that'],
  [['--method', 'umap'], 'only --kind embedding does that'],
  [['--kind', 'embedding', '--paper', 'ngiam2011'], '--paper and --figure choose a figure of a paper'],
  [['--kind', 'reconstructions'], "'preprocessed' gives back nothing of what it is shown"],
  [['--kind', 'embedding', '--method', 'umap'], 'UMAP compares each point with its 15 nearest'],
])('%j: exit code 2, a sentence, no trace and no file', (flags, sentence) => {
  const { status, stderr } = mmx(folder, 'figure', 'half.yaml', ...flags, '--out', 'drawn', '-q');
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
  expect(existsSync(join(folder, 'drawn'))).toBe(false);
});
