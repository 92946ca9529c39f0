/**
 * A YAML document as values that remember where they were written, and the rules by which documents are laid
 * over each other. Validation sees plain values (`toPlain`); messages and origins go back to the tree.
 */

import { brief } from './wording.js';

/** A text that values were read from: a file, or one `key=value` of the command line. */
export interface Source {
  readonly kind: 'file' | 'override';
  /** The path as the user wrote it, or the override's whole text. */
  readonly name: string;
  readonly text: string;
  /** A file that another file names, and not the user: its content is shown only once it has proved to be a config. */
  readonly reached?: boolean;
}

/** A range of a source, in UTF-16 offsets. Empty (`start === end`): the source as a whole. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export type Scalar = string | number | boolean | null;
export type Plain = Scalar | readonly Plain[] | { readonly [key: string]: Plain };

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly at: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly at: Place;
}

export interface MapEntry {
  /** Where the key is written. */
  readonly key: Place;
  readonly node: ConfigNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly at: Place;
  /** Takes the place of what it is laid over, instead of being merged into it. */
  readonly replaces?: boolean;
}

export type ConfigNode = ScalarNode | ListNode | MapNode;

/**
 * `overlay` laid over `base`: maps merge key by key, anything else replaces, and a null removes. The null
 * itself stays in the tree, so that merging is associative: (a ⊕ b) ⊕ c = a ⊕ (b ⊕ c).
 */
export function merge(base: ConfigNode, overlay: ConfigNode): ConfigNode {
  if (base.kind === 'map' && overlay.kind === 'map') return mergeMaps(base, overlay);
  // A map that has replaced a non-map must go on replacing when this result is itself laid over something.
  if (overlay.kind === 'map' && !overlay.replaces) return { ...overlay, replaces: true };
  return overlay;
}

/** {@link merge} of two maps, which is a map. */
export function mergeMaps(base: MapNode, overlay: MapNode): MapNode {
  if (overlay.replaces) return overlay;
  const entries = new Map(base.entries);
  for (const [key, entry] of overlay.entries) {
    const below = base.entries.get(key);
    entries.set(key, below ? { key: laterPlace(below, entry), node: merge(below.node, entry.node) } : entry);
  }
  const at = overlay.at.source.kind === 'override' ? base.at : overlay.at;
  return { kind: 'map', entries, at, ...(base.replaces ? { replaces: true } : {}) };
}

/** A map on the way to an overridden value stays where the file wrote it. */
function laterPlace(below: MapEntry, entry: MapEntry): Place {
  const isMerged = below.node.kind === 'map' && entry.node.kind === 'map';
  return isMerged && entry.key.source.kind === 'override' ? below.key : entry.key;
}

/** The value without its places. Keys whose value is null are removed. */
export function toPlain(node: ConfigNode): Plain {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  const plain: Record<string, Plain> = {};
  for (const [key, entry] of node.entries) {
    if (entry.node.kind === 'scalar' && entry.node.value === null) continue;
    plain[key] = toPlain(entry.node);
  }
  return plain;
}

export type Path = readonly (string | number)[];

/** The node at a path, or undefined where the documents say nothing, or null of a key. */
export function nodeAt(root: ConfigNode, path: Path): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const segment of path) {
    if (node?.kind === 'map') {
      node = node.entries.get(String(segment))?.node;
      if (node?.kind === 'scalar' && node.value === null) return undefined;
    } else if (node?.kind === 'list') {
      node = node.items[Number(segment)];
    } else {
      return undefined;
    }
  }
  return node;
}

/** Where the key that ends a path is written; for items of lists, where the item is. */
export function keyPlace(root: ConfigNode, path: Path): Place | undefined {
  const last = path.at(-1);
  const parent = nodeAt(root, path.slice(0, -1));
  if (last === undefined || parent === undefined) return undefined;
  if (parent.kind === 'map') return parent.entries.get(String(last))?.key;
  return nodeAt(root, path)?.at;
}

/** The same map with some keys left out. */
export function without(map: MapNode, keys: readonly string[]): MapNode {
  const entries = new Map([...map.entries].filter(([key]) => !keys.includes(key)));
  return { ...map, entries };
}

/** The same map with some keys only. */
export function only(map: MapNode, keys: readonly string[]): MapNode {
  const entries = new Map([...map.entries].filter(([key]) => keys.includes(key)));
  return { ...map, entries };
}

/** `rbm.left.hidden`, `rows[2].label`: how messages write a path. */
export function pathText(path: Path): string {
  return path
    .map((segment, i) =>
      typeof segment === 'number' ? `[${segment}]` : `${i === 0 ? '' : '.'}${brief(segment)}`,
    )
    .join('');
}
