import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandLine, type Printed } from '../../../../support/command-line.js';
import { inEmptyDirectory, write } from '../../../config/files.js';

inEmptyDirectory();

/** One sentence and one hint, no stack trace, nothing computed. */
function expectRefused({ status, stdout, stderr }: Printed, message: string | RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^mmx: /);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('unexpected failure');
  expect(stdout).toBe('');
  expect(status).toBe(2);
  expect(existsSync('results')).toBe(false);
}

const small = `corpus: {name: talking-mouth, preset: digits, scale: 0.1, train: 6, test: 4}
rbm: {audio: {visible: gaussian, hidden: 4}, video: {visible: gaussian, hidden: 4}, joint: {hidden: 3}, shallow: {visible: gaussian, hidden: 3}}
`;
const table = `table: one
title: One
${small}architecture: rbm
setting: fusion
columns: [{id: a, label: A}]
rows: [{id: b, label: B}]
`;

describe('mmx reproduce', () => {
  it('refuses a paper it does not know', async () => {
    const outcome = await commandLine('reproduce', 'ngiam2012');
    expectRefused(
      outcome,
      /'ngiam2012' is neither a paper that mmx can reproduce nor a file\n {2}→ mmx reproduce ngiam2011, or mmx reproduce \S+\n$/,
    );
    // A paper that has tables here, and no list of them.
    expectRefused(await commandLine('reproduce', 'mnist-halves'), /'mnist-halves' is neither a paper/);
  });

  it('refuses words that are no override', async () => {
    expectRefused(
      await commandLine('reproduce', 'ngiam2011', 'smoke'),
      "'smoke' is not an override (key=value)",
    );
  });

  it('refuses overrides that no experiment has, before anything else', async () => {
    expectRefused(await commandLine('reproduce', 'ngiam2011', 'autoencoder.epoch=3'), /epoch/);
    expectRefused(await commandLine('reproduce', 'ngiam2011', 'scale=huge'), /there is no scale `huge`/);
  });

  it('asks for a paper', async () => {
    const { status, stdout } = await commandLine('reproduce');
    expect([status, stdout]).toEqual([2, '']);
  });

  it('refuses a list whose table does not exist, by name', async () => {
    write({ 'r.yaml': 'reproduce: r\ntitle: R\ntables: {one: parts/none.yaml}\n' });
    expectRefused(await commandLine('reproduce', 'r.yaml'), /none\.yaml/);
  });

  it('refuses a list of no tables', async () => {
    write({ 'r.yaml': 'reproduce: r\ntitle: R\ntables: {}\n' });
    expectRefused(await commandLine('reproduce', 'r.yaml'), /r\.yaml lists no tables/);
    write({ 'f.yaml': 'reproduce: r\ntitle: R\ntables: {}\nfigure4: x.yaml\n', 'x.yaml': 'seeds: [1]\n' });
    expectRefused(await commandLine('reproduce', 'f.yaml'), /f\.yaml lists no tables/);
  });

  it('refuses a folder, and an experiment where tables belong', async () => {
    mkdirSync('folder');
    expectRefused(await commandLine('reproduce', 'folder'), /folder/);
    write({
      'x.yaml': `${small}architecture: rbm\nsetting: fusion\n`,
      'r.yaml': 'reproduce: r\ntitle: R\ntables: {x: x.yaml}\n',
    });
    expectRefused(await commandLine('reproduce', 'r.yaml'), /this is not a table/);
  });

  it('refuses a figure that cannot be drawn before it computes the tables', async () => {
    write({
      'one.yaml': table,
      'f.yaml': `${small}architecture: rbm\nsetting: fusion\n`,
      'r.yaml': 'reproduce: r\ntitle: R\ntables: {one: one.yaml}\nfigure4: f.yaml\n',
    });
    expectRefused(await commandLine('reproduce', 'r.yaml'), /figure 4 needs a bimodal-dbn or/);
  });

  it('refuses a paper and a figure that it does not know, and so does mmx config check', async () => {
    const list = 'reproduce: r\ntitle: R\ntables: {one: one.yaml}\n';
    write({ 'one.yaml': table });
    for (const [more, message] of [
      ['paper: doe2020\n', /r\.yaml belongs to the paper 'doe2020', which this version of mmx does not know/],
      ['figures: {figure9: one.yaml}\n', /r\.yaml: Ngiam et al\. \(2011\) has no figure 'figure9'/],
    ] as const) {
      write({ 'r.yaml': list + more });
      expectRefused(await commandLine('reproduce', 'r.yaml'), message);
      const checked = await commandLine('config', 'check', 'r.yaml');
      expect([checked.status, checked.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });

  it('plans all tables as one run: what they share is there once', async () => {
    write({
      'one.yaml': table,
      'two.yaml': table.replace('table: one', 'table: two').replace('rbm\nsetting', 'bimodal-dbn\nsetting'),
      'r.yaml': 'reproduce: r\ntitle: R\ntables: {one: one.yaml, two: two.yaml}\n',
    });
    const { status, stdout, stderr } = await commandLine('reproduce', 'r.yaml', '--dry-run', '--json');
    expect([status, stderr]).toEqual([0, '']);
    const { stages } = JSON.parse(stdout) as { stages: { hash: string; kind: string }[] };
    expect(new Set(stages.map(({ hash }) => hash)).size).toBe(stages.length);
    // One front end, frames of two parts, RBMs of sound, pictures and both, two scores.
    expect(stages.map(({ kind }) => kind).sort()).toEqual(
      ['frames', 'frames', 'front-end', 'rbm', 'rbm', 'rbm', 'score', 'score'].sort(),
    );
    expect(readdirSync('.').sort()).toEqual(['one.yaml', 'r.yaml', 'two.yaml']);
  });
});

describe('mmx figure', () => {
  it.each(['rbm', 'preprocessed', 'shallow-bimodal-rbm', 'raw-cca', 'video-only-deep-autoencoder'])(
    'refuses %s before it computes anything',
    async (architecture) => {
      const setting = architecture.startsWith('video') ? 'cross-modality-video' : 'fusion';
      write({
        'x.yaml': `${small}architecture: ${architecture}\nsetting: ${setting}\n`,
      });
      for (const flags of [[], ['--dry-run']]) {
        expectRefused(
          await commandLine('figure', 'x.yaml', ...flags),
          /figure 4 needs a bimodal-dbn or a bimodal-deep-autoencoder: other architectures have no layer/,
        );
      }
    },
  );

  it('refuses plain examples', async () => {
    write({ 'x.yaml': 'corpus: mnist-halves\narchitecture: bimodal-dbn\nsetting: fusion\n' });
    expectRefused(
      await commandLine('figure', 'x.yaml'),
      /figure 4 needs a model of sound and pictures over time/,
    );
  });

  it.each(['bimodal-dbn', 'bimodal-deep-autoencoder'])(
    'plans the pieces of %s, of one seed',
    async (architecture) => {
      write({ 'x.yaml': `${small}seeds: [3, 4]\narchitecture: ${architecture}\nsetting: fusion\n` });
      const { stdout, stderr } = await commandLine('figure', 'x.yaml', '--dry-run', '--json');
      expect(stderr).toBe('');
      const { stages } = JSON.parse(stdout) as { stages: { kind: string; label: string }[] };
      expect(stages.filter(({ kind }) => kind === 'score')).toEqual([]);
      const own = architecture === 'bimodal-dbn' ? [] : ['autoencoder'];
      expect(stages.map(({ kind }) => kind).sort()).toEqual(
        [...own, 'frames', 'front-end', 'rbm', 'rbm', 'rbm'].sort(),
      );
      for (const { kind, label } of stages.filter((one) => one.label.includes('seed'))) {
        expect(`${kind} ${label}`).toContain('seed 3');
      }
    },
  );
});
