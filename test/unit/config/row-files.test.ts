import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { availability } from '../../../src/cli/options/corpora.js';
import { loadExperiment, loadReproduction, loadTable } from '../../../src/config/index.js';
import { stagesOf } from '../../../src/pipeline/plan/experiment.js';
import { resolveExperiments } from '../../../src/pipeline/plan/resolve.js';
import { projectRoot } from '../../support/mmx.js';
import { hashOf } from '../../support/stages.js';

const folder = join(projectRoot, 'configs', 'ngiam2011');
const tableNames = Object.values(loadReproduction(join(folder, 'reproduce.yaml')).tables);

/** The files of rows, and which cells their tables make of them, read without the loader. */
const rowFiles = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`));
interface RawLayer {
  readonly id: string;
  readonly extends?: string;
  readonly columns?: readonly string[];
  readonly setting?: string;
  readonly measure?: Readonly<Record<string, string>>;
  readonly evaluation?: { readonly noise?: Readonly<Record<string, unknown>> | null };
  readonly cells?: Readonly<Record<string, RawLayer>>;
}
const uses = tableNames.flatMap((table) => {
  const { rows, columns } = parse(readFileSync(join(folder, table), 'utf8'), { merge: true }) as Record<
    'rows' | 'columns',
    RawLayer[]
  >;
  return rows.flatMap((row) =>
    columns
      .filter(({ id }) => row.columns?.includes(id) ?? true)
      .map((column) => {
        const own = row.cells?.[column.id];
        const noise = own?.evaluation?.noise === null ? undefined : column.evaluation?.noise;
        const overrides = [
          ...(column.setting ? [`setting=${column.setting}`] : []),
          ...Object.entries({ ...row.measure, ...column.measure }).map(
            ([key, value]) => `measure.${key}=${value}`,
          ),
          ...Object.entries(noise ?? {}).map(([key, value]) => `evaluation.noise.${key}=${value}`),
        ];
        return { table, row: row.id, column: column.id, file: row.extends, overrides };
      }),
  );
});

const options = availability({});

/** The cells of each table, by its name and what is overridden. */
const loaded = new Map<string, ReturnType<typeof loadTable>['cells']>();
function cellsOf(table: string, given: readonly string[]): ReturnType<typeof loadTable>['cells'] {
  const key = [table, ...given].join(' ');
  const cells = loaded.get(key) ?? loadTable(join(folder, table), given, options).cells;
  loaded.set(key, cells);
  return cells;
}

/** Architecture, setting and what stands beside, from the names of folder and file and the paper's text. */
function saidBy(file: string): [string, string, string[]] {
  const [, table = '', row = ''] = /^table(\w+)\/([\w-]+)\.yaml$/.exec(file) ?? [];
  const name = row.replace(/-and-audio-rbm$/, '').replace(/^audio-rbm$/, 'rbm');
  const beside = row.endsWith('-and-audio-rbm') ? ['audio'] : [];
  if (table === '3') return [name, 'fusion', beside];
  if (table === '4') return [name, 'shared-audio-to-video', beside];
  if (table === '2' && (beside.length > 0 || name === 'bimodal-deep-autoencoder'))
    return [name, 'fusion', beside];
  const modality = row.startsWith('audio') ? 'audio' : 'video';
  // What learns from pictures alone is classic; an autoencoder hears them in feature learning.
  return [name, `${name.endsWith('autoencoder') ? 'cross-modality' : 'classic'}-${modality}`, beside];
}

describe.each(rowFiles)('configs/ngiam2011/%s', (file) => {
  const cells = uses.filter((use) => use.file === file);

  it('is a row of the table in whose folder it lies', () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const { table } of cells) expect(table).toBe(`${file.split('/')[0]}.yaml`);
  });

  it.each(['', 'scale=smoke', 'scale=paper'])('is the experiment of its cells %s', (scale) => {
    const given = scale === '' ? [] : [scale];
    for (const { table, row, column, overrides } of cells) {
      const cell = cellsOf(table, given).find((one) => one.row === row && one.column === column);
      const alone = loadExperiment(join(folder, file), [...overrides, ...given], options);
      expect(alone.value).toEqual(cell?.experiment.value);
      expect(alone.standIn).toEqual(cell?.standIn);
    }
  });

  it('is what its name says, in the setting of its table', () => {
    const { architecture, setting, features } = loadExperiment(join(folder, file), [], options).value;
    expect([architecture, setting, features.beside]).toEqual(saidBy(file));
  });

  it('plans without a copy of any corpus, as its first cell does', () => {
    const alone = loadExperiment(join(folder, file), ['scale=smoke'], options);
    const [first] = cells;
    const cell = cellsOf(first?.table ?? '', ['scale=smoke']).find(
      (one) => one.row === first?.row && one.column === first?.column,
    );
    if (!cell) throw new Error('no cell');
    const [own, other] = resolveExperiments([alone, cell.experiment], {});
    if (!own || !other) throw new Error('two experiments');
    const [mine, its] = [stagesOf(own, 1), stagesOf(other, 1)];
    const pieces = (stages: typeof mine): string[] => Object.values(stages.pieces).map(hashOf);
    expect(mine.result.kind).toBe('score');
    expect(pieces(mine)).toEqual(pieces(its));
    expect(own.corpus.name).toBe('talking-mouth');
  });
});
