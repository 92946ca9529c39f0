import { placeText } from './problems.js';
import { type MapNode, nodeAt } from './tree.js';

/** Where the experiment of a table's cell stands, for messages about the pair of row and column. */
export interface CellPlace {
  readonly row: string;
  readonly column: string;
  /** Columns that the row has. */
  readonly columns: readonly string[];
  /** Where the row's `columns` are written, or the row itself: `t.yaml:12:5`. */
  readonly at: string;
}

/** Only needed for messages, so kept out of what is stored and printed. */
const places = new WeakMap<object, CellPlace>();

/** @internal */
export function placeCell(experiment: object, row: MapNode, place: Omit<CellPlace, 'at'>): void {
  const written = nodeAt(row, ['columns']) && row.entries.get('columns')?.key;
  places.set(experiment, { ...place, at: placeText(written ?? row.entries.get('id')?.key ?? row.at) });
}

/** Undefined of an experiment that is no cell of a table. */
export function cellPlace(experiment: object): CellPlace | undefined {
  return places.get(experiment);
}
