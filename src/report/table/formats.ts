import { renderCsv } from './csv.js';
import { renderJson } from './json.js';
import { renderLatex } from './latex.js';
import { renderMarkdown } from './markdown.js';
import type { ResultTable } from './table.js';

/** A file format of tables. A new one is one module and one line in {@link tableFormats}. */
export interface TableFormat {
  /** `table.<extension>` */
  readonly extension: string;
  /** The whole file; equal tables give equal text. */
  readonly render: (table: ResultTable) => string;
}

export const tableFormats: readonly TableFormat[] = [
  { extension: 'md', render: renderMarkdown },
  { extension: 'csv', render: renderCsv },
  { extension: 'json', render: renderJson },
  { extension: 'tex', render: renderLatex },
];
