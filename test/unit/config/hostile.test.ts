import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/config/experiment.js';
import type { ConfigError } from '../../../src/config/problems.js';
import { loadReproduction } from '../../../src/config/reproduction.js';
import { loadSweep } from '../../../src/config/sweep.js';
import { loadTable } from '../../../src/config/table.js';
import { configError, inEmptyDirectory, required, write } from './files.js';

inEmptyDirectory();

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');

/** The error of an experiment, whose message must stay short whatever the file holds. */
function errorOf(content: string, overrides: readonly string[] = []): ConfigError {
  write({ 'x.yaml': content });
  const error = configError(() => loadExperiment('x.yaml', overrides));
  expect(error.message.length).toBeLessThan(20_000);
  return error;
}

describe('what is written to be slow', () => {
  it.each([
    ['closing brackets', '}'.repeat(1 << 20)],
    ['mistakes in a flow map', '{a,}}'.repeat(1 << 17)],
    ['items of nothing', '-\n'.repeat(1 << 19)],
    ['empty lines', '\n'.repeat(1 << 20)],
    ['quotation marks', '"'.repeat(1 << 20)],
    ['wrong escapes in one text', `a: "${'\\q'.repeat(1 << 18)}"`],
    ['anchors', '&a '.repeat(1 << 18)],
    ['directives', '%a\n'.repeat(1 << 18)],
  ])('%s: refused before they are parsed', (_, text) => {
    expect(errorOf(text).problems).toMatchObject([{ code: 'config/too-large', file: 'x.yaml' }]);
  });

  it.each([
    ['lists', '['.repeat(5000) + ']'.repeat(5000)],
    ['maps', '{a: '.repeat(5000)],
  ])('%s in one another: refused at the first that is too deep', (_, text) => {
    const [problem] = errorOf(`a: ${text}`).problems;
    expect(problem).toMatchObject({ code: 'config/syntax', message: 'values are nested too deeply' });
    expect(problem?.column).toBeLessThan(500);
  });

  it('many aliases of one anchor', () => {
    write({ 'x.yaml': `${required}seeds: [&a 1, 2]\n${lines(4900, (i) => `k${i}: *a`)}` });
    const { problems, unshown } = configError(() => loadExperiment('x.yaml'));
    expect(problems.length + unshown).toBe(1000);
  });

  it('an alias stands for the last anchor of that name above it', () => {
    const changed = (overrides: string[] = []) => loadExperiment('x.yaml', overrides).value.seeds;
    write({
      'x.yaml': `${required}cca: {dimensions: &n 3}\nseeds: [*n, &n 5]\nscales: {s: {seeds: [*n]}}\n`,
    });
    expect([changed(), changed(['scale=s'])]).toEqual([[3, 5], [5]]);
  });
});

