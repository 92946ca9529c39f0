import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('documents show the committed results as they are', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'docs/update-tables.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

const documents = [
  'README.md',
  'bench/README.md',
  'results/published/README.md',
  'datasets/mnist-halves.md',
  ...['architecture', 'assumptions', 'reproducing', 'settings'].map((name) => `docs/${name}.md`),
];

it.each(documents)('every link of %s leads to a file', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? '');
  const broken = links.filter(
    (target) =>
      !existsSync(target.startsWith('/') ? join(root, target) : join(root, dirname(document), target)),
  );
  expect(broken).toEqual([]);
});
