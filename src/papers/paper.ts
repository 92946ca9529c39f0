import type { StageSpec } from '../pipeline/graph/stage.js';
import type { PreparedExperiments, PreparedRun } from '../pipeline/plan/prepare.js';
import type { ArtifactStore } from '../pipeline/store/store.js';
import type { ReportedFigure, ReportedPaper } from '../report/paper.js';

/**
 * A paper that mmx reproduces: all that is its own and not every paper's, as data. It is read by help and completion
 * too, so it loads nothing but data; what draws its figures is loaded when one is drawn.
 */
export interface Paper extends ReportedPaper {
  readonly title: string;
  /** Authors, title, where and when it appeared, in one line. */
  readonly citation: string;
  /** Its lists of tables, the paper's own first. */
  readonly reproductions: readonly Reproduction[];
  readonly figures: readonly Figure[];
  /** Sentences and examples for the help of `mmx reproduce`. */
  readonly help?: PaperHelp;
}

/**
 * A list of tables, which `mmx reproduce NAME` computes. The list itself says which copies of corpora it needs, and which
 * tables of the paper it leaves out and why (`needs`, `left_out`).
 */
export interface Reproduction {
  /** As in its file under `reproduce`. */
  readonly name: string;
  /** Its YAML file: absolute, or from the package's root. */
  readonly file: string;
}

export interface PaperHelp {
  /** What stands in for copies of its corpora, as whole lines. */
  readonly copies: string;
  /** Command lines. */
  readonly examples: readonly string[];
}

/** A figure of the paper that is drawn of one of our models. */
export interface Figure extends ReportedFigure {
  /** What is drawn, after "draw". */
  readonly draws: string;
  /** Which experiment it can be drawn of. */
  readonly of: string;
  /** What the help of `mmx figure` says of it, as whole lines. */
  readonly help: string;
  readonly load: () => Promise<Drawing>;
}

/** How a figure is drawn, of the first seed of the only experiment of a run. */
export interface Drawing {
  /**
   * What must be computed before.
   *
   * @throws MmxError when the figure cannot be drawn of this experiment
   */
  readonly targets: (prepared: PreparedExperiments) => readonly StageSpec[];
  /**
   * Draws it from stored artifacts, on the engine of the run.
   *
   * @returns the bytes of a PNG
   */
  readonly draw: (prepared: PreparedRun, store: ArtifactStore) => Promise<Uint8Array>;
}
