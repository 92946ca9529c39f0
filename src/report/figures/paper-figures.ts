import type { ArtifactStore } from '../../pipeline/store/store.js';
import { barsText } from '../html/bars-figure.js';
import type { ResultGroup } from '../html/collect-results.js';
import { filtersOf, filtersText } from '../html/filters-section.js';
import { idMaker } from '../html/markup.js';
import { paintBars } from './bars.js';
import { paintFilters } from './paint-filters.js';
import { rasterise } from './rasterise.js';

/** A file of its own for a paper, and what it shows in words: its alternative text. */
export interface FigureFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly alt: string;
}

/**
 * The figures of a report as files: the bars of each table as SVG and PNG, those of the paper and the first-layer
 * filters as PNG.
 * Equal results and artifacts give equal bytes.
 */
export async function paperFigures(
  groups: readonly ResultGroup[],
  store: ArtifactStore,
): Promise<readonly FigureFile[]> {
  const unique = idMaker();
  const figures: FigureFile[] = [];
  for (const group of groups) {
    const named = (name: string): string => unique(groups.length === 1 ? name : `${group.name} ${name}`);
    for (const { name, table } of group.tables) {
      const svg = paintBars(table);
      const file = named(name);
      const alt = barsText(table);
      figures.push({ name: `${file}.svg`, content: svg, alt });
      figures.push({ name: `${file}.png`, content: await rasterise(svg), alt });
    }
    for (const { figure, png } of group.figures) {
      figures.push({ name: `${named(figure.name)}.png`, content: png, alt: figure.describe(group.tables) });
    }
    for (const layer of filtersOf(group.tables, store).layers) {
      const name = `${named(`filters ${layer.layer}`)}.png`;
      figures.push({ name, content: paintFilters(layer), alt: filtersText(layer) });
    }
  }
  return figures;
}

/** The alternative texts of figures, one line a file: `name: text`. */
export const altTexts = (figures: readonly FigureFile[]): string =>
  figures.map(({ name, alt }) => `${name}: ${alt}\n`).join('');