describe('what extends', () => {
  const diamond = (files: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: files }, (_, i) => [
        `d${i}.yaml`,
        i + 1 < files ? `extends: [d${i + 1}.yaml, d${i + 1}.yaml]\n` : required,
      ]),
    );

  it('a diamond of files: each is merged once', () => {
    write(diamond(40));
    const config = loadExperiment('d0.yaml');
    expect(config.value.architecture).toBe('raw-cca');
    expect(config.files).toHaveLength(40);
  });

  it('a chain of too many files', () => {
    write(diamond(300));
    expect(configError(() => loadExperiment('d0.yaml'))).toMatchObject({ code: 'config/too-large' });
  });

  it('one file a thousand times over', () => {
    const names = Array.from({ length: 5000 }, () => 'b.yaml').join(', ');
    write({ 'b.yaml': required, 'x.yaml': `extends: [${names}]\n` });
    expect(configError(() => loadExperiment('x.yaml'))).toMatchObject({ code: 'config/too-large' });
  });

  it('files that are large together', () => {
    const members = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`);
    const names = Array.from({ length: 6 }, (_, i) => `p${i}.yaml`);
    write(Object.fromEntries(names.map((name) => [name, `seeds: [1]\nrbm: {${members}}\n`])));
    write({ 'x.yaml': `extends: [${names}]\n${required}` });
    expect(configError(() => loadExperiment('x.yaml')).problems[0]).toMatchObject({
      code: 'config/too-large',
      file: 'p4.yaml',
    });
  });

  it.runIf(process.platform !== 'win32')('a device or a pipe', () => {
    execFileSync('mkfifo', ['pipe']);
    for (const name of ['/dev/zero', 'pipe']) {
      write({ 'x.yaml': `extends: ${name}\n${required}` });
      expect(configError(() => loadExperiment('x.yaml')).message).toContain('is not a plain file');
      expect(configError(() => loadExperiment(name)).message).toContain('is not a plain file');
    }
  });

  it.each([
    ['one line', 'hunter2\n'],
    ['lines as of passwd', 'root:x:0:0:hunter2:/root:/bin/sh\nuser:x:1:1:hunter2:/:/bin/sh\n'],
    ['a key in PEM', '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n'],
    ['an INI file', '[default]\naws_secret_access_key = hunter2\n'],
    ['shell variables', 'PASSWORD="hunter2" more\nexport TOKEN=hunter2\n'],
    ['JSON on one line', '{"auths": {"host": {"auth": "hunter2"}}}'],
    ['a map with one known key', 'title: hunter2\nuser: hunter2\npassword: hunter2\n'],
    ['an unknown tag', 'a: !hunter2 b\n'],
    ['an alias', 'a: *hunter2\n'],
    ['a key twice', 'hunter2: 1\nhunter2: 2\n'],
    ['a list', '- hunter2\n'],
    ['a number', '12345 # hunter2\n'],
    ['deep brackets', `hunter2: ${'['.repeat(200)}\n`],
    ['many values', `hunter2: [${'1, '.repeat(11_000)}]\n`],
    ['a directive', '%hunter2 x\n--- hunter2\n'],
  ])('says nothing of the content of a file that is no config: %s', (_, content) => {
    const table =
      'table: t\ntitle: T\ncolumns: [{id: a, label: A}]\nrows: [{id: r, label: R, extends: secret}]\n';
    write({
      secret: content,
      'x.yaml': `extends: secret\n${required}`,
      'y.yaml': `${required}extends: x.yaml\n`,
      'rows.yaml': `${required}${table}`,
      'all.yaml': 'reproduce: all\ntitle: T\ntables: {t: secret}\n',
    });
    for (const load of [
      () => loadExperiment('x.yaml'),
      () => loadExperiment('y.yaml'),
      () => loadTable('rows.yaml'),
      () => loadReproduction('all.yaml'),
    ]) {
      const { message, problems } = configError(load);
      expect(message).toMatch(/secret/);
      expect(`${message} ${JSON.stringify(problems)}`).not.toContain('hunter2');
    }
  });

  it('shows the lines of a base that is a config with a mistake in it', () => {
    write({ 'b.yaml': 'cca: {ridge: -1}\n', 'x.yaml': `extends: b.yaml\n${required}` });
    expect(configError(() => loadExperiment('x.yaml')).message).toContain('1 | cca: {ridge: -1}');
  });
});

describe('what a message shows', () => {
  it('the first of many problems, and how many more there are', () => {
    const error = errorOf(`${required}${lines(500, (i) => `k${i}: 1`)}`);
    expect(error.problems).toHaveLength(20);
    expect(error.unshown).toBe(480);
    expect(error.message).toMatch(/x\.yaml:23:1: unknown key `k19`.*\n.*\n.*\n\n… and 480 more problems$/);
  });

  it('the beginning of long keys, values, texts and names', () => {
    const long = 'k'.repeat(60_000);
    errorOf(`${required}${long}: 1\n`);
    errorOf(`${required}rbm: {${long.toUpperCase()}: {hidden: 1}}\n`);
    errorOf(`${required}rbm: {${long}: {hidden: 0, ${long}: 1}}\n`);
    errorOf(`${required.replace('raw-cca', long)}`);
    errorOf(`${required}scale: ${long}\n`);
    errorOf(`${required}seeds: *${long}\n`);
    errorOf(`${required}seeds: !${long} 1\n`);
    errorOf(`extends: ${long}\n${required}`);
    errorOf(required, [`${long}=1`]);
    errorOf(required, [`seeds=${long}`]);
    errorOf(required, [`seeds=[1, ${long}`]);
    errorOf(required, [long]);
    errorOf(required, [`${'a.'.repeat(30_000)}a=1`]);
    const scales = Array.from({ length: 3000 }, (_, i) => `s${i}: {}`);
    errorOf(`${required}scales: {${scales}}\nscale: none-of-these\n`);
  });

  it('no character that a terminal obeys', () => {
    const error = errorOf(`${required}"a\\eb\\nc": "\\u202e"\n"d\u202e": 1\n`, ['a\u001b[31m\nb=1']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
    expect(error.message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(error.message).toContain('override a\\x1b[31m\\nb=1: unknown key `a\\x1b[31m\\nb`');
  });
});

describe('what multiplies', () => {
  const draw = () => 0.5;
  const ids = (count: number): string =>
    Array.from({ length: count }, (_, i) => `{id: i${i}, label: L}`).join(', ');
  const table = (columns: number, rows: number): string =>
    `${required}table: t\ntitle: T\ncolumns: [${ids(columns)}]\nrows: [${ids(rows)}]\n`;

  it('rows and columns', () => {
    write({ 't.yaml': table(100, 100) });
    const { problems } = configError(() => loadTable('t.yaml'));
    expect(problems).toMatchObject([{ code: 'config/too-many-cells', line: 7 }]);
  });

  it('cells and what each of them holds', () => {
    write({ 't.yaml': `${table(20, 40)}seeds: [${Array.from({ length: 990 }, (_, i) => i)}]\n` });
    expect(configError(() => loadTable('t.yaml'))).toMatchObject({ code: 'config/too-large' });
  });

  it('cells and seeds', () => {
    write({ 't.yaml': `${table(5, 5)}seeds: [${Array.from({ length: 900 }, (_, i) => i)}]\n` });
    expect(configError(() => loadTable('t.yaml'))).toMatchObject({ code: 'config/too-many-runs' });
    const many = Array.from({ length: 5000 }, (_, i) => i);
    expect(errorOf(`${required}seeds: [${many}]\n`).message).toContain('must name at most 1000 seeds');
  });

  it('sections, each with defaults of its own', () => {
    const sections = Array.from({ length: 3000 }, (_, i) => `r${i}: {}`);
    expect(errorOf(`${required}rbm: {${sections}}\n`).message).toContain('`rbm` must have at most 20 RBMs');
    expect(errorOf(`${required}scales: {${sections}}\n`).message).toContain('must have at most 20 scales');
  });

  it('the paths that braces stand for', () => {
    write({ 's.yaml': `${required}sweep: {grid: {"rbm${'.{left,right}'.repeat(40)}": [1, 2]}}\n` });
    expect(configError(() => loadSweep('s.yaml', [], {}, draw)).message).toContain('expands to');
  });

  it('parameters, points and columns', () => {
    const grid = Array.from({ length: 500 }, (_, i) => `rbm.r${i}.hidden: [1]`);
    write({ 's.yaml': `${required}sweep: {grid: {${grid}}}\n` });
    expect(configError(() => loadSweep('s.yaml', [], {}, draw)).message).toContain('500 parameters');
    const values = Array.from({ length: 500 }, (_, i) => i + 1);
    write({
      's.yaml': `${required}sweep: {grid: {cca.dimensions: [${values}]}}\ncolumns: [${ids(50)}]\n`,
    });
    const error = configError(() => loadSweep('s.yaml', [], {}, draw));
    expect(error).toMatchObject({ code: 'config/too-many-cells' });
  });

  it('sizes of what is learnt', () => {
    for (const value of ['1e15', '1e308', '99999999999999999999']) {
      expect(errorOf(`${required}rbm: {left: {hidden: ${value}}}\n`).message).toContain(
        '`rbm.left.hidden` must be a whole number from 1 to 100000',
      );
    }
  });
});

describe('where results go', () => {
  it('a reproduction names folders, not paths', () => {
    write({ 'all.yaml': 'reproduce: ../../up\ntitle: T\ntables: {../up: t.yaml}\n', 't.yaml': required });
    expect(configError(() => loadReproduction('all.yaml')).problems).toMatchObject([
      { line: 1, column: 12 },
      { line: 3, column: 10 },
    ]);
  });
});
