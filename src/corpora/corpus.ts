import type { Matrix } from '../matrix.js';
import type { ModalitySource, ValueRange } from '../modalities/modality.js';
import type { ClipEntry, KeptApart } from './clip.js';
import type { ListedInput } from './listed.js';
import type { CorpusCheck } from './recordings.js';

/** One kind of input of a corpus. */
export interface Modality {
  /** Name used in configs: `left`, `audio` … */
  readonly name: string;
  /** Which visible units fit it: binary ones `unit`, Gaussian ones `real`, none `tokens`. */
  readonly range: ValueRange;
}

/**
 * Examples of one part (training or test) of a corpus. The models see one row at a time; the classifier one example,
 * which is one row, or the rows of one clip.
 */
export interface Part {
  /** Rows of the inputs. */
  readonly count: number;
  /** By modality name: count × dimensions. */
  readonly inputs: Readonly<Record<string, Matrix>>;
  /** First row of each clip, and the number of rows at the end; absent where every row is an example. */
  readonly clips?: Int32Array;
  /** Class index of each example; −1 where it has no label and serves feature learning only. */
  readonly labels: Int32Array;
  /** Speaker, repetition or recording of each example, where cross-validation must keep those together. */
  readonly groups?: Int32Array;
}

export interface CorpusData {
  /** Feature learning and supervised training see nothing else. */
  readonly train: Part;
  readonly test: Part;
}

/** How much of a corpus to use and where to find it. */
export interface CorpusOptions {
  /** Examples kept of the training part, from its beginning; all when absent. */
  readonly train?: number | undefined;
  readonly test?: number | undefined;
  /**
   * For choosing hyperparameters: this many training examples, the last of those kept, replace the test part, which
   * is then not used. Examples of one group are on one side (`held-out.ts`).
   */
  readonly heldOut?: number | undefined;
  /** Directory of the user's copy, for corpora that are not embedded. */
  readonly data?: string | undefined;
  /** Of generated corpora: which of their shapes, who speaks, and the part of it that is used. */
  readonly preset?: string | undefined;
  readonly seed?: number | undefined;
  readonly scale?: number | undefined;
}

/** What is known of a corpus without its data. Each has a card in `datasets/`. */
interface CorpusCard {
  readonly name: string;
  readonly title: string;
  /** True when generated, not recorded: every table made from it says so, and shows no difference from a paper. */
  readonly synthetic: boolean;
  /** What must stand under every table made from it. */
  readonly caveat?: string;
  /** At least one, in the order in which settings, architectures and rows name them. */
  readonly modalities: readonly Modality[];
  /** Names of those of them that its examples have: sound alone can be pooled with the pictures of another corpus. */
  readonly has: readonly string[];
  readonly classes: readonly string[];
}

/** A corpus whose examples the models see as they are. */
export interface ExampleCorpus extends CorpusCard {
  readonly kind: 'examples';
  /** Inputs of each modality, by name. */
  readonly dimensions: Readonly<Record<string, number>>;
  /**
   * How the inputs of a modality lie, row by row: [height, width, channels] of pictures, [frames, values a frame] of sound.
   */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Looks over the user's copy of what it is made of, as `mmx data check` shows it; absent where it is embedded. */
  readonly check?: (directory: string) => CorpusCheck;
  /** Examples in the whole of each part. */
  readonly size: { readonly train: number; readonly test: number };
  /** Hash of the raw data behind these options: artifacts made from other data have another identity. */
  fingerprint(options: CorpusOptions): string;
  /** @throws MmxError when the data is missing or damaged, or when fewer examples exist than asked for */
  load(options: CorpusOptions): CorpusData;
}

/** A corpus of sound and pictures over time, which the front end turns into windows. */
export interface ClipCorpus extends CorpusCard {
  readonly kind: 'clips';
  /** Its parts are as published, or generated: a test clip that is a training clip too is counted, not refused. */
  readonly publishedSplit: boolean;
  /** What its published split keeps apart, where a copy of the training part alone does not show it. */
  readonly keepsApart?: KeptApart;
  /** Of a generated corpus: its shapes. */
  readonly presets?: readonly string[];
  /** @throws MmxError when the copy is missing or unusable, or an option has no sense here */
  open(options: CorpusOptions): OpenedClips;
}

export interface OpenedClips {
  /** Sound and pictures are read clip by clip. */
  readonly entries: readonly ClipEntry[];
  readonly classes: readonly string[];
  /** Hash of what the clips are read or made from; reads files, so only planning asks for it. */
  fingerprint(): string;
}

/** A corpus of files and texts of the user's copy, each example a row of values once it is read. */
export interface ListedCorpus extends CorpusCard {
  readonly kind: 'listed';
  /** How each modality is read; a config may change it (`corpus.inputs`). */
  readonly inputs: readonly ListedInput[];
  /** Values of a row of each modality, by name. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** Its parts are as published: an example that is in both is no defect of the copy. */
  readonly publishedSplit: boolean;
  /** Other labellings or choices of its examples, the usual one first. */
  readonly presets?: readonly string[];
  /** Examples of each part where the copy is whole; absent where that is the user's own. */
  readonly size?: { readonly train: number; readonly test: number };
  /** The same corpus with its modalities read in another way. @param sections of `corpus.inputs`, checked */
  withInputs(sections: InputSections): ListedCorpus;
  /** @throws MmxError when the copy is missing or unusable */
  open(options: CorpusOptions): OpenedListing;
  /** Looks over the user's copy, as `mmx data check` shows it: reads every example. */
  check(directory: string, preset?: string): CorpusCheck;
}

/** What a config says of the modalities of a listed corpus, by name. */
export type InputSections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One example of a listing; nothing of it has been read. */
export interface ListedExample {
  readonly part: 'train' | 'test';
  /** Null where it serves feature learning only. */
  readonly label: string | null;
  /** A speaker, a dialogue, a subject: cross-validation keeps its examples together. Null where an example stands alone. */
  readonly group: string | null;
  /** By modality; null or absent where the example lacks it. */
  readonly sources: Readonly<Record<string, ModalitySource | null>>;
  /** Where it is listed, e.g. `line 7`. */
  readonly place: string;
}

export interface OpenedListing {
  readonly examples: readonly ListedExample[];
  readonly classes: readonly string[];
  /** Modalities that the copy has: those of one example at least. */
  readonly has: readonly string[];
  /** Hash of what a modality is read from, and of labels, groups and parts. */
  fingerprint(modality: string): string;
}

/** A source of examples of several modalities. */
export type Corpus = ExampleCorpus | ClipCorpus | ListedCorpus;
