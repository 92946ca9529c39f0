import { MmxError } from '../../errors.js';
import { withoutSeed } from '../../pipeline/evidence/curves.js';
import { lineages } from '../../pipeline/evidence/lineage.js';
import { type Filters, firstLayerFilters, isFirstLayer } from '../../pipeline/inspect/filters.js';
import type { ArtifactStore } from '../../pipeline/store/store.js';
import { paintFilters } from '../figures/paint-filters.js';
import { oneLine } from '../table/layout.js';
import type { ReportedTable } from './collect-results.js';
import { type Markup, pngImage, scrollBox, tag, text } from './markup.js';

/** What the first layer of one model looks for, of one of its seeds. */
export interface LayerFilters extends Filters {
  /** As its stage is called, with the seed. */
  readonly layer: string;
  /** Names of the tables that it was learnt for. */
  readonly tables: readonly string[];
}

export interface FoundFilters {
  readonly layers: readonly LayerFilters[];
  /** Why layers that are stored are not shown, a sentence each. */
  readonly undrawn: readonly string[];
}

/** Tiles of a sheet at most: of single pictures, and of sound and pictures over time, which are larger. */
const shown = { pictures: 48, overTime: 16 };

/** Of every first layer that is still stored, its strongest units; of layers that differ in the seed alone, the first. */
export function filtersOf(
  reported: readonly Pick<ReportedTable, 'name' | 'manifest'>[],
  store: ArtifactStore,
): FoundFilters {
  const layers = new Map<string, LayerFilters>();
  const undrawn = new Set<string>();
  const lineageOf = lineages(store);
  for (const { name, manifest } of reported) {
    for (const { hash, kind, label } of manifest?.stages ?? []) {
      if (kind !== 'rbm' || !store.has(hash)) continue;
      try {
        if (!isFirstLayer(store, hash)) continue;
        const key = lineageOf(hash);
        const known = layers.get(key);
        if (known) {
          layers.set(key, { ...known, tables: [...new Set([...known.tables, name])] });
          continue;
        }
        const filters = firstLayerFilters(store, hash, shown.pictures);
        if ('reason' in filters) {
          undrawn.add(`No filters of ${oneLine(withoutSeed(label))}: ${filters.reason}.`);
          continue;
        }
        const units = filters.units.slice(0, isOverTime(filters) ? shown.overTime : shown.pictures);
        layers.set(key, { ...filters, units, layer: label, tables: [name] });
      } catch (error) {
        if (!(error instanceof MmxError)) throw error;
        undrawn.add(error.message);
      }
    }
  }
  return { layers: [...layers.values()], undrawn: [...undrawn] };
}

const isOverTime = ({ units: [first] }: Filters): boolean =>
  first?.parts.some(({ kind, frames }) => kind === 'spectrogram' || frames.length > 1) === true;

/** One sheet a layer. @param showTables whether to say which tables a layer was learnt for */
export function filterSheets(layers: readonly LayerFilters[], showTables: boolean): Markup {
  const sheets = layers.map((one) =>
    tag(
      'figure',
      { class: 'filters' },
      scrollBox(`First-layer filters of ${one.layer}`, pngImage(paintFilters(one), filtersText(one))),
      tag(
        'figcaption',
        {},
        tag('b', {}, text(one.layer)),
        ' ',
        text(
          `the ${one.units.length} of ${one.hidden} units with the largest weights, largest first` +
            (showTables ? `; for ${one.tables.join(', ')}` : ''),
        ),
      ),
    ),
  );
  return tag('div', {}, ...sheets);
}

/** What the sheet shows, to one who does not see it. */
export function filtersText({ layer, units, hidden }: LayerFilters): string {
  const [first] = units;
  const last = units.at(-1);
  if (first === undefined || last === undefined) return `First-layer filters of ${oneLine(layer)}: no units`;
  const parts = first.parts.map(({ modality, kind, frames }) => {
    const [{ rows, columns } = { rows: 0, columns: 0 }] = frames;
    return kind === 'spectrogram'
      ? `the ${modality} as a spectrogram of ${columns} frames`
      : `the ${modality} as ${frames.length === 1 ? 'a picture' : `${frames.length} pictures`} of ${columns} × ${rows} pixels`;
  });
  return (
    `First-layer filters of ${oneLine(layer)}: the ${units.length} of ${hidden} units with the largest weights, ` +
    `norms ${first.norm.toPrecision(3)} to ${last.norm.toPrecision(3)}; each shows ${parts.join(' and ')}`
  );
}
