import { basename } from 'node:path';
import { CellCount } from './cell-count.js';
import { Loader } from './extends.js';
import { documentSchema } from './layer-schema.js';
import {
  addUnknownScales,
  compose,
  type LoadOptions,
  type ResolvedExperiment,
  validateComposed,
} from './layers.js';
import { parseOverrides } from './overrides.js';
import { Problems, placeText } from './problems.js';
import { resolved } from './resolved.js';
import { answerMetricNames } from './schema.js';
import { type SweepSection, sweepSchema } from './sweep-schema.js';
import {
  boundaryPoints,
  type Draw,
  gridPoints,
  type Parameter,
  type Point,
  parametersOf,
  pointLabel,
  randomPoints,
} from './sweep-space.js';
import { selectionOverlay, testOverlay } from './sweep-split.js';
import {
  extendItems,
  type Identified,
  identified,
  itemOf,
  publishedOf,
  type ResolvedTable,
} from './table.js';
import { layoutKeys, type TableConfig, tableKeys } from './table-schema.js';
import { type MapNode, mergeMaps, nodeAt, only, type Place, pathText, toPlain, without } from './tree.js';
import { hasPath, keysAt, validate } from './validate.js';
import { brief } from './wording.js';

/** A sweep as a table: each point a row, its cells compared inside the training part. */
export interface ResolvedSweep extends ResolvedTable {
  readonly value: SweepConfig;
  readonly parameters: readonly Parameter[];
  /** One a row. */
  readonly points: readonly Point[];
  /** The experiments of `cells`, in their order, with the test part in its place. */
  readonly tests: ResolvedTable['cells'];
}

export interface SweepConfig extends TableConfig {
  readonly sweep: SweepSection;
}

const sweepKeys: readonly string[] = ['sweep', ...tableKeys];

/**
 * Reads a sweep. The experiment of a cell is the file's top level, under its column, under its stand-in (where its corpus
 * has no copy), under its scale, under the values of its point, under the command line's overrides; under what keeps
 * the test part out of the comparison.
 *
 * @param overrides `key.path=value`; `sweep.points=5` and the like change the sweep
 * @param draw where random points come from
 * @throws ConfigError (exit code 2) with every problem of every file, point and override at once
 */
export function loadSweep(
  path: string,
  overrides: readonly string[],
  options: LoadOptions,
  draw: Draw,
): ResolvedSweep {
  const problems = new Problems();
  const loader = new Loader(problems);
  const file = loader.load(path);
  const overlay = parseOverrides(overrides, problems);
  if (file && !problems.fatal && !nodeAt(file, ['sweep'])) {
    const sentence = 'this is not a sweep: it has no `sweep` key with the values to try';
    problems.addFatal('config/not-a-sweep', file.at, sentence);
  }
  if (!file || problems.fatal) {
    problems.throwIfAny();
    throw new Error('a file that cannot be read adds a problem');
  }
  const laid = overlay ? mergeMaps(file, only(overlay, sweepKeys)) : file;
  const tree = withoutRows(extendItems(laid, 'columns', loader), problems);
  const document = validate(sweepSchema, tree, problems);
  const section = nodeAt(tree, ['sweep']) ?? tree;
  const parameters = parametersOf(tree, experimentKeys, problems);
  if (document) checkSection(document.sweep, parameters, tree, problems);
  const body = without(tree, sweepKeys);
  const commandLine = overlay && without(overlay, sweepKeys);
  const columns = columnsOf(tree, body, problems);
  const kind = nodeAt(tree, ['sweep', 'random']) ? 'random' : 'grid';
  for (const { place, of } of fixedElsewhere(parameters, kind, columns, commandLine)) {
    problems.add('config/swept', place, of);
  }
  problems.throwIfAny();
  if (!document) throw new Error('a document that is not valid adds a problem');

  const { sweep } = document;
  const at = section.at;
  const points = sweep.random
    ? randomPoints(parameters, sweep, draw, at, problems)
    : gridPoints(parameters, at, problems);
  problems.throwIfAny();
  const { select } = sweep;
  const selectKey = select?.held_out === undefined ? 'folds' : 'held_out';
  const selectAt = nodeAt(section, ['select', selectKey])?.at ?? section.at;
  const { files } = loader;
  const counted = new CellCount(tree.entries.get('sweep')?.key ?? tree.at, problems);
  if (!counted.fits(points.length * columns.length)) problems.throwIfAny();
  const shared: Shared = { files, body, commandLine, select, at: selectAt, options, problems, counted };
  const boundaries = sweep.random ? boundaryPoints(parameters) : [];
  for (const column of columns) for (const point of boundaries) loadCell(point, column, shared);
  const loaded = points.flatMap((point) => columns.map((column) => loadCell(point, column, shared)));
  counted.checkRuns(loaded.map((one) => one?.cell.experiment.value.seeds.length ?? 0));
  problems.throwIfAny();

  const labels = new Map(loaded.flatMap((one) => (one ? [[one.cell.column, headingOf(one.cell)]] : [])));
  const value: SweepConfig = {
    table: document.table ?? nameOf(path),
    title: document.title ?? `Sweep of ${parameters.map(({ short }) => short).join(', ')}`,
    notes: document.notes,
    columns: (document.columns ?? columns.map(({ id }) => ({ id, label: labels.get(id) ?? id }))).map(itemOf),
    rows: points.map((point) => ({ id: point.id, label: pointLabel(parameters, point) })),
    references: [],
    sweep,
  };
  const { origins } = resolved({ ...value, rows: [] }, tree, files);
  return {
    value,
    origins,
    files,
    parameters,
    points,
    cells: loaded.flatMap((one) => one?.cell ?? []),
    tests: loaded.flatMap((one) => one?.test ?? []),
  };
}

