import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/formats/wav.js';
import { assertBuilt, emptyDirectory, mmx, type Outcome } from '../support/mmx.js';
import { type ManifestLine, mouth, Recordings, voice } from '../support/recordings.js';

const config = `
corpus: manifest
architecture: preprocessed
setting: fusion
front_end: {audio: {dimensions: 4, frames: 4}, video: {dimensions: 3, frames: 3}}
evaluation: {classifier: {c: 0.01}}
`;

let directory = '';
let copy: Recordings;
beforeAll(() => {
  assertBuilt();
  directory = emptyDirectory('data-check');
  copy = new Recordings();
  writeFileSync(join(directory, 'experiment.yaml'), config);
  for (let key = 0; key < 10; key++) {
    copy.wav(`${key}.wav`, voice(key));
    copy.npy(`${key}.npy`, mouth(key));
  }
});
afterAll(() => {
  for (const place of [directory, copy.path]) rmSync(place, { recursive: true });
});

/** Clip `key` of six: four to train on, two to test, of the classes a and b. */
const line = (key: number, more: Partial<ManifestLine> = {}): ManifestLine => ({
  audio: `${key}.wav`,
  video: `${key}.npy`,
  label: key % 2 === 0 ? 'a' : 'b',
  speaker: `s${key}`,
  part: key < 4 ? 'train' : 'test',
  ...more,
});
const whole = [0, 1, 2, 3, 4, 5].map((key) => line(key));
const data = (): readonly string[] => ['--data', `manifest=${copy.path}`];
const check = (...args: readonly string[]): Outcome =>
  mmx(directory, 'data', 'check', 'manifest', ...data(), ...args);
const evaluate = (...args: readonly string[]): Outcome =>
  mmx(directory, 'evaluate', 'experiment.yaml', ...data(), '--quiet', ...args);

