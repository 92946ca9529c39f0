import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertBuilt, emptyDirectory, mmx } from '../support/mmx.js';

let directory: string;

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('shipped');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each(['mnist-halves/demo', 'mnist-halves/demo.yaml', 'configs/mnist-halves/demo.yaml'])(
  '%s names the config that comes with mmx, from any folder',
  (name) => {
    const { status, stdout, stderr } = mmx(directory, 'config', 'show', name);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('table: mnist-halves-demo');
  },
);

test('mmx demo plans the stages of the demo table', () => {
  const { status, stdout, stderr } = mmx(directory, 'demo', '--dry-run', '--json', '--seeds', '1');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toBe(
    mmx(directory, 'table', 'mnist-halves/demo', '--dry-run', '--json', '--seeds', '1').stdout,
  );
});

test('a local file wins', () => {
  mkdirSync(join(directory, 'mnist-halves'), { recursive: true });
  const file = join(directory, 'mnist-halves', 'settings.yaml');
  writeFileSync(file, 'extends: mmx/mnist-halves/demo\ntable: mine\n');
  const { status, stdout } = mmx(directory, 'config', 'show', 'mnist-halves/settings.yaml');
  expect(status).toBe(0);
  expect(stdout).toContain('table: mine');
});

test('extends names configs that come with mmx, and a local file wins there too', () => {
  writeFileSync(join(directory, 'own.yaml'), 'extends: mmx/mnist-halves/rbm-cca.yaml\nseeds: [7]\n');
  const shipped = mmx(directory, 'config', 'show', 'own.yaml');
  expect(shipped).toMatchObject({ status: 0, stderr: '' });
  expect(shipped.stdout).toContain('architecture: rbm-cca');
  mkdirSync(join(directory, 'mmx/mnist-halves'), { recursive: true });
  writeFileSync(join(directory, 'mmx/mnist-halves/rbm-cca.yaml'), 'extends: nowhere.yaml\n');
  expect(mmx(directory, 'config', 'show', 'own.yaml').stderr).toContain('nowhere.yaml does not exist');
});

test('a name that is nearly one is told of, in one sentence', () => {
  const { status, stderr } = mmx(directory, 'table', 'mnist-halves/dmeo');
  expect(status).toBe(2);
  expect(stderr).toBe(
    'mmx: mnist-halves/dmeo: the file does not exist\n  → did you mean mnist-halves/demo, which comes with mmx?\n',
  );
});

test.each(['mmx/../package', 'mmx/base/../../package', 'mmx', 'mmx/'])('extends: %s names none', (name) => {
  writeFileSync(join(directory, 'odd.yaml'), `extends: ${name}\n`);
  const { status, stderr } = mmx(directory, 'config', 'show', 'odd.yaml');
  expect(status).toBe(2);
  expect(stderr).toContain('odd.yaml:1:10');
});
