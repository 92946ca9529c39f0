/** Configurations: experiments, tables, sweeps and lists of tables, with what they extend and with overrides. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  kindOf,
  loadExperiment,
  loadReproduction,
  loadSweep,
  loadTable,
  showConfig,
} from '../../../src/config/index.js';
import { uniform } from '../../../src/engine/noise.js';
import { packageRoot } from '../../../src/package-root.js';
import { damagedBytes } from '../core/bytes.js';
import { oddlyThere, utf8 } from '../core/inputs.js';
import type { Random } from '../core/random.js';
import { check, type Entry, type FuzzInput, type Target } from '../core/target.js';
import { damagedText } from '../core/text.js';
import { damagedTree, Fields, oddValue, pathsOf, type Tree, treeOf } from '../core/tree.js';
import { oddPaths } from '../core/words.js';
import { jsonOf, yamlOf } from '../core/write.js';
import { main, validConfigs } from './valid-configs.js';

type Documents = Readonly<Record<string, Tree>>;

const treesOf = (files: Readonly<Record<string, string>>): Documents =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, treeOf(parse(text))]));

const committed = (name: string): string => readFileSync(join(packageRoot(), 'configs', name), 'utf8');

/** Values of `extends` and of members that name files. */
const files = [main, 'base.yaml', 'parts/small.yaml', 'nothing.yaml', 'parts', 'folder', ...oddPaths];

interface Kind {
  readonly name: 'experiment' | 'table' | 'sweep' | 'reproduction';
  readonly weight: number;
  readonly load: (words: readonly string[], hasCorpus: boolean) => void;
}

const kinds: readonly Kind[] = [
  {
    name: 'experiment',
    weight: 60,
    load(overrides, hasCorpus) {
      const loaded = loadExperiment(main, overrides, { hasCorpus: () => hasCorpus });
      check(loaded.value.seeds.length > 0, 'there are seeds');
      check(showConfig(loaded).length > 0, 'it can be shown');
    },
  },
  {
    name: 'table',
    weight: 40,
    load(overrides, hasCorpus) {
      const { value, cells } = loadTable(main, overrides, { hasCorpus: () => hasCorpus });
      const ids = new Set(value.rows.map(({ id }) => id));
      check(
        cells.every(({ row, experiment }) => ids.has(row) && experiment.value.seeds.length > 0),
        'cells are of rows',
      );
    },
  },
  {
    name: 'sweep',
    weight: 25,
    load(overrides, hasCorpus) {
      const { points, cells, tests } = loadSweep(main, overrides, { hasCorpus: () => hasCorpus }, uniform);
      check(points.length > 0 && cells.length === tests.length, 'there are points');
    },
  },
  {
    name: 'reproduction',
    weight: 25,
    load() {
      const { reproduce, tables } = loadReproduction(main);
      check(
        reproduce !== '' && Object.values(tables).every((file) => typeof file === 'string'),
        'it lists tables',
      );
    },
  },
];

function targetOf({ name, weight, load }: Kind): Target {
  const valid = validConfigs[name].map(treesOf);
  // Whole files of the repository: slow to load, so rarely taken, but their parts are grafted into the small ones.
  const parts = ['base/ngiam2011.yaml', 'mnist-halves/sweep.yaml', 'ngiam2011/table1a.yaml'].map((file) =>
    treeOf(parse(committed(file))),
  );
  const others = [...valid.flatMap((documents) => Object.values(documents)), ...parts];
  return {
    name: `config/${name}`,
    weight,
    onDisk: true,
    manyLines: true,
    longestMessage: 4_000_000,
    least: { accepted: 0.02, refused: 0.3 },
    make(random) {
      const documents = damagedDocuments(random.pick(valid), others, random);
      const made = new Map<string, Entry>([['folder', 'directory']]);
      for (const [file, tree] of Object.entries(documents)) made.set(file, textOf(tree, random));
      oddlyThere(made, random);
      return { files: made, words: [random.chance(0.5) ? 'has' : 'lacks', ...overrides(documents, random)] };
    },
    names: ({ files: there, words }) => [
      main,
      ...there.keys(),
      ...words.slice(1).map((word) => word.slice(0, 5)),
      'override',
      ...oddPaths.slice(0, 3),
    ],
    run({ words: [has, ...words] }: FuzzInput) {
      kindOf(main);
      load(words, has === 'has');
      return 'accepted';
    },
  };
}

/** One or two of the files changed; the file that is loaded nearly always among them. */
function damagedDocuments(documents: Documents, others: readonly Tree[], random: Random): Documents {
  if (random.chance(0.03)) return documents;
  const result: Record<string, Tree> = { ...documents };
  for (let count = random.pick([1, 1, 2]); count > 0; count--) {
    const file = random.chance(0.8) ? main : random.pick(Object.keys(documents));
    const tree = result[file] ?? null;
    result[file] = random.chance(0.12) ? extending(tree, random) : damagedTree(tree, others, random);
  }
  return result;
}

/** The document with another `extends`, at its top or in one of its rows. */
function extending(tree: Tree, random: Random): Tree {
  if (!(tree instanceof Fields)) return tree;
  const value: Tree = random.chance(0.7)
    ? random.pick(files)
    : Array.from({ length: random.between(0, 4) }, () => random.pick<Tree>([...files, null, 3]));
  const rows = tree.entries.find(([key]) => key === 'rows')?.[1];
  if (Array.isArray(rows) && random.chance(0.5)) {
    const changed = rows.map(
      (row): Tree => (row instanceof Fields ? new Fields([...row.entries, ['extends', value]]) : row),
    );
    return new Fields(
      tree.entries.map(([key, member]): [string, Tree] => [key, key === 'rows' ? changed : member]),
    );
  }
  const rest = tree.entries.filter(([key]) => key !== 'extends' || random.chance(0.1));
  return new Fields([['extends', value], ...rest]);
}

function textOf(tree: Tree, random: Random): Uint8Array {
  const text = random.chance(0.15) ? jsonOf(tree) : yamlOf(tree, random);
  if (!random.chance(0.2)) return utf8(text);
  const damaged = utf8(random.chance(0.7) ? damagedText(text, [text], random) : text);
  return random.chance(0.3) ? new Uint8Array(damagedBytes(damaged, [damaged], random)) : damaged;
}

/** Arguments of the command line: paths that the documents have, or nearly, with values that may fit. */
function overrides(documents: Documents, random: Random): readonly string[] {
  if (random.chance(0.6)) return [];
  const paths = Object.values(documents).flatMap((tree) => pathsOf(tree));
  return Array.from({ length: random.pick([1, 1, 2, 3]) }, () => {
    const path = paths.length === 0 || random.chance(0.1) ? 'scale' : random.pick(paths);
    const value = random.chance(0.5)
      ? oddValue(random, 3)
      : random.pick<Tree>([1, 'smoke', null, [1, 2], 'mnist-halves', 0.1]);
    const word = `${path}=${jsonOf(value)}`;
    return random.chance(0.25) ? damagedText(word, [word], random) : word;
  });
}

export const configTargets: readonly Target[] = kinds.map(targetOf);
