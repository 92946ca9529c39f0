import { dirname, join, resolve } from 'node:path';
import { MmxError } from '../errors.js';
import { parseCsv, readCsvText } from '../formats/csv.js';
import type { ModalitySource } from '../modalities/modality.js';
import { statusOf } from '../read-file.js';
import type { ListedExample } from './corpus.js';
import { type Finding, finding, findingAbout } from './finding.js';
import { type Listing, type ListingOptions, listedCorpus } from './listed.js';
import { outsideFindings } from './outside.js';
import type { Count } from './recordings.js';

const NAME = 'examples';
/** Name of the table that is looked for in the folder given. */
export const examplesFileName = 'examples.csv';
/** Bytes: some hundred thousand texts. */
const MAXIMUM_BYTES = 2 ** 27;
/** Bytes of a line: texts of a modality have 10,000 tokens at most. */
const LONGEST_LINE = 2 ** 20;
/** Classes: a name a line is no label. */
const MOST_CLASSES = 1000;
/** Columns that are counted where no config names them. */
const MOST_COLUMNS = 30;

const required = ['split', 'label'] as const;
/** Columns that say something else than what a modality is read from. */
export const ownColumns: readonly string[] = [...required, 'group'];

/**
 * The user's own examples, listed in a CSV file: a column a modality, with the names and the kinds that a config gives
 * (`corpus.inputs`). Other columns are left out.
 */
export const examples = listedCorpus({
  name: NAME,
  title: 'your own examples of any number of modalities, listed in a CSV file',
  inputs: [],
  classes: [],
  publishedSplit: false,
  howToGet:
    'mmx data init --examples DIR writes a list to start from; datasets/examples.md explains its columns',
  list: listExamples,
});

interface Line {
  readonly record: Readonly<Partial<Record<string, string>>>;
  /** Counted from 1. */
  readonly line: number;
}

function listExamples(place: string, { inputs }: ListingOptions): Listing {
  const file = statusOf(place)?.isDirectory() ? join(place, examplesFileName) : place;
  const folder = dirname(resolve(file));
  const lines = linesOf(
    file,
    inputs.map(({ name }) => name),
  );
  const problems: string[] = [];
  const paths: { path: string; place: string }[] = [];
  const found = lines.flatMap(({ record, line }): ListedExample[] => {
    const { split = '', label = '', group = '' } = record;
    if (split !== 'train' && split !== 'test') {
      problems.push(`line ${line}: split is '${split}'; it must be train or test`);
      return [];
    }
    const sources = inputs.map(({ name, kind: { given } }): [string, ModalitySource | null] => {
      const written = record[name] ?? '';
      if (written === '') return [name, null];
      if (given === 'text') return [name, { value: written }];
      const value = resolve(folder, written);
      paths.push({ path: value, place: `line ${line}: ${written}` });
      if (!statusOf(value)?.isFile()) problems.push(`line ${line}: ${name}: there is no file ${written}`);
      return [name, { value }];
    });
    return [
      {
        part: split,
        label: label === '' ? null : label,
        group: group === '' ? null : group,
        sources: Object.fromEntries(sources),
        place: `line ${line}`,
      },
    ];
  });
  const count = (part: ListedExample['part']): number => found.filter((one) => one.part === part).length;
  const others = inputs.length === 0 ? columnsOf(lines) : [];
  return {
    examples: found,
    counts: [
      { of: 'training examples', found: count('train'), expected: null },
      { of: 'test examples', found: count('test'), expected: null },
      ...others.map((name): Count => {
        const filled = lines.filter(({ record }) => (record[name] ?? '') !== '').length;
        return { of: `examples with ${name}`, found: filled, expected: null };
      }),
    ],
    findings: [
      ...findingAbout(
        problems,
        'error',
        (number) => (number === 1 ? 'an entry cannot be used' : `${number} entries cannot be used`),
        'correct these lines, or put a # before them',
      ),
      ...tooManyClasses(found),
      ...outsideFindings(paths, folder, 'list'),
      ...(inputs.length === 0 && found.length > 0 ? [unnamed(others)] : []),
    ],
  };
}

/** @param modalities columns that it must have beside its own */
function linesOf(file: string, modalities: readonly string[]): readonly Line[] {
  const kind = {
    limit: MAXIMUM_BYTES,
    columns: [...required, ...modalities],
    optional: ['group'],
    leavesOthersOut: true,
    longestLine: LONGEST_LINE,
    unread: (problem: string, cause: unknown) =>
      new MmxError('corpora/examples', `cannot read the list of examples ${file}: ${problem}`, {
        exitCode: 2,
        hint: 'write one to start from: mmx data init --examples',
        cause,
      }),
    unusable: (problem: string, hint?: string) =>
      new MmxError('corpora/examples', `${file} is not a usable list of examples: ${problem}`, {
        exitCode: 2,
        hint: hint ?? 'datasets/examples.md explains its columns',
      }),
  };
  return parseCsv<string>(readCsvText(file, kind), kind);
}

/** Columns that may be modalities. */
const columnsOf = ([first]: readonly Line[]): readonly string[] =>
  Object.keys(first?.record ?? {})
    .filter((name) => !ownColumns.includes(name))
    .slice(0, MOST_COLUMNS);

function tooManyClasses(found: readonly ListedExample[]): readonly Finding[] {
  const { size } = new Set(found.flatMap(({ label }) => label ?? []));
  return size <= MOST_CLASSES
    ? []
    : [
        finding(
          'error',
          `there are ${size} different labels; at most ${MOST_CLASSES} are allowed`,
          'label is the class of an example; put values that differ for every example in a column with another name',
        ),
      ];
}

/** Which columns are modalities, and of which kind, only a config says. */
const unnamed = (columns: readonly string[]): Finding =>
  columns.length === 0
    ? finding(
        'warning',
        `there are no columns except ${ownColumns.join(', ')}`,
        'each modality needs its own column: datasets/examples.md explains how',
      )
    : finding(
        'note',
        `no config gives the kind of ${inWords(columns)}, so no files are checked`,
        'mmx data check CONFIG checks them with `corpus.inputs` of a config; mmx data info examples lists the kinds',
      );

const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** A list to start from, for `mmx data init --examples`. */
export function examplesTemplate(): string {
  return `# One line per example; lines that begin with # are ignored. Paths are relative to this file's folder.
# split    train or test: features, vocabularies and scalings are learnt from train alone
# label    class of the example; empty where it serves feature learning only
# group    may be left out: who speaks, which subject, which session. Cross-validation keeps a group together
# The other columns are modalities, named as corpus.inputs of experiment.yaml names them: a text, or the path of a file;
# empty where an example has none.
split,label,group,caption,photo,voice
train,calm,anna,"The sea is quite still, for once",photos/1.png,voices/1.wav
train,storm,ben,Wind and high waves,photos/2.png,
test,calm,cleo,No wind at all,photos/3.png,voices/3.wav
test,storm,cleo,The waves are higher than the pier,,voices/4.wav
`;
}
