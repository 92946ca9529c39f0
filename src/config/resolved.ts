import { position } from './positions.js';
import { ConfigError, placeText } from './problems.js';
import { type ConfigNode, keyPlace, type MapNode, nodeAt, type Path, type Place } from './tree.js';
import { sentenceOf } from './wording.js';

/** Where a value came from. Lines and columns count from 1. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'override'; readonly text: string }
  | { readonly kind: 'default' };

/** A validated configuration that remembers where each of its values came from. */
export interface Resolved<T> {
  readonly value: T;
  /** By dotted path, one for each value that is not a map; a list of plain values counts as one. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** Every file read, the one asked for first. Paths as the user wrote them, or relative to the same place. */
  readonly files: readonly string[];
}

/** The trees behind resolved values: only needed for messages, so kept out of what is stored and printed. */
const trees = new WeakMap<object, MapNode>();

/** @internal Attaches origins, and the tree that later messages are located in. */
export function resolved<T>(value: T, tree: MapNode, files: readonly string[]): Resolved<T> {
  let origins: Record<string, Origin> | undefined;
  const result: Resolved<T> = {
    value,
    // Most cells of a table are never asked where their values came from.
    get origins() {
      origins ??= originsOf(value, tree);
      return origins;
    },
    files,
  };
  trees.set(result, tree);
  return result;
}

function originsOf(value: unknown, tree: MapNode): Record<string, Origin> {
  const origins: Record<string, Origin> = {};
  for (const path of leafPaths(value, [])) origins[path.join('.')] = originOf(tree, path);
  return origins;
}

/**
 * Where a value was written, as text: `configs/x.yaml:12:3`, `override seeds=[1]`, or for a default the place
 * of the section it belongs to.
 *
 * @param path dotted, as in `rbm.left.hidden`
 */
export function placeOf(config: Resolved<unknown>, path: string): string {
  const place = placeFor(config, path);
  if (place) return placeText(place);
  const origin = config.origins[path];
  if (origin?.kind === 'file') return `${origin.file}:${origin.line}:${origin.column}`;
  return origin?.kind === 'override' ? `override ${origin.text}` : (config.files[0] ?? 'config');
}

/** What another module found wrong with a value after loading. */
export interface Finding {
  readonly config: Resolved<unknown>;
  /** Dotted path of the value; a value left to its default is shown at the section it belongs to. */
  readonly path: string;
  /** One sentence, without the place. */
  readonly message: string;
}

/** An error about a value of a loaded configuration, shown with its place, line and caret. */
export function configErrorAt(
  config: Resolved<unknown>,
  path: string,
  message: string,
  hint?: string,
): ConfigError {
  return configErrorsAt([{ config, path, message }], hint);
}

/** One error that holds several findings, as of all cells of a table. */
export function configErrorsAt(findings: readonly Finding[], hint?: string): ConfigError {
  const problems = findings.map(({ config, path, message }) => {
    const place = placeFor(config, path);
    const sentence = place ? message : `${placeOf(config, path)}: ${message}`;
    return { code: 'config/invalid-value', place, sentence: sentenceOf(sentence) };
  });
  return new ConfigError(problems, hint === undefined ? {} : { hint });
}

function placeFor(config: Resolved<unknown>, path: string): Place | undefined {
  const tree = trees.get(config);
  if (!tree) return undefined;
  const segments = path.split('.');
  const exact = nodeAt(tree, segments);
  if (exact) return exact.kind === 'map' ? (keyPlace(tree, segments) ?? exact.at) : exact.at;
  for (let length = segments.length - 1; length > 0; length--) {
    const place = keyPlace(tree, segments.slice(0, length));
    if (place) return place;
  }
  return tree.at;
}

/** Paths of the values that have an origin of their own. */
export function leafPaths(value: unknown, path: Path): Path[] {
  if (Array.isArray(value)) {
    const plain = value.every((item) => item === null || typeof item !== 'object');
    return plain ? [path] : value.flatMap((item, i) => leafPaths(item, [...path, i]));
  }
  if (value === null || typeof value !== 'object') return [path];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return path.length === 0 ? [] : [path];
  return members.flatMap(([key, member]) => leafPaths(member, [...path, key]));
}

function originOf(tree: ConfigNode, path: Path): Origin {
  const place = nodeAt(tree, path)?.at;
  if (!place) return { kind: 'default' };
  if (place.source.kind === 'override') return { kind: 'override', text: place.source.name };
  return { kind: 'file', file: place.source.name, ...position(place) };
}
