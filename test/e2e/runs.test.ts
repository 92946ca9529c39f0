import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx, smallTable } from '../support/mmx.js';

const small = smallTable
  .replace(/train: 3000, test: 1000/, 'train: 1000, test: 300')
  .replaceAll('hidden: 60, epochs: 4', 'hidden: 40, epochs: 1')
  .replace(
    / {2}- \{id: dbn.*\n[\s\S]*(?= {2}- \{id: rbm-cca)/,
    '  - {id: cca, label: CCA, architecture: raw-cca}\n',
  );

let directory = '';
let ids: string[] = [];
const json = (...args: string[]) => {
  const { status, stdout, stderr } = mmx(directory, ...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('runs');
  writeFileSync(join(directory, 'small.yaml'), small);
  writeFileSync(join(directory, 'other.yaml'), small.replace('table: small', 'table: other'));
  const tables = [
    ['table', 'small.yaml', '--out', 'first'],
    ['table', 'other.yaml', '--seeds', '2,1,3', 'rbm.right.epochs=2', '--out', 'second'],
  ];
  for (const table of tables) expect(mmx(directory, ...table, '-j', '1').status).toBe(0);
  ids = readdirSync(join(directory, 'results/runs/manifests'))
    .map((name) => name.replace('.json', ''))
    .sort((a, b) => Number(a.endsWith('other')) - Number(b.endsWith('other')));
});

interface Compared {
  cell: string;
  first: number;
  second: number;
  difference: number;
  interval: [number, number] | null;
  seeds: number[] | null;
}

const valuesIn = (folder: string, row: string): number[] => {
  const table = JSON.parse(readFileSync(join(directory, folder, 'table.json'), 'utf8'));
  return table.rows.find(({ id }: { id: string }) => id === row).cells['right-to-left'].values;
};

describe('several runs', () => {
  it('stand side by side in 80 columns, as JSON and as CSV', () => {
    const [a = '', b = ''] = ids;
    const { status, stdout } = mmx(directory, 'runs', 'compare', a, b, 'first');
    expect(status).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toContain('rbm-cca/right-to-left, accuracy in %');
    expect(stdout).toMatch(/rbm\.right\.epochs\n {4}A C {2}1\n {4}B {2}2\n/);
    const found = json('runs', 'compare', a, b, 'first');
    const cell = found.cells.find(({ name }: { name: string }) => name === 'rbm-cca/right-to-left');
    const pair = json('runs', 'compare', a, b).cells[1];
    expect(cell.runs[1].difference.value).toBeCloseTo(pair.difference, 5);
    expect(cell.runs[2].difference).toMatchObject({ value: 0, seeds: [1, 2] });
    const [one = 0, two = 0] = valuesIn('first', 'rbm-cca');
    expect(cell.runs[0].two_sd).toBeCloseTo(Math.SQRT2 * Math.abs(one - two), 4);
    const left = found.losses.find(({ name }: { name: string }) => name.startsWith('rbm left'));
    expect(left.unit).toBe('reconstruction error');
    expect(left.runs[0].values).toEqual(left.runs[2].values);
    const csv = mmx(directory, 'runs', 'compare', a, b, '--csv').stdout.trim().split('\n');
    expect(csv[0]).toBe('name,unit,run,mean,two_sd,n,difference,low,high,p');
    expect(csv.length).toBeGreaterThan(5);
  });

  it('are refused when there is one, or more than eight', () => {
    for (const names of [['first'], Array.from({ length: 9 }, () => 'first')]) {
      const { status, stderr } = mmx(directory, 'runs', 'compare', ...names);
      expect(status).toBe(2);
      expect(stderr).toContain('compares two to 8 runs');
    }
  });

  it('have their curves in one chart: in a report, and as files', () => {
    expect(mmx(directory, 'report', 'first', 'second', '--out', 'both.html').status).toBe(0);
    const page = readFileSync(join(directory, 'both.html'), 'utf8');
    expect(page.includes('>Curves of all runs</h2>')).toBe(true);
    expect(/Reconstruction error of rbm right[^<]*A {2}first, mean of 2 seeds: from/.test(page)).toBe(true);
    const { written } = json('figure', '--kind', 'curves', 'first', ids[1] ?? '', '--out', 'drawn');
    expect(written).toEqual(expect.arrayContaining(['drawn/curves-1.svg', 'drawn/curves-1.png']));
    const svg = readFileSync(join(directory, 'drawn/curves-1.svg'), 'utf8');
    // Seeds 1 and 2 of the first run and 1, 2, 3 of the second, and a mean of each; runs of one epoch are dots.
    expect(svg.match(/<(polyline|circle)/g)).toHaveLength(7);
    const alone = mmx(directory, 'figure', '--kind', 'curves', 'first');
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringContaining('two to 8 runs')]);
  });
});

