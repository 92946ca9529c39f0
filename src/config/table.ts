import { nearest } from '../edit-distance.js';
import { CellCount } from './cell-count.js';
import { placeCell } from './cell-place.js';
import { expandCorpus, Loader, refuseSweep } from './extends.js';
import {
  addUnknownScales,
  type Composed,
  compose,
  type LoadOptions,
  type ResolvedExperiment,
  type StandIn,
  validateComposed,
} from './layers.js';
import { parseOverrides } from './overrides.js';
import { Problems } from './problems.js';
import { type Resolved, resolved } from './resolved.js';
import {
  layoutKeys,
  type PublishedQuery,
  publishedSchema,
  type TableConfig,
  type TableItem,
  tableKeys,
  tableSchema,
} from './table-schema.js';
import {
  type ConfigNode,
  type ListNode,
  type MapNode,
  mergeMaps,
  nodeAt,
  only,
  toPlain,
  without,
} from './tree.js';
import { validate } from './validate.js';
import { brief, briefList } from './wording.js';

/** The experiment of one cell. */
export interface TableCell {
  /** Id of the row and of the column. */
  readonly row: string;
  readonly column: string;
  readonly experiment: ResolvedExperiment;
  /** As of `experiment`: present when its stand-in was used. */
  readonly standIn?: StandIn;
  /** The published number to stand beside ours; null unless a source and a method are named. */
  readonly published: PublishedQuery | null;
}

export interface ResolvedTable extends Resolved<TableConfig> {
  /** Row by row; a row may lack columns. */
  readonly cells: readonly TableCell[];
}

/**
 * Reads a table. The experiment of a cell is the table's top level, under its row, under its column, under
 * the row's entry for that column in `cells`, under its stand-in (where its corpus has no copy), under its
 * scale, under the command line's overrides.
 *
 * @param overrides `key.path=value`; keys of the table itself (`title`, `rows` …) change the table
 * @throws ConfigError (exit code 2) with every problem of every file, cell and override at once
 */
export function loadTable(
  path: string,
  overrides: readonly string[] = [],
  options: LoadOptions = {},
): ResolvedTable {
  const problems = new Problems();
  const loader = new Loader(problems);
  const file = loader.load(path);
  const overlay = parseOverrides(overrides, problems);
  if (file && !problems.fatal) refuseSweep(file, problems);
  if (file && !problems.fatal && !nodeAt(file, ['table'])) {
    problems.addFatal(
      'config/not-a-table',
      file.at,
      'this is not a table: it has no `table` key with a name; use `mmx evaluate` to run a single experiment',
    );
  }
  if (!file || problems.fatal) {
    problems.throwIfAny();
    throw new Error('a file that cannot be read adds a problem');
  }
  const laid = overlay ? mergeMaps(file, only(overlay, tableKeys)) : file;
  const tree = extendItems(extendItems(laid, 'rows', loader), 'columns', loader);
  const document = validate(tableSchema, tree, problems);
  const rows = identified(tree, 'rows', problems);
  const columns = identified(tree, 'columns', problems);
  const body = without(tree, tableKeys);
  const experimentOverlay = overlay && without(overlay, tableKeys);

  const cells: TableCell[] = [];
  const counted = new CellCount(tree.entries.get('rows')?.key ?? tree.at, problems);
  if (!counted.fits(rows.length * columns.length)) problems.throwIfAny();
  const scaled: { composed: Composed; prefix: string }[] = [];
  for (const row of rows) {
    const own = columnsOf(row, columns, problems);
    const ids = own.map(({ id }) => id);
    for (const column of own) {
      const cell = nodeAt(row.node, ['cells', column.id]);
      const layers = [row.node, column.node, ...(cell?.kind === 'map' ? [expandCorpus(cell)] : [])];
      const merged = layers.map((layer) => without(layer, layoutKeys)).reduce(mergeMaps, body);
      const composed = compose({ ...merged, at: row.node.at }, experimentOverlay, options);
      const prefix = `row \`${brief(row.id)}\`, column \`${brief(column.id)}\`: `;
      scaled.push({ composed, prefix });
      if (!counted.add(composed.tree) || !counted.add(composed.language)) problems.throwIfAny();
      const experiment = validateComposed(composed, loader.files, problems, prefix);
      if (!experiment) continue;
      placeCell(experiment, row.node, { row: row.id, column: column.id, columns: ids });
      const { standIn } = experiment;
      const published = publishedOf(layers);
      cells.push({ row: row.id, column: column.id, experiment, ...(standIn && { standIn }), published });
    }
  }
  counted.checkRuns(cells.map(({ experiment }) => experiment.value.seeds.length));
  // The cell is named where another cell does have the scale that is asked for.
  const anywhere = new Set(scaled.flatMap(({ composed }) => composed.known));
  for (const { composed, prefix } of scaled) {
    addUnknownScales(composed, problems, (scale) => (anywhere.has(scale) ? prefix : ''));
  }
  problems.throwIfAny();
  if (!document) throw new Error('a document that is not valid adds a problem');
  const { table, title, notes, references } = document;
  const value: TableConfig = {
    table,
    title,
    notes,
    columns: document.columns.map(itemOf),
    rows: document.rows.map(itemOf),
    references,
  };
  const result = resolved(value, tree, loader.files);
  return Object.assign(result, { cells });
}

