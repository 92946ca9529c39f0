import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import { assertBuilt, emptyDirectory, mmx } from '../support/mmx.js';

/* From recordings whose names say label, speaker and repetition, as in the Free Spoken Digit Dataset, to a table. */

let directory = '';
const rate = 8000;
const speakers = ['george', 'jackson', 'lucas'];

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('own-names');
  mkdirSync(join(directory, 'sounds'));
  for (const label of [0, 1]) {
    for (const [voice, speaker] of speakers.entries()) {
      for (const repetition of [0, 1, 2]) {
        const hertz = (label === 0 ? 400 : 1500) + 20 * voice + 5 * repetition;
        const samples = Float32Array.from(
          { length: 0.4 * rate },
          (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rate),
        );
        writeFileSync(
          join(directory, `sounds/${label}_${speaker}_${repetition}.wav`),
          encodeWav({ rate, samples }),
        );
      }
    }
  }
  writeFileSync(join(directory, 'sounds/noise.wav'), 'no sound');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const init = (...args: string[]) => mmx(directory, 'data', 'init', ...args);
const pattern = '{label}_{speaker}_{repetition}';

describe('mmx data init --from --pattern', () => {
  it('is suggested where there are recordings and no annotations', () => {
    rmSync(join(directory, 'sounds/noise.wav'));
    const { status, stderr } = init('digits', '--from', 'sounds');
    expect([status, stderr]).toEqual([
      2,
      'mmx: there are no annotations in sounds\n' +
        '  → of recordings whose names say it, --pattern says how: 0_george_0.wav has 3 parts, with 2, 3 and 3 different ' +
        "values, e.g. --pattern '{label}_{speaker}_{repetition}'\n",
    ]);
  });

  it('makes a manifest that is checked and learnt from', () => {
    writeFileSync(join(directory, 'sounds/noise.wav'), 'no sound');
    const { status, stderr, stdout } = init('digits', '--from', 'sounds', '--pattern', pattern);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`read    19 recordings
names   {label}_{speaker}_{repetition}: 0_george_0.wav is label 0, speaker george, repetition 0
        repetitions count from 0 in the names, and from 1 in the manifest
clips   18 of 2 labels: 0 9, 1 9
        12 to train, 6 to test: every third speaker is tested (lucas)
speaker 3, named by the files
left    1 file whose name is not {label}_{speaker}_{repetition} (sounds/noise.wav)
wrote   digits/manifest.csv
        digits/experiment.yaml
        digits/README.md
next:   mmx data check digits/experiment.yaml
        mmx table digits/experiment.yaml
`);
    const lines = readFileSync(join(directory, 'digits/manifest.csv'), 'utf8').split('\n');
    expect(lines).toContain('../sounds/0_george_0.wav,,0,george,1,train,,,,');
    expect(lines).toContain('../sounds/1_lucas_2.wav,,1,lucas,3,test,,,,');
    const check = mmx(directory, 'data', 'check', 'digits/experiment.yaml');
    expect([check.status, check.stderr]).toEqual([0, '']);
    expect(check.stdout).toContain(
      'note: no clip has pictures\n  → experiments that need pictures cannot use this copy\n',
    );
    const small = ['rbm.audio.hidden=20', 'rbm.audio.epochs=2', 'front_end.audio.dimensions=20'];
    const table = mmx(directory, 'table', 'digits/experiment.yaml', ...small, '-q', '--json');
    expect([table.status, table.stderr]).toEqual([0, '']);
    const { rows } = JSON.parse(table.stdout) as {
      rows: { id: string; cells: Record<string, { mean: number }> }[];
    };
    expect(rows.find(({ id }) => id === 'windows')?.cells.audio?.mean).toBeGreaterThan(80);
  });

  it('suits short recordings: dimensions that they allow, and a check that says so where a config asks for more', () => {
    mkdirSync(join(directory, 'short'));
    for (const label of ['low', 'high']) {
      for (const [voice, speaker] of ['anna', 'ben', 'cleo'].entries()) {
        const hertz = (label === 'low' ? 400 : 1500) + 20 * voice;
        const samples = Float32Array.from(
          { length: 0.21 * rate },
          (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rate),
        );
        writeFileSync(join(directory, `short/${speaker}-${label}.wav`), encodeWav({ rate, samples }));
      }
    }
    expect(init('brief', '--from', 'short', '--pattern', '{speaker}-{label}').status).toBe(0);
    const config = join(directory, 'brief/experiment.yaml');
    const text = readFileSync(config, 'utf8');
    // Four training clips of 0.21 s, a frame every 10 ms: half of them are dimensions.
    expect(text).toContain('  audio: {dimensions: 42}\n');
    const usable = mmx(directory, 'data', 'check', 'brief/experiment.yaml');
    expect([usable.status, usable.stdout]).toEqual([
      0,
      expect.stringMatching(/\nusable\nnext: {3}mmx table/),
    ]);
    writeFileSync(config, text.replace('dimensions: 42', 'dimensions: 100'));
    const { status, stdout } = mmx(directory, 'data', 'check', 'brief/experiment.yaml');
    expect(stdout).toContain(
      'error: the training clips have 80 frames of sound: too few to whiten to 100 dimensions\n' +
        '  → list more training clips, or set fewer dimensions in brief/experiment.yaml, e.g. half as many as there are: ' +
        'front_end: {audio: {dimensions: 40}}\nnot usable\n',
    );
    expect(status).toBe(1);
    const table = mmx(directory, 'table', 'brief/experiment.yaml', '-q');
    expect([table.status, table.stderr]).toEqual([
      1,
      expect.stringContaining('80 frames are too few to whiten to 100 dimensions'),
    ]);
  });

  it('tests every third repetition where asked, of the labels asked for', () => {
    const asked = ['--pattern', pattern, '--split-by', 'repetition', '--labels', '1'];
    const { status, stderr, stdout } = init('repeated', '--from', 'sounds', ...asked);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('6 to train, 3 to test: every third repetition is tested (3)\n');
    expect(stdout).toContain('9 files with a label that is not among --labels');
    const numbers = JSON.parse(init('json', '--from', 'sounds', '--pattern', pattern, '--json').stdout);
    expect(numbers.annotations).toMatchObject({
      files: 19,
      clips: 18,
      parts_by: 'speaker',
      pattern,
      example: { file: '0_george_0.wav', label: '0', speaker: 'george', repetition: '0' },
    });
  });

  it.each([
    [['x', '--from', 'sounds', '--pattern', '{speaker}'], "--pattern '{speaker}' has no {label}"],
    [['x', '--from', 'sounds', '--pattern', '{label}.x'], '19 files whose name is not {label}.x'],
    [['x', '--from', 'sounds/0_lucas_0.wav', '--pattern', '{label}'], 'is not a folder'],
    [['x', '--pattern', '{label}'], 'say how --from is read'],
    [['x', '--from', 'sounds', '--pattern', '{label}', '--tier', 'words'], 'are about annotations'],
    [['x', '--from', 'sounds', '--split-by', 'repetition'], 'annotations do not say which repetition'],
    [
      ['x', '--from', 'sounds', '--pattern', '{label}_{any}', '--split-by', 'repetition'],
      "--pattern '{label}_{any}' has no {repetition}",
    ],
  ])('%j: one sentence', (args, message) => {
    const { status, stderr } = init(...args);
    expect(stderr).toMatch(/^mmx: [^\n]+\n {2}→ [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