describe('runs compare', () => {
  it('pairs seeds whatever their order, from the store as from the tables', () => {
    const [a = '', b = ''] = ids;
    const stored = json('runs', 'compare', a, b);
    const [one, two] = valuesIn('first', 'rbm-cca');
    // The second run has the seeds 2, 1, 3.
    const [otherTwo, otherOne] = valuesIn('second', 'rbm-cca');
    const [cca, rbmCca]: Compared[] = stored.cells;
    expect(cca).toMatchObject({ cell: 'cca/right-to-left', difference: 0, seeds: null, interval: null });
    const differences = [(otherOne ?? 0) - (one ?? 0), (otherTwo ?? 0) - (two ?? 0)];
    expect(rbmCca?.seeds).toEqual([1, 2]);
    expect(rbmCca?.difference).toBeCloseTo(((differences[0] ?? 0) + (differences[1] ?? 0)) / 2, 5);
    // Two pairs: half of their distance is the standard error, t(0.975; 1) = 12.7062.
    const half = (12.7062047 * Math.abs((differences[0] ?? 0) - (differences[1] ?? 0))) / 2;
    expect((rbmCca?.interval?.[1] ?? 0) - (rbmCca?.difference ?? 0)).toBeCloseTo(half, 4);
    expect(stored.config.map(({ path }: { path: string }) => path)).toEqual(['rbm.right.epochs', 'seeds']);
    const written = json('runs', 'compare', 'first', 'second');
    expect(written.cells.map(({ p: _, ...cell }: { p: number | null }) => rounded(cell))).toEqual(
      stored.cells.map(({ p: _, ...cell }: { p: number | null }) => rounded(cell)),
    );
    expect(written.config).toEqual(stored.config);
  });

  it('tests over test examples: the disagreements are the difference in accuracy', () => {
    const [a = '', b = ''] = ids;
    const found = json('runs', 'compare', a, b, '--examples');
    expect(found.examples.map(({ seed }: { seed: number | null }) => seed)).toEqual([null, 1, 2]);
    for (const { cell, tested, onlyFirst, onlySecond } of found.examples) {
      expect(tested).toBe(300);
      if (cell === 'cca/right-to-left') expect([onlyFirst, onlySecond]).toEqual([0, 0]);
    }
    const [, one, two] = found.examples;
    const points = (100 * (one.onlySecond - one.onlyFirst + two.onlySecond - two.onlyFirst)) / 600;
    expect(points).toBeCloseTo(found.cells[1].difference, 6);
    expect(one.onlyFirst + one.onlySecond).toBeGreaterThan(0);
  });

  it('compares any two cells, and says one sentence', () => {
    const [a = ''] = ids;
    const cells = [`${a}:rbm-cca/right-to-left`, `${a}:cca/right-to-left`];
    const { status, stdout } = mmx(directory, 'runs', 'compare', ...cells);
    expect(status).toBe(0);
    expect(stdout).toContain('architecture: "rbm-cca" → "raw-cca"');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /rbm-cca\/right-to-left → cca\/right-to-left.*2 seeds/,
    );
    for (const [wrong, message] of [
      [[a, 'nowhere'], /no run has an id that begins with 'nowhere'/],
      [
        [a, `${a}:rbm-cca/right-to-lef`],
        /has no cell rbm-cca\/right-to-lef[\s\S]*did you mean rbm-cca\/right-to-left/,
      ],
      [['first', 'results'], /neither a table.json nor a manifest.json/],
    ] as const) {
      const refused = mmx(directory, 'runs', 'compare', ...wrong);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(message);
    }
  });
});

