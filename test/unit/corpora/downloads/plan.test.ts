import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mirrorAddress } from '../../../../src/corpora/downloads/addresses.js';
import {
  allDownloads,
  downloadNamed,
  loadDownload,
  parseDownload,
} from '../../../../src/corpora/downloads/description.js';
import { planFiles } from '../../../../src/corpora/downloads/plan.js';
import { type ListedFile, parseListing } from '../../../../src/corpora/downloads/zenodo.js';
import { corpora } from '../../../../src/corpora/registry.js';
import { packageRoot } from '../../../../src/package-root.js';
import { errorOf } from '../../../support/errors.js';

const grid = loadDownload('grid');
const s1 = 'cbd6556668f061b5c3681bc722659b39';

const listedOf = (name: string, md5: string, bytes = 10): ListedFile => ({
  name,
  bytes,
  md5,
  address: `https://zenodo.org/api/records/3625687/files/${name}/content`,
});

const listing = [
  ...grid.files.map(({ name, md5 }) => listedOf(name, md5 ?? '0'.repeat(32))),
  listedOf('audio_25k.zip', '4b3ac37b1a258f55d1eebe657de491a9'),
];

describe('the descriptions', () => {
  it('are those of open corpora, with corpora that exist', () => {
    expect(allDownloads().map(({ name }) => name)).toEqual([
      'fsdd',
      'grid',
      'ravdess',
      'written-and-spoken-digits',
    ]);
    for (const { corpora: read, name, unread } of allDownloads()) {
      expect(Object.keys(corpora)).toEqual(expect.arrayContaining(read));
      expect(read.length > 0 || (unread ?? '') !== '', name).toBe(true);
    }
  });

  it('have cards that name the command and the licence', () => {
    for (const { name, licence } of allDownloads()) {
      const card = readFileSync(join(packageRoot(), 'datasets', `${name}.md`), 'utf8');
      expect(card).toContain(`mmx data fetch ${name}`);
      expect(card).toContain(licence.name);
    }
  });

  it('of GRID names 33 talkers and the alignments', () => {
    expect(grid.files).toHaveLength(34);
    expect(grid.files.some(({ part }) => part === 's21')).toBe(false);
    expect(grid.files.find(({ name }) => name === 's1.zip')?.md5).toBe(s1);
  });

  it.each([
    ['title: x', /is not a description of a download: licence is missing/],
    ['[', /it is not valid YAML/],
    ['- 1', /expected object/],
  ])('%j is none', (text, message) => {
    expect(errorOf(() => parseDownload(text, 'x', 'x.yaml')).message).toMatch(message);
  });

  it.each([
    ['a name that leads elsewhere', 'name: s1.zip', 'name: ../s1.zip', /files\[1\]\.name/],
    ['a folder that leads elsewhere', '{into: s1}', '{into: ../s1}', /files\[1\]\.unpack\.into/],
    [
      'an address of its own beside a record',
      'name: s1.zip',
      'name: s1.zip, address: "https://a.test/"',
      /not both/,
    ],
    ['an address that is not https', 'more: https', 'more: http', /more: Invalid URL/],
    ['a name twice', 's2.zip', 'S1.zip', /two files have one name/],
  ])('%s is refused', (_, from, to, message) => {
    const text = readFileSync(join(packageRoot(), 'datasets/downloads/grid.yaml'), 'utf8');
    expect(text).toContain(from);
    expect(errorOf(() => parseDownload(text.replace(from, to), 'grid', 'grid.yaml')).message).toMatch(
      message,
    );
  });

  it('are found by the corpora that read them', () => {
    expect(downloadNamed('grid-letters').name).toBe('grid');
    expect(errorOf(() => downloadNamed('cuave'))).toMatchObject({ exitCode: 2, code: 'fetch/unknown' });
  });
});

