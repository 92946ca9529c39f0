import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configCommand } from '../../../../src/cli/commands/config/command.js';
import { schemaText } from '../../../../src/cli/commands/config/schema/work.js';
import { loadExperiment } from '../../../../src/config/experiment.js';
import { inEmptyDirectory, required, write } from '../../config/files.js';

/** Runs `mmx config …` and returns what it printed. */
async function run(...words: string[]): Promise<string> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  try {
    await configCommand().parseAsync(words, { from: 'user' });
    return printed;
  } finally {
    vi.restoreAllMocks();
  }
}

describe('configs/schema.json', () => {
  it('is what the schema generates (mmx config schema > configs/schema.json)', async () => {
    expect(readFileSync('configs/schema.json', 'utf8')).toBe(schemaText());
    expect(await run('schema')).toBe(schemaText());
  });

  const schema = z.fromJSONSchema(JSON.parse(schemaText()) as Parameters<typeof z.fromJSONSchema>[0]);

  it.each([
    'configs/base/mnist-halves.yaml',
    'configs/mnist-halves/sweep.yaml',
    'test/fixtures/config/experiment.yaml',
    'test/fixtures/config/table.yaml',
    'test/fixtures/config/parts/small.yaml',
  ])('accepts %s', (file) => {
    expect(schema.safeParse(parse(readFileSync(file, 'utf8')))).toMatchObject({ success: true });
  });

  it('accepts scales and stand-ins, and null to remove them', () => {
    const layers =
      'scales: {smoke: {seeds: [1]}, small: null}, stand_in: {corpus: talking-mouth, scale: smoke}';
    const text = `{scale: small, ${layers}, rows: [{id: a, label: A, ${layers}, cells: {b: {stand_in: null}}}]}`;
    expect(schema.safeParse(parse(text))).toMatchObject({ success: true });
  });

  it.each([
    ['an unknown key of a scale', 'scales: {smoke: {sedes: [1]}}'],
    ['a scale inside a scale', 'scales: {smoke: {scale: small}}'],
    ['a name of a scale that is not in kebab-case', 'scales: {Smoke: {}}'],
    ['an unknown key of a stand-in', 'rows: [{id: a, label: A, stand_in: {corpora: x}}]'],
    ['an unknown key', 'cca: {dimension: 5}'],
    ['a value out of range', 'rbm: {left: {hidden: 0}}'],
    ['an unknown setting', 'setting: shared-left'],
    ['an unknown key of a sweep', 'sweep: {grids: {}}'],
    ['an unknown distribution', 'sweep: {random: {cca.ridge: {normal: [0, 1]}}}'],
    ['values of a grid that are no list', 'sweep: {grid: {cca.ridge: 5}}'],
    ['an unknown key of a row', 'rows: [{id: a, label: A, sed: 1}]'],
  ])('refuses %s', (_, text) => {
    expect(schema.safeParse(parse(text)).success).toBe(false);
  });
});

describe('configs/base/mnist-halves.yaml', () => {
  it('needs an architecture and a setting only', () => {
    const { value } = loadExperiment('configs/base/mnist-halves.yaml', [
      'architecture=bimodal-dbn',
      'setting=fusion',
    ]);
    expect(Object.keys(value.rbm).sort()).toEqual([
      'joint',
      'left',
      'left_above',
      'right',
      'right_above',
      'shallow',
    ]);
    expect(value.corpus.name).toBe('mnist-halves');
  });
});

