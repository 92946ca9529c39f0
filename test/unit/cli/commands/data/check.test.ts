import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../../../src/formats/png.js';
import { commandLine } from '../../../../support/command-line.js';

let folder = '';
let config = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmx-check-'));
  mkdirSync(join(folder, 'copy'));
  writeFileSync(join(folder, 'copy/good.png'), encodePng({ width: 2, height: 2, data: new Uint8Array(4) }));
  writeFileSync(join(folder, 'copy/bad.png'), 'no picture');
  writeFileSync(
    join(folder, 'copy/examples.csv'),
    'split,label,group,caption,photo\ntrain,a,anna,one,good.png\ntrain,b,,two,\ntest,a,ben,three,bad.png\n',
  );
  config = join(folder, 'own.yaml');
  writeFileSync(
    config,
    `corpus:
  name: examples
  data: ${join(folder, 'copy')}
  inputs: {caption: {kind: text, as: words}, photo: {kind: image, height: 4, width: 4}}
architecture: preprocessed
setting: fusion
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('mmx data check', () => {
  it('tells of groups by their name', async () => {
    const { status, stdout } = await commandLine(
      ...['data', 'check', 'examples', '--data', `examples=${join(folder, 'copy')}`],
    );
    expect(stdout).toMatch(/^group +train +test\nanna +1 +0\nben +0 +1\n\(no group\) +1 +0$/m);
    expect(stdout).not.toContain('speaker');
    expect(status).toBe(0);
  });

  it('of a config reads its copy as the config does', async () => {
    const { status, stdout } = await commandLine('data', 'check', config);
    expect(stdout).toMatch(/^error: 1 example cannot be read \(line 4: .*bad\.png/m);
    expect(status).toBe(1);
    const checked = await commandLine('data', 'check', config, '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ corpus: 'examples', usable: false });
  });

  it('of a table reads it in each of the ways of its cells', async () => {
    const table = join(folder, 'table.yaml');
    writeFileSync(
      table,
      `table: two
title: Two
corpus: {name: examples, data: ${join(folder, 'copy')}}
architecture: preprocessed
columns: [{id: all, label: all}]
rows:
  - {id: photo, label: Photo, setting: classic-photo, corpus: {inputs: {photo: {kind: image}}}}
  - {id: words, label: Words, setting: classic-caption, corpus: {inputs: {caption: {kind: text, as: words}}}}
  - {id: again, label: Again, setting: classic-photo, corpus: {inputs: {photo: {kind: image}}}}
`,
    );
    const { stdout } = await commandLine('data', 'check', table, '--json');
    const checks: { usable: boolean }[] = JSON.parse(stdout);
    expect(checks.map(({ usable }) => usable)).toEqual([false, true]);
  });

  it('of a config without a copy says what to name', async () => {
    const bare = join(folder, 'bare.yaml');
    writeFileSync(bare, 'corpus: cuave\narchitecture: preprocessed\nsetting: classic-video\n');
    const { status, stderr } = await commandLine('data', 'check', bare);
    expect(stderr).toContain('the folder of your copy of cuave is needed');
    expect(status).toBe(2);
  });
});
