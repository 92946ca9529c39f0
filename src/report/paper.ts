import type { Claim } from '../evaluation/claims/claim.js';
import type { ReportedTable } from './html/collect-results.js';

/** What a report must know of the paper that results are about; `src/papers/paper.ts` has the rest. */
export interface ReportedPaper {
  /** As its folders are called: `ngiam2011`. */
  readonly name: string;
  /** As it is cited within a sentence: `Ngiam et al. (2011)`. */
  readonly cited: string;
  /** Folders of the tables that claims are about, in the order of the paper. */
  readonly tables: readonly string[];
  readonly claims: readonly Claim[];
  /** What abbreviations in the labels of claims mean, a sentence; absent where there are none. */
  readonly abbreviations?: string;
  /** Folder of its `published.csv`: absolute, or from the package's root. */
  readonly published: string;
  readonly figures: readonly ReportedFigure[];
  /** Results that name no paper are of this one: they were written when there was no other. True of one paper. */
  readonly unnamed?: true;
}

/** A figure of a paper that is drawn of our models, as a report shows it. */
export interface ReportedFigure {
  /** Of its file, without `.png`, and its key under `figures` in a list of tables. */
  readonly name: string;
  /** As the paper counts it: `Figure 4`. */
  readonly title: string;
  /** Goes on after the title: `what deep units look for`. */
  readonly subtitle: string;
  /** How to read it. */
  readonly caption: string;
  /** In a few words, where it stands for the picture. */
  readonly alt: string;
  /** In a sentence without its full stop, with what the runs beside it say of the model. */
  readonly describe: (tables: readonly ReportedTable[]) => string;
}
