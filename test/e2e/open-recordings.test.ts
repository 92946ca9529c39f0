import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOfStem } from '../../src/corpora/grid.js';
import { hasDetector } from '../support/detector.js';
import { writeRecordedGrid, writeSyntheticGrid } from '../support/grid.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot } from '../support/mmx.js';
import { skippedIf } from '../support/skipped.js';
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
const cells = { table1a: 4, table1b: 4, table2: 16, table4: 8, controls: 18, units: 9 };

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

const reason = skippedIf(!hasFfmpeg, 'ffmpeg is not installed');

describe.skipIf(!hasFfmpeg)(`mmx reproduce ngiam2011-open${reason}`, () => {
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

  it.skipIf(!existsSync(recordings) || !hasDetector)(
    'finds the mouths it needs first (needs ../shared/data/grid and @vladmandic/human)',
    () => {
      // A movie more than is asked for, whose mouth nobody needs.
      const movies = [
        [2, 'bbaf2n'],
        [2, 'lbax4n'],
        [4, 'swiz3n'],
        [1, 'pwij3p'],
        [1, 'sbia1a'],
      ] as const;
      writeRecordedGrid(
        join(directory, 'faces'),
        movies.map(([talker, stem]) => ({ talker, stem, file: join(recordings, `${stem}.mpg`) })),
      );
      rmSync(join(directory, 'faces/boxes.csv'));
      // The archive has a few such movies.
      rmSync(join(directory, 'faces/s4/swiz3n.mpg'));
      writeFileSync(join(directory, 'faces/s4/swiz3n.mpg'), '');
      writeFileSync(
        join(directory, 't.yaml'),
        `extends: ${projectRoot}/configs/base/ngiam2011-open-digits.yaml
table: t
title: Digits
corpus: {test: 1}
unlabelled: []
front_end: {audio: {dimensions: 8}, video: {dimensions: 4}}
architecture: preprocessed
setting: classic-video
evaluation: {classifier: {c: 0.01}}
columns: [{id: video, label: video}]
rows: [{id: preprocessed, label: Preprocessed}]
`,
      );
      writeFileSync(join(directory, 'r.yaml'), 'reproduce: r\ntitle: R\ntables: {table1b: t.yaml}\n');
      const data = ['--data', 'grid=faces'];
      const plan = mmx(directory, 'reproduce', 'r.yaml', ...data, '--dry-run');
      expect(plan.status).toBe(0);
      expect(plan.stdout).toMatch(/^before these stages: mouths are to be found in 4 movies of grid$/m);
      const refused = mmx(directory, 'table', 't.yaml', ...data, '--quiet');
      expect(refused.status).toBe(1);
      expect(refused.stderr).toMatch(
        /the position of the mouth in s2.bbaf2n\.mpg .* \(the same holds for 3 more movies\)\n/,
      );
      expect(refused.stderr).toContain('mmx data prepare grid-digits --data grid-digits=faces');
      const { status, stderr } = mmx(directory, 'reproduce', 'r.yaml', ...data);
      expect(stderr).toContain('finding the mouths in 4 movies of grid');
      expect(status, stderr).toBe(0);
      const boxes = readFileSync(join(directory, 'results/prepared/grid/boxes.csv'), 'utf8');
      expect(boxes).toContain('pwij3p');
      expect(boxes).not.toContain('sbia1a');
      expect(boxes).toContain('s4/swiz3n.mpg,*,,,,');
      const table = readFileSync(join(directory, 'results/reproduce/r/table1b/table.json'), 'utf8');
      expect(JSON.parse(table).notes.join('\n')).toContain(
        'grid-digits: 1 of 3 training clips of movies in which no mouth can be seen: left out.',
      );
      const again = mmx(directory, 'reproduce', 'r.yaml', ...data);
      expect(again.stderr).toContain('nothing to run');
      expect(again.stderr).not.toContain('finding the mouths');
    },
    400_000,
  );
});
