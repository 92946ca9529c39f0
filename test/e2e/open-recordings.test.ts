import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOfStem } from '../../src/corpora/grid.js';
import { writeRecordedGrid, writeSyntheticGrid } from '../support/grid.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';
import { hasFfmpeg } from '../unit/formats/movies.js';

/** Small enough for a test, on top of --smoke: everything of the paper's tables is computed once. */
const quick = [
  'seeds=[1]',
  'corpus.test=4',
  ...['audio', 'video', 'joint', 'shallow'].map((layer) => `rbm.${layer}.batch=10`),
  'autoencoder.batch=10',
  'front_end={audio: {dimensions: 20}, video: {dimensions: 8}}',
  ...['audio', 'video', 'joint', 'shallow'].map((layer) => `rbm.${layer}.epochs=1`),
  'autoencoder.epochs=1',
  'evaluation.classifier.c=0.01',
  'cca.dimensions=10',
];
const cells = { table1a: 4, table1b: 4, table2: 16, table4: 8, controls: 18, units: 3 };

let directory = '';
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('open');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the whole of it on a folder of movies, and reads what came of it. */
function reproduced(folder: string): (...path: string[]) => string {
  const out = `${folder}-results`;
  const { status, stdout, stderr } = mmx(
    directory,
    ...['reproduce', 'ngiam2011-open', '--smoke', '--quiet', '--data', `grid=${folder}`, '--out', out],
    ...quick,
  );
  expect(stderr).not.toContain('mmx:');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^table3 is left out: no open recordings of McGurk material$/m);
  expect(stdout).toMatch(/9 claims: \d reproduced, \d not reproduced, 1 not testable/);
  return (...path) => readFileSync(join(directory, out, ...path), 'utf8');
}

function expectWhole(read: (...path: string[]) => string): void {
  for (const [name, count] of Object.entries(cells)) {
    const { rows, synthetic, corpus, notes } = JSON.parse(read(name, 'table.json'));
    expect(synthetic, name).toBe(false);
    expect(corpus, name).toMatch(/^grid-(letters|digits)(, grid-digits)?$/);
    const values = rows.flatMap((row: { cells: Record<string, { mean: number; published: unknown }> }) =>
      Object.values(row.cells),
    );
    expect(values, name).toHaveLength(count);
    for (const { mean, published } of values) {
      expect(mean).toBeGreaterThanOrEqual(0);
      expect(mean).toBeLessThanOrEqual(100);
      expect(published).toBeNull();
    }
    // Letters and digits together, and nothing generated.
    expect(notes.join('\n')).toContain(
      'Features are learnt from the training parts of: grid-digits; grid-letters.',
    );
  }
  const { claims, synthetic } = JSON.parse(read('claims.json'));
  expect(synthetic).toBe(false);
  const untested = claims.filter(({ verdict }: { verdict: string }) => verdict === 'not testable');
  expect(untested.map(({ number }: { number: number }) => number)).toEqual([6]);
  const readme = read('README.md');
  expect(readme).toContain('## table3: left out\n\nNo open recordings of McGurk material.');
  expect(readme).toContain('figure4.png');
  // Numbers of the paper stand in rows of their own.
  expect(readme).toMatch(/^\| \*CUAVE: RBM video\* +\| +\| +65\.4 ± 0\.6 \|$/m);
  expect(readme).not.toMatch(/\bdiff\b/);
  expect(readme).toMatch(/Other recordings than the paper's/);
}

describe.skipIf(!hasFfmpeg)('mmx reproduce ngiam2011-open (skipped: ffmpeg is not installed)', () => {
  it('computes every table on movies in the formats of GRID', () => {
    const sentences = [1, 2, 3, 4].flatMap((talker) =>
      ['bbab1n', 'bbab2n', 'lwim2a'].map((stem) => ({ talker, stem })),
    );
    writeSyntheticGrid(join(directory, 'made'), sentences);
    const read = reproduced('made');
    expectWhole(read);
    const check = mmx(directory, 'check', 'made-results', '--json');
    expect(JSON.parse(check.stdout)).toEqual(JSON.parse(read('claims.json')));
  }, 400_000);

  const recordings = join(projectRoot, '..', 'shared', 'data', 'grid');
  it.skipIf(!existsSync(recordings))(
    'computes every table on recorded sentences (needs ../shared/data/grid)',
    () => {
      const files = readdirSync(recordings).filter((name) => name.endsWith('.mpg'));
      const sentences = files.map((name, index) => {
        const stem = name.slice(-10, -4);
        expect(wordsOfStem(stem)).not.toBeNull();
        return { talker: 1 + (index % 4), stem, file: join(recordings, name) };
      });
      writeRecordedGrid(join(directory, 'recorded'), sentences);
      expectWhole(reproduced('recorded'));
    },
    400_000,
  );
});
