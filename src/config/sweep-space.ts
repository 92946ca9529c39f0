import { nearest } from '../edit-distance.js';
import { mostLevels, mostParameters } from './limits.js';
import type { Problems } from './problems.js';
import { flow } from './show.js';
import { type Distribution, isValuePath, type SweepSection, sweepable } from './sweep-schema.js';
import {
  type ConfigNode,
  type MapNode,
  mergeMaps,
  nodeAt,
  type Place,
  type Plain,
  pathText,
  toPlain,
} from './tree.js';
import { brief } from './wording.js';

/** A number in [0, 1) that depends on its key alone. */
export type Draw = (key: {
  readonly seed: number;
  readonly purpose: string;
  readonly step: number;
}) => number;

/** One value, or several that are alike, in which the points of a sweep differ. */
export interface Parameter {
  /** As written: `rbm.{left,right}.hidden`. */
  readonly name: string;
  /** Its last words, enough to tell it from the others: `hidden`. */
  readonly short: string;
  readonly paths: readonly (readonly string[])[];
  readonly key: Place;
  /** The values of a grid, or the distribution. */
  readonly node: ConfigNode;
}

/** One setting of all parameters. */
export interface Point {
  /** `point-07`; counted from 1. */
  readonly id: string;
  /** In the order of the parameters. */
  readonly values: readonly Plain[];
  /** The same as they would be written. */
  readonly texts: readonly string[];
  /** To be laid over an experiment. */
  readonly overlay: MapNode;
}

/** More would be a mistake in the grid rather than a sweep. */
const mostPoints = 1000;
/** Values drawn in search of points that differ. */
const mostDraws = 200_000;
export const defaultPoints = 20;
export const defaultSeed = 1;

/** The parameters of `sweep.grid` or `sweep.random`, with what is wrong with their paths told. */
export function parametersOf(tree: MapNode, knows: Knows, problems: Problems): readonly Parameter[] {
  const map = nodeAt(tree, ['sweep', 'random']) ?? nodeAt(tree, ['sweep', 'grid']);
  if (map?.kind !== 'map') return [];
  const entries = [...map.entries].filter(([, { node }]) => !(node.kind === 'scalar' && node.value === null));
  if (entries.length > mostParameters) {
    const sentence = `there are ${entries.length} parameters; a sweep may have at most ${mostParameters}`;
    problems.addFatal('config/too-many-parameters', map.at, sentence);
    return [];
  }
  const short = shortNames(entries.map(([name]) => name));
  const parameters = entries.map(([name, { key, node }], index): Parameter => {
    const paths = expandBraces(name, key, problems);
    // What is no path at all has been told by the schema.
    if (isValuePath(name)) for (const path of paths) checkPath(path, key, knows, problems);
    return { name, short: short[index] ?? name, paths, key, node };
  });
  const seen: (readonly string[])[] = [];
  for (const { paths, key } of parameters) {
    for (const path of paths) {
      const other = seen.find((one) => (one.length < path.length ? begins(path, one) : begins(one, path)));
      if (other !== undefined) {
        const [own, its] = [pathText(path), pathText(other)];
        const what = own === its ? `\`${own}\` is swept twice` : `\`${own}\` and \`${its}\` overlap`;
        problems.add('config/swept-twice', key, what);
      }
      seen.push(path);
    }
  }
  return parameters;
}

function begins(path: readonly string[], start: readonly string[]): boolean {
  return start.every((segment, index) => path[index] === segment);
}

/** What the schema knows of an experiment: whether there is a value at a path, and which keys there are below it. */
export interface Knows {
  has(path: readonly string[]): boolean;
  keys(path: readonly string[]): readonly string[];
}

