import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  it('share what is read: a second run computes nothing', () => {
    const { stdout } = mmx(directory, 'table', 'own.yaml', '--dry-run');
    expect(stdout).toMatch(/\b0 to run/);
  });

  it.each([
    ['architecture=preprocessed', "'preprocessed' cannot read tokens"],
    ['models.fusion-network.encoders=null', 'the encoder dense cannot read the tokens of caption'],
    [
      'models.fusion-network.fusion.kind=early',
      'early fusion joins the inputs as they are, and caption is tokens',
    ],
    [
      'corpus.inputs.photo.kind=painting',
      "there is no kind 'painting'. Known: audio, video, image, text, features",
    ],
    ['corpus.inputs.photo.side=8', 'unknown key `side`'],
    ['corpus.inputs=null', 'names no modality'],
  ])('refuse %s', (override, message) => {
    const { status, stderr } = mmx(directory, 'table', 'own.yaml', override);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
