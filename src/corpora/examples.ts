import { dirname, join, resolve } from 'node:path';
import { MmxError } from '../errors.js';
import { parseCsv, readCsvText } from '../formats/csv.js';
import type { ModalitySource } from '../modalities/modality.js';
import { statusOf } from '../read-file.js';
import type { ListedExample } from './corpus.js';
import { findingAbout, plural } from './finding.js';
import { type Listing, type ListingOptions, listedCorpus } from './listed.js';

const NAME = 'examples';
/** Name of the table that is looked for in the folder given. */
export const examplesFileName = 'examples.csv';
/** Bytes: some hundred thousand texts. */
const MAXIMUM_BYTES = 2 ** 28;

const required = ['split', 'label'] as const;

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
  howToGet: 'a folder with examples.csv, or such a file; datasets/examples.md explains its columns',
  list: listExamples,
});

function listExamples(place: string, { inputs }: ListingOptions): Listing {
  const file = statusOf(place)?.isDirectory() ? join(place, examplesFileName) : place;
  const folder = dirname(resolve(file));
  const kind = {
    limit: MAXIMUM_BYTES,
    columns: [...required, ...inputs.map(({ name }) => name)],
    optional: ['group'],
    leavesOthersOut: true,
    unread: (problem: string, cause: unknown) =>
      new MmxError('corpora/examples', `cannot read the list of examples ${file}: ${problem}`, {
        exitCode: 2,
        hint: 'datasets/examples.md explains it',
        cause,
      }),
    unusable: (problem: string, hint?: string) =>
      new MmxError('corpora/examples', `${file} is not a usable list of examples: ${problem}`, {
        exitCode: 2,
        ...(hint === undefined ? {} : { hint }),
      }),
  };
  const rows = parseCsv<string>(readCsvText(file, kind), kind);
  const problems: string[] = [];
  const found = rows.flatMap(({ record, line }): ListedExample[] => {
    const { split = '', label = '', group = '' } = record;
    if (split !== 'train' && split !== 'test') {
      problems.push(`line ${line}: split is '${split}'; train or test belongs there`);
      return [];
    }
    const sources = inputs.map(({ name, kind: { given } }): [string, ModalitySource | null] => {
      const written = record[name] ?? '';
      if (written === '') return [name, null];
      if (given === 'text') return [name, { value: written }];
      const value = resolve(folder, written);
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
  return {
    examples: found,
    counts: [
      { of: 'training examples', found: count('train'), expected: null },
      { of: 'test examples', found: count('test'), expected: null },
    ],
    findings: [
      ...findingAbout(
        problems,
        'error',
        (number) =>
          `${plural(number, 'entry', '').replace('entry', number === 1 ? 'entry' : 'entries')} cannot be used`,
        'correct these lines, or put a # before them',
      ),
    ],
  };
}