function checkPath(path: readonly string[], at: Place, knows: Knows, problems: Problems): void {
  const name = pathText(path);
  const wrong = path.findIndex((_, index) => !knows.has(path.slice(0, index + 1)));
  if (wrong >= 0) {
    const near = nearest(path[wrong] ?? '', knows.keys(path.slice(0, wrong)));
    const meant = near === undefined ? undefined : [...path.slice(0, wrong), near, ...path.slice(wrong + 1)];
    const known = knows.keys(path.slice(0, wrong));
    const where = wrong === 0 ? 'an experiment' : `\`${pathText(path.slice(0, wrong))}\``;
    const help = meant
      ? `; did you mean \`${pathText(meant)}\`?`
      : known.length > 0
        ? `; known keys of ${where}: ${known.join(', ')}`
        : '';
    problems.add('config/unknown-key', at, `an experiment has no value \`${name}\`${help}`);
    return;
  }
  const [section = '', key = ''] = path;
  const keys = Object.hasOwn(sweepable, section) ? sweepable[section] : undefined;
  if (keys === 'all' || keys?.includes(key)) return;
  const others = Object.entries(sweepable).flatMap(([one, below]) =>
    below === 'all' ? [one] : below.map((inner) => `${one}.${inner}`),
  );
  const sentence =
    section === 'setting'
      ? '`setting` is not a hyperparameter: compare settings in separate columns (`columns`)'
      : `\`${name}\` is not a hyperparameter; these can be swept: ${others.join(', ')}`;
  problems.add('config/not-swept', at, sentence);
}

/** Every combination, the first parameter changing slowest; none after adding a problem. */
export function gridPoints(
  parameters: readonly Parameter[],
  at: Place,
  problems: Problems,
): readonly Point[] {
  const choices = parameters.map(({ node }) => (node.kind === 'list' ? node.items : []));
  const count = choices.reduce((product, { length }) => product * length, 1);
  if (count > mostPoints) {
    problems.add(
      'config/too-many-points',
      at,
      `the grid has ${count} points; at most ${mostPoints} are allowed: use fewer values, or draw points with \`random\``,
    );
    return [];
  }
  const combinations = choices.reduce<readonly (readonly ConfigNode[])[]>(
    (before, nodes) => before.flatMap((chosen) => nodes.map((node) => [...chosen, node])),
    [[]],
  );
  return numbered(parameters, combinations);
}

/**
 * Points drawn at random, no two alike. A value depends on the seed, its parameter and the number of the draw alone: more
 * points, or another parameter, leave those there are as they were.
 */
export function randomPoints(
  parameters: readonly Parameter[],
  { random = {}, points = defaultPoints, seed = defaultSeed }: SweepSection,
  draw: Draw,
  at: Place,
  problems: Problems,
): readonly Point[] {
  if (points > mostPoints) {
    problems.add(
      'config/too-many-points',
      at,
      `${points} points are requested; at most ${mostPoints} are allowed`,
    );
    return [];
  }
  const textOf = once((node: ConfigNode) => JSON.stringify(toPlain(node)));
  const found = new Map<string, readonly ConfigNode[]>();
  const draws = Math.min(100 * points, Math.floor(mostDraws / Math.max(1, parameters.length)));
  for (let step = 0; step < draws && found.size < points; step++) {
    const nodes = parameters.map(({ name, node }) =>
      drawn(random[name] ?? {}, node, draw({ seed, purpose: `sweep/${name}`, step })),
    );
    const key = nodes.map(textOf).join('\n');
    if (!found.has(key)) found.set(key, nodes);
  }
  if (found.size < points) {
    const sentence = `${draws} draws gave only ${found.size} different points of the ${points} requested; request fewer, or use \`grid\``;
    problems.add('config/too-few-points', at, sentence);
  }
  return numbered(parameters, [...found.values()]);
}

/** The least and the greatest of every distribution: what draws lie between must be allowed at both ends. */
export function boundaryPoints(parameters: readonly Parameter[]): readonly Point[] {
  const ends = [0, -1].map((end) => parameters.map(({ node }) => itemsOf(node).at(end) ?? node));
  return numbered(parameters, ends);
}

function drawn(distribution: Distribution, node: ConfigNode, u: number): ConfigNode {
  const { uniform, log_uniform: logUniform, integer } = distribution;
  const scalar = (value: number): ConfigNode => ({ kind: 'scalar', value, at: node.at });
  if (uniform) {
    const [low = 0, high = 0] = uniform;
    return scalar(readable(low + u * (high - low), low, high));
  }
  if (logUniform) {
    const [low = 1, high = 1] = logUniform;
    return scalar(readable(low * (high / low) ** u, low, high));
  }
  if (integer) {
    const [low = 0, high = 0] = integer;
    return scalar(low + Math.floor(u * (high - low + 1)));
  }
  const items = itemsOf(node);
  return items[Math.floor(u * items.length)] ?? node;
}