const experimentKeys = {
  has: (path: readonly string[]) => hasPath(documentSchema, path),
  keys: (path: readonly string[]) => keysAt(documentSchema, path),
};

type Cell = ResolvedTable['cells'][number];

/** What the experiments of all points have in common. */
interface Shared {
  readonly files: readonly string[];
  readonly body: MapNode;
  readonly commandLine: MapNode | undefined;
  readonly select: SweepSection['select'];
  /** Where it is written how points are compared. */
  readonly at: Place;
  readonly options: LoadOptions;
  readonly problems: Problems;
  readonly counted: CellCount;
}

/** The experiment of a point in a column that is compared, and the one that is tested; undefined after adding problems. */
function loadCell(
  point: Point,
  column: Identified,
  { files, body, commandLine, select, at, options, problems, counted }: Shared,
): { readonly cell: Cell; readonly test: Cell } | undefined {
  const merged = mergeMaps(body, without(column.node, layoutKeys));
  const written = commandLine ? mergeMaps(point.overlay, commandLine) : point.overlay;
  const composed = compose({ ...merged, at: body.at }, written, options);
  addUnknownScales(composed, problems);
  if (!counted.add(composed.tree) || !counted.add(composed.language)) problems.throwIfAny();
  const measure = nodeAt(composed.tree, ['measure']);
  if (measure && !(answerMetricNames as readonly unknown[]).includes(toPlain(measure))) {
    const sentence = `points are compared by a measure that is better when it is higher: \`measure\` of a sweep must be one of ${answerMetricNames.join(', ')}`;
    problems.add('config/sweep', measure.at, sentence);
  }
  const under = (overlay: MapNode): ResolvedExperiment | undefined => {
    const tree = { ...mergeMaps(composed.tree, overlay), at: composed.tree.at };
    return validateComposed({ ...composed, tree }, files, problems);
  };
  const compared = under(selectionOverlay(composed.tree, select, at));
  const tested = under(testOverlay(composed.tree, at));
  if (!compared || !tested) return undefined;
  const cellOf = (experiment: ResolvedExperiment, published: Cell['published']): Cell => {
    const { standIn } = experiment;
    return { row: point.id, column: column.id, experiment, ...(standIn && { standIn }), published };
  };
  return { cell: cellOf(compared, null), test: cellOf(tested, publishedOf([column.node])) };
}

