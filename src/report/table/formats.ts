import { paintBars } from '../figures/bars.js';
import { renderCsv } from './csv.js';
import { renderJson } from './json.js';
import { renderLatex } from './latex.js';
import { renderMarkdown } from './markdown.js';
import type { ResultTable } from './table.js';

/** A file that every table is written to. */
export interface TableFormat {
  /** `table.<extension>` */
  readonly extension: string;
  /** What it is called in help. */
  readonly title: string;
  /** The whole file; equal tables give equal text. */
  readonly render: (table: ResultTable) => string;
}

/**
 * What a table is written as: a new format is one module and one entry here. Names of files, their checksums in manifests
 * and help go by this list.
 */
export const tableFormats: readonly TableFormat[] = [
  { extension: 'md', title: 'Markdown', render: renderMarkdown },
  { extension: 'csv', title: 'CSV', render: renderCsv },
  { extension: 'json', title: 'JSON', render: renderJson },
  { extension: 'tex', title: 'LaTeX', render: renderLatex },
  { extension: 'svg', title: 'bars (SVG)', render: paintBars },
];

/** Name of the file of a format. */
export const tableFile = ({ extension }: Pick<TableFormat, 'extension'>): string => `table.${extension}`;