/** The values of a choice, or the two bounds of a range. */
function itemsOf(node: ConfigNode): readonly ConfigNode[] {
  const [bounds] = node.kind === 'map' ? [...node.entries.values()] : [];
  const list = bounds?.node ?? node;
  return list.kind === 'list' ? list.items : [];
}

/** Three significant digits: what the leaderboard shows is what was run. */
function readable(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Number(value.toPrecision(3))));
}

function numbered(
  parameters: readonly Parameter[],
  combinations: readonly (readonly ConfigNode[])[],
): readonly Point[] {
  // Points share the values of their parameters, which may be long lists.
  const plainOf = once(toPlain);
  const textOf = once((node: ConfigNode) => flow(toPlain(node)));
  const digits = Math.max(2, String(combinations.length).length);
  return combinations.map((nodes, index) => ({
    id: `point-${String(index + 1).padStart(digits, '0')}`,
    values: nodes.map(plainOf),
    texts: nodes.map(textOf),
    overlay: overlayOf(parameters, nodes),
  }));
}

/** A function of nodes that is computed once for each. */
function once<T>(compute: (node: ConfigNode) => T): (node: ConfigNode) => T {
  const known = new Map<ConfigNode, T>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const value = compute(node);
    known.set(node, value);
    return value;
  };
}

function overlayOf(parameters: readonly Parameter[], nodes: readonly ConfigNode[]): MapNode {
  const maps = parameters.flatMap(({ paths, key }, index) =>
    paths.map((path) => nested(path, nodes[index] as ConfigNode, key)),
  );
  const [first, ...others] = maps;
  if (!first) throw new Error('a sweep has at least one parameter');
  return others.reduce(mergeMaps, first);
}

/** A value below the keys of its path, all of them written at one place. */
export function nested(path: readonly string[], value: ConfigNode, key: Place): MapNode {
  const node = [...path]
    .reverse()
    .reduce<ConfigNode>(
      (inner, segment) => ({ kind: 'map', entries: new Map([[segment, { key, node: inner }]]), at: key }),
      value,
    );
  return node as MapNode;
}

/** `rbm.{left,right}.hidden` as `rbm.left.hidden` and `rbm.right.hidden`. */
function expandBraces(name: string, at: Place, problems: Problems): readonly (readonly string[])[] {
  const segments = name.split('.').map((segment) => segment.replace(/^\{|\}$/g, '').split(','));
  const count = segments.reduce((product, { length }) => product * length, 1);
  if (count > mostParameters || segments.length > mostLevels) {
    const what =
      count > mostParameters
        ? `expands to ${count} values; at most ${mostParameters} are allowed`
        : 'is nested too deeply';
    problems.addFatal('config/too-many-parameters', at, `\`${brief(name)}\` ${what}`);
    return [];
  }
  return segments.reduce<readonly (readonly string[])[]>(
    (paths, words) => paths.flatMap((path) => words.map((word) => [...path, word.trim()])),
    [[]],
  );
}

/** The fewest last segments that tell each path from all others. */
function shortNames(names: readonly string[]): readonly string[] {
  const segments = names.map((name) => name.split('.'));
  return segments.map((own, index) => {
    for (let count = 1; count < own.length; count++) {
      const end = own.slice(-count).join('.');
      const isShared = segments.some((other, at) => at !== index && other.slice(-count).join('.') === end);
      if (!isShared) return end;
    }
    return own.join('.');
  });
}

/** `hidden 200, ridge 0.1`. */
export function pointLabel(parameters: readonly Parameter[], { texts }: Point): string {
  return parameters.map(({ short }, index) => `${short} ${texts[index]}`).join(', ');
}

/** What a parameter was tried at: `0.001, 0.01`, or `log-uniform from 0.001 to 1`. */
export function rangeText({ name, node }: Parameter, { random }: SweepSection): string {
  const distribution = random?.[name];
  if (!distribution) return listed(toPlain(node));
  const { uniform, log_uniform: logUniform, integer, choice } = distribution;
  const bounds = uniform ?? logUniform ?? integer;
  if (!bounds) return `one of ${listed(choice as readonly Plain[])}`;
  const how = uniform ? 'uniform' : logUniform ? 'log-uniform' : 'a whole number';
  return `${how} from ${bounds.join(' to ')}`;
}

const listed = (values: Plain): string => (values as readonly Plain[]).map(flow).join(', ');
