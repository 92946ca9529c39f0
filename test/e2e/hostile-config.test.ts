import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, projectRoot } from '../support/mmx.js';

beforeAll(assertBuilt);

const required = 'corpus: mnist-halves\narchitecture: raw-cca\nsetting: shared-left-to-right\n';
const each = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

/** The binary with a heap far below what these files took, and killed when it hangs. */
function check(files: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const directory = emptyDirectory('hostile');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=200', join(projectRoot, 'bin', 'mmx.js'), 'config', 'check', 'x.yaml'],
    { cwd: directory, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' },
  );
  return { status, output: stdout + stderr };
}

describe('a configuration that is made to be slow or large', () => {
  it.each<[string, Record<string, string>, string]>([
    ['brackets', { 'x.yaml': '}'.repeat(1 << 20) }, 'the YAML is too long for a config'],
    [
      'aliases',
      { 'x.yaml': `${required}seeds: &a [1]\n${each(4900, (i) => `k${i}: *a\n`)}` },
      'a config may have at most 10000 values',
    ],
    [
      'keys that nobody knows',
      { 'x.yaml': required + each(9900, (i) => `k${i}: 1\n`) },
      '… and at least 980 more problems',
    ],
    [
      'a file without an end',
      { 'x.yaml': `extends: /dev/zero\n${required}` },
      'the file /dev/zero is not a plain file',
    ],
    ['a pipe', { 'x.yaml': `extends: pipe\n${required}` }, 'the file pipe is not a plain file'],
  ])('%s: is refused within bounds of time, memory and words', (_, files, sentence) => {
    const { status, output } = check(files);
    expect(status).toBe(2);
    expect(output).toContain(sentence);
    expect(output.length).toBeLessThan(10_000);
  });

  it('a diamond of files: is read', () => {
    const files = Object.fromEntries(
      Array.from({ length: 26 }, (_, i) => [
        i === 0 ? 'x.yaml' : `d${i}.yaml`,
        i < 25 ? `extends: [d${i + 1}.yaml, d${i + 1}.yaml]\n` : required,
      ]),
    );
    expect(check(files)).toEqual({ status: 0, output: 'ok  x.yaml\n' });
  });
});