describe('mmx config', () => {
  inEmptyDirectory();
  afterEach(() => {
    process.exitCode = 0;
  });

  it('show --json gives values and origins', async () => {
    write({ 'x.yaml': required });
    const shown = JSON.parse(await run('show', 'x.yaml', 'seeds=[4]', '--json'));
    expect(shown.value.seeds).toEqual([4]);
    expect(shown.origins.setting).toEqual({ kind: 'file', file: 'x.yaml', line: 3, column: 10 });
    expect(shown.files).toEqual(['x.yaml']);
  });

  it('show gives the values under a scale of the command line', async () => {
    write({ 'x.yaml': `${required}scales:\n  smoke: {rbm: {left: {hidden: 8}}}\n` });
    expect(await run('show', 'x.yaml')).not.toContain('hidden');
    const shown = await run('show', 'x.yaml', 'scale=smoke');
    expect(shown).toMatch(/^ {4}hidden: 8 +# x\.yaml:5:32$/m);
    expect(shown).toMatch(/^scale: smoke +# override scale=smoke$/m);
  });

  it('show of a table prints its cells, or one of them', async () => {
    write({
      't.yaml': `${required}table: t\ntitle: T\ncolumns: [{id: a, label: A}]\nrows: [{id: r, label: R}, {id: s, label: S}]\n`,
    });
    const headings = (await run('show', 't.yaml')).split('\n').filter((line) => line.startsWith('---'));
    expect(headings).toEqual(['--- # row r, column a', '--- # row s, column a']);
    expect(await run('show', 't.yaml', '--cell', 's/a')).toMatch(
      /^--- # row s, column a\ncorpus:\n {2}name: /,
    );
    await expect(run('show', 't.yaml', '--cell', 's/b')).rejects.toMatchObject({
      message: 'the table t has no cell s/b',
      hint: 'did you mean s/a?',
    });
  });

  it('show of a sweep prints its points; check takes it for what it is', async () => {
    write({ 's.yaml': `${required}sweep: {grid: {cca.ridge: [0.5, 2]}}\n` });
    const shown = await run('show', 's.yaml', '--cell', 'point-02/shared-left-to-right');
    expect(shown).toMatch(/^ {2}ridge: 2 +# s\.yaml:4:33$/m);
    expect(shown).toMatch(/^ {2}protocol: train-folds +# s\.yaml:4:8$/m);
    expect(await run('check', 's.yaml')).toBe('ok  s.yaml\n');
    write({ 't.yaml': `${required}sweep: {grid: {cca.rigde: [0.5, 2]}}\n` });
    await expect(run('check', 't.yaml')).rejects.toMatchObject({
      message: expect.stringContaining('t.yaml:4:16: an experiment has no value `cca.rigde`'),
    });
  });

  it('show tells what stands in for a corpus that there is no copy of', async () => {
    const layers = 'stand_in: {corpus: {name: talking-mouth, scale: 0.5}, seeds: [7]}\n';
    write({ 'x.yaml': `corpus: cuave\narchitecture: preprocessed\nsetting: fusion\n${layers}` });
    const shown = await run('show', 'x.yaml');
    expect(shown).toMatch(
      /^# stands in for cuave, of which there is no copy\ncorpus:\n {2}name: talking-mouth /,
    );
    expect(shown).toContain('seeds: [7]');
    expect(JSON.parse(await run('show', 'x.yaml', '--json'))).toMatchObject({ standIn: { corpus: 'cuave' } });
    for (const words of [['--data', 'avletters=a', '--data', 'cuave=b'], ['corpus.data=b']]) {
      expect(await run('show', 'x.yaml', ...words)).toMatch(/^corpus:\n {2}name: cuave /);
    }
  });

  it('check tells what stands in for a corpus, and what is wrong beneath it', async () => {
    const layers = 'stand_in: {corpus: talking-mouth, scale: small, seeds: [7]}\nscales: {small: {}}\n';
    const rows =
      'rows: [{id: r, label: R}, {id: s, label: S, corpus: mnist-halves}, {id: t, label: T, corpus: fsdd, setting: classic-audio}]';
    const body = `corpus: cuave\narchitecture: preprocessed\nsetting: fusion\n${layers}`;
    write({
      'x.yaml': body,
      't.yaml': `${body}table: t\ntitle: T\ncolumns: [{id: a, label: A}]\n${rows}\n`,
      'bad.yaml': `${body}seeds: [-1]\n`,
    });
    expect(await run('check', 'x.yaml', 't.yaml')).toBe(
      'ok  x.yaml  (talking-mouth stands in for cuave)\n' +
        'ok  t.yaml  (talking-mouth stands in for cuave, talking-mouth stands in for fsdd)\n',
    );
    expect(await run('check', 'x.yaml', 't.yaml', '--data', 'cuave=d')).toBe(
      'ok  x.yaml\nok  t.yaml  (talking-mouth stands in for fsdd)\n',
    );
    expect(JSON.parse(await run('check', 'x.yaml', '--json'))).toEqual([
      {
        file: 'x.yaml',
        ok: true,
        standIns: [{ corpus: 'cuave', by: 'talking-mouth' }],
        problems: [],
        unshown: 0,
      },
    ]);
    await expect(run('check', 'bad.yaml')).rejects.toThrow(/bad\.yaml:6:9/);
  });

  it('check goes through what a reproduction lists, and show names it', async () => {
    write({
      'all.yaml': 'reproduce: all\ntitle: T\ntables: {t: sub/t.yaml}\nfigure4: x.yaml\n',
      'x.yaml': required,
      'sub/t.yaml': `${required}table: t\ntitle: T\ncolumns: [{id: a, label: A}]\nrows: [{id: r, label: R}]\n`,
    });
    expect(await run('check', 'all.yaml', 'x.yaml')).toBe('ok  all.yaml\nok  x.yaml\nok  sub/t.yaml\n');
    await expect(run('show', 'all.yaml')).rejects.toThrow(
      'all.yaml lists configurations: sub/t.yaml, x.yaml',
    );
    write({ 'x.yaml': `${required}sedes: [1]\n` });
    await expect(run('check', 'all.yaml')).rejects.toThrow(/^x\.yaml:4:1: unknown key `sedes`/);
  });

  it('check tells what the commands refuse, and which columns the row leaves out', async () => {
    const columns = ['classic-left', 'classic-right', 'fusion'].map(
      (name) => `{id: ${name}, label: L, setting: ${name}}`,
    );
    const head = `${required.replace(/setting.*\n/, '')}table: t\ntitle: T\ncolumns: [${columns}]\n`;
    write({
      'x.yaml': required.replace('raw-cca', 'rbm-cca').replace('shared-left-to-right', 'classic-left'),
      't.yaml': `${head}rows:\n  - {id: r, label: R}\n  - {id: s, label: S, columns: [fusion]}\n`,
      'u.yaml': `${head}rows:\n  - {id: r, label: R, columns: [fusion], engine: cpu}\n  - {id: s, label: S, columns: [fusion]}\n`,
      'p.yaml': `${head}rows:\n  - {id: r, label: R, columns: [fusion], published: {source: none, method: none}}\n`,
      'c.yaml': 'corpus: {name: talking-mouth, preset: digit}\narchitecture: preprocessed\nsetting: fusion\n',
      's.yaml': `${required}sweep: {grid: {cca.dimensions: [393, 500]}}\n`,
    });
    const left = "'raw-cca' cannot be used in 'classic-left': it learns from both modalities";
    await expect(run('check', 'x.yaml')).rejects.toThrow(/^x\.yaml:3:10: 'rbm-cca' cannot be used in/);
    await expect(run('check', 't.yaml')).rejects.toThrow(`row 'r', column 'classic-left': ${left}`);
    await expect(run('check', 't.yaml')).rejects.toThrow(
      '`columns: [fusion]` in the row leaves it out (t.yaml:7:6)',
    );
    await expect(run('check', 'u.yaml')).rejects.toThrow('all cells of a run must have the same `engine`');
    await expect(run('check', 'p.yaml')).rejects.toThrow(/^p\.yaml: No published number matches/);
    await expect(run('check', 'c.yaml')).rejects.toThrow(
      "c.yaml:1:39: there is no preset 'digit' of talking-mouth; did you mean 'digits'?",
    );
    await expect(run('check', 's.yaml')).rejects.toThrow('at most 392 pairs');
  });

  it('check prints ok lines, then everything that is wrong with the others', async () => {
    write({ 'good.yaml': required, 'bad.yaml': `${required}sedes: [1]\n` });
    expect(await run('check', 'good.yaml')).toBe('ok  good.yaml\n');
    await expect(run('check', 'bad.yaml', 'good.yaml', 'none.yaml')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^bad\.yaml:4:1: unknown key `sedes`[\s\S]*none\.yaml: the file does not exist$/,
      ),
    });
    expect(JSON.parse(await run('check', 'bad.yaml', 'good.yaml', '--json'))).toMatchObject([
      { file: 'bad.yaml', ok: false, problems: [{ code: 'config/unknown-key', line: 4, column: 1 }] },
      { file: 'good.yaml', ok: true, problems: [] },
    ]);
    expect(process.exitCode).toBe(2);
  });
});
