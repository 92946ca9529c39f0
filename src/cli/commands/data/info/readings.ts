import { type OptionFacts, optionList } from '../../../../config/index.js';
import type { ListedCorpus } from '../../../../corpora/corpus.js';
import { listedReader } from '../../../../corpora/listed.js';
import { modalityKinds } from '../../../../modalities/index.js';
import type { ValueRange } from '../../../../modalities/modality.js';

/** How a modality of a listed corpus is read unless a config says otherwise. */
export interface Reading {
  readonly name: string;
  readonly kind: string;
  readonly range: ValueRange;
  readonly shape: readonly number[];
}

/** A kind of modality, for who names their own. */
export interface KindFacts {
  readonly kind: string;
  readonly summary: string;
  readonly given: 'file' | 'text';
  readonly options: readonly OptionFacts[];
}

/** What `mmx data info` says of a corpus whose examples are read one by one, in its JSON. */
export interface Readings {
  readonly modalities: readonly Reading[];
  readonly presets?: readonly string[];
  readonly size?: ListedCorpus['size'];
  /** By modality: what `corpus.inputs` may set. */
  readonly options: Readonly<Record<string, readonly OptionFacts[]>>;
  /** Where a config names the modalities. */
  readonly kinds?: readonly KindFacts[];
}

export function readingsOf(corpus: ListedCorpus): Readings {
  const { inputs, presets, size } = corpus;
  return {
    modalities: inputs.map(({ name, kind }) => {
      const { range, shape } = listedReader(corpus, name);
      return { name, kind: kind.kind, range, shape };
    }),
    ...(presets ? { presets } : {}),
    ...(size ? { size } : {}),
    options: Object.fromEntries(
      inputs.map(({ name, kind, options }) => [name, optionList(kind.options, options)]),
    ),
    ...(inputs.length > 0
      ? {}
      : {
          kinds: modalityKinds.map(({ kind, summary, given, options }) => ({
            ...{ kind, summary, given },
            options: optionList(options),
          })),
        }),
  };
}

const rangeInWords: Readonly<Record<ValueRange, string>> = {
  unit: 'in [0, 1]',
  real: 'scaled',
  tokens: 'tokens',
};

const column = (lines: readonly (readonly string[])[]): readonly string[] => {
  const widths = lines.reduce<number[]>(
    (before, line) => line.map((field, index) => Math.max(before[index] ?? 0, field.length)),
    [],
  );
  return lines.map((line) =>
    line
      .map((field, index) => (index === line.length - 1 ? field : field.padEnd(widths[index] ?? 0)))
      .join('  '),
  );
};

const optionLine = (path: string, { default: value, description }: OptionFacts): readonly string[] => [
  path,
  value === undefined ? '' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value),
  description,
];

/** A line a modality: its kind, the shape of an example, its values. */
export const modalityLines = ({ modalities }: Readings): readonly string[] =>
  column(
    modalities.map(({ name, kind, shape, range }) => [
      name,
      `${kind}, ${shape.join(' x ')}, ${rangeInWords[range]}`,
    ]),
  );

/** A line an option: its key, its default, what it says. */
export const optionLines = ({ options }: Readings): readonly string[] =>
  column(
    Object.entries(options).flatMap(([name, own]) =>
      own.map((option) => optionLine(`corpus.inputs.${name}.${option.name}`, option)),
    ),
  );

/** The kinds of modalities, below each its options. */
export const kindLines = (kinds: readonly KindFacts[]): readonly string[] => {
  const width = Math.max(...kinds.map(({ kind }) => kind.length));
  const options = column(
    kinds.flatMap((one) => one.options.map((option) => optionLine(option.name, option))),
  );
  let next = 0;
  return kinds.flatMap(({ kind, summary, options: own }) => [
    `${kind.padEnd(width)}  ${summary}`,
    ...own.map(() => `    ${options[next++] ?? ''}`),
  ]);
};
