import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MmxError } from '../../../../src/errors.js';
import type { RunManifest } from '../../../../src/pipeline/runs/manifest.js';
import { temporaryName } from '../../../../src/pipeline/store/temporary.js';
import { refuseMixed } from '../../../../src/report/files/file-set.js';
import { assertConsistent, writeTable, writeTogether } from '../../../../src/report/files/write.js';
import { tableFile, tableFormats } from '../../../../src/report/table/formats.js';
import type { Cell, ResultTable } from '../../../../src/report/table/table.js';
import { cell, tricky } from '../table/fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmx-table-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeTable', () => {
  it('writes every format into a new directory and leaves nothing else', () => {
    const directory = join(folder, 'results', 'tables', 'tricky');
    const paths = writeTable(tricky, directory);
    expect(paths).toEqual(tableFormats.map(({ extension }) => join(directory, `table.${extension}`)));
    expect(tableFormats.map(({ extension }) => extension)).toEqual(
      expect.arrayContaining(['md', 'csv', 'json']),
    );
    tableFormats.forEach(({ render }, index) => {
      expect(readFileSync(paths[index] ?? '', 'utf8')).toBe(render(tricky));
    });
    expect(readdirSync(directory)).toHaveLength(tableFormats.length);
  });

  it('replaces what an earlier run wrote', () => {
    writeTable(tricky, folder);
    const [markdown = ''] = writeTable({ ...tricky, title: 'Second' }, folder);
    expect(readFileSync(markdown, 'utf8')).toContain('**Second**');
    expect(readdirSync(folder)).toHaveLength(tableFormats.length);
  });

  it('says in one sentence where it cannot write, and leaves no temporary file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeTable(tricky, join(folder, 'file', 'tables'))).toThrow(MmxError);
    mkdirSync(join(folder, 'out', 'table.csv', 'occupied'), { recursive: true });
    expect(() => writeTable(tricky, join(folder, 'out'))).toThrow(/table\.csv/);
    expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** As far as it matters here. */
const manifest = {
  format: 1,
  command: ['mmx', 'table', 'tricky.yaml', 'seeds=[1, 2]'],
  stages: [],
} as unknown as RunManifest;

const manifestIn = (directory: string): RunManifest =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as RunManifest;

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the files of a run', () => {
  it('are named in its manifest with their checksums, and their paths returned without it', () => {
    const paths = writeTable(tricky, folder, { manifest });
    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(tableFormats.map(tableFile));
    const { files, ...rest } = manifestIn(folder);
    expect(rest).toEqual(manifest);
    expect(files).toEqual(
      Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), sha256(path)])),
    );
    expect(() => refuseMixed(folder)).not.toThrow();
  });

  it('are refused where some are of another run, with the command that writes them anew', () => {
    const other = join(folder, 'other');
    writeTable(tricky, folder, { manifest });
    writeTable({ ...tricky, title: 'Second' }, other, { manifest });
    copyFileSync(join(other, 'table.json'), join(folder, 'table.json'));
    const error = refusal(folder);
    expect(error.message).toMatch(
      /table\.json does not have the checksum that \S+manifest\.json records: .*killed.*changed/,
    );
    expect(error.hint).toContain("mmx table tricky.yaml 'seeds=[1, 2]'");
    writeTable(tricky, folder, { manifest });
    expect(() => refuseMixed(folder)).not.toThrow();
  });

  it('may have other line ends: version control can change them', () => {
    writeTable(tricky, folder, { manifest });
    const path = join(folder, 'table.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
    expect(() => refuseMixed(folder)).not.toThrow();
  });

  it('may be removed, and those for people changed', () => {
    writeTable(tricky, folder, { manifest });
    writeFileSync(join(folder, 'table.md'), 'my own words');
    expect(() => refuseMixed(folder)).not.toThrow();
    rmSync(join(folder, 'table.json'));
    expect(() => refuseMixed(folder)).not.toThrow();
  });

  it('are not judged where nothing records them: by an older mmx, or a manifest that is damaged', () => {
    expect(() => refuseMixed(folder)).not.toThrow();
    writeTable(tricky, folder);
    for (const text of ['{"format": 1, "stages": []}', '{"form', '[]', 'null']) {
      writeFileSync(join(folder, 'manifest.json'), text);
      expect(() => refuseMixed(folder)).not.toThrow();
    }
  });

  it('are looked for in their folder alone', () => {
    writeFileSync(join(folder, 'outside.json'), '{}');
    const directory = join(folder, 'table');
    mkdirSync(directory);
    for (const name of ['../outside.json', '/etc/hosts.json', 'a\0.json', '..']) {
      const text = JSON.stringify({ ...manifest, files: { [name]: '0'.repeat(64) } });
      writeFileSync(join(directory, 'manifest.json'), text);
      expect(() => refuseMixed(directory), name).not.toThrow();
    }
  });

  it('keep their checksums when one is written again on its own', () => {
    const claims = (text: string) => [
      { name: 'claims.json', content: text },
      { name: 'claims.md', content: text },
    ];
    writeTogether(folder, [...claims('first'), { name: 'README.md', content: 'read' }], manifest);
    writeTogether(folder, claims('second'));
    expect(() => refuseMixed(folder)).not.toThrow();
    expect(manifestIn(folder)).toEqual({
      ...manifest,
      files: Object.fromEntries(
        ['claims.json', 'claims.md', 'README.md'].map((name) => [name, sha256(join(folder, name))]),
      ),
    });
    const before = readFileSync(join(folder, 'manifest.json'));
    writeTogether(folder, [{ name: 'report.html', content: 'x' }]);
    expect(readFileSync(join(folder, 'manifest.json'))).toEqual(before);
  });

  it('are written where dead writers left theirs, which go; those of the living and of others stay', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const living = temporaryName('table.md');
    for (const name of [`table.md.${host}-${pid}-00000000.tmp`, living, 'letter.tmp', 'table.md.tmp'])
      writeFileSync(join(folder, name), 'half');
    const longAgo = Date.now() / 1000 - 30 * 24 * 3600;
    for (const name of ['letter.tmp', 'table.md.tmp']) utimesSync(join(folder, name), longAgo, longAgo);
    writeTable(tricky, folder);
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.tmp'))
        .sort(),
    ).toEqual(['letter.tmp', living, 'table.md.tmp'].sort());
  });
});