describe('the files to fetch', () => {
  it('have what the listing says of them', () => {
    const files = planFiles(grid, listing, { only: ['s2', 's1'] });
    expect(files.map(({ name }) => name)).toEqual(['alignments.zip', 's1.zip', 's2.zip']);
    expect(files[1]).toMatchObject({ bytes: 10, mostBytes: 10, md5: s1, unpack: { into: 's1' } });
    expect(files[1]?.address).toBe('https://zenodo.org/api/records/3625687/files/s1.zip/content');
  });

  it('are refused where the listing contradicts what is pinned', () => {
    const lying = listing.map((one) => (one.name === 's1.zip' ? { ...one, md5: 'f'.repeat(32) } : one));
    const error = errorOf(() => planFiles(grid, lying, {}));
    expect(error.code).toBe('fetch/contradiction');
    expect(error.message).toContain(`s1.zip of grid: the listing of ${grid.more} gives the md5 ffff`);
    const ravdess = loadDownload('ravdess');
    const short = ravdess.files.map(({ name, md5 }) => listedOf(name, md5 ?? '0'.repeat(32), 5));
    expect(errorOf(() => planFiles(ravdess, short, {})).message).toMatch(
      /gives the size 5, but mmx expects 208468073/,
    );
  });

  it('must be in the listing', () => {
    expect(errorOf(() => planFiles(grid, listing.slice(1), {})).message).toMatch(
      /no longer has alignments\.zip/,
    );
  });

  it('lie below a mirror under their own names', () => {
    const mirror = mirrorAddress('https://example.org/grid');
    const files = planFiles(grid, undefined, { only: ['s1'], mirror });
    expect(files.map(({ address, md5, bytes }) => [address, md5, bytes])).toEqual([
      ['https://example.org/grid/alignments.zip', undefined, undefined],
      ['https://example.org/grid/s1.zip', s1, undefined],
    ]);
  });

  it.each([[['s21']], [['s1', 'x']], [[]]])('%j are no parts of GRID', (only) => {
    expect(errorOf(() => planFiles(grid, listing, { only }))).toMatchObject({
      exitCode: 2,
      hint: expect.stringMatching(/^its parts are s1, s2, /),
    });
  });
});

describe('a mirror', () => {
  it.each([
    'https://a.test/x',
    'https://a.test',
    'http://127.0.0.1:80/x/',
    'http://localhost/',
    'http://[::1]:1/',
  ])('%s', (text) => {
    expect(mirrorAddress(text).pathname).toMatch(/\/$/);
  });

  it.each([
    'http://a.test/',
    'http://127.0.0.1.a.test/',
    'http://localhost.a.test/',
    'ftp://a.test/',
    'file:///etc',
    'x',
    'https://me:you@a.test/',
    'https://a.test/?x',
  ])('not %s', (text) => {
    expect(errorOf(() => mirrorAddress(text))).toMatchObject({ exitCode: 2, code: 'cli/usage' });
  });
});

describe('a listing', () => {
  const entry = {
    key: 's1.zip',
    size: 10,
    checksum: `md5:${s1}`,
    links: { self: 'https://zenodo.org/api/records/1/files/s1.zip/content' },
  };
  const textOf = (...files: readonly unknown[]) => JSON.stringify({ id: 1, files });

  it('tells names, sizes and checksums', () => {
    expect(parseListing(textOf({ ...entry, more: 1 }), 'x')).toEqual([
      { name: 's1.zip', bytes: 10, md5: s1, address: entry.links.self },
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '<html>', /^x is not a listing of a record of Zenodo: it is not valid JSON/],
    ['no files', '{}', /files is missing/],
    [
      'another checksum',
      textOf({ ...entry, checksum: 'sha1:1' }),
      /files\[0\]\.checksum: expected md5: and 32/,
    ],
    ['a negative size', textOf({ ...entry, size: -1 }), /files\[0\]\.size/],
    ['half a byte', textOf({ ...entry, size: 1.5 }), /files\[0\]\.size/],
    ['a file twice', textOf(entry, entry), /names s1\.zip twice/],
    [
      'another host',
      textOf({ ...entry, links: { self: 'https://a.test/s1.zip' } }),
      /outside https:\/\/zenodo\.org/,
    ],
    ['another port', textOf({ ...entry, links: { self: 'https://zenodo.org:81/s1.zip' } }), /outside https/],
    ['http', textOf({ ...entry, links: { self: 'http://zenodo.org/s1.zip' } }), /outside https/],
    ['many files', textOf(...Array.from({ length: 10_001 }, () => entry)), /files: Too big/],
    ['depth', `{"files":${'['.repeat(10_000)}`, /nested too deeply/],
  ])('%s: refused', (_, text, message) => {
    const error = errorOf(() => parseListing(text, 'x'));
    expect(error).toMatchObject({ code: 'fetch/listing', exitCode: 1 });
    expect(error.message).toMatch(message);
  });
});
