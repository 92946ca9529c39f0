import type { Engine } from '../../engine/types.js';
import type { Json } from '../../json.js';

/**
 * A stage is a pure function with a name: (inputs, parameters, code version, engine) → one artifact.
 * Its identity is the hash of all that, so equal work is done once, whichever row of whichever table asks.
 */
export interface StageSpec {
  /** Which implementation runs it: `rbm`, `autoencoder`, `cca`, `score` … */
  readonly kind: string;
  /** For people: `rbm left (500), seed 1`. Not part of the identity. */
  readonly label: string;
  /** Everything the result depends on, the seed included. */
  readonly parameters: Json;
  /** Artifacts of other stages, by role. */
  readonly inputs: Readonly<Record<string, StageSpec>>;
  /** Relative cost used to order work and to estimate the time left (any positive unit). */
  readonly cost?: number;
}

/** Numbers of an artifact: row-major, little-endian on disk. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** What a stage hands back and what the store gives to the stages that need it. */
export interface Artifact {
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** Small structured results: accuracies, training curves, chosen hyperparameters. Byte-stable. */
  readonly json: Json;
}

/** What a model observed in an epoch of its training: means, by name. The first epoch is 1. */
export type EpochMeans = Readonly<Record<string, number>> & { readonly epoch: number };

/** One line of progress of a running stage. */
export interface StageProgress {
  /** Units of work done and to do (minibatches, folds …); fractions allowed. */
  readonly done: number;
  readonly total: number;
  /** What the units are, as in `12.3 examples/s`. */
  readonly unit?: string;
  /** e.g. `epoch 3/8  reconstruction 12.4  activation 0.051`. */
  readonly note?: string;
  /**
   * Epochs that ended since the last report, or more: a stage that goes on from a checkpoint tells of those before it, so
   * that a reader keeps one of each number.
   */
  readonly epochs?: readonly EpochMeans[];
}

/** Lets a long stage continue inside itself after an interruption. */
export interface Checkpointer {
  /** The last state that reached the disk, or undefined on a first start. */
  load(): Artifact | undefined;
  /** Takes a snapshot if the interval since the last one has passed; `take` is called only then. */
  offer(take: () => Artifact): void;
}

export interface StageContext {
  readonly parameters: Json;
  readonly inputs: Readonly<Record<string, Artifact>>;
  readonly engine: Engine;
  /**
   * Directories of the user's own copies of corpora, by corpus name (`--data name=DIR`). The same for every stage
   * of a run (an option of it, handed to the workers), and no part of any identity: fingerprints are.
   */
  readonly local: Readonly<Record<string, string>>;
  readonly checkpoint: Checkpointer;
  progress(progress: StageProgress): void;
}

/** The code behind a `kind`. */
export interface StageImplementation {
  readonly kind: string;
  /** Raised whenever the same inputs would give different numbers; part of the identity. */
  readonly version: number;
  run(context: StageContext): Promise<Artifact>;
}
