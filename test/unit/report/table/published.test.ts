import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metricOfUnit } from '../../../../src/evaluation/answer-metrics.js';
import { findPublished, loadPublished, publishedFiles } from '../../../../src/report/table/published.js';
import { errorOf } from '../../../support/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'mmx-published-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'source,table,corpus,method,condition,value,pm_2sd,unit,note';

describe('the published numbers of the package', () => {
  const numbers = loadPublished();

  it('are all read', () => {
    const lines = publishedFiles().flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1));
    expect(numbers).toHaveLength(lines.length);
    expect(numbers.length).toBeGreaterThan(60);
  });

  it('come from sources whose references are given', () => {
    for (const file of publishedFiles()) {
      const readme = readFileSync(join(dirname(file), 'README.md'), 'utf8');
      for (const source of new Set(loadPublished(file).map((number) => number.source))) {
        expect(readme).toContain(`**\`${source}\`**`);
      }
    }
  });

  it('are percentages, or points that say against what', () => {
    for (const { unit, value, method } of numbers) {
      if (unit.startsWith('points_vs_')) expect(Math.abs(value), method).toBeLessThan(100);
      else {
        expect(unit === 'percent' || metricOfUnit(unit) !== undefined, `${method} in ${unit}`).toBe(true);
        expect(value, method).toBeGreaterThan(0);
        expect(value, method).toBeLessThanOrEqual(100);
      }
    }
  });

  it('of the McGurk table add up to all answers of a condition', () => {
    const sums = new Map<string, number>();
    for (const number of numbers.filter((candidate) => candidate.table === '3')) {
      const stimulus = number.condition.split(' -> ')[0] ?? '';
      sums.set(stimulus, (sums.get(stimulus) ?? 0) + number.value);
    }
    expect([...sums.values()].map((sum) => sum.toFixed(1))).toEqual(['100.0', '100.0', '100.0']);
  });

  it('are found by what names them', () => {
    expect(
      findPublished({ source: 'corrnet2016', method: 'multimodal-autoencoder', condition: 'left->right' }),
    ).toMatchObject({ value: 64.14, pm2sd: null, unit: 'accuracy_pct', table: '4' });
    expect(findPublished({ table: '1a', method: 'video-only-deep-autoencoder' })).toMatchObject({
      value: 64.4,
      pm2sd: 2.4,
    });
  });
});

describe('findPublished', () => {
  it('says which match when several do, and by what they differ', () => {
    const error = errorOf(() => findPublished({ source: 'corrnet2016', method: 'corrnet' }));
    expect(error.code).toBe('published/ambiguous');
    expect(error.message).toContain('2 published numbers match source=corrnet2016, method=corrnet');
    expect(error.message).toContain('left->right');
    expect(error.hint).toBe('Say which one by its condition.');
    expect(errorOf(() => findPublished({}, loadPublished().slice(0, 9))).message).toMatch(/ and 4 more\.$/);
  });

  it('names the nearest when none matches', () => {
    const error = errorOf(() =>
      findPublished({ source: 'corrnet2016', method: 'corrnett', condition: 'left->right' }),
    );
    expect(error.code).toBe('published/not-found');
    expect(error.exitCode).toBe(2);
    expect(error.hint).toMatch(
      /^The nearest are "corrnet2016 \/ 4 \/ mnist-halves \/ corrnet \/ left->right"/,
    );
  });

  it('treats an undefined field as open', () => {
    const numbers = loadPublished().slice(0, 1);
    expect(findPublished({ source: undefined }, numbers)).toBe(numbers[0]);
  });
});

describe('loadPublished', () => {
  it.each([
    ['header', 'source,table\n', 1, /the header must be "source,table,corpus/],
    ['empty file', '', 1, /header/],
    ['too few fields', `${header}\na,1,c,m,x,50,,accuracy_pct,\na,1,c,m\n`, 3, /4 fields where 9/],
    ['no number', `${header}\na,1,c,m,x,fifty,,accuracy_pct,\n`, 2, /"value" is "fifty", not a number/],
    ['blank number', `${header}\na,1,c,m,x, ,,accuracy_pct,\n`, 2, /"value" is empty/],
    ['bad ±', `${header}\na,1,c,m,x,50,-1,accuracy_pct,\n`, 2, /"pm_2sd" is -1, below zero/],
    ['empty key', `${header}\na,1,,m,x,50,,accuracy_pct,\n`, 2, /"corpus" is empty/],
    ['repeated key', `${header}\na,1,c,m,x,50,,u,\nb,1,c,m,x,50,,u,\na,1,c,m,x,51,,u,\n`, 4, /of line 2/],
    ['line after a quoted line break', `${header}\na,1,c,m,x,50,,u,"two\nlines"\na,1\n`, 4, /2 fields/],
    ['open quote', `${header}\na,1,"c,m,x,50,,u,\n`, 2, /not valid CSV/],
  ])('%s', (name, text, line, what) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.csv`);
    writeFileSync(file, text);
    const error = errorOf(() => loadPublished(file));
    expect(error.code).toBe('published/malformed');
    expect(error.message).toMatch(what);
    expect(error.message).toContain(`.csv:${line})`);
  });

  it('reads several files, and finds a number that is in two of them', () => {
    const [one, two] = ['one.csv', 'two.csv'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(one, `${header}\na,1,c,m,x,50,,u,\n`);
    writeFileSync(two, `${header}\nb,1,c,m,x,50,,u,\n`);
    expect(loadPublished([one, two]).map(({ source }) => source)).toEqual(['a', 'b']);
    writeFileSync(two, `${header}\n\na,1,c,m,x,51,,u,\n`);
    const { message } = errorOf(() => loadPublished([one, two]));
    expect(message).toMatch(/it repeats a \/ 1 \/ c \/ m \/ x of line 2 of .*one\.csv \(.*two\.csv:3\)/);
  });

  it('takes a byte order mark, and no other encoding', () => {
    const file = join(folder, 'encoded.csv');
    const text = `${header}\na,1,c,m,x,50,,u,\n`;
    writeFileSync(file, `\uFEFF${text}`);
    expect(loadPublished(file)).toHaveLength(1);
    writeFileSync(file, Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect(errorOf(() => loadPublished(file)).message).toMatch(/encoded in UTF-16/);
  });

  it('says which file is missing', () => {
    const error = errorOf(() => loadPublished(join(folder, 'nowhere.csv')));
    expect(error.code).toBe('published/unreadable');
    expect(error.message).toContain('nowhere.csv');
  });
});
