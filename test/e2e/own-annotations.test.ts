import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import { assertBuilt, emptyDirectory, mmx } from '../support/mmx.js';
import { elan } from '../unit/formats/annotations.js';

/* From annotations of a user's own recordings to a manifest, and on to a table. */

let directory = '';
const rate = 8000;
const speakers = ['anna', 'ben', 'cleo'];
const write = (name: string, content: Uint8Array | string): void => {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
};

/** Two tones of 0.3 s, one after another, between silences of 0.2 s. */
function recording(key: number): Uint8Array {
  const samples = Float32Array.from({ length: 1.2 * rate }, (_, i) => {
    const at = i / rate;
    const hertz = at > 0.2 && at < 0.5 ? 400 + 10 * key : at > 0.7 && at < 1 ? 1500 + 10 * key : 0;
    return 0.3 * Math.sin(2 * Math.PI * hertz * at);
  });
  return encodeWav({ rate, samples });
}

const grid = (tiers: Readonly<Record<string, readonly string[]>>): string => {
  const times = [0, 0.2, 0.5, 0.7, 1, 1.2];
  const blocks = Object.entries(tiers).map(([name, labels]) => {
    const lines = labels.map((label, index) => `${times[index]}\n${times[index + 1]}\n"${label}"`);
    return `"IntervalTier"\n"${name}"\n0\n1.2\n${lines.length}\n${lines.join('\n')}`;
  });
  return `File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1.2\n<exists>\n${blocks.length}\n${blocks.join('\n')}\n`;
};

beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('own-annotations');
  const text = grid({ words: ['', 'low', 'sil', '=high', ''], phones: ['', 'l', '', 'h', ''] });
  speakers.forEach((speaker, voice) => {
    for (const take of [1, 2, 3]) {
      write(`clips/${speaker}/${take}.wav`, recording(3 * voice + take));
      const bytes = take === 2 ? Buffer.from(`\uFEFF${text}`, 'utf16le') : text;
      write(`clips/marks/${speaker}/${take}.TextGrid`, bytes);
    }
  });
  write('clips/marks/anna/4.TextGrid', text);
  write('clips/marks/anna/5.TextGrid', text.slice(0, 90));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const init = (...args: string[]) => mmx(directory, 'data', 'init', ...args);

describe('mmx data init --from', () => {
  it('lists the tiers where one has to be chosen', () => {
    const { status, stderr } = init('clips', '--from', 'clips/marks');
    expect([status, stderr]).toEqual([
      2,
      'mmx: the annotations in clips/marks have 2 tiers: say which to cut clips by, with --tier NAME\n' +
        "  → tiers of intervals: 'words' (50 intervals, 4 labels), 'phones' (50 intervals, 3 labels)\n",
    ]);
    expect(init('clips', '--from', 'clips/marks', '--tier', 'none').stderr).toContain("has the tier 'none'");
  });

  it('makes a manifest that is checked and learnt from, and says what was left out', () => {
    const { status, stderr, stdout } = init('clips', '--from', 'clips/marks', '--tier', 'words');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('clips   18 of 2 labels: low 9, =high 9\n');
    expect(stdout).toContain('12 to train, 6 to test: every third speaker is tested (cleo)\n');
    expect(stdout).toContain('speaker 3, named by the folders');
    expect(stdout).toMatch(/1 file that cannot be used \(.*5\.TextGrid:\d+ is not usable/);
    expect(stdout).toContain('1 file whose recording was not found (clips/marks/anna/4.TextGrid)');
    expect(stdout).toMatch(/18 intervals without a label/);
    expect(stdout).toMatch(/9 intervals of silence/);
    expect(stdout).toMatch(
      /next: {3}mmx data check clips\/experiment.yaml\n {8}mmx table clips\/experiment.yaml\n$/,
    );
    const lines = readFileSync(join(directory, 'clips/manifest.csv'), 'utf8').split('\n');
    expect(lines).toContain('anna/1.wav,,low,anna,,train,0.2,0.5,,');
    // No spreadsheet runs it.
    expect(lines).toContain("cleo/3.wav,,'=high,cleo,,test,0.7,1,,");

    const check = mmx(directory, 'data', 'check', 'clips/experiment.yaml');
    expect([check.status, check.stderr]).toEqual([0, '']);
    expect(check.stdout).toMatch(/^=high +6 +3\nlow +6 +3$/m);
    expect(check.stdout).toMatch(/usable\nnext: {3}mmx table clips\/experiment.yaml\n$/);
    const small = ['rbm.audio.hidden=20', 'rbm.audio.epochs=2', 'front_end.audio.dimensions=20'];
    const table = mmx(directory, 'table', 'clips/experiment.yaml', ...small, '-q', '--json');
    expect([table.status, table.stderr]).toEqual([0, '']);
    const { rows } = JSON.parse(table.stdout) as {
      rows: { id: string; cells: Record<string, { mean: number }> }[];
    };
    const meanOf = (id: string) => rows.find((row) => row.id === id)?.cells.audio?.mean;
    expect(meanOf('windows')).toBeGreaterThan(80);
    expect(meanOf('rbm')).toBeGreaterThanOrEqual(0);
  });

  it('takes speakers from ELAN, and the recording that it names', () => {
    write('elan/recordings/My movie.wav', recording(1));
    write('elan/session.eaf', elan);
    const asked = ['--from', 'elan/session.eaf', '--recordings', 'elan/recordings', '--tier', 'words'];
    const { status, stderr, stdout } = init('elan', ...asked);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 interval without times of their own');
    expect(readFileSync(join(directory, 'elan/manifest.csv'), 'utf8')).toContain(
      'recordings/My movie.wav,,salt & pepper!,Anna,,train,0.5,1.25,,\n',
    );
  });

  it('finds recordings whose names end in those of their annotations, and names those it cannot choose among', () => {
    for (const name of ['s1_one.wav', 's1_two.wav', 's2_two.wav']) write(`ends/${name}`, recording(1));
    const align = '0 5000 sil\n5000 12500 low\n17500 25000 high\n';
    for (const name of ['one', 'two', 'three']) write(`ends/${name}.align`, align);
    const { status, stderr, stdout } = init('ends-list', '--from', 'ends');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      '2 to train, 0 to test: there is only one recording, so nothing can be tested; mark clips as test in the column split\n',
    );
    expect(stdout).toContain(
      '1 file of which more than one recording was found (ends/two.align: ends/s1_two.wav, ends/s2_two.wav)\n',
    );
    expect(stdout).toContain('1 file whose recording was not found (ends/three.align)\n');
    expect(readFileSync(join(directory, 'ends-list/manifest.csv'), 'utf8')).toContain(
      '\n../ends/s1_one.wav,,low,s1,,train,0.2,0.5,,\n',
    );
  });

  it.each([
    [['x', '--from', 'nowhere'], 'nowhere does not exist'],
    [['x', '--from', 'clips/anna'], 'there are no annotations in clips/anna'],
    [
      ['x', '--tier', 'words'],
      '--recordings, --tier, --labels, --pattern and --split-by say how --from is read',
    ],
    [['x', '--from', 'clips/marks', '--examples'], '--from lists recordings of speech'],
    [
      ['x', '--from', 'clips/marks', '--tier', 'words', '--labels', 'none'],
      'no clip can be made of 11 files',
    ],
    [['clips', '--from', 'clips/marks', '--tier', 'words'], 'exists already'],
  ])('%j: one sentence', (args, message) => {
    const { status, stderr } = init(...args);
    expect(stderr).toMatch(/^mmx: [^\n]+\n {2}→ [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