describe('a folder with files of two runs, as a kill may leave it', () => {
  it.each([
    ['report', ['report', 'mixed', '--out', 'mixed.html']],
    ['runs compare', ['runs', 'compare', 'mixed', 'second']],
    ['check', ['check', 'tables']],
  ])('is refused by mmx %s, with the command that writes it anew', (_, words) => {
    for (const folder of ['mixed', 'tables/table1a']) {
      cpSync(join(directory, 'first'), join(directory, folder), { recursive: true });
      copyFileSync(join(directory, 'second/table.json'), join(directory, folder, 'table.json'));
    }
    const { status, stdout, stderr } = mmx(directory, ...words);
    expect(stderr).toMatch(
      /^mmx: \S+\/table\.json does not have the checksum that \S+\/manifest\.json records: .*\n.*mmx table small\.yaml --out first -j 1\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
});

describe('runs gc', () => {
  it('shows what it would free, frees it when told, and what is gone can be computed again', () => {
    const manifests = join(directory, 'results/runs/manifests');
    expect(json('runs', 'gc', '--min-age', '0')).toMatchObject({ garbage: [], freed: false });
    const [, b = ''] = ids;
    renameSync(join(manifests, `${b}.json`), join(directory, 'kept.json'));
    expect(json('runs', 'gc').garbage).toEqual([]); // not a day old
    const shown = json('runs', 'gc', '--min-age', '0');
    const labels = shown.garbage.map(({ path }: { path: string }) => {
      const { label } = JSON.parse(readFileSync(join(directory, path, 'artifact.json'), 'utf8'));
      return label;
    });
    // Of the second run alone: the longer RBM of two seeds, all of seed 3, and what was made of them.
    expect(labels).toContain('rbm left (392 → 40), seed 3');
    expect(labels).not.toContain('rbm left (392 → 40), seed 1');
    const before = mmx(directory, 'runs', 'gc', '--min-age', '0').stdout;
    expect(before).toMatch(/artifacts .*no run refers to it\n.* can be freed: mmx runs gc --yes/);
    const freed = json('runs', 'gc', '--min-age', '0', '--yes');
    expect(freed).toMatchObject({ freed: true, bytes: shown.bytes, freedBytes: shown.bytes });
    expect(json('runs', 'gc', '--min-age', '0').garbage).toEqual([]);

    const table = readFileSync(join(directory, 'second/table.json'));
    const again = ['table', 'other.yaml', '--seeds', '2,1,3', 'rbm.right.epochs=2', '--out', 'again'];
    expect(mmx(directory, ...again, '-j', '1').status).toBe(0);
    expect(readFileSync(join(directory, 'again/table.json'))).toEqual(table);
    expect(mmx(directory, 'table', 'small.yaml', '--dry-run', '--json').stdout).toContain('"run": 0');
  });

  it('frees nothing that a damaged record may refer to, unless told, and nothing when an option makes no sense', () => {
    expect(mmx(directory, 'runs', 'gc', '--keep-days', 'soon').status).toBe(2);
    const manifest = join(directory, 'results/runs/manifests', `${ids[0]}.json`);
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.slice(0, 100));
    const before = json('runs', 'gc', '--min-age', '0', '--despite-damaged').garbage;
    expect(before.length).toBeGreaterThan(0);
    const careful = mmx(directory, 'runs', 'gc', '--yes', '--min-age', '0');
    expect(careful.status).toBe(0);
    expect(careful.stdout).toBe('nothing to free\n');
    expect(careful.stderr).toMatch(
      /^mmx: \S+\.json is not a run manifest: .*\n {2}→ .*--despite-damaged\.\n$/,
    );
    const told = json('runs', 'gc', '--yes', '--min-age', '0');
    expect(told).toMatchObject({ garbage: [], damaged: [expect.stringMatching(/is not a run manifest/)] });
    expect(json('runs', 'gc', '--min-age', '0', '--despite-damaged').garbage).toEqual(before);
    writeFileSync(manifest, text);
  });
});

const rounded = (value: object): unknown =>
  JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === 'number' ? Number(member.toFixed(4)) : member,
  );