function refusal(directory: string): MmxError {
  try {
    refuseMixed(directory);
  } catch (error) {
    if (error instanceof MmxError) return error;
    throw error;
  }
  throw new Error('nothing is refused');
}

describe('assertConsistent', () => {
  const withCell = (changed: Partial<Cell>, column = 'fusion'): ResultTable => ({
    ...tricky,
    rows: [{ id: 'row', label: 'row', cells: { [column]: { ...cell([1, 2]), ...changed } } }],
  });

  it.each([
    ['unknown column', withCell({}, 'fussion'), /fussion: no such column/],
    ['n', withCell({ n: 3 }), /n is 3, values 2/],
    ['not a number', withCell({ mean: Number.NaN }), /not finite/],
    ['no spread', withCell({ sd: null }), /s\.d\. null of 2 values/],
    ['negative spread', withCell({ sd: -1 }), /s\.d\. -1/],
    [
      'repeated row',
      { ...tricky, rows: [...tricky.rows, ...tricky.rows] },
      /two rows are called single-view/,
    ],
    ['repeated column', { ...tricky, columns: [...tricky.columns, ...tricky.columns] }, /two columns/],
    [
      'reference column',
      { ...tricky, references: [{ label: 'r', source: 's', values: { up: { value: 1, pm2sd: null } } }] },
      /reference r, column up: no such column/,
    ],
  ])('%s', (_, table, message) => {
    expect(() => assertConsistent(table)).toThrow(message);
  });

  it('accepts the tricky table', () => {
    expect(() => assertConsistent(tricky)).not.toThrow();
  });
});
