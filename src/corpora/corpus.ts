import type { Matrix } from '../matrix.js';

/** One of the two kinds of input of a corpus. */
export interface Modality {
  /** Name used in configs: `left`, `audio` … */
  readonly name: string;
  /** Inputs the models see for one example. */
  readonly dimensions: number;
  /** `unit`: values in [0, 1], fit for binary visible units; `real`: whitened, fit for Gaussian ones. */
  readonly range: 'unit' | 'real';
}

/** Examples of one part (training or test) of a corpus. Row i of every matrix and labels[i] belong together. */
export interface Part {
  readonly count: number;
  /** By modality name: count × dimensions. */
  readonly inputs: Readonly<Record<string, Matrix>>;
  /** Class indices into {@link Corpus.classes}. */
  readonly labels: Int32Array;
  /** Who each example comes from, where cross-validation must not split a source. */
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
   * is then not used.
   */
  readonly heldOut?: number | undefined;
  /** Directory of the user's copy, for corpora that are not embedded. */
  readonly data?: string | undefined;
}

/** A source of two-modality examples. Each has a card in `datasets/`. */
export interface Corpus {
  readonly name: string;
  readonly title: string;
  /** True when generated, not recorded: every table made from it says so. */
  readonly synthetic: boolean;
  /** The first is "A", the second "B" in the paper's settings. */
  readonly modalities: readonly [Modality, Modality];
  readonly classes: readonly string[];
  /** Examples in the whole of each part. */
  readonly size: { readonly train: number; readonly test: number };
  /** Hash of the raw data behind these options: artifacts made from other data have another identity. */
  fingerprint(options: CorpusOptions): string;
  /** @throws MmxError when the data is missing or damaged, or when fewer examples exist than asked for */
  load(options: CorpusOptions): CorpusData;
}