describe('test clips that are training clips', () => {
  it('make a manifest unusable, whatever their files are called, before anything is computed', () => {
    for (const key of [0, 1]) {
      copy.wav(`copy of ${key}.wav`, voice(key));
      copy.npy(`copy of ${key}.npy`, mouth(key));
    }
    copy.manifest([
      ...[0, 1, 2, 3].map((key) => line(key)),
      line(0, { audio: 'copy of 0.wav', video: '4.npy', part: 'test' }),
      line(1, { audio: '5.wav', video: 'copy of 1.npy', part: 'test' }),
      line(5, { audio: '6.wav', video: '6.npy' }),
    ]);
    const checked = check();
    expect(checked.stdout).toContain(
      'error: 2 of 3 test clips are training clips too (00005 (line 6) is 00001 (line 2), 00006 (line 7) is 00002 (line 3))\n',
    );
    expect(checked.stdout).toMatch(/\nnot usable\n$/);
    expect(checked.status).toBe(1);
    const { status, stdout, stderr } = evaluate();
    expect(stderr).toContain(
      'mmx: test clips 00005 (line 6), 00006 (line 7) of manifest are among its own training clips, which features are learnt from: test data must not be used for learning\n',
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(existsSync(join(directory, 'results'))).toBe(false);
  });

  it('are refused when they are read, where only their samples are equal', () => {
    const same = encodeWav(voice(0));
    // A chunk before the samples that says nothing: the same recording in other bytes.
    const remark = Buffer.from('LIST\x04\0\0\0mmx.', 'latin1');
    const other = Buffer.concat([same.subarray(0, 12), remark, same.subarray(12)]);
    other.writeUInt32LE(other.length - 8, 4);
    copy.write('remark.wav', other);
    copy.manifest([...whole.slice(0, 5), line(5, { audio: 'remark.wav' })]);
    const place = emptyDirectory('data-check-read');
    writeFileSync(join(place, 'experiment.yaml'), config);
    const { status, stderr } = mmx(place, 'evaluate', 'experiment.yaml', ...data(), '--quiet');
    expect(stderr).toContain('test clip 00006 (line 7) of manifest is among its own training clips');
    expect(status).toBe(2);
    rmSync(place, { recursive: true });
  });

  it('are told of where the split is a published one', () => {
    const published = new Recordings();
    for (const [name, key] of [
      ['1_ann_5', 0],
      ['1_ann_6', 2],
      ['2_ann_5', 1],
      ['2_ann_6', 3],
      ['1_ann_0', 0],
      ['2_ann_0', 5],
    ] as const) {
      published.wav(`${name}.wav`, voice(key));
    }
    const place = emptyDirectory('data-check-published');
    const text = config.replace('corpus: manifest', 'corpus: fsdd').replace('fusion', 'classic-audio');
    writeFileSync(join(place, 'fsdd.yaml'), text);
    const fsdd = ['--data', `fsdd=${published.path}`];
    const checked = mmx(place, 'data', 'check', 'fsdd', ...fsdd);
    expect(checked.stdout).toContain(
      'warning: 1 of 2 test clips is a training clip too (1_ann_0 is 1_ann_5)\n',
    );
    expect(checked.status).toBe(0);
    const evaluated = mmx(place, 'evaluate', 'fsdd.yaml', ...fsdd, '--quiet');
    expect(evaluated.stdout).toContain(
      '\n• fsdd: 1 of 2 test clips among its training clips, by its published split: tested all the same.\n',
    );
    for (const one of [place, published.path]) rmSync(one, { recursive: true });
  });
});

describe('lines that cannot be scored', () => {
  it('are left out, and counted wherever the numbers go', () => {
    copy.manifest([
      ...whole,
      line(6, { label: '', part: 'train' }),
      line(7, { video: '', part: 'train' }),
      line(8, { label: '' }),
      line(9, { audio: '' }),
    ]);
    const notes = [
      'manifest: 1 of 6 training clips without a label and 1 of 4 test clips without a label: not scored.',
      'manifest: 1 of 6 training clips without audio or video and 1 of 4 test clips without audio or video: left out of scoring.',
    ];
    const checked = check();
    expect(checked.status).toBe(0);
    expect(checked.stdout).toContain('note: 1 training clip without a label (00007 (line 8))\n');
    expect(checked.stdout).toContain('note: 1 clip without sound (00010 (line 11))\n');
    const plain = evaluate();
    expect(plain.stderr).toBe('');
    const printed = plain.stdout.replaceAll('\n  ', ' ');
    for (const note of notes) expect(printed).toContain(`• ${note}\n`);
    const [{ scores, notes: told }] = JSON.parse(evaluate('--json').stdout);
    expect(told).toEqual(notes);
    expect(scores[0]).toMatchObject({ trained: 4, tested: 2, leftOut: { train: 1, test: 1 } });
    const manifests = join(directory, 'results/runs/manifests');
    const [first = ''] = readdirSync(manifests);
    expect(JSON.parse(readFileSync(join(manifests, first), 'utf8')).notes).toEqual(notes);
    writeFileSync(
      join(directory, 'table.yaml'),
      `table: t\ntitle: T\n${config}columns: [{id: a, label: A}]\nrows: [{id: x, label: X}]\n`,
    );
    const table = mmx(directory, 'table', 'table.yaml', ...data(), '--quiet', '--json');
    expect(JSON.parse(table.stdout).notes).toEqual(expect.arrayContaining(notes));
  });

  it('are refused before anything is learnt where nothing else is there', () => {
    const place = emptyDirectory('data-check-none');
    writeFileSync(join(place, 'experiment.yaml'), config);
    const refusal = (lines: readonly ManifestLine[]): string => {
      copy.manifest(lines);
      const { status, stderr } = mmx(place, 'evaluate', 'experiment.yaml', ...data(), '--quiet');
      expect(status).toBe(2);
      return stderr;
    };
    expect(refusal(whole.slice(0, 4))).toContain('manifest has no test clip, so nothing can be scored');
    expect(refusal(whole.map((one) => ({ ...one, label: one.part === 'train' ? '' : 'a' })))).toContain(
      'manifest has no labelled training clip',
    );
    expect(refusal(whole.map((one) => (one.part === 'test' ? { ...one, video: '' } : one)))).toContain(
      'manifest has no labelled test clip with audio and video',
    );
    expect(refusal(whole.map((one) => (one.part === 'train' ? { ...one, label: 'a' } : one)))).toContain(
      'manifest has no two classes to tell apart among its labelled clips',
    );
    expect(existsSync(join(place, 'results'))).toBe(false);
    // Features can be learnt all the same.
    copy.manifest(whole.slice(0, 4));
    expect(check()).toMatchObject({ status: 0 });
    expect(mmx(place, 'pretrain', 'experiment.yaml', ...data(), '--quiet').status).toBe(0);
    rmSync(place, { recursive: true });
  });
});

describe('mmx data check', () => {
  it('shows clips by class, speaker and part, in few lines, and writes out what could not be seen', () => {
    const many = Array.from({ length: 40 }, (_, key) =>
      line(key % 10, { label: `word ${key}`, speaker: 'evil\u202e\x1b[31m', part: 'train' }),
    );
    copy.manifest([line(9, { label: 'word 3', part: 'test' }), ...many.filter((_, key) => key % 10 !== 9)]);
    const { stdout } = check();
    expect(stdout).toContain('class           train  test\n');
    expect(stdout).toContain('word 3              1     1\n');
    expect(stdout).toMatch(/\n6 more classes +6 +0\n/);
    expect(stdout).toMatch(/\nevil\\u202e\\x1b\[31m +36 +0\n/);
    expect(stdout).not.toContain('\u202e');
    const { breakdown } = JSON.parse(check('--json').stdout);
    expect(breakdown.classes.shown).toHaveLength(36);
    expect(breakdown.speakers.shown).toContainEqual({ name: 's9', train: 0, test: 1 });
  });

  it('names what is wrong in lines of the manifest, the first of each and how many', () => {
    copy.write('text.wav', 'this is no recording');
    copy.write('text.mp4', 'this is no movie');
    copy.write('frames/1.png', 'no picture');
    copy.manifest([
      ...whole,
      line(0, { part: 'train' }),
      line(1, { label: 'c', part: 'train' }),
      line(6, { label: 'd' }),
      line(7, { audio: 'text.wav', video: 'text.mp4' }),
      line(8, { video: 'frames' }),
    ]);
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toContain('error: 3 files have another format than the name says (00010 (line 11): ');
    expect(stdout).toContain('text.wav is not a recording that can be read');
    expect(stdout).toContain('text.mp4');
    expect(stdout).toContain('1.png does not begin like PNG pictures');
    expect(stdout).toContain(
      "warning: 2 clips are listed twice in one part (00007 (line 8) is 00001 (line 2), 00008 (line 9) is 00002 (line 3), which has the label 'b')\n",
    );
    expect(stdout).toContain('warning: 1 class is in the test part but not in the training part (d)\n');
    expect(stdout).toContain('note: 1 class is in the training part but not in the test part (c)\n');
  });

  it('names paths that do not exist or lead out of the folder, with their lines', () => {
    copy.write('below/manifest.csv', '');
    const below = join(copy.path, 'below');
    const row = (audio: string, part: string): string => `${audio},,a,s,,${part}`;
    copy.write(
      'below/manifest.csv',
      `\uFEFFaudio,video,label,speaker,repetition,split\n${[
        row('../0.wav', 'train'),
        row(join(copy.path, '1.wav'), 'test'),
        ...Array.from({ length: 12 }, (_, index) => row(`gone${index}.wav`, 'train')),
      ].join('\n')}\n`,
    );
    const { status, stdout } = mmx(directory, 'data', 'check', 'manifest', '--data', `manifest=${below}`);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'warning: 2 paths point outside the folder of the manifest (line 2: ../0.wav, line 3: ',
    );
    expect(stdout).toMatch(
      /error: 12 lines cannot be used \(.*manifest\.csv:4: gone0\.wav does not exist, .*and 4 more\)/,
    );
  });

  it.each([
    ['semicolons', 'audio;video;label;speaker;repetition;split\n', 'its columns are separated by semicolons'],
    ['tabs', 'audio\tvideo\tlabel\tspeaker\trepetition\tsplit\n', 'its columns are separated by tabs'],
    ['UTF-16', Buffer.from('\uFEFFaudio,video', 'utf16le'), 'it is encoded in UTF-16'],
    ['Latin-1', Buffer.from('audio,video,label\n\xe9,,', 'latin1'), 'line 2 is not UTF-8'],
  ])('names a table with %s', (_, bytes, problem) => {
    copy.write('manifest.csv', bytes);
    const { status, stdout } = check();
    expect(stdout).toContain(problem);
    expect(status).toBe(1);
  });
});
