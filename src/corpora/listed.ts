import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { MmxError } from '../errors.js';
import { modalityKinds } from '../modalities/index.js';
import type { ModalityKind, ModalityReader } from '../modalities/modality.js';
import { statusOf } from '../read-file.js';
import { breakdownOf } from './breakdown.js';
import { notEmbedded } from './copies.js';
import type { CorpusOptions, InputSections, ListedCorpus, ListedExample, OpenedListing } from './corpus.js';
import { type Finding, finding, findingAbout, plural } from './finding.js';
import { fingerprintOf } from './fingerprint.js';
import type { CorpusCheck, Count } from './recordings.js';

/** A modality of a listed corpus: its kind, and what is set of it. */
export interface ListedInput {
  readonly name: string;
  readonly kind: ModalityKind;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a look at a copy gave. */
export interface Listing {
  readonly examples: readonly ListedExample[];
  readonly counts: readonly Count[];
  readonly findings: readonly Finding[];
}

export interface ListedDefinition
  extends Pick<
    ListedCorpus,
    'name' | 'title' | 'caveat' | 'classes' | 'publishedSplit' | 'presets' | 'size'
  > {
  /** In the order in which settings name them; none where a config says which there are. */
  readonly inputs: readonly ListedInput[];
  /** How to get a copy, for people who have none. */
  readonly howToGet: string;
  /** The examples of a copy in a fixed order. @throws MmxError where the copy cannot be read at all */
  list(directory: string, options: ListingOptions): Listing;
  /** Classes that a preset has; those of the definition where absent. */
  classesOf?(preset: string): readonly string[];
}

export interface ListingOptions {
  readonly inputs: readonly ListedInput[];
  readonly preset: string | undefined;
}

/** The kind of a name; undefined for none. */
export const modalityKind = (name: string): ModalityKind | undefined =>
  modalityKinds.find(({ kind }) => kind === name);

/** A corpus whose examples are read one by one from files and texts. */
export function listedCorpus(definition: ListedDefinition): ListedCorpus {
  const { name, title, caveat, classes, inputs, publishedSplit, presets, size } = definition;
  const readers = new Map<string, ModalityReader>();
  // Options are looked at when a corpus is used: the card of a corpus is there for all commands.
  const readerOf = (input: ListedInput): ModalityReader => {
    const known = readers.get(input.name) ?? input.kind.reader(input.options);
    readers.set(input.name, known);
    return known;
  };
  const names = inputs.map((input) => input.name);
  return {
    kind: 'listed',
    ...{ name, title, classes, inputs, publishedSplit },
    synthetic: false,
    ...(caveat === undefined ? {} : { caveat }),
    ...(presets === undefined ? {} : { presets }),
    ...(size === undefined ? {} : { size }),
    has: names,
    get modalities() {
      return inputs.map((input) => ({ name: input.name, range: readerOf(input).range }));
    },
    get dimensions() {
      return Object.fromEntries(inputs.map((input) => [input.name, numbersIn(readerOf(input).shape)]));
    },
    withInputs: (sections) => listedCorpus({ ...definition, inputs: inputsAsked(definition, sections) }),
    open: (options) => opened(definition, options),
    check: (directory) => checked(definition, directory),
  };
}

const numbersIn = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** How a modality of a listed corpus is read. */
export function listedReader({ inputs, name }: ListedCorpus, modality: string): ModalityReader {
  const input = inputs.find((one) => one.name === modality);
  if (!input) throw new Error(`${name} has no modality ${modality}`);
  return input.kind.reader(input.options);
}

/** Modalities as a config asks for them: those of the corpus with other options, or those that it names. */
function inputsAsked(
  { inputs, name }: Pick<ListedDefinition, 'inputs' | 'name'>,
  sections: InputSections,
): readonly ListedInput[] {
  if (inputs.length > 0) {
    return inputs.map((input) => {
      const { kind: _, ...options } = sections[input.name] ?? {};
      return { ...input, options: { ...input.options, ...options } };
    });
  }
  return Object.entries(sections).map(([modality, { kind, ...options }]) => {
    const known = modalityKind(String(kind));
    if (!known) throw new Error(`${name}: ${modality} is of the unknown kind ${String(kind)}`);
    return { name: modality, kind: known, options };
  });
}

function opened(definition: ListedDefinition, { data, preset }: CorpusOptions): OpenedListing {
  const { name, inputs } = definition;
  if (data === undefined) throw notEmbedded(name, definition.howToGet);
  const { examples, findings } = listed(definition, data, preset);
  const error = findings.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    const where = error.examples.length > 0 ? ` (${error.examples.slice(0, 3).join(', ')})` : '';
    throw new MmxError('corpora/unusable', `${name} in ${data}: ${error.what}${where}`, {
      hint: error.matters,
    });
  }
  return {
    examples,
    classes: classesOf(definition, examples, preset),
    has: inputs.map((input) => input.name).filter((one) => examples.some(({ sources }) => sources[one])),
    fingerprint: (modality) => fingerprintOfModality(definition, data, examples, modality),
  };
}

