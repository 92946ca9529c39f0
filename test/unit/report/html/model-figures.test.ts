import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Canvas } from '../../../../src/report/figures/canvas.js';
import { errorOf } from '../../../support/errors.js';
import { tricky } from '../table/fixture.js';
import { faults, report, temporary, words, writeTable } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = temporary();
  writeTable(folder, tricky);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = {
  format: 1,
  kind: 'reconstructions',
  title: 'What <it> makes\u202e',
  caption: 'A row is "one" & another.',
  alt: 'ten examples',
  corpus: 'mnist-halves',
  synthetic: false,
  architecture: 'bimodal-dbn',
  settings: ['fusion'],
  seed: 1,
  width: 20,
};

function write(name: string, known: object, directory = folder): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${name}.json`), JSON.stringify(known));
  writeFileSync(join(directory, `${name}.png`), new Canvas(40, 10).encode());
}

describe('figures of models in a report', () => {
  it('are there with their texts, at the width they ask for', () => {
    write('reconstructions-a', record);
    write('embedding-a', { ...record, kind: 'embedding', title: 'Where they lie' });
    const html = report(folder);
    expect(faults(html)).toEqual([]);
    expect(html).toContain('alt="ten examples" width="20" height="5"');
    expect(words(html)).toContain('What <it> makes\\u202e A row is "one" & another.');
    expect(html.indexOf('id="reconstructions"')).toBeLessThan(html.indexOf('id="where-examples-lie"'));
    expect(html).not.toContain('<it>');
  });

  it('may lie in the folders of tables', () => {
    const inside = join(folder, 'inner');
    writeTable(inside, tricky);
    write('embedding-b', { ...record, kind: 'embedding' }, inside);
    expect(report(folder).match(/class="model"/g)).toHaveLength(1);
  });

  it('are left out without a picture, as is what has another name', () => {
    write('reconstructions-a', record);
    rmSync(join(folder, 'reconstructions-a.png'));
    write('something-else', record);
    expect(report(folder)).not.toContain('class="model"');
  });

  it.each([
    [{ ...record, width: -1 }, /reconstructions-a\.json is not the record of a figure: width: /],
    [{ ...record, kind: 'other' }, /reconstructions-a\.json is not the record of a figure: kind: /],
    [[], /reconstructions-a\.json is not the record of a figure: /],
  ])('are refused with a damaged record: %j', (known, sentence) => {
    write('reconstructions-a', known);
    const error = errorOf(() => report(folder));
    expect([error.code, error.message]).toEqual(['report/figure-record', expect.stringMatching(sentence)]);
  });

  it('are refused where the picture is none', () => {
    write('reconstructions-a', record);
    writeFileSync(join(folder, 'reconstructions-a.png'), 'no picture');
    expect(errorOf(() => report(folder)).message).toMatch(
      /reconstructions-a\.png cannot be put into the report/,
    );
  });
});

describe('what came out', () => {
  it('opens the page: the best row, ours beside the published number', () => {
    const html = report(folder);
    const summary = /<section class="summary".*?<\/section>/s.exec(html)?.[0] ?? '';
    expect(words(summary)).toContain('Best of “left→right”: RBM_CCA *50* dims');
    expect(html.indexOf('class="summary"')).toBeLessThan(html.indexOf('<nav'));
  });

  it('has a column for published numbers only where there are any', () => {
    const committed = (name: string): string =>
      /<section class="summary".*?<\/section>/s.exec(
        report(join(import.meta.dirname, '../../../../results/reference', name)),
      )?.[0] ?? '';
    expect(committed('ngiam2011')).toContain('paper</th>');
    expect(committed('compare-quarters')).toContain('ours</th>');
    expect(committed('compare-quarters')).not.toContain('paper</th>');
  });

  it('is silent where nothing can be compared', () => {
    writeTable(folder, { ...tricky, rows: tricky.rows.slice(0, 1) });
    expect(report(folder)).not.toContain('class="summary"');
  });

  it('has a field for the verdict on each claim', () => {
    const reference = join(import.meta.dirname, '../../../../results/reference/ngiam2011');
    const { claims } = JSON.parse(readFileSync(join(reference, 'claims.json'), 'utf8'));
    const strip = /<ol class="strip">.*?<\/ol>/s.exec(report(reference))?.[0] ?? '';
    const shown = [...strip.matchAll(/<li class="([\w-]+)"/g)].map(([, verdict]) => verdict);
    expect(shown).toEqual(claims.map(({ verdict }: { verdict: string }) => verdict.replace(' ', '-')));
  });
});
