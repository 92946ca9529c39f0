import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../../support/command-line.js';
import { manifest, stage, writeTable } from '../../../report/html/fixture.js';
import { wide } from '../../../report/table/fixture.js';

const home = process.cwd();
beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'mmx-damaged-'))));
afterEach(() => process.chdir(home));

/** What may lie in the place of a file. */
const places: Readonly<Record<string, (path: string) => void>> = {
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
  'a folder': (path) => void mkdirSync(path),
  'a file of 100 MB': (path) => {
    writeFileSync(path, '{"title": "');
    truncateSync(path, 1e8);
  },
};

describe.each(Object.entries(places))('%s in the place of a file', (_, put) => {
  it.each(['table.json', 'claims.json', 'manifest.json', 'figure4.png'])(
    '%s is refused by name',
    async (name) => {
      // Another table than the one that is damaged: a folder named table.json holds none.
      writeTable('other', wide);
      mkdirSync('r');
      if (name !== 'table.json') writeTable('r', wide);
      put(join('r', name));
      const { status, stdout, stderr } = await commandLine('report', 'r');
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(`r/${name} `);
      expect(stderr.length).toBeLessThan(500);
      expect(existsSync('r/report.html')).toBe(false);
      if (name === 'figure4.png' || name === 'claims.json') return;
      expect(await commandLine('runs', 'compare', 'r', 'other')).toMatchObject({ status: 1, stdout: '' });
    },
  );

  it('a README without which a report can be is passed over', async () => {
    writeTable('r', wide);
    put(join('r', 'README.md'));
    expect(await commandLine('report', 'r')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a damaged manifest', () => {
  const manifests = join('results', 'runs', 'manifests');
  const put = (id: string, text: string): void => {
    mkdirSync(manifests, { recursive: true });
    writeFileSync(join(manifests, `${id}.json`), text);
  };

  it('is told of beside the list of the others, in JSON too', async () => {
    put('one', JSON.stringify(manifest()));
    put('two', JSON.stringify({ ...manifest(), stages: [{ ...stage('rbm', 'x'), hash: '../..' }] }));
    const why = `${manifests}/two.json is not a run manifest: stages[0].hash: is not a stage hash.`;
    const { status, stdout, stderr } = await commandLine('runs', 'ls');
    expect({ status, stderr }).toEqual({ status: 0, stderr: `mmx: ${why} It is left out here.\n` });
    expect(stdout).toMatch(/^one {2}complete/);
    expect(JSON.parse((await commandLine('runs', 'ls', '--json')).stdout)).toEqual([
      expect.objectContaining({ id: 'one', stages: 0 }),
      { id: 'two', error: { code: 'pipeline/manifest', message: why } },
    ]);
    for (const words of [
      ['runs', 'show', 'two'],
      ['runs', 'compare', 'one', 'two'],
      ['runs', 'compare', 'two', 'one'],
    ]) {
      expect((await commandLine(...words)).stderr).toMatch(/manifests\/(one|two)\.json/);
    }
  });

  it('that is a file in the place of the folder of all is none at all', async () => {
    mkdirSync(join('results', 'runs'), { recursive: true });
    writeFileSync(manifests, '');
    expect(await commandLine('runs', 'ls')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('mmx runs cancel', () => {
  const marks = join('results', 'runs', 'running');
  const put = (name: string, content: object): void => {
    mkdirSync(marks, { recursive: true });
    writeFileSync(join(marks, name), JSON.stringify(content));
  };
  const mark = { id: 'run', command: ['mmx'], launcher: 'local', host: hostname(), hashes: [] };

  const cancelled = (pid: unknown) => {
    put('run.0123abcd-77-89abcdef.tmp', { ...mark, pid });
    return commandLine('runs', 'cancel', 'run');
  };

  it.each([0, 1, 2 ** 31 - 2])('signals nothing for process %s', async (pid) => {
    const { status, stderr } = await cancelled(pid);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mmx: run cannot be cancelled: /);
  });

  it.each([-1, '7', 1e300])('takes a mark with the process %s for no run', async (pid) => {
    const { status, stderr } = await cancelled(pid);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mmx: no run/);
  });

  it('leaves a record that it cannot read', async () => {
    put('run.slurm.json', { ...mark, launcher: 'slurm', pid: 7, tasks: 'none' });
    for (const command of ['cancel', 'watch']) {
      const { status, stderr } = await commandLine('runs', command, 'run');
      expect(status).toBe(1);
      expect(stderr).toContain(`${marks}/run.slurm.json is not the record of a run on Slurm: `);
    }
    expect(existsSync(join(marks, 'run.slurm.json'))).toBe(true);
  });
});