/** A sweep makes its own rows: those of a table that it extends must be taken away on purpose. */
function withoutRows(tree: MapNode, problems: Problems): MapNode {
  for (const key of ['rows', 'references']) {
    const place = nodeAt(tree, [key]) && tree.entries.get(key)?.key;
    const sentence = `a sweep cannot have \`${key}\`: remove the key, or write \`${key}: null\` if it comes from an extended file`;
    if (place) problems.add('config/sweep-rows', place, sentence);
  }
  return without(tree, ['rows', 'references']);
}

function checkSection(
  { grid, random, points, seed, select }: SweepSection,
  parameters: readonly Parameter[],
  tree: MapNode,
  problems: Problems,
): void {
  const placeOf = (...path: string[]): Place =>
    nodeAt(tree, path.slice(0, -1))?.kind === 'map'
      ? ((nodeAt(tree, path.slice(0, -1)) as MapNode).entries.get(path.at(-1) ?? '')?.key ?? tree.at)
      : tree.at;
  if ((grid === undefined) === (random === undefined)) {
    const sentence =
      '`sweep` must have either `grid` (every combination) or `random` (points drawn at random)';
    problems.add('config/sweep', placeOf('sweep'), sentence);
  } else if (parameters.length === 0) {
    const which = grid ? 'grid' : 'random';
    problems.add('config/sweep', placeOf('sweep', which), `\`sweep.${which}\` has no values to try`);
  }
  for (const [key, given] of Object.entries({ points, seed })) {
    if (grid === undefined || given === undefined) continue;
    const sentence = `\`sweep.${key}\` applies to \`random\` only: a grid contains every combination`;
    problems.add('config/sweep', placeOf('sweep', key), sentence);
  }
  if (select && (select.held_out === undefined) === (select.folds === undefined)) {
    const sentence = '`sweep.select` must have either `held_out` or `folds`';
    problems.add('config/sweep', placeOf('sweep', 'select'), sentence);
  }
}

/** The columns as written, or one of the experiment's own setting. */
function columnsOf(tree: MapNode, body: MapNode, problems: Problems): readonly Identified[] {
  if (nodeAt(tree, ['columns'])) return identified(tree, 'columns', problems);
  const setting = nodeAt(body, ['setting']);
  const id = setting?.kind === 'scalar' ? String(setting.value) : 'setting';
  return [{ id, node: { kind: 'map', entries: new Map(), at: tree.at } }];
}

/** The setting of an only column, as it is written. */
function headingOf({ experiment: { value } }: Cell): string {
  if (typeof value.setting === 'string') return value.setting;
  return Object.entries(value.setting)
    .map(([part, modalities = []]) => `${part} ${modalities.join('+')}`)
    .join(', ');
}

/** Where a column or the command line sets what is swept: one of the two would be without effect. */
function fixedElsewhere(
  parameters: readonly Parameter[],
  kind: 'grid' | 'random',
  columns: readonly Identified[],
  commandLine: MapNode | undefined,
): readonly { readonly place: Place; readonly of: string }[] {
  return parameters.flatMap(({ name: written, paths, key }) =>
    paths.flatMap((path) => {
      const name = `\`${pathText(path)}\``;
      const swept = `${name} is swept (${placeText(key)})`;
      const given = commandLine && nodeAt(commandLine, path);
      const onCommandLine = given
        ? [
            {
              place: given.at,
              of: `${swept}, so the command line cannot set it; 'sweep.${kind}={${JSON.stringify(brief(written))}: null}' removes it from the sweep`,
            },
          ]
        : [];
      const inColumns = columns.flatMap(({ id, node }) => {
        const fixed = nodeAt(node, path);
        return fixed ? [{ place: fixed.at, of: `${swept}, so column \`${brief(id)}\` cannot set it` }] : [];
      });
      return [...onCommandLine, ...inColumns];
    }),
  );
}

/** The name of a file as that of a folder: `My sweep.yaml` gives `my-sweep`. */
function nameOf(path: string): string {
  const words = basename(path)
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join('-') ?? 'sweep';
}
