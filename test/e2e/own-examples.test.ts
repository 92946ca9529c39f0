import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import { assertBuilt, emptyDirectory, mmx } from '../support/mmx.js';

/*
 * A user's own examples of three modalities, text, pictures and sound, some of them without sound: from a list to a table.
 */

let directory = '';
const rate = 8000;
const words = [
  ['calm', 'sea', 'still'],
  ['storm', 'wind', 'loud'],
];

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('own-examples');
  for (const folder of ['copy', 'copy/pictures', 'copy/sounds']) mkdirSync(join(directory, folder));
  const lines = Array.from({ length: 60 }, (_, index) => {
    const label = index % 2;
    const png = new PNG({ width: 8, height: 8 });
    for (let pixel = 0; pixel < 64; pixel++) {
      const isLight = (label === 0 ? pixel % 8 : Math.floor(pixel / 8)) < 3 + (index % 3);
      png.data.set(isLight ? [220, 220, 220, 255] : [20, 20, 20, 255], 4 * pixel);
    }
    writeFileSync(join(directory, `copy/pictures/${index}.png`), PNG.sync.write(png));
    const hertz = (label === 0 ? 300 : 1200) + 20 * (index % 5);
    const samples = Float32Array.from(
      { length: rate / 4 },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rate),
    );
    writeFileSync(join(directory, `copy/sounds/${index}.wav`), encodeWav({ rate, samples }));
    const own = words[label] as string[];
    const caption = `A ${own[index % 3]} day, ${own[(index + 1) % 3]}`;
    const voice = index % 10 === 9 ? '' : `sounds/${index}.wav`;
    const split = index < 40 ? 'train' : 'test';
    return `${split},${['sea', 'storm'][label]},g${index % 8},"${caption}",pictures/${index}.png,${voice}`;
  });
  writeFileSync(
    join(directory, 'copy/examples.csv'),
    ['split,label,group,caption,photo,voice', ...lines, ''].join('\n'),
  );
  writeFileSync(
    join(directory, 'own.yaml'),
    `table: own
title: Own examples
corpus:
  name: examples
  data: copy
  inputs:
    caption: {kind: text, length: 8, vocabulary: 20}
    photo: {kind: image, height: 8, width: 8}
    voice: {kind: audio, rate: 8000, seconds: 0.25, coefficients: 8, bands: 20, points: 512, hop: 256}
seeds: [1]
architecture: fusion-network
models:
  fusion-network:
    encoders: {caption: {kind: lstm, embedding: 8, hidden: 8}, photo: {kind: cnn, filters: [4], dense: 8}, voice: {kind: cnn-1d, filters: [4], dense: 8}}
    epochs: 30
    batch: 10
evaluation: {classifier: {c: 1}}
columns:
  - {id: all, label: all, setting: fusion}
  - {id: caption, label: caption, setting: classic-caption}
  - {id: photo, label: photo, setting: classic-photo}
  - {id: voice, label: voice, setting: classic-voice}
rows:
  - {id: network, label: Network}
  - {id: contrastive, label: Contrastive, architecture: contrastive, models: {contrastive: {encoders: {caption: {kind: attention, width: 8, heads: 2}}, epochs: 3, batch: 10}}, columns: [all]}
  - id: rbm
    label: RBMs
    architecture: rbm
    corpus: {inputs: {caption: {as: words}}}
    rbm: {caption: {visible: binary, hidden: 10, batch: 10, epochs: 20}, photo: {visible: binary, hidden: 10, batch: 10, epochs: 20}, voice: {visible: gaussian, hidden: 10, batch: 10, epochs: 20, learning_rate: 0.001}}
`,
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('own examples of three modalities', () => {
  it('make a table of networks and of features, in every setting, examples without sound left out', () => {
    const { status, stderr } = mmx(directory, 'table', 'own.yaml', '--out', 'out', '-q');
    expect(stderr).toMatch(/^written: .*\n$/);
    expect(status).toBe(0);
    const table = JSON.parse(readFileSync(join(directory, 'out/table.json'), 'utf8')) as {
      rows: { id: string; cells: Record<string, { mean: number } | null> }[];
    };
    const cell = (row: string, column: string) =>
      table.rows.find(({ id }) => id === row)?.cells[column]?.mean;
    for (const column of ['all', 'caption', 'photo', 'voice']) {
      expect(cell('network', column)).toBeGreaterThan(85);
      expect(cell('rbm', column)).toBeGreaterThan(85);
    }
    expect(cell('contrastive', 'all')).toBeGreaterThan(60);
    const markdown = readFileSync(join(directory, 'out/table.md'), 'utf8');
    expect(markdown).toMatch(
      /4 of 40 training examples without .*voice.*2 of 20 test examples without .*voice.*: left out of scoring/s,
    );
  });

  it('are looked over as the table reads them', () => {
    const { status, stdout } = mmx(directory, 'data', 'check', 'own.yaml');
    expect(stdout).toMatch(/6 examples without voice \(line 11, line 21/);
    expect(stdout.match(/^usable$/gm)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('have filters of their pictures in a report', () => {
    const { status } = mmx(directory, 'report', 'out', '--out', 'report.html');
    expect(status).toBe(0);
    const page = readFileSync(join(directory, 'report.html'), 'utf8');
    expect(page).toMatch(/<img[^>]*alt="[^"]*photo/);
    expect(page).toContain('its voice is no picture of anything');
  });

  it('share what is read: a second run computes nothing', () => {
    const { stdout } = mmx(directory, 'table', 'own.yaml', '--dry-run');
    expect(stdout).toMatch(/\b0 to run/);
  });

  it('are exported by the lines on which they are listed', () => {
    const table = readFileSync(join(directory, 'own.yaml'), 'utf8');
    const one = `${table.slice(table.indexOf('corpus:'), table.indexOf('columns:'))}setting: classic-voice\n`;
    writeFileSync(join(directory, 'one.yaml'), one.replace('fusion-network\n', 'preprocessed\n'));
    const { status, stderr } = mmx(directory, 'export', 'one.yaml', '--compute', '-q', '--out', 'exported');
    expect([status, stderr]).toEqual([0, '']);
    const lines = (part: string) =>
      readFileSync(join(directory, `exported/seed-1/features/${part}.csv`), 'utf8')
        .trim()
        .split('\n');
    // Lines 51 and 61 of the list have no sound.
    expect(lines('test')).toHaveLength(19);
    expect(lines('test')[1]).toMatch(/^line 42,0,sea,/);
    expect(lines('test').at(-1)).toMatch(/^line 60,0,sea,/);
    expect(lines('train')[10]).toMatch(/^line 12,0,sea,/);
  });

  it('are compared one by one where two settings tested the same', () => {
    const run = readdirSync(join(directory, 'results/runs/manifests'))[0]?.replace(/\.json$/, '') ?? '';
    const compare = (a: string, b: string) =>
      mmx(directory, 'runs', 'compare', `${run}:${a}`, `${run}:${b}`, '--examples');
    const same = compare('network/voice', 'rbm/all');
    expect([same.status, same.stdout]).toEqual([
      0,
      expect.stringMatching(/network\/voice → rbm\/all +1 +18 +\d+ +\d+ +[\d.]+/),
    ]);
    const other = compare('rbm/caption', 'rbm/voice');
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringContaining('not tested on the same examples'),
    ]);
  });

  it.each([
    ['architecture=preprocessed', "'preprocessed' cannot use tokens"],
    ['models.fusion-network.encoders=null', 'the encoder dense cannot read the tokens of caption'],
    [
      'models.fusion-network.fusion.kind=early',
      'early fusion concatenates the inputs, but caption consists of tokens',
    ],
    [
      'corpus.inputs.photo.kind=painting',
      "there is no kind 'painting'. Known: audio, video, image, text, features",
    ],
    ['corpus.inputs.photo.side=8', 'unknown key `side`'],
    ['corpus.inputs=null', 'must name at least one modality'],
  ])('refuse %s', (override, message) => {
    const { status, stderr } = mmx(directory, 'table', 'own.yaml', override);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

it('examples are the same where the same are tested, however many are learnt from, and not those of another part', () => {
  const table = `table: parts
title: Two parts
corpus: {name: examples, data: copy, inputs: {photo: {kind: image, height: 8, width: 8}}}
seeds: [1]
architecture: preprocessed
setting: classic-photo
evaluation: {classifier: {c: 1}}
columns: [{id: photo, label: photo}]
rows:
  - {id: fewer, label: Fewer to learn from, corpus: {train: 27}}
  - {id: whole, label: All examples}
  - {id: held, label: Held out, corpus: {held_out: 20}}
`;
  writeFileSync(join(directory, 'parts.yaml'), table);
  expect(mmx(directory, 'table', 'parts.yaml', '--out', 'parts', '-q').status).toBe(0);
  const run =
    readdirSync(join(directory, 'results/runs/manifests')).find((name) => name.includes('parts')) ?? '';
  const id = run.replace(/\.json$/, '');
  const compare = (a: string, b: string) =>
    mmx(directory, 'runs', 'compare', `${id}:${a}/photo`, `${id}:${b}/photo`, '--examples');
  const other = compare('whole', 'held');
  expect([other.status, other.stderr]).toEqual([
    2,
    expect.stringContaining('not tested on the same examples'),
  ]);
  // How many are learnt from makes no difference to what is tested.
  expect(compare('fewer', 'whole')).toMatchObject({ status: 0, stdout: expect.stringMatching(/none +20 /) });
});

describe('mmx data init --examples', () => {
  it('writes a list, a table and what to do, which fit together', () => {
    const folder = emptyDirectory('init-examples');
    const made = mmx(folder, 'data', 'init', 'mine', '--examples');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toContain('next:   list your examples in mine/examples.csv; mine/README.md says how');
    for (const name of ['photos', 'voices']) mkdirSync(join(folder, 'mine', name));
    for (const name of ['1', '2', '3']) {
      writeFileSync(
        join(folder, `mine/photos/${name}.png`),
        PNG.sync.write(new PNG({ width: 4, height: 4 })),
      );
    }
    for (const name of ['1', '3', '4']) {
      const samples = new Float32Array(800).fill(0.1);
      writeFileSync(join(folder, `mine/voices/${name}.wav`), encodeWav({ rate, samples }));
    }
    const checked = mmx(folder, 'data', 'check', 'mine/experiment.yaml');
    expect(checked.stdout).not.toContain('error');
    expect(checked.status).toBe(0);
    const planned = mmx(folder, 'table', 'mine/experiment.yaml', '--dry-run');
    expect([planned.status, planned.stderr]).toEqual([0, '']);
    const again = mmx(folder, 'data', 'init', 'mine', '--examples');
    expect(again.stderr).toContain('mine/examples.csv exists already: nothing was written');
    rmSync(folder, { recursive: true });
  });
});
