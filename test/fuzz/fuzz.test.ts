import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../support/mmx.js';

interface Report {
  readonly target: string;
  readonly run: number;
  readonly accepted: number;
  readonly refused: number;
  readonly defects: readonly unknown[];
}

const inputs = 16_000;

beforeAll(() => {
  execFileSync('npm', ['run', '-s', 'build:fuzz'], { cwd: projectRoot, stdio: 'ignore' });
});

describe('every reader and loader, given damaged input', () => {
  it(`gives a result or a sentence for ${inputs} inputs`, () => {
    const main = join(projectRoot, 'test/fuzz/.build/test/fuzz/main.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, '--inputs', String(inputs), '--json'],
      {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      },
    );
    const { reports } = JSON.parse(stdout) as { reports: readonly Report[] };
    expect(reports.flatMap(({ defects }) => defects)).toEqual([]);
    expect(reports.length).toBeGreaterThan(15);
    expect(reports.reduce((sum, { run }) => sum + run, 0)).toBeGreaterThanOrEqual(inputs);
    // Damage that no reader notices, and readers that refuse everything, would make this worthless.
    for (const { target, accepted, refused } of reports) {
      expect([target, accepted > 0, refused > 0]).toEqual([target, true, true]);
    }
    expect(status, stderr).toBe(0);
  });
});