function listed(definition: ListedDefinition, directory: string, preset: string | undefined): Listing {
  const { name, inputs, presets = [] } = definition;
  if (statusOf(directory) === undefined) {
    throw new MmxError('corpora/missing', `${name}: ${directory} does not exist`, {
      exitCode: 2,
      hint: `name the place of your copy: --data ${name}=DIR (mmx data info ${name} says how to get one)`,
    });
  }
  return definition.list(directory, { inputs, preset: preset ?? presets[0] });
}

function classesOf(
  { classes, classesOf: ofPreset, presets = [] }: ListedDefinition,
  examples: readonly ListedExample[],
  preset: string | undefined,
): readonly string[] {
  const chosen = preset ?? presets[0];
  if (ofPreset && chosen !== undefined) return ofPreset(chosen);
  if (classes.length > 0) return classes;
  return [...new Set(examples.flatMap(({ label }) => label ?? []))].sort();
}

function fingerprintOfModality(
  { name, inputs }: ListedDefinition,
  directory: string,
  examples: readonly ListedExample[],
  modality: string,
): string {
  const isFile = inputs.find((input) => input.name === modality)?.kind.given === 'file';
  const sources = examples.map((example) => example.sources[modality] ?? null);
  const files = isFile ? [...new Set(sources.flatMap((source) => source?.value ?? []))].sort() : [];
  const rows = examples.map(({ part, label, group }, index) => {
    const source = sources[index];
    if (!source) return [part, label, group];
    const { value, from, to, index: row } = source;
    const written = isFile ? relative(directory, value).replaceAll('\\', '/') : value;
    return [part, label, group, written, from ?? null, to ?? null, row ?? null];
  });
  return createHash('sha256')
    .update(JSON.stringify([name, modality, fingerprintOf(directory, files), rows]))
    .digest('hex');
}

function checked(definition: ListedDefinition, directory: string): CorpusCheck {
  const { name, inputs } = definition;
  const told = (examples: readonly ListedExample[]) =>
    breakdownOf(examples.map(({ part, label, group }) => ({ part, label, speaker: group ?? 'none' })));
  try {
    const { examples, counts, findings } = listed(definition, directory, undefined);
    const lacking = inputs.flatMap((input) => {
      const count = examples.filter(({ sources }) => !sources[input.name]).length;
      if (count === 0) return [];
      const isAll = count === examples.length;
      return [
        finding(
          'warning',
          isAll ? `there is no ${input.name}` : `${plural(count, 'example')} without ${input.name}`,
          isAll
            ? `settings that show ${input.name} cannot be used`
            : `they are left out where ${input.name} is needed, and counted`,
        ),
      ];
    });
    const all = [...findings, ...lacking, ...damaged(definition, examples), ...leaks(definition, examples)];
    const usable = examples.length > 0 && all.every(({ severity }) => severity !== 'error');
    return { corpus: name, directory, usable, counts, breakdown: told(examples), findings: all };
  } catch (error) {
    if (!(error instanceof MmxError)) throw error;
    const findings = [finding('error', error.message, error.hint ?? 'nothing can be read from this copy')];
    return { corpus: name, directory, usable: false, counts: [], breakdown: told([]), findings };
  }
}

/** Examples that cannot be read. */
function damaged({ inputs }: ListedDefinition, examples: readonly ListedExample[]): readonly Finding[] {
  const broken: string[] = [];
  for (const { name, kind, options } of inputs) {
    const reader = kind.reader(options);
    for (const { sources, place } of examples) {
      const source = sources[name];
      if (!source) continue;
      try {
        reader.read(source);
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        broken.push(`${place}: ${error.message}`);
      }
    }
  }
  return findingAbout(
    broken,
    'error',
    (count) => `${plural(count, 'example')} cannot be read`,
    'a run over them stops there: replace these files, or take them away to go on without them',
  );
}

/**
 * Test examples that are read from just the files, and texts, that a training example is read from, where the split is the
 * user's own. Texts alone may repeat: people say the same things.
 */
export function leaks(
  { publishedSplit, inputs }: Pick<ListedCorpus, 'publishedSplit' | 'inputs'>,
  examples: readonly ListedExample[],
): readonly Finding[] {
  const ofFiles = inputs.filter(({ kind }) => kind.given === 'file').map(({ name }) => name);
  if (publishedSplit) return [];
  const keyOf = ({ sources }: ListedExample): string | undefined =>
    ofFiles.some((name) => sources[name])
      ? JSON.stringify(inputs.map(({ name }) => sources[name] ?? null))
      : undefined;
  const learnt = new Set(examples.filter(({ part }) => part === 'train').map(keyOf));
  learnt.delete(undefined);
  const repeated = examples.filter((one) => one.part === 'test' && learnt.has(keyOf(one)));
  return findingAbout(
    repeated.map(({ place }) => place),
    'error',
    (count) =>
      `${plural(count, 'test example')} ${count === 1 ? 'is a training example' : 'are training examples'} too`,
    'what is learnt from must not be tested: take them out of one part',
  );
}
