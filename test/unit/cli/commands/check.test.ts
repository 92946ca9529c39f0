import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from '../../../../src/cli/program.js';
import { renderJson } from '../../../../src/report/table/json.js';
import type { ResultTable } from '../../../../src/report/table/table.js';
import { commandLine } from '../../../support/command-line.js';
import { claimTables } from '../../report/claims/fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmx-check-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function writeTables(changed: Parameters<typeof claimTables>[0] = {}): void {
  for (const [name, table] of claimTables(changed)) writeJson(name, table);
}

function writeJson(name: string, table: ResultTable): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'table.json'), renderJson(table));
}

describe('mmx check', () => {
  it('prints the claims and exits with 0, in strict form too, when all are reproduced', async () => {
    writeTables();
    const outcome = await commandLine('check', folder);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toContain('9 claims: 9 reproduced, 0 not reproduced, 0 not testable');
    expect((await commandLine('check', folder, '--strict')).status).toBe(0);
  });

  it('honours NO_COLOR and FORCE_COLOR', async () => {
    writeTables();
    vi.stubEnv('NO_COLOR', '1');
    vi.stubEnv('FORCE_COLOR', undefined);
    expect((await commandLine('check', folder)).stdout).not.toContain('\u001b[');
    vi.stubEnv('FORCE_COLOR', '1');
    expect((await commandLine('check', folder)).stdout).toContain('\u001b[32m✓ reproduced');
  });

  it('exits with 0 on a claim that is not reproduced, and with 1 in strict form', async () => {
    writeTables({ 'table1a/rbm/video': [70, 71, 72] });
    expect((await commandLine('check', folder)).status).toBe(0);
    const strict = await commandLine('check', folder, '--strict', '--json');
    expect(strict.status).toBe(1);
    expect(JSON.parse(strict.stdout).counts).toEqual({ reproduced: 8, not_reproduced: 1, not_testable: 0 });
  });

  it('exits with 1 in strict form on a claim that cannot be tested', async () => {
    writeTables();
    rmSync(join(folder, 'units'), { recursive: true });
    expect(await commandLine('check', folder)).toMatchObject({ status: 0 });
    expect(await commandLine('check', folder, '--strict')).toMatchObject({ status: 1 });
  });

  it('exits with 1 when nothing can be tested', async () => {
    const [table] = [...claimTables().values()];
    if (table === undefined) throw new Error('a table');
    writeJson('table1a', { ...table, rows: [] });
    const outcome = await commandLine('check', folder);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toContain('9 not testable');
  });

  it('takes the paper from claims.json in the folder, unless it is named', async () => {
    writeTables();
    const stored = (text: string): void => writeFileSync(join(folder, 'claims.json'), text);
    const claims = JSON.parse((await commandLine('check', folder, '--json')).stdout);
    stored(JSON.stringify({ ...claims, paper: 'doe2020' }));
    const { status, stdout, stderr } = await commandLine('check', folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      "claims.json belongs to the paper 'doe2020', which this version of mmx does not know",
    );
    stored('{"paper": ');
    const damaged = await commandLine('check', folder);
    expect([damaged.status, damaged.stdout]).toEqual([1, '']);
    expect(damaged.stderr).toMatch(/not a record of claims: .*\n {2}→ mmx check DIR --paper NAME --out DIR/);
    const named = await commandLine('check', folder, '--paper', 'ngiam2011', '--out', folder);
    expect(named.status).toBe(0);
    expect((await commandLine('check', folder)).status).toBe(0);
  });

  it('writes claims.json and claims.md', async () => {
    writeTables();
    const out = join(folder, 'out');
    const { stdout, stderr, status } = await commandLine('check', folder, '--json', '--out', out);
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['claims.json', 'claims.md']);
    expect(readFileSync(join(out, 'claims.json'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(out, 'claims.md'), 'utf8')).toContain('9 reproduced');
    expect(stderr).toContain(join(out, 'claims.md'));
  });

  describe('--against', () => {
    const against = (): string => join(folder, 'reference', 'claims.json');
    const check = (...more: string[]) => commandLine('check', folder, '--against', against(), ...more);
    const referenceOf = async (changed: Parameters<typeof claimTables>[0] = {}): Promise<void> => {
      writeTables(changed);
      await commandLine('check', folder, '--out', join(folder, 'reference'));
      for (const [name] of claimTables()) rmSync(join(folder, name), { recursive: true });
    };

    it('exits with 0 when every claim that was reproduced still is', async () => {
      await referenceOf();
      writeTables();
      const { status, stdout } = await check();
      expect(status).toBe(0);
      expect(stdout).toContain(
        `against ${against()}:\n9 of the 9 claims reproduced in the reference still are\n`,
      );
    });

    it('exits with 1 on a lost claim, and names it and the tests that no longer hold', async () => {
      await referenceOf();
      writeTables({ 'table1a/rbm/video': [70, 71, 72] });
      const { status, stdout } = await check();
      expect(status).toBe(1);
      expect(stdout).toContain(
        'lost: claim 1, Cross-modality learning helps video: reproduced in the reference, now not reproduced (',
      );
      expect(stdout).toContain('letters: video-only AE > video RBM)');
      expect(stdout).toContain('8 of the 9 claims reproduced in the reference still are');
      const { against: told, claims } = JSON.parse((await check('--json')).stdout);
      expect(claims).toHaveLength(9);
      expect(told).toMatchObject({ file: against(), held: 9, other_corpora: null, gained: [] });
      expect(told.lost).toMatchObject([{ number: 1, before: 'reproduced', now: 'not reproduced' }]);
    });

    it('counts a claim that can no longer be tested as lost', async () => {
      await referenceOf();
      writeTables();
      rmSync(join(folder, 'units'), { recursive: true });
      const { status, stdout } = await check();
      expect(status).toBe(1);
      expect(stdout).toMatch(/lost: claim \d, .*: reproduced in the reference, now not testable/);
    });

    it('does not mind what was not reproduced before, and tells what was gained', async () => {
      await referenceOf({ 'table1a/rbm/video': [70, 71, 72] });
      writeTables();
      const { status, stdout } = await check();
      expect(status).toBe(0);
      expect(stdout).toContain(
        'gained: claim 1, Cross-modality learning helps video: not reproduced in the reference, now reproduced',
      );
    });

    it('says when the reference is of other data', async () => {
      await referenceOf();
      writeTables();
      const stored = JSON.parse(readFileSync(against(), 'utf8'));
      writeFileSync(against(), JSON.stringify({ ...stored, corpora: ['elsewhere'] }));
      expect((await check()).stdout).toContain('The reference is of other data: elsewhere.');
    });

    it('refuses a reference that is not there, or is none', async () => {
      writeTables();
      const { status, stdout, stderr } = await check();
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(
        /^mmx: The file of claims .*, to compare with, does not exist\.\n {2}→ mmx check DIR/,
      );
      mkdirSync(join(folder, 'reference'));
      writeFileSync(against(), '[]');
      expect(await check()).toMatchObject({ status: 1, stdout: '' });
    });
  });

  it('says where it cannot write', async () => {
    writeTables();
    writeFileSync(join(folder, 'file'), '');
    const { status, stderr } = await commandLine('check', folder, '--out', join(folder, 'file', 'out'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mmx: .*file.* cannot be/);
  });

  it('says that there is no directory, or no table in it', async () => {
    const absent = await commandLine('check', join(folder, 'absent'));
    expect(absent).toMatchObject({ status: 2, stdout: '' });
    expect(absent.stderr).toMatch(/^mmx: There is no folder .*absent.*\.\n {2}→ /);
    mkdirSync(join(folder, 'something-else'));
    const empty = await commandLine('check', folder);
    expect(empty.status).toBe(2);
    expect(empty.stderr).toMatch(/^mmx: No table of the nine claims is in /);
    expect(JSON.parse((await commandLine('check', folder, '--json')).stdout).error.code).toBe(
      'claims/no-tables',
    );
  });

  type Content = Record<string, unknown>;
  const broken = (change: (content: Content) => unknown): string => {
    const content = JSON.parse(readFileSync(join(folder, 'table4', 'table.json'), 'utf8')) as Content;
    return JSON.stringify(change(content));
  };
  const row = (cells: unknown, id: unknown = 'raw-cca'): Content => ({ id, label: 'x', cells });
  const withRows = (...rows: unknown[]) => {
    return () => broken((content) => ({ ...content, rows }));
  };
  const whole = { published: null, published_detail: null };
  const cell = { values: [1, 2], n: 2, mean: 1.5, sd: 0.5, unit: 'percent', ...whole };

  it.each([
    ['cut off', () => '{"table": "table4", "corp', /is not a table: it is not valid JSON/],
    ['empty', () => '', /not valid JSON/],
    ['another thing', () => '[1]', /expected object, received array/],
    ['no corpus', () => broken(({ corpus, ...rest }) => rest), /corpus is missing/],
    ['row twice', withRows(row({}), row({})), /rows\[1\]: repeats raw-cca/],
    ['wrong count', withRows(row({ 'hearing-to-see': { ...cell, n: 3 } })), /is 3, and there are 2 values/],
  ])('names the file that is damaged: %s', async (_, text, message) => {
    writeTables();
    const path = join(folder, 'table4', 'table.json');
    writeFileSync(path, text());
    const { status, stdout, stderr } = await commandLine('check', folder);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`mmx: ${path} is not a table`);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('names a table.json that is a directory', async () => {
    mkdirSync(join(folder, 'table1a', 'table.json'), { recursive: true });
    const { status, stderr } = await commandLine('check', folder);
    expect(status).toBe(1);
    expect(stderr).toContain(join(folder, 'table1a', 'table.json'));
  });

  it('explains its exit codes, with examples', () => {
    const help: string[] = [];
    const command = program().commands.find((one) => one.name() === 'check');
    command?.configureOutput({ writeOut: (text) => help.push(text) });
    command?.outputHelp();
    expect(help.join('')).toMatch(/Exit code: 0[\s\S]*--strict[\s\S]*Examples:/);
  });
});
