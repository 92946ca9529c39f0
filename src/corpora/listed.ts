import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { MmxError } from '../errors.js';
import { modalityKinds } from '../modalities/index.js';
import type { ModalityKind, ModalityReader } from '../modalities/modality.js';
import { statusOf } from '../read-file.js';
import { notEmbedded } from './copies.js';
import type { CorpusOptions, InputSections, ListedCorpus, ListedExample, OpenedListing } from './corpus.js';
import { type Finding, refuseErrors } from './finding.js';
import { fingerprintOf } from './fingerprint.js';
import { checkedListing } from './listed-check.js';
import type { Count } from './recordings.js';

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
      return Object.fromEntries(inputs.map((input) => [input.name, readerOf(input).width]));
    },
    withInputs: (sections) => listedCorpus({ ...definition, inputs: inputsAsked(definition, sections) }),
    open: (options) => opened(definition, options),
    check: (directory, preset) =>
      checkedListing(definition, () => listed(definition, directory, preset), directory),
  };
}

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
    if (!known) throw new Error(`${name}: ${modality} has the unknown kind ${String(kind)}`);
    return { name: modality, kind: known, options };
  });
}

function opened(definition: ListedDefinition, { data, preset }: CorpusOptions): OpenedListing {
  const { name, inputs } = definition;
  if (data === undefined) throw notEmbedded(name, definition.howToGet);
  const { examples, findings } = listed(definition, data, preset);
  refuseErrors(name, data, findings);
  if (!examples.some(({ part }) => part === 'train')) {
    throw new MmxError('corpora/unusable', `${name} in ${data}: there is no training example`, {
      hint: `see what is there with: mmx data check ${name} --data ${name}=${data}`,
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
      hint: `name the folder of your copy: --data ${name}=DIR (mmx data info ${name} says how to get one)`,
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
