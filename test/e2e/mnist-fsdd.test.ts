import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertBuilt, emptyDirectory, mmx } from '../support/mmx.js';
import { writeSpokenDigits } from '../support/spoken-digits.js';

const table = `
table: digits
title: Digits written and spoken
corpus: {name: mnist-fsdd, train: 120, test: 50}
seeds: [1]
rbm:
  image: {hidden: 20, visible: binary, epochs: 1, batch: 20, learning_rate: 0.1}
  audio: {hidden: 20, visible: gaussian, epochs: 1, batch: 20, learning_rate: 0.01}
evaluation: {protocol: train-test, classifier: {c: 0.01}}
columns:
  - {id: image, label: image, setting: classic-image}
  - {id: audio, label: audio, setting: classic-audio}
  - {id: fusion, label: fusion, setting: fusion}
rows:
  - {id: preprocessed, label: Inputs, architecture: preprocessed}
  - {id: rbm, label: RBM, architecture: rbm}
`;

describe('pictures beside spoken digits', () => {
  const cwd = emptyDirectory('mnist-fsdd');
  const copy = join(cwd, 'copy');
  beforeAll(() => {
    assertBuilt();
    mkdirSync(copy);
    writeSpokenDigits((name, content) => writeFileSync(join(copy, name), content), {
      speakers: ['ann', 'bob'],
      takes: 7,
    });
    writeFileSync(join(cwd, 'digits.yaml'), table);
  });

  it('give a table of inputs and RBMs, alone and together', () => {
    const { status, stdout, stderr } = mmx(
      cwd,
      ...['table', 'digits.yaml', '--data', `mnist-fsdd=${copy}`, '--json', '-q'],
    );
    expect(status, stderr).toBe(0);
    const { rows, corpus, synthetic, notes } = JSON.parse(stdout);
    expect([corpus, synthetic]).toEqual(['mnist-fsdd', false]);
    const [inputs, rbm] = rows;
    for (const column of ['image', 'audio', 'fusion']) {
      expect(inputs.cells[column].n).toBe(1);
      expect(rbm.cells[column].n).toBe(1);
    }
    // Ten classes: the made sounds are told apart, and 120 pictures are enough to be far from chance.
    expect(inputs.cells.audio.mean).toBeGreaterThan(80);
    expect(inputs.cells.image.mean).toBeGreaterThan(40);
    expect(notes.join('\n')).toContain('paired at random');
  });

  it('need a copy of FSDD, and say how to get one', () => {
    const { status, stderr } = mmx(cwd, 'table', 'digits.yaml', '-q');
    expect(status).toBe(2);
    expect(stderr).toContain('the corpus mnist-fsdd does not come with mmx');
    expect(stderr).toContain('mmx data fetch fsdd');
  });

  it('are checked by mmx data check', () => {
    const { status, stdout } = mmx(cwd, 'data', 'check', 'mnist-fsdd', '--data', `mnist-fsdd=${copy}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ +400 {2}training pairs, 27000 expected$/m);
  });
});