export function itemOf({ id, label, published }: TableItem): TableItem {
  return { id, label, published };
}

/** Lays each row or column over the files it extends. */
export function extendItems(table: MapNode, key: 'rows' | 'columns', loader: Loader): MapNode {
  const entry = table.entries.get(key);
  if (entry?.node.kind !== 'list') return table;
  const items = entry.node.items.map(
    (item): ConfigNode => (item.kind === 'map' ? loader.extend(item) : item),
  );
  const node: ListNode = { ...entry.node, items };
  return { ...table, entries: new Map(table.entries).set(key, { ...entry, node }) };
}

export interface Identified {
  readonly id: string;
  readonly node: MapNode;
}

/** Rows or columns that have an id; what lacks one has been reported by the schema. */
export function identified(table: MapNode, key: 'rows' | 'columns', problems: Problems): Identified[] {
  const list = nodeAt(table, [key]);
  const items = list?.kind === 'list' ? list.items : [];
  const seen = new Set<string>();
  return items.flatMap((node) => {
    const id = node.kind === 'map' ? nodeAt(node, ['id']) : undefined;
    if (node.kind !== 'map' || id?.kind !== 'scalar' || typeof id.value !== 'string') return [];
    if (seen.has(id.value)) {
      problems.add('config/duplicate-id', id.at, `two ${key} have the id \`${brief(id.value)}\``);
      return [];
    }
    seen.add(id.value);
    return [{ id: id.value, node }];
  });
}

/** The columns a row has, after checking every column id the row mentions. */
function columnsOf(
  row: Identified,
  columns: readonly Identified[],
  problems: Problems,
): readonly Identified[] {
  const known = new Set(columns.map((column) => column.id));
  const check = (name: string, at: MapNode['at']) => {
    if (known.has(name)) return;
    problems.add('config/unknown-column', at, () => {
      const near = nearest(name, known);
      const help = near ? `did you mean \`${brief(near)}\`?` : `columns: ${briefList([...known])}`;
      return `there is no column \`${brief(name)}\`; ${help}`;
    });
  };
  const cells = nodeAt(row.node, ['cells']);
  if (cells?.kind === 'map') for (const [name, entry] of cells.entries) check(name, entry.key);
  const named = nodeAt(row.node, ['columns']);
  if (named?.kind !== 'list') return columns;
  for (const item of named.items) {
    if (item.kind === 'scalar' && typeof item.value === 'string') check(item.value, item.at);
  }
  const ids = new Set<unknown>(toPlain(named) as readonly unknown[]);
  return columns.filter((column) => ids.has(column.id));
}

/** The `published` sections of row, column and cell, the later over the earlier. */
export function publishedOf(layers: readonly MapNode[]): PublishedQuery | null {
  const sections = layers.map((layer) => only(layer, ['published'])).reduce(mergeMaps);
  const section = nodeAt(sections, ['published']);
  const query = section && publishedSchema.safeParse(toPlain(section));
  if (!query?.success || query.data.source === undefined || query.data.method === undefined) return null;
  return query.data as PublishedQuery;
}
